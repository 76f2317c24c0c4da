//! PallyCon's refusals: JSON with any status, mostly 200 (`docs/protocol.md`, "Errors").
//!
//! ```text
//! {"errorCode": "7011" or 7011, "message": "…"}        8002: message is JSON text {"ERROR": "code", "MESSAGE": "text"}
//! ```
//! The codes are data (`errors.json`), not a closed enum: one that is not in the table passes through as
//! `server-error`, with PallyCon's own number and text.

use crate::error::{Code, Error, Reason, ServerError};
use crate::json::Value;
use crate::license::sniff::one_line;

/// The error in a JSON body, if there is one.
#[inline(never)]
pub fn from_body(body: &Value, http_status: u16) -> Option<Error> {
    let server_code = one_line(body.field("errorCode")?);
    let message = one_line(body.field("message").unwrap_or_default());
    let site_error = if server_code == "8002" { body.get("message").and_then(site_error) } else { None };
    let mut error = Error::new(Code::from_pallycon(&server_code).unwrap_or(Code::ServerError)).with(&server_code);
    let reason = match &site_error {
        Some((code, message)) => {
            error = error.with(code).with(message);
            Reason::PallyconSite
        }
        None if message.is_empty() => Reason::PallyconSilent,
        None => {
            error = error.with(&message);
            Reason::Pallycon
        }
    };
    error.reason = Some(reason);
    error.server = Some(ServerError { code: server_code, message, site_error });
    error.http_status = Some(http_status);
    Some(error)
}

/// 8002 nests a JSON text in its message: `{"ERROR":"code","MESSAGE":"text"}`; the object itself is accepted as well.
fn site_error(message: &Value) -> Option<(String, String)> {
    let parsed = message.as_str().and_then(crate::json::parse);
    let inner = parsed.as_ref().unwrap_or(message);
    let code = inner.field("ERROR")?;
    Some((one_line(code), one_line(inner.field("MESSAGE").unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PALLYCON;
    use crate::json::parse;

    fn read(body: &str) -> Option<Error> {
        from_body(&parse(body).unwrap(), 200)
    }

    #[test]
    fn every_code_reads_as_text_and_as_number() {
        for (number, code) in PALLYCON {
            for body in [
                format!(r#"{{"errorCode":"{number}","message":"text {number}"}}"#),
                format!(r#"{{"errorCode":{number},"message":"text {number}","body":""}}"#),
            ] {
                let error = read(&body).unwrap();
                assert_eq!(error.code, *code);
                assert_eq!((error.hint(), error.retryable, error.phase), (code.hint(), code.is_retryable(), code.phase()));
                assert_eq!(error.message(), format!("PallyCon {number}: text {number}"));
                assert_eq!(error.server.clone().unwrap().code, number.to_string());
                assert_eq!(error.http_status, Some(200));
            }
        }
    }

    #[test]
    fn an_unknown_code_passes_through() {
        let error = read(r#"{"errorCode":"12345","message":"something new"}"#).unwrap();
        assert_eq!((error.code, error.message().as_str()), (Code::ServerError, "PallyCon 12345: something new"));
        assert_eq!(error.server.clone().unwrap().code, "12345");
        let error = read(r#"{"errorCode":"E-7","message":null}"#).unwrap();
        assert_eq!((error.code, error.message().as_str()), (Code::ServerError, "PallyCon E-7: server error"));
        assert!(!error.retryable);
    }

    #[test]
    fn the_site_s_own_error_is_extracted_from_8002() {
        let error = read(r#"{"errorCode":"8002","message":"{\"ERROR\":\"C-17\",\"MESSAGE\":\"no subscription\"}"}"#).unwrap();
        assert_eq!(error.server.clone().unwrap().site_error, Some(("C-17".into(), "no subscription".into())));
        assert_eq!(error.message(), "PallyCon 8002: the site answered C-17: no subscription");
        let error = read(r#"{"errorCode":"8002","message":{"ERROR":17,"MESSAGE":"no"}}"#).unwrap();
        assert_eq!(error.server.clone().unwrap().site_error, Some(("17".into(), "no".into())));
        let error = read(r#"{"errorCode":"8002","message":"plain"}"#).unwrap();
        assert_eq!((error.message().as_str(), error.server.clone().unwrap().site_error), ("PallyCon 8002: plain", None));
    }

    #[test]
    fn a_message_is_one_line_and_never_repeats_a_token() {
        let token = "eyJkcm1fdHlwZSI6IldpZGV2aW5lIiwic2l0ZV9pZCI6IlRVVE8ifQ==";
        let error = read(&format!(r#"{{"errorCode":"7009","message":"bad\ntoken {token} in\u0007 header"}}"#)).unwrap();
        assert_eq!(error.message(), "PallyCon 7009: bad token … in header");
        assert_eq!(error.server.clone().unwrap().message, "bad token … in header");
        let error = read(r#"{"errorCode":"7009","message":""}"#).unwrap();
        assert_eq!(error.message(), "PallyCon 7009: token unreadable");
    }

    #[test]
    fn other_objects_are_not_errors() {
        for body in [r#"{"license":"00"}"#, "[]", r#"{"errorCode":null}"#, r#"{"errorCode":{}}"#, "7011"] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
