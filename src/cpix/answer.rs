//! The key server's answer: keys, or why there are none.
//!
//! Keys come as XML. A refusal comes as JSON, whatever the request was; its fields are not documented, so that every
//! usual spelling is taken. What is neither came from something in between.

use super::document::Document;
use super::pack::Pack;
use crate::error::{Error, ServerError};
use crate::json::{self, Value, decimal};
use crate::license::sniff;

/// Reads an answer by its status and body.
pub fn read(status: u16, body: &str) -> Result<Pack, Error> {
    let trimmed = body.trim_start_matches('\u{feff}').trim();
    if let Some(error) = json::parse(trimmed).as_ref().and_then(|value| refusal(value, status)) {
        return Err(error);
    }
    if !(200..300).contains(&status) {
        let mut error = Error::server(
            "kms-http",
            ["the key server answered with HTTP status ", &decimal(u64::from(status)), " and no reason"].concat(),
            "Check the key server's URL and the token in it.",
        );
        error.http_status = Some(status);
        error.retryable = status >= 500 || matches!(status, 408 | 429);
        return Err(error);
    }
    if !trimmed.starts_with('<') || sniff::is_html(trimmed) {
        let what = match trimmed.is_empty() {
            true => "the key server's answer is empty",
            false if sniff::is_html(trimmed) => "the key server's answer is a web page, not CPIX",
            false => "the key server's answer is not CPIX",
        };
        let mut error = Error::server("not-cpix", what, "Check the key server's URL, and what stands between it and this machine.");
        error.http_status = Some(status);
        return Err(error);
    }
    Pack::from_document(&Document::parse(trimmed)?)
}

/// A refusal in JSON. Objects within (`error`, `status`) are looked into once.
fn refusal(value: &Value, status: u16) -> Option<Error> {
    let Value::Object(_) = value else { return None };
    let first = |names: &[&str]| {
        let inner = ["error", "status", "fault"].iter().filter_map(|name| value.get(name));
        core::iter::once(value).chain(inner).find_map(|object| names.iter().find_map(|name| object.field(name))).map(String::from)
    };
    let code = first(&["errorCode", "error_code", "errCode", "code", "status"]).unwrap_or_default();
    let message = first(&["message", "errorMessage", "error_message", "errMsg", "msg", "error", "detail"]).unwrap_or_default();
    // A server may repeat the token that it was asked with.
    let (code, message) = (sniff::one_line(&code), sniff::one_line(&message));
    let said = match (message.as_str(), code.as_str()) {
        ("", "") => "no reason given".into(),
        (message, "") => message.into(),
        ("", code) => ["code ", code].concat(),
        (message, code) => [message, " (", code, ")"].concat(),
    };
    let mut error = Error::server(
        "kms-refused",
        ["the key server refused: ", &said].concat(),
        "Check the token in the URL, the content id, and that the account has the rights that the request needs (multi-key, key rotation).",
    );
    error.server = Some(ServerError { code, message, site_error: None });
    error.http_status = Some(status);
    error.retryable = status >= 500 || matches!(status, 408 | 429);
    Some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_in_json_become_typed_errors() {
        for (status, body, message, code) in [
            (
                200,
                r#"{"errorCode":"7001","message":"package info\n not found"}"#,
                "The key server refused: package info not found (7001).",
                "7001",
            ),
            (200, r#"{"error_code":1003,"error_message":"no site"}"#, "The key server refused: no site (1003).", "1003"),
            (400, r#"{"error":{"code":"A1","message":"bad token"}}"#, "The key server refused: bad token (A1).", "A1"),
            (500, r#"{"error":"down"}"#, "The key server refused: down.", ""),
            (200, "{}", "The key server refused: no reason given.", ""),
        ] {
            let error = read(status, body).map(|_| ()).unwrap_err();
            assert_eq!((error.code, error.message.as_str(), error.http_status), ("kms-refused", message, Some(status)));
            assert_eq!(error.server.clone().unwrap().code, code);
            assert_eq!(error.retryable, status == 500);
        }
    }

    #[test]
    fn what_is_neither_cpix_nor_a_refusal() {
        for (status, body, code, retryable) in [
            (200, "", "not-cpix", false),
            (200, "<!doctype html><html></html>", "not-cpix", false),
            (200, "OK", "not-cpix", false),
            (200, "[1]", "not-cpix", false),
            (404, "<html>", "kms-http", false),
            (503, "", "kms-http", true),
            (429, "slow down", "kms-http", true),
            (200, "<a/>", "cpix-invalid", false),
            (200, "<!DOCTYPE CPIX [<!ENTITY a 'b'>]><CPIX/>", "cpix-invalid", false),
        ] {
            let error = read(status, body).map(|_| ()).unwrap_err();
            assert_eq!((error.code, error.retryable), (code, retryable), "{status} {body}");
        }
    }
}
