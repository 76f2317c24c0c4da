//! The callback: PallyCon asks the site's own page what a user may do (`docs/protocol.md`, "Callback").
//!
//! ```text
//! request    POST data=sealed( { user_id, cid, oid, nonce, device_id, device_type, drm_type } )
//! response   sealed( { error_code: "0000", error_message, response_user_id?,
//!                      playback_policy?, security_policy?, external_key?, nonce } )
//! ```
//!
//! Any other `error_code` reaches the player inside PallyCon's 8002, with the site's code and message.

use super::account::Account;
use super::policy;
use super::token::{NAME, key_mismatch, text_field};
use crate::error::{Code, Error, Phase, Reason};
use crate::json::{self, Value};
use crate::schema::{Check, Field, Kind, optional, required};

/// The page's grant, or the reason of its refusal.
const RESPONSE: &[Field] = &[
    optional("policy", Kind::Any),
    optional("userId", NAME),
    optional("allowUnknown", Kind::Boolean),
    optional("error", Kind::Group(&[required("code", Kind::Line(64)), optional("message", Kind::Line(1024))])),
];
const CHECK: Check = Check { code: Code::TokenOptionsInvalid, allow_unknown: false };
/// The code of a grant; a refusal must not use it.
const GRANTED: &str = "0000";

/// Decrypts PallyCon's request into the fields of the public API.
pub fn open(account: &Account, data: &str) -> Result<Value, Error> {
    let plain = account.open(data).ok_or_else(key_mismatch)?;
    let request = json::parse(&plain).filter(|request| matches!(request, Value::Object(_))).ok_or_else(key_mismatch)?;
    // Numbers as text: an id is not a quantity.
    let other = |name: &str| request.field(name).map(Value::string);
    Ok(Value::object([
        ("userId", Value::string(text_field(&request, "user_id")?)),
        ("contentId", Value::string(text_field(&request, "cid")?)),
    ])
    .with("orderId", other("oid"))
    .with("deviceId", other("device_id"))
    .with("deviceType", other("device_type"))
    .with("drmType", other("drm_type"))
    .with("nonce", Some(other("nonce").ok_or_else(|| missing("nonce"))?)))
}

fn missing(name: &str) -> Error {
    Error::because(Code::CustomDataInvalid, Reason::FieldMissing).during(Phase::Server).with(name)
}

/// Encrypts the page's response to the request with this nonce. `now` is in milliseconds.
pub fn respond(account: &Account, response: &Value, nonce: &str, now: i64) -> Result<String, Error> {
    CHECK.object(response, RESPONSE)?;
    let nonce = || Some(Value::string(nonce));
    if let Some(error) = response.get("error") {
        let code = error.field("code").unwrap_or_default();
        if code == GRANTED {
            return Err(CHECK.refuse(Reason::CallbackGrantedCode));
        }
        let message = error.get("message").cloned().unwrap_or(Value::string(""));
        let refusal = Value::object([("error_code", Value::string(code)), ("error_message", message)]).with("nonce", nonce());
        return Ok(account.seal(&refusal.to_json()));
    }
    let allow_unknown = response.get("allowUnknown") == Some(&Value::Boolean(true));
    let defaults = Value::object([]);
    let policy = response.get("policy").unwrap_or(&defaults);
    policy::check(policy, allow_unknown, now.div_euclid(1000))?;
    let mut granted = Value::object([("error_code", Value::string(GRANTED)), ("error_message", Value::string("success"))])
        .with("response_user_id", response.get("userId").cloned());
    // The version is of the token's format; in a callback the parts of a policy are fields of the response itself.
    if let Value::Object(fields) = policy {
        for (name, value) in fields.iter().filter(|(name, _)| name != "policy_version") {
            granted = granted.with(name, Some(value.clone()));
        }
    }
    Ok(account.seal(&granted.with("nonce", nonce()).to_json()))
}

#[cfg(test)]
mod tests {
    use super::super::account::tests::tutorial;
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn opened(text: &str) -> Result<String, String> {
        let account = tutorial();
        open(&account, &account.seal(text)).map(|request| request.to_json()).map_err(|error| error.message())
    }

    fn responded(text: &str) -> Result<String, String> {
        let account = tutorial();
        let sealed = respond(&account, &json::parse(text).unwrap(), "n-1", NOW).map_err(|error| error.message())?;
        Ok(account.open(&sealed).unwrap().to_string())
    }

    #[test]
    fn a_request_is_opened() {
        assert_eq!(
            opened(
                r#"{"user_id":"ann","cid":"film 1","oid":"o","nonce":"n-1","device_id":"d","device_type":"pc","drm_type":"Widevine","new":1}"#
            )
            .unwrap(),
            concat!(
                r#"{"userId":"ann","contentId":"film 1","orderId":"o","deviceId":"d","deviceType":"pc","drmType":"Widevine","#,
                r#""nonce":"n-1"}"#
            )
        );
        assert_eq!(opened(r#"{"user_id":"ann","cid":"c","nonce":17}"#).unwrap(), r#"{"userId":"ann","contentId":"c","nonce":"17"}"#);
    }

    #[test]
    fn anything_but_a_request_is_refused() {
        assert!(opened(r#"{"user_id":"ann","cid":"c"}"#).unwrap_err().contains("lacks nonce"));
        assert!(opened(r#"{"cid":"c","nonce":"n"}"#).unwrap_err().contains("lacks user_id"));
        for text in ["[]", "", "no JSON"] {
            assert!(opened(text).unwrap_err().contains("cannot be decrypted"), "{text}");
        }
        for data in ["", "AAAA", "not base64!", &"A".repeat(64)] {
            assert_eq!(open(&tutorial(), data).unwrap_err().code, Code::SiteKeyMismatch);
        }
    }

    #[test]
    fn a_grant_carries_policy_and_nonce() {
        assert_eq!(responded("{}").unwrap(), r#"{"error_code":"0000","error_message":"success","nonce":"n-1"}"#);
        let text = r#"{"userId":"bob","policy":{"policy_version":2,"playback_policy":{"license_duration":60},"security_policy":[{"track_type":"HD"}]}}"#;
        assert_eq!(
            responded(text).unwrap(),
            concat!(
                r#"{"error_code":"0000","error_message":"success","response_user_id":"bob","playback_policy":{"license_duration":60},"#,
                r#""security_policy":[{"track_type":"HD"}],"nonce":"n-1"}"#
            )
        );
        assert!(responded(r#"{"policy":{"playback_policy":{"licenseDuration":60}}}"#).unwrap_err().contains("did you mean"));
        assert!(responded(r#"{"policy":{"brand_new":1},"allowUnknown":true}"#).unwrap().contains(r#""brand_new":1"#));
    }

    #[test]
    fn a_refusal_carries_the_sites_code() {
        assert_eq!(
            responded(r#"{"error":{"code":"E42","message":"no subscription"}}"#).unwrap(),
            r#"{"error_code":"E42","error_message":"no subscription","nonce":"n-1"}"#
        );
        assert!(responded(r#"{"error":{"code":"0000"}}"#).unwrap_err().contains("0000"));
        assert!(responded(r#"{"error":{"message":"x"}}"#).unwrap_err().contains("error.code is missing"));
        assert!(responded(r#"{"polciy":{}}"#).unwrap_err().contains("did you mean \"policy\""));
        assert!(responded("true").unwrap_err().contains("not an object"));
    }
}
