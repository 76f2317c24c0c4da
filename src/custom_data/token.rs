//! The license token (`docs/protocol.md`, "License token"): issued and opened on a server, where the keys are.
//!
//! ```text
//! base64( { "drm_type": "Widevine", "site_id": "TUTO", "user_id": "…", "cid": "…",
//!           "policy": sealed( policy JSON ),              called "token" in older samples
//!           "timestamp": "yyyy-mm-ddThh:mm:ssZ",
//!           "response_format": "original" | "json",       optional, not hashed
//!           "key_rotation": true,                         optional, not hashed
//!           "hash": hash( drm_type, site_id, user_id, cid, policy, timestamp ) } )
//! ```

use super::account::Account;
use super::policy;
use super::time::{format_timestamp, parse_timestamp};
use crate::error::{Code, Error, Phase, Reason};
use crate::json::{self, Value};
use crate::schema::{Check, Field, Kind, integer, optional, required};
use crate::text;

/// The DRMs as a token spells them.
pub const DRM_TYPES: [&str; 5] = ["NCG", "Widevine", "PlayReady", "FairPlay", "Wiseplay"];
/// The value of `user_id` without a user.
const NO_USER: &str = "LICENSETOKEN";

/// A content id that PallyCon accepts: up to 200 characters, without control characters.
pub(crate) const CONTENT_ID: Kind = Kind::Line(200);
/// A user or an order. PallyCon publishes no limit; the custom data is sent in a header, so there is one here.
pub(super) const NAME: Kind = Kind::Line(256);

const OPTIONS: &[Field] = &[
    required("drmType", Kind::Text),
    optional("userId", NAME),
    required("contentId", CONTENT_ID),
    optional("policy", Kind::Any),
    optional("responseFormat", Kind::OneOf(&["original", "json", "custom"])),
    optional("keyRotation", Kind::Boolean),
    optional("timestamp", Kind::Integer(0, 253_402_300_799_999)),
    optional("allowUnknown", Kind::Boolean),
];

pub(super) const CHECK: Check = Check { code: Code::TokenOptionsInvalid, allow_unknown: false };

/// A DRM in a token's spelling, from any spelling of its name.
pub fn drm_type(name: &str) -> Result<&'static str, Error> {
    known_drm(&CHECK, "drmType", name)
}

fn known_drm(check: &Check, path: &str, name: &str) -> Result<&'static str, Error> {
    let known = DRM_TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    known.ok_or_else(|| check.refuse_choice(path, name, &DRM_TYPES))
}

/// A page's request to a token backend.
const REQUEST: &[Field] = &[required("content_id", CONTENT_ID), optional("drm", Kind::Text)];

/// Checks a page's request to a token backend, before authorization. Returns the DRM in a token's spelling; if none is
/// named, a backend with a list of DRMs issues a token for each.
pub fn check_request(parameters: &Value, has_list: bool) -> Result<Option<&'static str>, Error> {
    let check = Check { code: Code::TokenRequestInvalid, allow_unknown: true };
    check.object(parameters, REQUEST)?;
    match parameters.field("drm") {
        Some(name) => known_drm(&check, "drm", name).map(Some),
        None if has_list => Ok(None),
        None => Err(check.refuse(Reason::TokenRequestDrm).with(&DRM_TYPES.join(", "))),
    }
}

/// Issues a token. `now` and the option `timestamp` are in milliseconds.
pub fn create(account: &Account, options: &Value, now: i64) -> Result<String, Error> {
    CHECK.object(options, OPTIONS)?;
    let drm_type = drm_type(options.field("drmType").unwrap_or_default())?;
    let user_id = options.field("userId").unwrap_or(NO_USER);
    let content_id = options.field("contentId").unwrap_or_default();
    let seconds = options.get("timestamp").and_then(integer).unwrap_or(now).div_euclid(1000);
    let Some(timestamp) = format_timestamp(seconds) else {
        return Err(CHECK.refuse(Reason::TokenTimestampRange));
    };
    let allow_unknown = options.get("allowUnknown") == Some(&Value::Boolean(true));
    let defaults = Value::object([]);
    let policy = policy::policy_json(options.get("policy").unwrap_or(&defaults), allow_unknown, now.div_euclid(1000))?;
    let parts = Parts { drm_type, user_id, content_id, policy: &account.seal(&policy), timestamp: &timestamp };
    // The default is not written: older servers do not know the field.
    let key_rotation = options.get("keyRotation").filter(|value| **value == Value::Boolean(true)).cloned();
    let response_format = options.field("responseFormat").map(Value::string);
    parts.encode(account, "policy", response_format, key_rotation)
}

/// The hashed fields.
struct Parts<'a> {
    drm_type: &'a str,
    user_id: &'a str,
    content_id: &'a str,
    policy: &'a str,
    timestamp: &'a str,
}

impl Parts<'_> {
    fn hashed<'a>(&'a self, site_id: &'a str) -> [&'a str; 6] {
        [self.drm_type, site_id, self.user_id, self.content_id, self.policy, self.timestamp]
    }

    fn encode(&self, account: &Account, policy_name: &str, format: Option<Value>, rotation: Option<Value>) -> Result<String, Error> {
        let hash = account.hash(&self.hashed(account.site_id()))?;
        let token = Value::object([
            ("drm_type", Value::string(self.drm_type)),
            ("site_id", Value::string(account.site_id())),
            ("user_id", Value::string(self.user_id)),
            ("cid", Value::string(self.content_id)),
            (policy_name, Value::string(self.policy)),
            ("timestamp", Value::string(self.timestamp)),
        ])
        .with("response_format", format)
        .with("key_rotation", rotation)
        .with("hash", Some(Value::string(text::to_base64(&hash))));
        Ok(text::to_base64(token.to_json().as_bytes()))
    }
}

/// An error that players have as well, raised on the server.
fn refuse(code: Code, reason: Reason) -> Error {
    Error::because(code, reason).during(Phase::Server)
}

/// Reads base64 of a JSON object; shared with auth data.
pub(super) fn envelope(value: &str) -> Result<Value, Error> {
    let json = text::from_base64(value).and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|json| json::parse(&json));
    json.filter(|value| matches!(value, Value::Object(_))).ok_or_else(|| refuse(Code::CustomDataInvalid, Reason::OpenedNotObject))
}

fn missing(name: &str) -> Error {
    refuse(Code::CustomDataInvalid, Reason::FieldMissing).with(name)
}

/// A required field of custom data.
pub(super) fn text_field<'a>(value: &'a Value, name: &str) -> Result<&'a str, Error> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| missing(name))
}

/// Custom data must be for the account's site.
pub(super) fn same_site(account: &Account, site_id: &str) -> Result<(), Error> {
    if site_id == account.site_id() { Ok(()) } else { Err(refuse(Code::SiteMismatch, Reason::OpenedOtherSite).with(account.site_id())) }
}

/// A sealed part that the account's key cannot decrypt.
pub(super) fn key_mismatch() -> Error {
    Error::new(Code::SiteKeyMismatch)
}

/// Verifies a token's hash and decrypts its policy. It does not check whether the token has expired: the license
/// server does.
pub fn open(account: &Account, token: &str) -> Result<Value, Error> {
    let token = envelope(token)?;
    let site_id = text_field(&token, "site_id")?;
    same_site(account, site_id)?;
    // Older samples call the policy "token".
    let sealed = ["policy", "token"].iter().find_map(|name| token.get(name).and_then(Value::as_str)).ok_or_else(|| missing("policy"))?;
    let drm_type = token.get("drm_type").and_then(Value::as_str);
    let parts = Parts {
        drm_type: drm_type.unwrap_or_default(),
        user_id: text_field(&token, "user_id")?,
        content_id: text_field(&token, "cid")?,
        policy: sealed,
        timestamp: text_field(&token, "timestamp")?,
    };
    if !account.hash_matches(&parts.hashed(site_id), text_field(&token, "hash")?)? {
        return Err(refuse(Code::TokenHashMismatch, Reason::OpenedHash));
    }
    let policy = account.open(sealed).and_then(|plain| json::parse(&plain)).ok_or_else(key_mismatch)?;
    let Some(issued) = parse_timestamp(parts.timestamp) else {
        return Err(refuse(Code::CustomDataInvalid, Reason::OpenedTimestamp));
    };
    Ok(Value::object([
        // PallyCon treats a token without drm_type as PlayReady's.
        ("drmType", Value::string(drm_type.unwrap_or("PlayReady"))),
        ("siteId", Value::string(site_id)),
        ("userId", Value::string(parts.user_id)),
        ("contentId", Value::string(parts.content_id)),
        ("policy", policy),
        ("timestamp", Value::Number((issued as i64).to_string())),
    ])
    .with("responseFormat", token.get("response_format").cloned())
    .with("keyRotation", token.get("key_rotation").cloned()))
}

#[cfg(test)]
mod tests {
    use super::super::account::tests::tutorial;
    use super::*;

    const NOW: i64 = 1_563_353_824_987; // 2019-07-17T08:57:04.987Z
    const K1: &str = "bO9DzyQgtgfbSDWmqGgZXWZdWm7M4oZ4X0hC1hS6QNraiwLI0LwmNY+OfOh1L0KmtuH7NF1blUxep9YLWrNfSy4H/6swQW7pbjZnRqRguDQ=";
    const K3: &str = concat!(
        "eyJkcm1fdHlwZSI6IldpZGV2aW5lIiwic2l0ZV9pZCI6IlRVVE8iLCJ1c2VyX2lkIjoidGVzdC11c2VyIiwiY2lkIjoiYmlnYnVja2J1bm55IiwidG9rZW4iOiJi",
        "TzlEenlRZ3RnZmJTRFdtcUdnWlhXWmRXbTdNNG9aNFgwaEMxaFM2UU5yYWl3TEkwTHdtTlkrT2ZPaDFMMEttdHVIN05GMWJsVXhlcDlZTFdyTmZTeTRILzZzd1FXN3Bi",
        "alpuUnFSZ3VEUT0iLCJ0aW1lc3RhbXAiOiIyMDE5LTA3LTE3VDA4OjU3OjA0WiIsImhhc2giOiIwWmVmM1dIQmJ6UUFSMG9HZjVLWG4yNUcxVG12QjJCa3Z6dis3T3FJ",
        "V3ZRPSJ9"
    );

    fn make(options: &str) -> Result<String, Error> {
        create(&tutorial(), &json::parse(options).unwrap(), NOW)
    }

    #[test]
    fn k3_is_encoded_byte_for_byte() {
        let parts =
            Parts { drm_type: "Widevine", user_id: "test-user", content_id: "bigbuckbunny", policy: K1, timestamp: "2019-07-17T08:57:04Z" };
        assert_eq!(parts.encode(&tutorial(), "token", None, None).unwrap(), K3);
    }

    #[test]
    fn k3_opens_under_its_old_field_name() {
        assert_eq!(
            open(&tutorial(), K3).unwrap().to_json(),
            concat!(
                r#"{"drmType":"Widevine","siteId":"TUTO","userId":"test-user","contentId":"bigbuckbunny","#,
                r#""policy":{"playback_policy":{"limit":true,"persistent":false,"duration":3600}},"timestamp":1563353824000}"#
            )
        );
    }

    #[test]
    fn k6_is_issued_with_the_default_version_first() {
        let token = make(
            r#"{"drmType":"widevine","userId":"test-user","contentId":"bigbuckbunny","policy":{"playback_policy":{"persistent":false,"license_duration":3600}}}"#,
        )
        .unwrap();
        let json = envelope(&token).unwrap();
        assert_eq!(
            json.field("policy"),
            Some(
                "sX7DEMZ1S2xaMoIt76m+yDwylZRVJ2Gzs2I1b0+mzL0X9FcJ43aAloqI5noG2iyCdxCNKsSBE5OrTJyq40pxt2RCkTT0BoMjtdssk+thamOyJsZzmOJ2s3fVVuvz2z01"
            )
        );
        assert_eq!(json.field("hash"), Some("HaDM1POIGN+siARLgncSB7y366lB/xnkKAoGEER+Mts="));
        assert_eq!(json.field("timestamp"), Some("2019-07-17T08:57:04Z"));
        assert_eq!(json.field("drm_type"), Some("Widevine"));
    }

    #[test]
    fn output_can_be_opened_again() {
        let token = make(
            r#"{"drmType":"FAIRPLAY","contentId":"film-1_é","responseFormat":"json","keyRotation":true,"timestamp":1000,"policy":{"policy_version":2}}"#,
        )
        .unwrap();
        assert_eq!(
            open(&tutorial(), &token).unwrap().to_json(),
            concat!(
                r#"{"drmType":"FairPlay","siteId":"TUTO","userId":"LICENSETOKEN","contentId":"film-1_é","policy":{"policy_version":2},"#,
                r#""timestamp":1000,"responseFormat":"json","keyRotation":true}"#
            )
        );
        let plain = envelope(&make(r#"{"drmType":"ncg","contentId":"a","keyRotation":false}"#).unwrap()).unwrap();
        assert_eq!((plain.get("key_rotation"), plain.get("response_format")), (None, None));
    }

    #[test]
    fn options_are_checked_by_name_and_value() {
        let long = format!(r#"{{"drmType":"ncg","contentId":"{}"}}"#, "x".repeat(201));
        for (options, message) in [
            ("{}", "The options are invalid: drmType is missing"),
            (r#"{"drmType":"widewine","contentId":"a"}"#, "did you mean \"Widevine\"?"),
            (r#"{"drmType":"clearkey","contentId":"a"}"#, "must be one of NCG, Widevine, PlayReady, FairPlay, Wiseplay"),
            (r#"{"drmtype":"ncg","contentId":"a"}"#, "did you mean \"drmType\"?"),
            (r#"{"drmType":"ncg","content_id":"a"}"#, "did you mean \"contentId\"?"),
            (r#"{"drmType":"ncg","contentId":""}"#, "The options are invalid: contentId must be text that is not empty"),
            (r#"{"drmType":"ncg","contentId":"a\nb"}"#, "contentId contains a control character"),
            (&long, "contentId is longer than 200 characters"),
            (r#"{"drmType":"ncg","contentId":"a","responseFormat":"xml"}"#, "responseFormat must be one of original, json, custom"),
            (r#"{"drmType":"ncg","contentId":"a","timestamp":"now"}"#, "timestamp must be a whole number"),
            (r#"{"drmType":"ncg","contentId":"a","policy":"x"}"#, "The policy is invalid: it is not an object"),
            (r#"{"drmType":"ncg","contentId":"a","policy":null}"#, "The policy is invalid: it is not an object"),
        ] {
            let error = make(options).unwrap_err();
            assert!(error.message().contains(message), "{options}: {}", error.message());
        }
    }

    #[test]
    fn a_user_has_a_maximum_length_and_no_control_characters() {
        let with = |user: &str| make(&format!(r#"{{"drmType":"NCG","contentId":"c","userId":"{user}"}}"#));
        assert!(with(&"é".repeat(256)).is_ok());
        for (user, message) in [
            ("é".repeat(257), "userId is longer than 256 characters."),
            ("a\\nb".into(), "userId contains a control character."),
            ("a\\u0000".into(), "userId contains a control character."),
            (String::new(), "userId must be text that is not empty."),
        ] {
            assert_eq!(with(&user).unwrap_err().message(), ["The options are invalid: ", message].concat());
        }
    }

    #[test]
    fn the_parameters_of_a_token_request_are_checked() {
        let check = |text: &str| check_request(&json::parse(text).unwrap(), false).map_err(|error| error.message());
        assert_eq!(check(r#"{"content_id":"film/1 é","drm":"WIDEVINE"}"#), Ok(Some("Widevine")));
        let long = format!(r#"{{"content_id":"{}","drm":"ncg"}}"#, "a".repeat(201));
        for (text, message) in [
            (r#"{"drm":"ncg"}"#, "content_id is missing."),
            (r#"{"content_id":" ","drm":"ncg"}"#, "content_id must be text that is not empty."),
            (r#"{"content_id":"a\u0007","drm":"ncg"}"#, "content_id contains a control character."),
            (long.as_str(), "content_id is longer than 200 characters."),
            (
                r#"{"content_id":"a"}"#,
                "drm is missing: add drm=… to the URL (NCG, Widevine, PlayReady, FairPlay, Wiseplay), or give tokenHandler the option drms.",
            ),
            (r#"{"content_id":"a","drm":"clearkey"}"#, "drm must be one of NCG, Widevine, PlayReady, FairPlay, Wiseplay."),
        ] {
            assert_eq!(check(text), Err(message.into()));
        }
        let listed = |text: &str| check_request(&json::parse(text).unwrap(), true).map_err(|error| error.message());
        assert_eq!(listed(r#"{"content_id":"a"}"#), Ok(None));
        assert_eq!(listed(r#"{"content_id":"a","drm":"ncg"}"#), Ok(Some("NCG")));
        assert!(listed("{}").is_err() && listed(r#"{"content_id":"a","drm":"clearkey"}"#).is_err());
    }

    #[test]
    fn a_changed_token_is_refused_without_revealing_keys() {
        let json = String::from_utf8(text::from_base64(K3).unwrap()).unwrap();
        for (from, to, code) in [
            ("bigbuckbunny", "bigbuckbunnz", "token-hash-mismatch"),
            ("test-user", "best-user", "token-hash-mismatch"),
            ("2019", "2020", "token-hash-mismatch"),
            ("Widevine", "FairPlay", "token-hash-mismatch"),
            ("bO9D", "bO9E", "token-hash-mismatch"),
            ("0Zef3W", "0Zef3X", "token-hash-mismatch"),
            ("TUTO", "DEMO", "site-mismatch"),
            ("\"token\"", "\"x\"", "custom-data-invalid"),
            ("\"hash\"", "\"x\"", "custom-data-invalid"),
            ("\"cid\"", "\"x\"", "custom-data-invalid"),
        ] {
            let error = open(&tutorial(), &text::to_base64(json.replacen(from, to, 1).as_bytes())).unwrap_err();
            assert_eq!(error.code.as_str(), code, "{from}");
            for secret in ["lU5D8s3P", "LT2FVJDp"] {
                assert!(!error.to_json().contains(secret));
            }
        }
        for garbage in ["", "e30", "W10=", "%%%", "bnVsbA=="] {
            assert_eq!(open(&tutorial(), garbage).unwrap_err().code, Code::CustomDataInvalid, "{garbage}");
        }
    }

    #[test]
    fn line_breaks_and_escaped_slashes_do_not_matter() {
        let json = String::from_utf8(text::from_base64(K3).unwrap()).unwrap().replace('/', "\\/").replace(",", ",\n  ");
        let token = text::to_base64(json.as_bytes());
        let broken: String = token.as_bytes().chunks(64).map(|line| format!("{}\r\n", str::from_utf8(line).unwrap())).collect();
        assert_eq!(open(&tutorial(), &broken).unwrap().field("contentId"), Some("bigbuckbunny"));
    }

    #[test]
    fn another_site_key_is_reported_as_the_cause() {
        use zeroize::Zeroizing;
        let other = Account::new(
            "TUTO",
            Zeroizing::new("00000000000000000000000000000000".into()),
            Some(Zeroizing::new("LT2FVJDp2Xr018zf4Di6lzvNOv3DKP20".into())),
        )
        .unwrap();
        assert_eq!(open(&other, K3).unwrap_err().code, Code::SiteKeyMismatch);
    }

    #[test]
    fn tokens_of_an_independent_implementation_open() {
        // tests/vectors/README.md says which one, and its version.
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/python-pallycon.json")).unwrap();
        let tokens = vectors["tokens"].as_array().unwrap();
        assert_eq!(tokens.len(), 7);
        for theirs in tokens {
            let opened = open(&tutorial(), theirs["token"].as_str().unwrap()).unwrap().to_json();
            let opened: serde_json::Value = serde_json::from_str(&opened).unwrap();
            for field in ["drmType", "userId", "contentId", "policy"] {
                assert_eq!(opened[field], theirs[field], "{field}");
            }
            let seconds = opened["timestamp"].as_i64().unwrap() / 1000;
            assert_eq!(format_timestamp(seconds).unwrap(), theirs["timestamp"].as_str().unwrap());
        }
    }
}
