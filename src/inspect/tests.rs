//! Everything that turns up around DRM, in every wrapping.

use super::*;
use crate::text::to_utf16_le;

const PSSH: &str = "AAAANHBzc2gBAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAEBAQEBAQEBAQEBAQEBAQEBAAAAAA==";

fn json_of(found: &Finding) -> serde_json::Value {
    serde_json::from_str(&found.to_json()).unwrap()
}

fn object() -> Vec<u8> {
    let header = to_utf16_le("<WRMHEADER version='4.0.0.0'><DATA><KID>AgICAgICAgICAgICAgICAg==</KID></DATA></WRMHEADER>");
    let length = u32::try_from(header.len()).unwrap().saturating_add(10).to_le_bytes();
    [&length[..], &[1, 0, 1, 0], &u16::try_from(header.len()).unwrap().to_le_bytes(), &header].concat()
}

#[test]
fn texts_by_kind() {
    let token = text::to_base64(
        br#"{"drm_type":"Widevine","site_id":"DEMO","user_id":"u","cid":"c","policy":"p","timestamp":"2024-01-01T00:00:00Z","hash":"h"}"#,
    );
    let auth = text::to_base64(br#"{"drm_type":"Widevine","site_id":"DEMO","data":"4wvW"}"#);
    for (input, kind, layers) in [
        (PSSH, "cenc", &["base64"][..]),
        ("000000007073736800000000edef8ba979d64acea3c827dcd51d21ed00000000", "cenc", &["hex"]),
        (&text::to_base64(PSSH.as_bytes()), "cenc", &["base64", "base64"]),
        (&["data:text/plain;base64,", PSSH].concat(), "cenc", &["data-uri"]),
        (&text::to_base64(&object()), "playready-object", &["base64"]),
        ("EhABAQEBAQEBAQEBAQEBAQEB", "widevine-data", &["base64"]),
        ("<WRMHEADER version='4.0.0.0'/>", "playready-header", &[]),
        ("{\"kids\":[\"AQI\"]}", "keyids", &[]),
        ("{\"sinf\":[\"AAAADGZybWFhdmMx\"]}", "sinf", &[]),
        ("skd://abc", "skd", &[]),
        ("edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "key-id", &[]),
        ("AQEBAQEBAQEBAQEBAQEBAQ==", "key-id", &[]),
        ("#EXTM3U\n#EXT-X-KEY:METHOD=NONE\n", "hls", &[]),
        ("#EXT-X-KEY:METHOD=NONE", "hls-key", &[]),
        ("METHOD=SAMPLE-AES,URI=\"skd://a\",KEYFORMAT=\"com.apple.streamingkeydelivery\"", "hls-key", &[]),
        ("<MPD/>", "dash", &[]),
        ("<ContentProtection schemeIdUri='urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed'/>", "content-protection", &[]),
        (&token, "license-token", &[]),
        (&auth, "auth-data", &[]),
        ("{\"errorCode\":7011,\"message\":\"expired\"}", "error", &[]),
        ("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"AQI\",\"k\":\"c2VjcmV0LXNlY3JldA\"}]}", "clearkey-license", &[]),
        ("{\"license\":\"00\",\"persistent\":true}", "license-json", &[]),
        ("<s:Envelope><s:Body><AcquireLicense/></s:Body></s:Envelope>", "playready-challenge", &[]),
        ("<s:Envelope><s:Body><AcquireLicenseResponse/></s:Body></s:Envelope>", "playready-license", &[]),
        ("<s:Envelope><s:Body><s:Fault><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>", "playready-fault", &[]),
        ("<!DOCTYPE html><html><body>Log in</body></html>", "html", &[]),
        ("what is this?", "unknown", &[]),
        ("", "unknown", &[]),
    ] {
        let found = super::text(input);
        assert_eq!((found.kind, &found.layers[..]), (kind, layers), "{input}");
        assert!(json_of(&found)["value"].is_object());
        assert_eq!(super::bytes(input.as_bytes()).kind, kind, "as bytes: {input}");
    }
}

#[test]
fn bytes_by_kind() {
    let spc = [&[0, 0, 0, 1, 0, 0, 0, 0][..], &[7; 164], &[0, 0, 0, 2, 9, 9]].concat();
    let ckc = [&[0, 0, 0, 1, 0, 0, 0, 0][..], &[7; 16], &[0, 0, 0, 2, 9, 9]].concat();
    let request = [&[8, 1, 0x12, 100][..], &[7; 100]].concat();
    let message = to_utf16_le(
        "<PlayReadyKeyMessage type='LicenseAcquisition'><LicenseAcquisition Version='1'><Challenge encoding='base64encoded'>PGE+PFdSTUhFQURFUiB2ZXJzaW9uPSc0LjAuMC4wJy8+PC9hPg==</Challenge></LicenseAcquisition></PlayReadyKeyMessage>",
    );
    let legacy = crate::init_data::fairplay::build_legacy(&[&[18, 0, 0, 0][..], &to_utf16_le("skd://abc")].concat(), "abc", &[0x30]);
    for (data, kind) in [
        (text::from_base64(PSSH).unwrap(), "cenc"),
        (object(), "playready-object"),
        (to_utf16_le("<WRMHEADER/>"), "playready-header"),
        (to_utf16_le("skd://abc"), "skd"),
        (b"\0\0\0\x08moov".to_vec(), "segment"),
        (b"\0\0\0\x09moov".to_vec(), "segment"),
        (b"\x08\x04".to_vec(), "widevine-certificate-request"),
        (request, "widevine-challenge"),
        (b"\x08\x01\x12\x10KKKKKKKKKKKKKKKK".to_vec(), "widevine-data"),
        (spc, "fairplay-challenge"),
        (ckc, "fairplay-license"),
        (legacy, "fairplay-legacy-init-data"),
        (vec![0x30, 0x82, 0, 1, 5], "certificate"),
        (message, "playready-challenge"),
        (vec![0; 3], "unknown"),
    ] {
        assert_eq!(super::bytes(&data).kind, kind, "{data:?}");
        let wrapped = super::text(&hex(&data));
        assert_eq!(wrapped.kind, kind, "in hex: {data:?}");
        assert_eq!(wrapped.bytes.is_some(), kind != "unknown");
    }
    assert_eq!(json_of(&super::bytes(b"\0\0\0\x09moov"))["value"]["error"]["code"], "segment-invalid");
}

#[test]
fn several_in_a_row() {
    let boxed = text::from_base64(PSSH).unwrap();
    let found = super::bytes(&[&boxed[..], &object(), &boxed].concat());
    let value = json_of(&found);
    let kinds = |value: &serde_json::Value| {
        value["value"]["pieces"].as_array().unwrap().iter().map(|piece| piece["kind"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&value), ["cenc", "playready-object", "cenc"]);
    assert_eq!(value["value"]["pieces"][1]["bytes"], text::to_base64(&object()));
    for separator in ["\n", ", ", "", ";"] {
        let all = [PSSH, PSSH].join(separator);
        assert_eq!(kinds(&json_of(&super::text(&all))), ["cenc", "cenc"], "{separator:?}");
    }
    assert_eq!(super::bytes(&[&boxed[..], &boxed].concat()).kind, "cenc");
}

#[test]
fn cpix_without_its_secrets() {
    let document = "<cpix:CPIX id='film'><cpix:ContentKeyList><cpix:ContentKey kid='00112233-4455-6677-8899-aabbccddeeff' commonEncryptionScheme='cbcs'><cpix:Data><pskc:Secret><pskc:PlainValue>c2VjcmV0LXNlY3JldC1z</pskc:PlainValue></pskc:Secret></cpix:Data></cpix:ContentKey></cpix:ContentKeyList><cpix:DRMSystemList><cpix:DRMSystem kid='00112233-4455-6677-8899-aabbccddeeff' systemId='94ce86fb-07ff-4f43-adb8-93d2fa968ca2'><cpix:URIExtXKey>c2tkOi8vYQ==</cpix:URIExtXKey></cpix:DRMSystem></cpix:DRMSystemList></cpix:CPIX>";
    let found = super::text(document);
    assert!(!found.to_json().contains("c2VjcmV0"));
    let value = json_of(&found)["value"].clone();
    assert_eq!((&value["contentId"], &value["contentKeys"][0]["hasKey"]), (&"film".into(), &true.into()));
    assert_eq!((&value["systems"][0]["system"], &value["systems"][0]["uri"]), (&"FairPlay".into(), &"skd://a".into()));
    let license = super::text("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"AQI\",\"k\":\"c2VjcmV0LXNlY3JldA\"}]}");
    assert_eq!(license.value, "{\"keyIds\":[\"0102\"]}");
}

#[test]
fn a_challenge_repeats_the_header() {
    let found = super::text(
        "<s:Envelope><s:Body><AcquireLicense><WRMHEADER version='4.0.0.0'><DATA><KID>AgICAgICAgICAgICAgICAg==</KID></DATA></WRMHEADER></AcquireLicense></s:Body></s:Envelope>",
    );
    assert_eq!(json_of(&found)["value"]["headersInside"][0]["keys"][0]["keyId"], "02".repeat(16));
}

#[test]
fn wrappings_end_somewhere() {
    let mut input = PSSH.to_string();
    for kind in ["cenc", "cenc", "unknown", "unknown"] {
        assert_eq!(super::text(&input).kind, kind);
        input = text::to_base64(input.as_bytes());
    }
}

#[test]
fn work_is_linear() {
    for piece in [PSSH, "AAAA ", "{", "<a>", "00", "=", "A=", "skd:", "[", "#EXT-X-KEY:A=1,\n", "%3D"] {
        let work = |count: usize| steps::of(|| super::text(&piece.repeat(count)).kind).0;
        let (small, large) = (work(300), work(3000));
        assert!(large <= small.saturating_mul(15).saturating_add(3000), "{piece}: {small} then {large}");
    }
}
