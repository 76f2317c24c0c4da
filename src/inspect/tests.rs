//! Everything related to DRM, in every encoding.

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
    // Key servers write their own data into the reserved bytes.
    let ckc = [&[0, 0, 0, 1, 0, 0, 2, 0x41][..], &[7; 16], &[0, 0, 0, 2, 9, 9]].concat();
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
fn several_items_in_a_row() {
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
fn wrappings_are_limited() {
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

/// The error in a finding of damaged input.
fn error_of(found: &Finding) -> (String, String) {
    let error = json_of(found)["value"]["error"].clone();
    (error["code"].as_str().unwrap_or_default().into(), error["message"].as_str().unwrap_or_default().into())
}

#[test]
fn damaged_init_data_is_identified_with_the_reason() {
    let object = object();
    let cut = |data: &[u8]| data[..data.len() - 3].to_vec();
    for (data, kind) in [
        (text::from_base64("AAAAOHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAEAAAAAAAAAAAAAAAAAAAAA").unwrap(), "cenc"),
        (cut(&text::from_base64(PSSH).unwrap()), "cenc"),
        (cut(&object), "playready-object"),
        (to_utf16_le("<WRMHEADER version='4.0.0.0'><DATA>"), "playready-header"),
        (b"<WRMHEADER version='4.0.0.0'><DATA><KID>base64-encoded kid</KID></DATA></WRMHEADER>".to_vec(), "playready-header"),
        (b"<WRMHEADER version=4.0.0.0/>".to_vec(), "playready-header"),
        (b"{\"kids\":[\"*\"]}".to_vec(), "keyids"),
        (b"{\"kids\":[\"AQI\"]".to_vec(), "keyids"),
        (b"{\"sinf\":[]}".to_vec(), "sinf"),
        (b"\x08\x01\x12\x10KKKK".to_vec(), "widevine-data"),
    ] {
        let expected = init_data::parse(&data, Options::default()).unwrap_err().message();
        let found = super::bytes(&data);
        assert_eq!((found.kind, error_of(&found)), (kind, ("init-data-invalid".into(), expected)), "{data:?}");
        let wrapped = super::text(&to_base64(&data));
        assert_eq!((wrapped.kind, error_of(&wrapped), &wrapped.layers[..]), (kind, error_of(&found), &["base64"][..]), "{data:?}");
    }
}

#[test]
fn truncated_texts() {
    let hexed = hex(&text::from_base64(PSSH).unwrap());
    for (input, layer) in [
        (&PSSH[..61], "base64"),
        (&[&PSSH[..40], "…"].concat()[..], "base64"),
        (&[&PSSH[..40], "(and so on)"].concat()[..], "base64"),
        (&[&hexed[..40], "..."].concat()[..], "hex"),
    ] {
        let found = super::text(input);
        let error = init_data::from_text(input).unwrap_err().message();
        assert_eq!((found.kind, &found.layers[..], error_of(&found).1), ("cenc", &[layer][..], error), "{input}");
    }
}

#[test]
fn damaged_documents_are_identified_with_the_reason() {
    for (input, kind, code) in [
        ("<MPD><Period></MPD>", "dash", "manifest-invalid"),
        ("<ContentProtection></x>", "content-protection", "manifest-invalid"),
        ("<SmoothStreamingMedia>", "smooth", "manifest-invalid"),
        ("<PlayReadyKeyMessage></x>", "playready-challenge", "challenge-invalid"),
        ("<CPIX></x>", "cpix", ""),
    ] {
        let found = super::text(input);
        assert_eq!((found.kind, error_of(&found).0), (kind, code.into()), "{input}");
        assert!(error_of(&found).1.contains("XML is not well-formed"), "{input}: {:?}", error_of(&found));
    }
}

#[test]
fn packagers_keys_are_shown_without_the_keys() {
    let pack = r#"{"content_id":"film","content_key_list":[{"track_type":"HD","key_id_hex":"00112233445566778899aabbccddeeff","key_hex":"5ec4e75ec4e75ec4e75ec4e75ec4e75e","key_b64":"XsTnXsTnXsTnXsTnXsTnXg==","widevine":{"pssh":""},"other_systems":[{"name":"NCG"}]}]}"#;
    let found = super::text(pack);
    let value = json_of(&found)["value"].clone();
    assert_eq!((found.kind, &value["contentId"]), ("pack-info", &"film".into()));
    let key =
        serde_json::json!({"keyId": "00112233445566778899aabbccddeeff", "hasKey": true, "trackType": "HD", "systems": ["widevine", "NCG"]});
    assert_eq!(value["contentKeys"], serde_json::json!([key]));
    let nginx = r#"[{"pssh":[{"uuid":"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed","data":"AQID"}],"key":"XsTnXsTnXsTnXsTnXsTnXg==","key_id":"AQEBAQEBAQEBAQEBAQEBAQ==","iv":"AQEBAQEBAQEBAQEBAQEBAQ=="}]"#;
    let nginx = super::text(nginx);
    let value = json_of(&nginx)["value"].clone();
    assert_eq!((nginx.kind, &value["contentKeys"][0]["keyId"]), ("nginx-vod-drm", &"01".repeat(16).into()));
    assert_eq!(value["contentKeys"][0]["systems"][0]["system"], "Widevine");
    for found in [found, nginx] {
        assert!(!found.to_json().to_lowercase().contains("5ec4e7") && !found.to_json().contains("XsTn"), "{}", found.to_json());
    }
}

#[test]
fn urls_and_their_tokens() {
    let token = to_base64(
        br#"{"drm_type":"Widevine","site_id":"DEMO","user_id":"u","cid":"c","policy":"p","timestamp":"2024-01-01T00:00:00Z","hash":"h"}"#,
    );
    let escaped = text::percent_encode(&token);
    let host = "https://drm-license.doverunner.com/ri/licenseManager.do";
    let found = super::text(&format!("{host}?pallycon-customdata-v2={escaped}&a=b#c"));
    let value = json_of(&found)["value"].clone();
    assert_eq!((found.kind, &value["url"], &value["tokenKind"]), ("license-url", &host.into(), &"license-token".into()));
    assert_eq!((&value["parameters"], &value["token"]["contentId"]), (&serde_json::json!(["pallycon-customdata-v2", "a"]), &"c".into()));
    assert!(!found.to_json().contains(&token[..20]) && !found.to_json().contains(&escaped[..20]));
    for (url, kind, shown) in [
        (host, "license-url", host),
        ("https://user:secret@cdn.example.com/a/b.mpd?token=secret", "url", "https://cdn.example.com/a/b.mpd"),
        ("HTTP://a.test", "url", "HTTP://a.test"),
    ] {
        let found = super::text(url);
        assert_eq!((found.kind, &json_of(&found)["value"]["url"]), (kind, &shown.into()), "{url}");
        assert!(!found.to_json().contains("secret"));
    }
    assert_eq!(super::text("https://a b").kind, "unknown");
}

#[test]
fn json_web_tokens_are_another_services() {
    let part = |text: &str| text::to_base64url(text.as_bytes());
    let jwt = [
        part(r#"{"alg":"HS256","typ":"JWT"}"#),
        part(r#"{"iss":"sign-in","iat":1700000000.5,"exp":1700000600,"sub":"u"}"#),
        "c2VjcmV0".into(),
    ]
    .join(".");
    for input in [jwt.clone(), ["Bearer ", &jwt].concat()] {
        let found = super::text(&input);
        let value = json_of(&found)["value"].clone();
        assert_eq!((found.kind, &value["algorithm"], &value["issuer"]), ("jwt", &"HS256".into(), &"sign-in".into()));
        assert_eq!((&value["issuedAt"], &value["expiresAt"]), (&1_700_000_000_000_u64.into(), &1_700_000_600_000_u64.into()));
        assert_eq!(value["claims"], serde_json::json!(["iss", "iat", "exp", "sub"]));
        assert!(value["problems"][0]["message"].as_str().unwrap().contains("of another service"));
        assert!(!found.to_json().contains("c2VjcmV0"));
    }
    assert_eq!(json_of(&super::text(&format!("https://a.test/?auth={jwt}")))["value"]["tokenKind"], "jwt");
    let encrypted = [part(r#"{"alg":"dir","enc":"A256GCM"}"#), String::new(), "AA".into(), "AA".into(), "AA".into()].join(".");
    assert_eq!(super::text(&encrypted).kind, "jwt");
    for input in ["a.b.c", "1.2.3", &[part("{}"), part("{}"), String::new()].join(".")] {
        assert_eq!(super::text(input).kind, "unknown", "{input}");
    }
}

#[test]
fn smooth_streaming_manifests() {
    let manifest = format!(
        "<SmoothStreamingMedia><Protection><ProtectionHeader SystemID='9A04F079-9840-4286-AB92-E65BE0885F95'>{}</ProtectionHeader></Protection></SmoothStreamingMedia>",
        to_base64(&object())
    );
    let found = super::text(&manifest);
    assert_eq!((found.kind, &json_of(&found)["value"]["keyIds"]), ("smooth", &serde_json::json!(["02".repeat(16)])));
}

#[test]
fn content_keys_are_masked_in_every_wrapping() {
    let key = "W31bfVt9W31bfVt9W31bfQ==";
    let url = format!("https://test.playready.microsoft.com/service/rightsmanager.asmx?cfg=(kid:header,ck:{key},sl:150)");
    let header = format!("<WRMHEADER version='4.0.0.0'><DATA><KID>AgICAgICAgICAgICAgICAg==</KID><LA_URL>{url}</LA_URL></DATA></WRMHEADER>");
    let wide = to_utf16_le(&header);
    let length = u16::try_from(wide.len()).unwrap();
    let object = [&u32::from(length.saturating_add(10)).to_le_bytes()[..], &[1, 0, 1, 0], &length.to_le_bytes(), &wide].concat();
    let soap = format!("<s:Envelope><s:Body><AcquireLicense>{header}</AcquireLicense></s:Body></s:Envelope>");
    let message = format!(
        "<PlayReadyKeyMessage><LicenseAcquisition><Challenge>{}</Challenge></LicenseAcquisition></PlayReadyKeyMessage>",
        to_base64(soap.as_bytes())
    );
    let (plain, wide) = (&key.as_bytes()[..22], to_utf16_le(&key[..22]));
    for (input, kind) in [
        (header.as_bytes().to_vec(), "playready-header"),
        (object.clone(), "playready-object"),
        (to_base64(&object).into_bytes(), "playready-object"),
        (to_base64(to_base64(&object).as_bytes()).into_bytes(), "playready-object"),
        ([&object[..], &object].concat(), "pieces"),
        (soap.clone().into_bytes(), "playready-challenge"),
        (message.into_bytes(), "playready-challenge"),
        (url.clone().into_bytes(), "url"),
        (format!("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"data:;base64,{key}\"\n").into_bytes(), "hls"),
        (format!("METHOD=AES-128,URI=\"data:;base64,{key}\"").into_bytes(), "hls-key"),
        (
            format!(
                "<ContentProtection schemeIdUri='urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95'><pro>{}</pro></ContentProtection>",
                to_base64(&object)
            )
            .into_bytes(),
            "content-protection",
        ),
    ] {
        let found = super::bytes(&input);
        assert_eq!(found.kind, kind);
        let bytes = found.bytes.clone().unwrap_or_else(|| input.clone());
        let json = json_of(&found);
        // The output for JavaScript: the value, and in it places in the bytes.
        assert!(!json["value"].to_string().contains(&key[..22]), "{}", found.value);
        if !matches!(kind, "hls" | "hls-key" | "content-protection" | "playready-challenge") {
            assert!(!bytes.windows(22).any(|part| part == plain) && !bytes.windows(44).any(|part| part == wide), "{kind}");
        }
        if let Ok(text) = str::from_utf8(&input) {
            assert_eq!(super::text(text).kind, kind);
            assert!(!super::text(text).value.contains(&key[..22]));
        }
    }
}

#[test]
fn url_encoding_is_a_layer() {
    let pssh = "AAAATnBzc2gAAAAA7e%2BLqXnWSs6jyCfc1R0h7QAAAC4IARIQEjRWeJCrze8SNFZ4kKvN7xoIcGFsbHljb24iCG15LW1vdmllSOPclZsG";
    let found = text(pssh);
    assert_eq!((found.kind, &found.layers[..]), ("cenc", &["url-encoded", "base64"][..]));
    let xml = "%3CWRMHEADER%20version%3D%224.0.0.0%22%2F%3E";
    assert_eq!(text(xml).kind, "playready-header");
    assert_eq!(text("100%").kind, "unknown");
    assert_eq!(text("%zz").kind, "unknown");
}
