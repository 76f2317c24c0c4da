//! Requests, licenses and certificates.

use super::*;
use crate::text::to_base64;
use serde_json::json;

const SOAP: &str =
    "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"s\"><soap:Body><AcquireLicenseResponse/></soap:Body></soap:Envelope>";
const WIDEVINE: &[u8] = &[
    0x08, 0x02, // type: license
    0x12, 0x03, 1, 2, 3, // msg, 3 bytes
    0x1a, 0x02, 9, 9, // signature, 2 bytes
];
const CKC: &[u8] = &[0, 0, 0, 1, 0xfb, 0xff, 0xfe];
const DER: &[u8] = &[0x30, 0x82, 0x01, 0x00, 0xfb, 0xff];

#[test]
fn requests_of_each_drm() {
    let request = |drm, message, by_url| requested(drm, message, URL, Some("ab+/-_c="), by_url);
    let by_header = |content_type: &str| json!({"Content-Type": content_type, "pallycon-customdata-v2": "ab+/-_c="});
    let widevine = (URL.into(), by_header("application/octet-stream"), vec![8, 1, 0xff]);
    assert_eq!(request(Drm::Widevine, &[8, 1, 0xff], false), Some(widevine));
    let fairplay = (URL.into(), by_header("application/x-www-form-urlencoded"), b"spc=%2B%2F%2F%2BAQ%3D%3D".into());
    assert_eq!(request(Drm::FairPlay, &[0xfb, 0xff, 0xfe, 1], false), Some(fairplay));
    for soap in [SOAP, "<soap:Envelope/>"] {
        let playready = (URL.into(), by_header("text/xml; charset=utf-8"), soap.into());
        assert_eq!(request(Drm::PlayReady, soap.as_bytes(), false), Some(playready));
    }
    let url = format!("{URL}?pallycon-customdata-v2=ab%2B%2F-_c%3D");
    assert_eq!(request(Drm::Widevine, &[8, 4], true), Some((url, json!({"Content-Type": "application/octet-stream"}), vec![8, 4])));
}

#[test]
fn messages_that_are_left() {
    let wrapper = "<PlayReadyKeyMessage><Challenge>PGEvPg==</Challenge></PlayReadyKeyMessage>";
    for message in [
        to_utf16_le(wrapper),
        wrapper.into(),
        ["<?xml version=\"1.0\"?>", wrapper].concat().into(),
        "<soap:Envelope:PlayReadyKeyMessage/>".into(),
        "\u{feff}<soap:Envelope/>".into(),
        " <soap:Envelope/>".into(),
        "<s:Envelope/>".into(),
        vec![8, 1],
        vec![],
    ] {
        assert_eq!(requested(Drm::PlayReady, &message, URL, Some("token"), false), None, "{message:?}");
    }
    assert_eq!(requested(Drm::ClearKey, b"{}", URL, Some("token"), false), None);
}

#[test]
fn custom_data_that_are_left() {
    for custom_data in [None, Some(""), Some("a b"), Some("a\n"), Some("a\"b"), Some("a\\b"), Some("{}"), Some("é"), Some("a.b")] {
        assert_eq!(requested(Drm::Widevine, &[8, 1], URL, custom_data, false), None, "{custom_data:?}");
    }
}

#[test]
fn licenses_of_each_drm() {
    for body in [WIDEVINE, &[8, 5, 0x12, 1, 7], &[8, 2]] {
        assert_eq!(licensed(Drm::Widevine, body).as_deref(), Some(body));
    }
    for body in [SOAP, &[SOAP, "\r\n"].concat(), "<soap:Envelope>AcquireLicenseResponse</soap:Envelope>"] {
        assert_eq!(licensed(Drm::PlayReady, body.as_bytes()).as_deref(), Some(body.as_bytes()));
    }
    let base64 = to_base64(CKC);
    for body in [base64.clone(), format!(" {base64}\r\n"), base64.replace('=', ""), format!("{}\n{}", &base64[..3], &base64[3..])] {
        assert_eq!(licensed(Drm::FairPlay, body.as_bytes()).as_deref(), Some(CKC));
    }
}

#[test]
fn answers_that_are_left() {
    for (why, body) in [
        ("nothing", &b""[..]),
        ("the error's JSON", br#"{"errorCode":"7301","message":"no"}"#),
        ("hex", b"08021203010203"),
        ("base64", b"CAISAwECAw=="),
        ("another message", &[8, 1, 0x12, 1, 7]),
        ("a type of two bytes", &[8, 0x82, 0]),
        ("cut off in a field", &WIDEVINE[..5]),
        ("cut off behind a tag", &WIDEVINE[..3]),
        ("a field's number above 15", &[8, 2, 0x82, 1, 0]),
        ("a fixed number", &[8, 2, 0x1d, 1, 2, 3, 4]),
        ("field 0", &[8, 2, 2, 0]),
        ("a number above 32 bits", &[8, 2, 0x20, 0xff, 0xff, 0xff, 0xff, 0x10]),
    ] {
        assert_eq!(licensed(Drm::Widevine, body), None, "{why}");
    }
    let changed = |from: &str, to: &str| SOAP.replacen(from, to, 1).into_bytes();
    for (why, body) in [
        ("cut off", SOAP.as_bytes()[..SOAP.len() - 1].to_vec()),
        ("UTF-16", to_utf16_le(SOAP)),
        ("a byte order mark", format!("\u{feff}{SOAP}").into()),
        ("white space in front", format!("\n{SOAP}").into()),
        ("a zero behind", format!("{SOAP}\0").into()),
        ("base64", to_base64(SOAP.as_bytes()).into()),
        ("a fault", changed("<AcquireLicenseResponse/>", "<soap:Fault/><AcquireLicenseResponse/>")),
        ("another answer", changed("AcquireLicense", "Acquire")),
        ("a page", changed("<soap:Body>", "<soap:Body><html>")),
        ("not UTF-8", [&b"<?xml"[..], b"\xff", &SOAP.as_bytes()[5..]].concat()),
        ("a comment first", format!("<!-- c -->{SOAP}").into()),
    ] {
        assert_eq!(licensed(Drm::PlayReady, &body), None, "{why}");
    }
    let base64 = to_base64(CKC);
    for (why, body) in [
        ("bytes", CKC.to_vec()),
        ("nothing", vec![]),
        ("two bytes", "AAA=".into()),
        ("an element around it", format!("<ckc>{base64}</ckc>").into()),
        ("JSON", format!("{{\"ckc\":\"{base64}\"}}").into()),
        ("a word", "Unauthorized".into()),
        ("a word and a line end", "Unauthorized\n".into()),
        ("text", "not base64!".into()),
        ("Widevine's", to_base64(WIDEVINE).into()),
        ("XML", to_base64(b"<a/>").into()),
        ("an object", to_base64(b"{\"a\":1}").into()),
        // The full reader takes these for bytes.
        ("a byte order mark", format!("\u{feff}{base64}").into()),
        ("a zero behind", format!("{base64}\0").into()),
        ("a vertical tab behind", format!("{base64}\u{b}").into()),
        ("a form feed inside", format!("{}\u{c}{}", &base64[..4], &base64[4..]).into()),
    ] {
        assert_eq!(licensed(Drm::FairPlay, &body), None, "{why}");
    }
    assert_eq!(licensed(Drm::ClearKey, br#"{"keys":[{"kty":"oct","kid":"a","k":"b"}]}"#), None);
}

#[test]
fn certificates() {
    let base64 = to_base64(DER);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    for body in [DER, base64.as_bytes(), format!("{base64}\r\n").as_bytes(), base64.replace('=', "").as_bytes()] {
        assert_eq!(certified(Drm::FairPlay, body).as_deref(), Some(DER), "{body:?}");
    }
    for (why, body) in [
        ("nothing", vec![]),
        ("PEM", pem.clone().into()),
        ("base64, then PEM", format!("MIIA{pem}").into()),
        ("white space in front", format!(" {base64}").into()),
        ("a zero behind", format!("{base64}\0").into()),
        ("a form feed behind", format!("{base64}\u{c}").into()),
        ("not base64", "MIIx!".into()),
        ("a shorter length than certificates have", vec![0x30, 0x81, 1, 0]),
        ("Widevine's", vec![0x0a, 2, 1, 2]),
        ("an error", br#"{"errorCode":"7301","message":"no"}"#.into()),
        ("a page", "<html>".into()),
    ] {
        assert_eq!(certified(Drm::FairPlay, &body), None, "{why}");
    }
    for drm in [Drm::Widevine, Drm::PlayReady, Drm::ClearKey] {
        assert_eq!(certified(drm, DER), None, "{drm:?}");
    }
}
