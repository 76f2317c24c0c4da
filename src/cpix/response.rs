//! The key server's response: keys, or an error.
//!
//! Keys come as XML. A refusal comes as JSON, whatever the request was; its fields are not documented, so
//! every usual spelling is accepted. Anything else came from an intermediary.

use super::document::Document;
use super::pack::Pack;
use crate::error::{Code, Error, Reason, ServerError};
use crate::json::{self, Value};
use crate::license::sniff;
use crate::text;
use std::borrow::Cow;

/// Reads a response from its status and body. A status of 0 means that it is unknown.
pub fn read(status: u16, body: &[u8]) -> Result<Pack, Error> {
    let Some(text) = decode(body) else {
        return Err(with_status(Error::because(Code::NotCpix, Reason::CpixEncoding), status));
    };
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    if let Some(error) = json::parse(trimmed).as_ref().and_then(|value| refusal(value, status)) {
        return Err(error);
    }
    if status != 0 && !(200..300).contains(&status) {
        return Err(with_status(Error::new(Code::KmsHttp), status));
    }
    let reason = match trimmed.chars().next() {
        None => Reason::Empty,
        Some(_) if sniff::is_html(trimmed) => Reason::KmsHtml,
        Some('<') => return Pack::from_document(&Document::parse(trimmed)?),
        Some(_) => Reason::Text,
    };
    Err(with_status(Error::because(Code::NotCpix, reason), status))
}

/// A body's text: UTF-8, or UTF-16 as its byte order mark or its first character `<` shows. Java's key servers write
/// either.
pub fn decode(body: &[u8]) -> Option<Cow<'_, str>> {
    match body {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => text::from_utf16_le(body).map(Cow::Owned),
        [0xfe, 0xff, ..] | [0, b'<', ..] => {
            let (pairs, odd) = body.as_chunks::<2>();
            let swapped: Vec<u8> = pairs.iter().flat_map(|[high, low]| [*low, *high]).collect();
            if odd.is_empty() { text::from_utf16_le(&swapped).map(Cow::Owned) } else { None }
        }
        _ => str::from_utf8(body).ok().map(Cow::Borrowed),
    }
}

/// The same failure, with the response's status, which says whether another attempt may succeed.
fn with_status(mut error: Error, status: u16) -> Error {
    error.http_status = Some(status).filter(|status| *status != 0);
    error.retryable = status >= 500 || matches!(status, 408 | 429);
    error
}

/// A refusal in JSON. Its fields may also be one level deeper (`error`, `status`).
fn refusal(value: &Value, status: u16) -> Option<Error> {
    let Value::Object(_) = value else { return None };
    let first = |names: &[&str]| {
        let inner = ["error", "status", "fault"].iter().filter_map(|name| value.get(name));
        core::iter::once(value).chain(inner).find_map(|object| names.iter().find_map(|name| object.field(name))).map(String::from)
    };
    let code = first(&["errorCode", "error_code", "errCode", "code", "status"]).unwrap_or_default();
    let message = first(&["message", "errorMessage", "error_message", "errMsg", "msg", "error", "detail"]).unwrap_or_default();
    // A server may repeat the token of the request.
    let (code, message) = (sniff::one_line(&code), sniff::one_line(&message));
    let refused = |reason| Error::because(Code::KmsRefused, reason);
    let mut error = match (message.as_str(), code.as_str()) {
        ("", "") => refused(Reason::KmsSilent),
        (message, "") => refused(Reason::KmsSaidText).with(message),
        ("", code) => refused(Reason::KmsSaidCode).with(code),
        (message, code) => refused(Reason::KmsSaid).with(message).with(code),
    };
    error.server = Some(ServerError { code, message, site_error: None });
    Some(with_status(error, status))
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
            let error = read(status, body.as_bytes()).map(|_| ()).unwrap_err();
            assert_eq!((error.code, error.message().as_str(), error.http_status), (Code::KmsRefused, message, Some(status)));
            assert_eq!(error.server.clone().unwrap().code, code);
            assert_eq!(error.retryable, status == 500);
        }
    }

    #[test]
    fn any_other_response_is_an_error() {
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
            let error = read(status, body.as_bytes()).map(|_| ()).unwrap_err();
            assert_eq!((error.code.as_str(), error.retryable), (code, retryable), "{status} {body}");
        }
    }

    #[test]
    fn no_status_is_invented() {
        let error = read(0, b"<html><body>Sign in</body></html>").unwrap_err();
        assert_eq!((error.code, error.http_status, error.retryable), (Code::NotCpix, None, false));
        assert_eq!(read(0, br#"{"errorCode":"7016","message":"x"}"#).unwrap_err().http_status, None);
    }

    #[test]
    fn utf_16_is_read_in_both_orders_with_and_without_its_mark() {
        let refusal = r#"{"errorCode":"7001","message":"é"}"#;
        let document = "<?xml version='1.0' encoding='UTF-16'?><CPIX/>";
        let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        for bytes in [little(&["\u{feff}", refusal].concat()), big(&["\u{feff}", refusal].concat()), refusal.into()] {
            assert_eq!(read(200, &bytes).unwrap_err().message(), "The key server refused: é (7001).");
        }
        for bytes in [little(document), big(document), little(&["\u{feff}", document].concat()), document.into()] {
            assert_eq!(read(200, &bytes).unwrap_err().code, Code::CpixNoKey);
        }
        for bytes in [&b"\xff\xfe<"[..], b"\xfe\xff\0", b"\0<a", b"\xb1\xe2", b"<\xe9/>"] {
            assert_eq!(read(200, bytes).unwrap_err().code, Code::NotCpix, "{bytes:?}");
        }
    }
}
