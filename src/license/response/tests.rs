use super::*;
use crate::text::{hex, to_base64, to_base64url, to_utf16_le};

/// type 2 (license), msg of 3 bytes, signature of 2
const WIDEVINE: &[u8] = &[0x08, 0x02, 0x12, 0x03, 1, 2, 3, 0x1a, 0x02, 9, 9];
const SOAP: &str = "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"s\"><soap:Body><AcquireLicenseResponse><License>AA==</License>\
    </AcquireLicenseResponse></soap:Body></soap:Envelope>";
/// version 1, reserved, IV, length 4, a payload that needs + and / in base64
const CKC: &[u8] = b"\0\0\0\x01\0\0\0\0IVIVIVIVIVIVIVIV\0\0\0\x04\xfb\xff\xfe\x80";
const ALL: [Drm; 4] = [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey];

fn data(drm: Drm, body: &[u8]) -> Vec<u8> {
    read(drm, 200, body).unwrap().data.into_owned()
}

fn refusal(drm: Drm, body: &[u8]) -> Error {
    let error = read(drm, 200, body).unwrap_err();
    assert_eq!((error.code, error.phase, error.http_status), (Code::NotALicense, Phase::License, Some(200)), "{error}");
    error
}

#[test]
fn widevine_is_raw_and_base64_is_accepted() {
    assert_eq!(data(Drm::Widevine, WIDEVINE), WIDEVINE);
    assert_eq!(data(Drm::Widevine, to_base64(WIDEVINE).as_bytes()), WIDEVINE);
    let certificate = [0x08, 0x05, 0x12, 1, 7];
    assert_eq!(data(Drm::Widevine, &certificate), certificate, "the response to a service certificate request");
}

#[test]
fn playready_raw_or_base64_in_any_encoding() {
    let utf16 = to_utf16_le(SOAP);
    let marked = [&[0xff, 0xfe][..], &utf16].concat();
    let utf8_marked = [&[0xef, 0xbb, 0xbf][..], SOAP.as_bytes()].concat();
    for xml in [SOAP.as_bytes(), &utf16, &marked, &utf8_marked] {
        assert_eq!(data(Drm::PlayReady, xml), xml);
    }
    assert_eq!(data(Drm::PlayReady, to_base64(SOAP.as_bytes()).as_bytes()), SOAP.as_bytes());
    assert_eq!(data(Drm::PlayReady, to_base64(&marked).as_bytes()), marked);
}

#[test]
fn fairplay_in_all_five_forms() {
    let base64 = to_base64(CKC);
    for body in [
        CKC.to_vec(),
        base64.clone().into_bytes(),
        format!("\r\n {base64}\n").into_bytes(),
        to_base64url(CKC).into_bytes(),
        format!("<ckc>{base64}</ckc>").into_bytes(),
        format!(r#"{{"ckc":"{base64}"}}"#).into_bytes(),
        format!(r#"{{"CkcMessage":"{}"}}"#, base64.replace('/', "\\/")).into_bytes(),
        format!(r#"{{"license":"{base64}"}}"#).into_bytes(),
    ] {
        assert_eq!(data(Drm::FairPlay, &body), CKC, "{:?}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn clearkey_is_a_key_set() {
    let body = br#"{"keys":[{"kty":"oct","kid":"a","k":"b"}],"type":"temporary"}"#;
    assert_eq!(data(Drm::ClearKey, body), body);
    refusal(Drm::ClearKey, br#"{"kids":[]}"#);
    refusal(Drm::ClearKey, &[1, 2, 3]);
}

#[test]
fn response_format_json_is_unwrapped_and_the_rest_is_kept() {
    let body = format!(r#"{{"license":"{}","renewal":true,"device_info":{{"device_model":"m"}}}}"#, hex(WIDEVINE));
    let license = read(Drm::Widevine, 200, body.as_bytes()).unwrap();
    assert_eq!(license.data, WIDEVINE);
    let envelope = license.envelope.unwrap();
    assert_eq!((envelope.json.as_str(), envelope.license_field.as_str()), (body.as_str(), "license"));
    let body = format!(r#"{{"license":"{}"}}"#, SOAP.replace('"', "\\\""));
    assert_eq!(data(Drm::PlayReady, body.as_bytes()), SOAP.as_bytes());
}

#[test]
fn pallycon_s_errors_are_read_for_every_drm_and_status() {
    let body = br#"{"errorCode":"7011","message":"expired"}"#;
    for drm in ALL {
        for status in [200, 400, 500] {
            let error = read(drm, status, body).unwrap_err();
            assert_eq!((error.code.as_str(), error.http_status, error.retryable), ("token-expired", Some(status), false));
        }
    }
}

#[test]
fn any_other_response_is_described() {
    for drm in [Drm::Widevine, Drm::PlayReady, Drm::FairPlay] {
        assert!(refusal(drm, b"").message().contains("empty"));
        assert!(refusal(drm, b" \n").message().contains("empty"));
        let portal = refusal(drm, b"\n<!doctype html><title>Login</title>");
        assert!(portal.message().contains("HTML") && portal.hint().contains("captive portal"));
        assert!(refusal(drm, br#"{"ok":true}"#).message().contains("JSON"));
        assert!(refusal(drm, b"[]").message().contains("JSON"));
        refusal(drm, b"upstream connect error or disconnect/reset before headers!");
    }
}

#[test]
fn another_drm_s_license_is_reported() {
    for (drm, body) in [
        (Drm::Widevine, SOAP.as_bytes().to_vec()),
        (Drm::Widevine, to_utf16_le(SOAP)),
        (Drm::PlayReady, WIDEVINE.to_vec()),
        (Drm::FairPlay, WIDEVINE.to_vec()),
        (Drm::FairPlay, to_base64(WIDEVINE).into_bytes()),
        (Drm::FairPlay, SOAP.as_bytes().to_vec()),
    ] {
        let error = refusal(drm, &body);
        assert!(error.message().contains("another DRM") && error.hint().contains("each DRM"), "{error}");
    }
    refusal(Drm::Widevine, to_base64(CKC).as_bytes());
}

#[test]
fn a_truncated_license_is_reported_in_every_wrapping() {
    let base64 = [to_base64(WIDEVINE), to_base64(CKC), to_base64(SOAP.as_bytes())];
    let [widevine, ckc, soap] = base64.each_ref().map(String::as_bytes);
    let json = format!(r#"{{"license":"{}"}}"#, hex(&WIDEVINE[..6]));
    for (drm, body) in [
        (Drm::Widevine, &WIDEVINE[..5]),
        (Drm::Widevine, json.as_bytes()),
        (Drm::PlayReady, &SOAP.as_bytes()[..40]),
        (Drm::PlayReady, &SOAP.as_bytes()[..100]),
        (Drm::FairPlay, &CKC[..26]),
    ] {
        assert!(refusal(drm, body).message().contains("truncated"), "{body:?}");
    }
    // A text is cut anywhere, not only between groups of four digits.
    for (drm, text, start) in [(Drm::Widevine, widevine, 6), (Drm::FairPlay, ckc, 6), (Drm::PlayReady, soap, 40)] {
        for end in start..text.trim_ascii_end().iter().filter(|byte| **byte != b'=').count() {
            // Ten digits are seven bytes, which end with a field: the rest is a whole message.
            if (drm, end) != (Drm::Widevine, 10) {
                assert!(refusal(drm, &text[..end]).message().contains("truncated"), "{drm:?} {end}");
            }
        }
    }
}

#[test]
fn a_soap_fault_is_an_error_with_microsoft_s_code() {
    let body = "<s:Envelope xmlns:s='s'><s:Body><s:Fault><faultstring>F</faultstring><detail><Exception>\
        <StatusCode>0x8004C600</StatusCode></Exception></detail></s:Fault></s:Body></s:Envelope>";
    let error = read(Drm::PlayReady, 200, body.as_bytes()).unwrap_err();
    assert_eq!((error.code, error.server.as_ref().unwrap().code.as_str()), (Code::PlayreadyFault, "0x8004C600"));
    assert_eq!(error.message(), "The PlayReady server refused the license (0x8004C600): F");
    let error = read(Drm::PlayReady, 500, body.as_bytes()).unwrap_err();
    assert_eq!((error.code, error.http_status), (Code::PlayreadyFault, Some(500)));
}

#[test]
fn statuses_are_distinguished() {
    for (status, code, retryable) in [
        (0, "network", true),
        (302, "http-status", false),
        (400, "http-status", false),
        (401, "forbidden", false),
        (403, "forbidden", false),
        (404, "license-url-wrong", false),
        (429, "rate-limited", true),
        (500, "server-unavailable", true),
        (504, "server-unavailable", true),
    ] {
        let error = read(Drm::Widevine, status, b"nope").unwrap_err();
        assert_eq!((error.code.as_str(), error.retryable), (code, retryable), "{status}");
        assert_eq!(error.http_status, (status != 0).then_some(status));
    }
    let error = read(Drm::Widevine, 403, b"<html>blocked</html>").unwrap_err();
    assert!(error.message().contains("HTML") && error.hint().contains("firewall"));
}
