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

/// What a page grants, or why it refuses.
const ANSWER: &[Field] = &[
    optional("policy", Kind::Any),
    optional("userId", NAME),
    optional("allowUnknown", Kind::Boolean),
    optional("error", Kind::Group(&[required("code", Kind::Line(64)), optional("message", Kind::Line(1024))])),
];
const CHECK: Check = Check { code: Code::TokenOptionsInvalid, allow_unknown: false };
/// The code of a grant, which no refusal may have.
const GRANTED: &str = "0000";

/// Decrypts what PallyCon asks: its parts in the names of the public API.
pub fn open(account: &Account, data: &str) -> Result<Value, Error> {
    let plain = account.open(data).ok_or_else(key_mismatch)?;
    let asked = json::parse(&plain).filter(|asked| matches!(asked, Value::Object(_))).ok_or_else(key_mismatch)?;
    // Numbers as text: an id is no quantity.
    let other = |name: &str| asked.field(name).map(Value::string);
    Ok(Value::object([("userId", Value::string(text_field(&asked, "user_id")?)), ("contentId", Value::string(text_field(&asked, "cid")?))])
        .with("orderId", other("oid"))
        .with("deviceId", other("device_id"))
        .with("deviceType", other("device_type"))
        .with("drmType", other("drm_type"))
        .with("nonce", Some(other("nonce").ok_or_else(|| missing("nonce"))?)))
}

fn missing(name: &str) -> Error {
    Error::because(Code::CustomDataInvalid, Reason::FieldMissing).during(Phase::Server).with(name)
}

/// Encrypts the page's answer for the request of this nonce. `now` is in milliseconds.
pub fn answer(account: &Account, answer: &Value, nonce: &str, now: i64) -> Result<String, Error> {
    CHECK.object(answer, ANSWER)?;
    let nonce = || Some(Value::string(nonce));
    if let Some(error) = answer.get("error") {
        let code = error.field("code").unwrap_or_default();
        if code == GRANTED {
            return Err(CHECK.refuse(Reason::CallbackGrantedCode));
        }
        let message = error.get("message").cloned().unwrap_or(Value::string(""));
        let refusal = Value::object([("error_code", Value::string(code)), ("error_message", message)]).with("nonce", nonce());
        return Ok(account.seal(&refusal.to_json()));
    }
    let allow_unknown = answer.get("allowUnknown") == Some(&Value::Boolean(true));
    let defaults = Value::object([]);
    let policy = answer.get("policy").unwrap_or(&defaults);
    policy::check(policy, allow_unknown, now.div_euclid(1000))?;
    let mut granted = Value::object([("error_code", Value::string(GRANTED)), ("error_message", Value::string("success"))])
        .with("response_user_id", answer.get("userId").cloned());
    // The version is of the token's format; in a callback the parts of a policy are fields of the answer itself.
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

    fn asked(text: &str) -> Result<String, String> {
        let account = tutorial();
        open(&account, &account.seal(text)).map(|asked| asked.to_json()).map_err(|error| error.message())
    }

    fn answered(text: &str) -> Result<String, String> {
        let account = tutorial();
        let sealed = answer(&account, &json::parse(text).unwrap(), "n-1", NOW).map_err(|error| error.message())?;
        Ok(account.open(&sealed).unwrap().to_string())
    }

    #[test]
    fn a_request_is_opened() {
        assert_eq!(
            asked(
                r#"{"user_id":"ann","cid":"film 1","oid":"o","nonce":"n-1","device_id":"d","device_type":"pc","drm_type":"Widevine","new":1}"#
            )
            .unwrap(),
            concat!(
                r#"{"userId":"ann","contentId":"film 1","orderId":"o","deviceId":"d","deviceType":"pc","drmType":"Widevine","#,
                r#""nonce":"n-1"}"#
            )
        );
        assert_eq!(asked(r#"{"user_id":"ann","cid":"c","nonce":17}"#).unwrap(), r#"{"userId":"ann","contentId":"c","nonce":"17"}"#);
    }

    #[test]
    fn what_is_not_a_request_is_refused() {
        assert!(asked(r#"{"user_id":"ann","cid":"c"}"#).unwrap_err().contains("lacks nonce"));
        assert!(asked(r#"{"cid":"c","nonce":"n"}"#).unwrap_err().contains("lacks user_id"));
        for text in ["[]", "", "no JSON"] {
            assert!(asked(text).unwrap_err().contains("cannot be decrypted"), "{text}");
        }
        for data in ["", "AAAA", "not base64!", &"A".repeat(64)] {
            assert_eq!(open(&tutorial(), data).unwrap_err().code, Code::SiteKeyMismatch);
        }
    }

    #[test]
    fn a_grant_carries_policy_and_nonce() {
        assert_eq!(answered("{}").unwrap(), r#"{"error_code":"0000","error_message":"success","nonce":"n-1"}"#);
        let text = r#"{"userId":"bob","policy":{"policy_version":2,"playback_policy":{"license_duration":60},"security_policy":[{"track_type":"HD"}]}}"#;
        assert_eq!(
            answered(text).unwrap(),
            concat!(
                r#"{"error_code":"0000","error_message":"success","response_user_id":"bob","playback_policy":{"license_duration":60},"#,
                r#""security_policy":[{"track_type":"HD"}],"nonce":"n-1"}"#
            )
        );
        assert!(answered(r#"{"policy":{"playback_policy":{"licenseDuration":60}}}"#).unwrap_err().contains("did you mean"));
        assert!(answered(r#"{"policy":{"brand_new":1},"allowUnknown":true}"#).unwrap().contains(r#""brand_new":1"#));
    }

    #[test]
    fn a_refusal_carries_the_sites_code() {
        assert_eq!(
            answered(r#"{"error":{"code":"E42","message":"no subscription"}}"#).unwrap(),
            r#"{"error_code":"E42","error_message":"no subscription","nonce":"n-1"}"#
        );
        assert!(answered(r#"{"error":{"code":"0000"}}"#).unwrap_err().contains("0000"));
        assert!(answered(r#"{"error":{"message":"x"}}"#).unwrap_err().contains("error.code is missing"));
        assert!(answered(r#"{"polciy":{}}"#).unwrap_err().contains("did you mean \"policy\""));
        assert!(answered("true").unwrap_err().contains("not an object"));
    }
}
