//! Callback auth data (`docs/protocol.md`, "Callback auth data"): names a user and a content; PallyCon then asks the
//! site's own server.
//!
//! ```text
//! base64( { "drm_type": "Widevine", "site_id": "DEMO", "data": sealed( inner ) } )
//! inner = { "user_id": "…", "cid": "…", "oid": "…", "content_type": "live" }      the last two are optional
//! ```

use super::account::Account;
use super::token::{self, CHECK, CONTENT_ID, NAME, envelope, key_mismatch, same_site, text_field};
use crate::error::Error;
use crate::json::{self, Value};
use crate::schema::{Field, Kind, optional, required};
use crate::text;

const OPTIONS: &[Field] = &[
    required("drmType", Kind::Text),
    required("userId", NAME),
    required("contentId", CONTENT_ID),
    optional("orderId", NAME),
    optional("contentType", NAME),
];

/// Creates auth data.
pub fn create(account: &Account, options: &Value) -> Result<String, Error> {
    CHECK.object(options, OPTIONS)?;
    let drm_type = token::drm_type(options.field("drmType").unwrap_or_default())?;
    let inner = Value::object([
        ("user_id", Value::string(options.field("userId").unwrap_or_default())),
        ("cid", Value::string(options.field("contentId").unwrap_or_default())),
    ])
    .with("oid", options.get("orderId").cloned())
    .with("content_type", options.get("contentType").cloned());
    let outer = Value::object([
        ("drm_type", Value::string(drm_type)),
        ("site_id", Value::string(account.site_id())),
        ("data", Value::string(account.seal(&inner.to_json()))),
    ]);
    Ok(text::to_base64(outer.to_json().as_bytes()))
}

/// Decrypts auth data. It has no hash: JSON that decrypts with the site key was encrypted with it.
pub fn open(account: &Account, value: &str) -> Result<Value, Error> {
    let outer = envelope(value)?;
    let site_id = text_field(&outer, "site_id")?;
    same_site(account, site_id)?;
    let plain = account.open(text_field(&outer, "data")?).ok_or_else(key_mismatch)?;
    let inner = json::parse(&plain).filter(|inner| matches!(inner, Value::Object(_))).ok_or_else(key_mismatch)?;
    Ok(Value::object([
        ("drmType", Value::string(outer.field("drm_type").unwrap_or("PlayReady"))),
        ("siteId", Value::string(site_id)),
        ("userId", Value::string(text_field(&inner, "user_id")?)),
        ("contentId", Value::string(text_field(&inner, "cid")?)),
    ])
    .with("orderId", inner.get("oid").cloned())
    .with("contentType", inner.get("content_type").cloned()))
}

#[cfg(test)]
mod tests {
    use super::super::account::tests::tutorial;
    use super::*;

    fn make(options: &str) -> Result<String, Error> {
        create(&tutorial(), &json::parse(options).unwrap())
    }

    #[test]
    fn output_can_be_opened_again() {
        for (options, drm_type) in [
            (r#"{"drmType":"widevine","userId":"u","contentId":"test cid","orderId":"o-1","contentType":"live"}"#, "Widevine"),
            (r#"{"drmType":"NCG","userId":"u","contentId":"test cid","orderId":"o-1","contentType":"live"}"#, "NCG"),
        ] {
            let expected = [
                r#"{"drmType":""#,
                drm_type,
                r#"","siteId":"TUTO","userId":"u","contentId":"test cid","orderId":"o-1","contentType":"live"}"#,
            ];
            assert_eq!(open(&tutorial(), &make(options).unwrap()).unwrap().to_json(), expected.concat());
        }
    }

    #[test]
    fn the_known_inner_data_decrypts() {
        // K5 of the protocol page, in the envelope of the guide's header example.
        let outer =
            r#"{"drm_type":"Widevine", "site_id":"TUTO", "data":"Mvyd8gScuNFS4RLDyHBfc+gyRzlMcu1th909gC3nMSVsuMtcDmcLoy5xjLzW1lYO"}"#;
        let opened = open(&tutorial(), &text::to_base64([outer, "\r\n"].concat().as_bytes())).unwrap();
        assert_eq!(opened.to_json(), r#"{"drmType":"Widevine","siteId":"TUTO","userId":"test","contentId":"test cid"}"#);
    }

    #[test]
    fn the_outer_fields_are_in_the_guides_order() {
        let json = String::from_utf8(text::from_base64(&make(r#"{"drmType":"PlayReady","userId":"u","contentId":"c"}"#).unwrap()).unwrap());
        assert!(json.unwrap().starts_with(r#"{"drm_type":"PlayReady","site_id":"TUTO","data":""#));
    }

    #[test]
    fn errors_name_the_field() {
        for (options, message) in [
            (r#"{"drmType":"x","userId":"u","contentId":"c"}"#, "drmType must be one of"),
            (r#"{"drmType":"NCG","contentId":"c"}"#, "userId is missing"),
            (r#"{"drmType":"NCG","userId":"u","contentId":"c","oid":"1"}"#, "oid is not known"),
        ] {
            assert!(make(options).unwrap_err().message().contains(message), "{options}");
        }
        for (outer, code) in [
            (r#"{"drm_type":"NCG","site_id":"DEMO","data":"x"}"#, "site-mismatch"),
            (r#"{"drm_type":"NCG","site_id":"TUTO","data":"AAAA"}"#, "site-key-mismatch"),
            (r#"{"drm_type":"NCG","site_id":"TUTO"}"#, "custom-data-invalid"),
        ] {
            assert_eq!(open(&tutorial(), &text::to_base64(outer.as_bytes())).unwrap_err().code.as_str(), code);
        }
    }
}
