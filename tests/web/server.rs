//! The exports of the server module.

use js_sys::{JSON, Object, Reflect};
use pallycon_drm::cpix::views;
use pallycon_drm::error::{Code, Error, Phase, Reason, ServerError};
use pallycon_drm::text::{from_base64, to_base64};
use pallycon_drm::web::server::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

/// The account of the published tutorial, whose keys are public.
const SITE_ID: &str = "TUTO";
const SITE_KEY: &str = "lU5D8s3PWoLls3PWFWkClULlFWk5D8oC";
const ACCESS_KEY: &str = "LT2FVJDp2Xr018zf4Di6lzvNOv3DKP20";
const OTHER_KEY: &str = "00000000000000000000000000000000";
/// 2019-07-17T08:57:04.987Z
const NOW: f64 = 1_563_353_824_987.0;

const KEY_ID: &str = "681e5b39-49f2-4dfa-b744-86573c22e6fb";
const WIDEVINE: &str = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
const KMS_V1: &str = "https://kms.pallycon.com/v1/cpix/pallycon/getKey/t";
const KMS_V2: &str = "https://kms.pallycon.com/v2/cpix/pallycon/getKey/t";
const KMS_ATEME: &str = "https://kms.pallycon.com/cpix/anevia/hls/t/film";

/// Options, as a plain JavaScript object.
fn object(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

/// A result, which has to be plain: a Map would be `{}`.
fn json(value: Result<JsValue, JsValue>) -> String {
    JSON::stringify(&value.unwrap()).unwrap().into()
}

/// The thrown value: the JSON of an error, which never contains a key.
fn refused<T>(result: Result<T, JsValue>) -> String {
    let thrown = result.map(drop).unwrap_err().as_string().unwrap();
    assert!(!thrown.contains(SITE_KEY) && !thrown.contains(ACCESS_KEY) && !thrown.contains(OTHER_KEY));
    thrown
}

fn because(code: Code, reason: Reason) -> Error {
    Error::because(code, reason)
}

fn token(options: JsValue) -> Result<String, JsValue> {
    create_license_token(SITE_ID, SITE_KEY.into(), Some(ACCESS_KEY.into()), options, NOW)
}

#[wasm_bindgen_test]
fn a_license_token_round_trips() {
    let policy = r#"{"policy_version":2}"#;
    let options = r#""drmType":"fairplay","userId":"u","contentId":"film é","keyRotation":true"#;
    let made = token(object(&format!(r#"{{{options},"policy":{policy}}}"#))).unwrap();
    let envelope = String::from_utf8(from_base64(&made).unwrap()).unwrap();
    // The time is `now`, in whole seconds; the outer fields are not encrypted.
    let start = r#"{"drm_type":"FairPlay","site_id":"TUTO","user_id":"u","cid":"film é","policy":""#;
    assert!(envelope.starts_with(start), "{envelope}");
    assert!(envelope.contains(r#""timestamp":"2019-07-17T08:57:04Z""#), "{envelope}");
    let open = |access_key: &str| open_license_token(SITE_ID, SITE_KEY.into(), Some(access_key.into()), &made);
    assert_eq!(
        json(open(ACCESS_KEY)),
        concat!(
            r#"{"drmType":"FairPlay","siteId":"TUTO","userId":"u","contentId":"film é","#,
            r#""policy":{"policy_version":2},"timestamp":1563353824000,"keyRotation":true}"#
        )
    );
    let other_access_key = because(Code::TokenHashMismatch, Reason::OpenedHash).during(Phase::Server);
    assert_eq!(refused(open(OTHER_KEY)), other_access_key.to_json());
}

#[wasm_bindgen_test]
fn a_callback_request_is_read_and_a_response_written() {
    let account = pallycon_drm::custom_data::account::Account::new(SITE_ID, zeroize::Zeroizing::new(SITE_KEY.into()), None).unwrap();
    let data = account.seal(r#"{"user_id":"ann","cid":"film","nonce":"n"}"#);
    let opened = json(open_callback_request(SITE_ID, SITE_KEY.into(), &data));
    assert_eq!(opened, r#"{"userId":"ann","contentId":"film","nonce":"n"}"#);
    assert_eq!(refused(open_callback_request(SITE_ID, OTHER_KEY.into(), &data)), Error::new(Code::SiteKeyMismatch).to_json());
    let answer = seal_callback_answer(SITE_ID, SITE_KEY.into(), object(r#"{"userId":"bob"}"#), "n", NOW).unwrap();
    let expected = r#"{"error_code":"0000","error_message":"success","response_user_id":"bob","nonce":"n"}"#;
    assert_eq!(account.open(&answer).unwrap().as_str(), expected);
    let refusal = seal_callback_answer(SITE_ID, SITE_KEY.into(), object(r#"{"error":{"code":"0000"}}"#), "n", NOW);
    assert_eq!(refused(refusal), because(Code::TokenOptionsInvalid, Reason::CallbackGrantedCode).to_json());
}

#[wasm_bindgen_test]
fn a_token_request_is_checked() {
    let request = || object(r#"{"content_id":"film","drm":"wiseplay"}"#);
    assert_eq!(check_token_request(request(), false).unwrap().as_deref(), Some("Wiseplay"));
    assert_eq!(check_token_request(object(r#"{"content_id":"film"}"#), true).unwrap(), None);
    let missing = because(Code::TokenRequestInvalid, Reason::SchemaMissing).with("content_id");
    assert_eq!(refused(check_token_request(object(r#"{"drm":"ncg"}"#), false)), missing.to_json());
}

#[wasm_bindgen_test]
fn a_license_token_has_defaults_and_reports_problems() {
    let made = token(object(r#"{"drmType":"Widevine","contentId":"a"}"#)).unwrap();
    let opened = open_license_token(SITE_ID, SITE_KEY.into(), Some(ACCESS_KEY.into()), &made);
    assert_eq!(
        json(opened),
        concat!(
            r#"{"drmType":"Widevine","siteId":"TUTO","userId":"LICENSETOKEN","contentId":"a","#,
            r#""policy":{"policy_version":2},"timestamp":1563353824000}"#
        )
    );
    let no_drm_type = because(Code::TokenOptionsInvalid, Reason::SchemaMissing).with("drmType");
    assert_eq!(refused(token(object(r#"{"contentId":"a"}"#))), no_drm_type.to_json());
    let options = object(r#"{"drmType":"Widevine","contentId":"a"}"#);
    let no_access_key = create_license_token(SITE_ID, SITE_KEY.into(), None, options, NOW);
    assert_eq!(refused(no_access_key), because(Code::AccountInvalid, Reason::AccountNoAccessKey).to_json());
    // An empty list.
    let not_a_token = open_license_token(SITE_ID, SITE_KEY.into(), Some(ACCESS_KEY.into()), "W10=");
    let not_an_object = because(Code::CustomDataInvalid, Reason::OpenedNotObject).during(Phase::Server);
    assert_eq!(refused(not_a_token), not_an_object.to_json());
}

#[wasm_bindgen_test]
fn an_account_is_checked() {
    let with = |site_id, site_key: &str, access_key: Option<&str>| {
        refused(open_license_token(site_id, site_key.into(), access_key.map(Into::into), ""))
    };
    for (refused, reason) in [
        (with("DEMO1", SITE_KEY, None), Reason::AccountSiteId),
        (with(SITE_ID, &SITE_KEY[1..], None), Reason::AccountSiteKeyLength),
        (with(SITE_ID, &SITE_KEY.replace('5', " "), None), Reason::AccountSiteKeyCharacters),
        (with(SITE_ID, SITE_KEY, Some("")), Reason::AccountAccessKey),
    ] {
        assert_eq!(refused, because(Code::AccountInvalid, reason).to_json());
    }
}

/// Conversion of options, shared by all exports.
#[wasm_bindgen_test]
fn options_are_plain_values() {
    let options = |name: &str, value: &JsValue| {
        let options = object(r#"{"drmType":"Widevine","contentId":"a"}"#);
        Reflect::set(&options, &name.into(), value).unwrap();
        options
    };
    let invalid = |reason| because(Code::OptionsInvalid, reason).during(Phase::Server).to_json();
    for number in [f64::NAN, f64::INFINITY] {
        assert_eq!(refused(token(options("timestamp", &number.into()))), invalid(Reason::OptionsNotFinite));
    }
    let cycle = Object::new();
    Reflect::set(&cycle, &"self".into(), &cycle).unwrap();
    assert_eq!(refused(token(options("policy", &cycle))), invalid(Reason::OptionsTooDeep));
    let unreadable = refused(token(JsValue::symbol(None)));
    assert_eq!(Reflect::get(&object(&unreadable), &"code".into()).unwrap(), Code::OptionsInvalid.as_str());
    assert_eq!(refused(token(JsValue::UNDEFINED)), because(Code::TokenOptionsInvalid, Reason::SchemaRoot).to_json());
}

#[wasm_bindgen_test]
fn auth_data_round_trips() {
    let make = |options: &str| create_auth_data(SITE_ID, SITE_KEY.into(), object(options));
    let options = r#"{"drmType":"widevine","userId":"u","contentId":"test cid","orderId":"o-1"}"#;
    let made = make(options).unwrap();
    let open = |site_key: &str, value: &str| open_auth_data(SITE_ID, site_key.into(), value);
    let expected = r#"{"drmType":"Widevine","siteId":"TUTO","userId":"u","contentId":"test cid","orderId":"o-1"}"#;
    assert_eq!(json(open(SITE_KEY, &made)), expected);
    // The example of the guide, which ends in a line break.
    let data = "Mvyd8gScuNFS4RLDyHBfc+gyRzlMcu1th909gC3nMSVsuMtcDmcLoy5xjLzW1lYO";
    let guide = format!(r#"{{"drm_type":"Widevine", "site_id":"TUTO", "data":"{data}"}}"#) + "\r\n";
    let guide = to_base64(guide.as_bytes());
    let expected = r#"{"drmType":"Widevine","siteId":"TUTO","userId":"test","contentId":"test cid"}"#;
    assert_eq!(json(open(SITE_KEY, &guide)), expected);
    assert_eq!(refused(open(OTHER_KEY, &guide)), Error::new(Code::SiteKeyMismatch).to_json());
    let no_user = refused(make(r#"{"drmType":"NCG","contentId":"c"}"#));
    assert_eq!(no_user, because(Code::TokenOptionsInvalid, Reason::SchemaMissing).with("userId").to_json());
}

#[wasm_bindgen_test]
fn a_key_server_has_its_url() {
    assert_eq!(kms_url(object(r#"{"kind":"v2","token":"t"}"#)).unwrap(), KMS_V2);
    let ateme = r#"{"kind":"ateme","token":"t","format":"hls","contentId":"film"}"#;
    assert_eq!(kms_url(object(ateme)).unwrap(), KMS_ATEME);
    let no_base = refused(kms_url(object(r#"{"kind":"speke-v2","token":"t"}"#)));
    assert_eq!(no_base, because(Code::KmsOptionsInvalid, Reason::KmsBaseMissing).to_json());
    assert!(kms_takes_get(KMS_ATEME) && !kms_takes_get(KMS_V1) && !kms_takes_get(KMS_V2) && !kms_takes_get(""));
}

#[wasm_bindgen_test]
fn a_cpix_request_round_trips() {
    let options = format!(r#"{{"contentId":"a<b","systems":["widevine"],"keyId":"{KEY_ID}"}}"#);
    let xml = build_cpix_request(object(&options)).unwrap();
    assert!(xml.contains(r#"<cpix:CPIX id="a&lt;b" "#), "{xml}");
    assert!(xml.contains(&format!(r#"<cpix:DRMSystem kid="{KEY_ID}" systemId="{WIDEVINE}"/>"#)), "{xml}");
    let expected = format!(r#"{{"contentId":"a<b","systems":["widevine"],"keyIds":["{KEY_ID}"]}}"#);
    assert_eq!(json(parse_cpix_request(xml.as_bytes())), expected);
    let with_tracks = refused(build_cpix_request(object(&options.replace("}", r#","tracks":["HD"]}"#))));
    assert_eq!(with_tracks, because(Code::CpixOptionsInvalid, Reason::RequestKeyIdTracks).to_json());
    assert_eq!(refused(parse_cpix_request(b"<a/>")), because(Code::CpixInvalid, Reason::CpixRoot).to_json());
}

#[wasm_bindgen_test]
fn a_request_fits_its_key_server() {
    let options = r#"{"contentId":"film","systems":["widevine"],"tracks":["SD","HD"]}"#;
    let xml = build_cpix_request(object(options)).unwrap();
    assert_eq!(check_cpix_request(KMS_V2, &xml), Ok(()));
    let one_key = because(Code::CpixOptionsInvalid, Reason::RequestOneKey);
    assert_eq!(refused(check_cpix_request(KMS_V1, &xml)), one_key.to_json());
    assert_eq!(refused(check_cpix_request(KMS_V2, "<a/>")), because(Code::CpixInvalid, Reason::CpixRoot).to_json());
}

/// A response with one key, 01 02 … 10, for Widevine.
fn response() -> String {
    let key = "<Data><Secret><PlainValue>AQIDBAUGBwgJCgsMDQ4PEA==</PlainValue></Secret></Data>";
    // A PSSH box with the payload 0d.
    let pssh = "<PSSH>AAAAIXBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAEN</PSSH>";
    let system = format!("<DRMSystem kid='{KEY_ID}' systemId='{WIDEVINE}'>{pssh}</DRMSystem>");
    let keys = format!("<ContentKeyList><ContentKey kid='{KEY_ID}'>{key}</ContentKey></ContentKeyList>");
    format!("<CPIX id='film'>{keys}<DRMSystemList>{system}</DRMSystemList></CPIX>")
}

#[wasm_bindgen_test]
fn a_key_server_s_response_is_read() {
    assert_eq!(
        json(read_kms_response(200, response().as_bytes())),
        concat!(
            r#"{"content_id":"film","content_key_list":[{"#,
            r#""key_id_hex":"681e5b3949f24dfab74486573c22e6fb","key_id_b64":"aB5bOUnyTfq3RIZXPCLm+w==","#,
            r#""key_hex":"0102030405060708090a0b0c0d0e0f10","key_b64":"AQIDBAUGBwgJCgsMDQ4PEA==","#,
            r#""widevine":{"pssh":"AAAAIXBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAEN","pssh_payload_only":"DQ=="}}]}"#
        )
    );
    let mut error = because(Code::KmsRefused, Reason::KmsSaid).with("no site").with("1003");
    error.server = Some(ServerError { code: "1003".into(), message: "no site".into(), site_error: None });
    error.http_status = Some(200);
    let body = r#"{"errorCode":"1003","message":"no site"}"#;
    assert_eq!(refused(read_kms_response(200, body.as_bytes())), error.to_json());
    let mut error = Error::new(Code::KmsHttp);
    (error.http_status, error.retryable) = (Some(503), true);
    assert_eq!(refused(read_kms_response(503, b"<html>")), error.to_json());
}

#[wasm_bindgen_test]
fn a_packager_has_its_settings() {
    let pack = || read_kms_response(200, response().as_bytes()).unwrap();
    assert_eq!(
        json(cpix_view("shaka-packager", pack(), object("{}"))),
        concat!(
            r#"["--enable_raw_key_encryption","--protection_scheme","cenc","#,
            r#""--keys","label=:key_id=681e5b3949f24dfab74486573c22e6fb:key=0102030405060708090a0b0c0d0e0f10","#,
            r#""--pssh","000000217073736800000000edef8ba979d64acea3c827dcd51d21ed000000010d"]"#
        )
    );
    let other = refused(cpix_view("shaka-packager", pack(), object(r#"{"track":"HD"}"#)));
    assert_eq!(other, because(Code::ViewOptionsInvalid, Reason::ViewTrack).to_json());
    let no_keys = refused(cpix_view("qencode", object("{}"), object("{}")));
    assert_eq!(no_keys, because(Code::PackInfoInvalid, Reason::PackNoKeys).to_json());
    let names = views::VIEWS.iter().map(|view| view.name).collect::<Vec<_>>().join(", ");
    assert!(json(cpix_views()).starts_with(r#"[{"name":"qencode","title":""#));
    let unknown = because(Code::ViewOptionsInvalid, Reason::SchemaChoice).with("name").with(&names);
    assert_eq!(refused(cpix_view("x", pack(), object("{}"))), unknown.to_json());
    let not_finite = because(Code::OptionsInvalid, Reason::OptionsNotFinite).during(Phase::Server).to_json();
    assert_eq!(refused(cpix_view("qencode", f64::NAN.into(), object("{}"))), not_finite);
    assert_eq!(refused(cpix_view("qencode", pack(), f64::NAN.into())), not_finite);
}
