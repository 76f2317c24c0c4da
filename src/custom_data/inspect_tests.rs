use super::*;
use crate::error::Phase;
use crate::text::to_base64;

/// The published tutorial's token (`docs/protocol.md`, K3), issued 2019-07-17T08:57:04Z.
const K3: &str = "eyJkcm1fdHlwZSI6IldpZGV2aW5lIiwic2l0ZV9pZCI6IlRVVE8iLCJ1c2VyX2lkIjoidGVzdC11c2VyIiwiY2lkIjoiYmlnYnVja2J1bm55IiwidG9rZW4iOiJiTzlEenlRZ3RnZmJTRFdtcUdnWlhXWmRXbTdNNG9aNFgwaEMxaFM2UU5yYWl3TEkwTHdtTlkrT2ZPaDFMMEttdHVIN05GMWJsVXhlcDlZTFdyTmZTeTRILzZzd1FXN3BialpuUnFSZ3VEUT0iLCJ0aW1lc3RhbXAiOiIyMDE5LTA3LTE3VDA4OjU3OjA0WiIsImhhc2giOiIwWmVmM1dIQmJ6UUFSMG9HZjVLWG4yNUcxVG12QjJCa3Z6dis3T3FJV3ZRPSJ9";
const MADE: f64 = 1_563_353_824_000.0;

fn read(value: &str, expected: &Expected<'_>) -> serde_json::Value {
    serde_json::from_str(&inspect(value, expected).unwrap().to_json()).unwrap()
}

fn codes(value: &str, expected: &Expected<'_>) -> Vec<String> {
    let problems = read(value, expected)["problems"].take();
    problems.as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap().into()).collect()
}

fn good() -> Expected<'static> {
    Expected {
        now: Some(MADE + 1000.0),
        drm: Some(Drm::Widevine),
        site_id: Some("TUTO"),
        content_id: Some("bigbuckbunny"),
        ..Expected::default()
    }
}

fn token(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut object: serde_json::Value = serde_json::from_slice(&from_base64(K3).unwrap()).unwrap();
    change(&mut object);
    to_base64(object.to_string().as_bytes())
}

#[test]
fn the_published_token_is_read() {
    let read = inspect(K3, &good()).unwrap();
    assert_eq!((read.kind, read.site_id.as_str()), (Kind::Token, "TUTO"));
    let json = r#"{"kind":"token","drmType":"Widevine","siteId":"TUTO","userId":"test-user","contentId":"bigbuckbunny","issuedAt":1563353824000,"expiresAt":1563354424000,"problems":[]}"#;
    assert_eq!(read.to_json(), json);
}

#[test]
fn times_are_compared_with_the_given_clock() {
    let at = |now: f64| codes(K3, &Expected { now: Some(now), ..good() });
    assert_eq!(at(MADE + 599_999.0), [""; 0]);
    assert_eq!(at(MADE + 600_000.0), ["token-expired"]);
    assert_eq!(at(MADE - 5_000.0), [""; 0]);
    assert_eq!(at(MADE - 6_000.0), ["token-from-future"]);
    assert_eq!(codes(K3, &Expected { now: Some(MADE + 31_000.0), token_lifetime: Some(30_000.0), ..good() }), ["token-expired"]);
    assert_eq!(codes(&token(|t| t["timestamp"] = "2019-07-17 08:57".into()), &good()), ["timestamp-invalid"]);
}

#[test]
fn differences_from_the_expected_values_are_reported() {
    assert_eq!(codes(K3, &Expected { drm: Some(Drm::FairPlay), ..good() }), ["token-drm-mismatch"]);
    assert_eq!(codes(K3, &Expected { drm: Some(Drm::ClearKey), ..good() }), [""; 0]);
    assert_eq!(codes(K3, &Expected { content_id: Some("other"), ..good() }), ["content-id-mismatch"]);
    assert_eq!(codes(K3, &Expected { site_id: Some("DEMO"), ..good() }), ["site-mismatch"]);
    assert_eq!(codes(K3, &Expected { key_rotation: true, ..good() }), ["key-rotation-missing"]);
    assert_eq!(codes(&token(|t| t["key_rotation"] = true.into()), &Expected { key_rotation: true, ..good() }), [""; 0]);
    assert_eq!(codes(&token(|t| t["drm_type"] = "widevine".into()), &good()), [""; 0]);
    assert_eq!(codes(&token(|t| drop(t.as_object_mut().unwrap().remove("drm_type"))), &good()), ["token-drm-mismatch"]);
    assert_eq!(codes(&token(|t| t["response_format"] = "json".into()), &good()), ["response-format"]);
    assert_eq!(codes(&token(|t| t["response_format"] = "original".into()), &good()), [""; 0]);
}

/// A hash is a common content id, and looks like a secret.
#[test]
fn fields_are_read_unchanged() {
    let (cid, user) = ["a".repeat(64).leak() as &str, "u\t v "].into();
    let value = token(|t| (t["cid"], t["user_id"]) = (cid.into(), user.into()));
    let read = read(&value, &Expected { content_id: Some(cid), ..good() });
    assert_eq!((&read["contentId"], &read["userId"]), (&cid.into(), &user.into()));
    assert_eq!(read["problems"], serde_json::json!([]));
    assert_eq!(codes(&value, &good()), ["content-id-mismatch"]);
}

#[test]
fn the_form_is_checked() {
    let spaced = [&K3[..10], "\r\n", &K3[10..], "\n"].concat();
    assert_eq!(codes(&spaced, &good()), ["custom-data-whitespace"]);
    assert_eq!(codes(&to_base64(K3.as_bytes()), &good()), ["custom-data-double-base64"]);
    assert_eq!(codes(&token(|t| t["hash"] = "00ff".into()), &good()), ["token-hash-mismatch"]);
    assert_eq!(codes(&token(|t| t["token"] = "{}".into()), &good()), ["token-unreadable"]);
    assert_eq!(codes(&token(|t| t["site_id"] = "TUTORIAL".into()), &Expected::default()), ["site-id-invalid"]);
    assert_eq!(codes(&token(|t| t["token"] = "AAAA".into()), &good()), ["token-unreadable"]);
    assert_eq!(codes(&token(|t| t["drm_type"] = "Foo".into()), &Expected { drm: None, ..good() }), ["token-drm-mismatch"]);
    assert_eq!(codes(&token(|t| t["drm_type"] = "ncg".into()), &Expected { drm: None, ..good() }), [""; 0]);
    let long = "c".repeat(201);
    assert_eq!(codes(&token(|t| t["cid"] = long.as_str().into()), &Expected { content_id: Some(&long), ..good() }), ["content-id-invalid"]);
    assert_eq!(
        codes(&token(|t| t["user_id"] = "~~~~~~???".into()).replace('+', "-").replace('/', "_"), &good()),
        ["custom-data-base64url"]
    );
    let read = read(&to_base64(b"{}"), &good());
    assert_eq!(read["problems"][0]["message"], "The custom data lacks site_id, user_id, cid, timestamp, hash, policy.");
}

#[test]
fn auth_data_is_read_but_refused_if_a_token_is_needed() {
    // The guide's header example, which ends in a line break inside the base64.
    let value = to_base64(
        b"{\"drm_type\":\"Widevine\", \"site_id\":\"DEMO\", \"data\":\"4wvWFelCQ4ynPUaCSWeb1fcNuFUFqFhEH0jivn11OStvVPP/05wUkNhdKCGchNz1\"}\r\n",
    );
    let read = read(&value, &Expected { drm: Some(Drm::Widevine), site_id: Some("DEMO"), ..good() });
    assert_eq!(read, serde_json::json!({"kind": "auth-data", "drmType": "Widevine", "siteId": "DEMO", "problems": []}));
    assert_eq!(codes(&value, &Expected { site_id: Some("DEMO"), token_needed: true, ..good() }), ["token-needed"]);
}

#[test]
fn only_input_without_an_object_is_an_error_and_is_not_repeated() {
    for value in ["", "secret token", "c2VjcmV0", "{\"drm_type\":\"Widevine\"}", &to_base64(b"[]"), &to_base64(b"\"text\"")] {
        let error = inspect(value, &good()).unwrap_err();
        assert_eq!((error.code, error.phase), (Code::CustomDataInvalid, Phase::CustomData));
        assert!(value.is_empty() || !error.to_json().contains(value));
    }
}

#[test]
fn problems_are_sorted_by_severity() {
    let expected = Expected { now: Some(MADE + 1e9), drm: Some(Drm::PlayReady), content_id: Some("x"), ..good() };
    assert_eq!(
        codes(&[K3, "\n"].concat(), &expected),
        ["token-expired", "token-drm-mismatch", "content-id-mismatch", "custom-data-whitespace"]
    );
}
