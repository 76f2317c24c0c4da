//! The warning of each check for a small manifest, and none for a good one.

use super::*;
use crate::init_data::fairplay;
use crate::manifest::{Manifest, parse, smooth};
use crate::text::{to_base64, to_utf16_le};

const WIDEVINE: &str = "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
const PLAYREADY: &str = "urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95";
/// A Widevine box with the key id 01 × 16 in its own list.
const PSSH: &str = "AAAANHBzc2gBAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAEBAQEBAQEBAQEBAQEBAQEBAAAAAA==";
/// Its key id.
const ONE: &str = "01010101-0101-0101-0101-010101010101";
const TWO: &str = "02020202-0202-0202-0202-020202020202";

/// A PlayReady Object with the header, and the object in a box.
fn object(header: &str) -> [String; 2] {
    let header = to_utf16_le(header);
    let length = u16::try_from(header.len()).unwrap();
    let object = [&u32::from(length + 10).to_le_bytes()[..], &[1, 0, 1, 0], &length.to_le_bytes(), &header].concat();
    let head = [&(u32::from(length) + 42).to_be_bytes()[..], b"pssh\0\0\0\0", &system::PLAYREADY, &(u32::from(length) + 10).to_be_bytes()];
    [to_base64(&object), to_base64(&[&head.concat()[..], &object].concat())]
}

/// With the key id 02 × 16.
fn playready() -> [String; 2] {
    object("<WRMHEADER version='4.0.0.0'><DATA><KID>AgICAgICAgICAgICAgICAg==</KID></DATA></WRMHEADER>")
}

fn element(urn: &str, inside: &str) -> String {
    format!("<ContentProtection schemeIdUri='{urn}'>{inside}</ContentProtection>")
}

/// An MPD, with a default_KID.
fn mpd(kid: &str, elements: &str) -> String {
    format!(
        "<MPD>\n<Period><AdaptationSet>\n<ContentProtection schemeIdUri='urn:mpeg:dash:mp4protection:2011' value='cenc' cenc:default_KID='{kid}'/>\n{elements}</AdaptationSet></Period></MPD>"
    )
}

fn key(attributes: &str) -> String {
    format!("#EXTM3U\n#EXT-X-KEY:{attributes}\n#EXTINF:4,\na.mp4\n")
}

fn codes(read: &Manifest) -> Vec<Code> {
    read.warnings.iter().map(|warning| warning.problem.code).collect()
}

/// The only warning of a manifest: its code and message.
fn warned(text: &str) -> (Code, String) {
    let read = parse(text).unwrap();
    let [warning] = &read.warnings[..] else { panic!("{text}: {:?}", read.warnings) };
    assert!(!warning.problem.hint().is_empty());
    (warning.problem.code, warning.problem.message())
}

#[test]
fn good_manifests_have_no_warnings() {
    let [pro, boxed] = playready();
    let both = [
        element(WIDEVINE, &format!("<cenc:pssh>{PSSH}</cenc:pssh>")),
        element(PLAYREADY, &format!("<cenc:pssh>{boxed}</cenc:pssh><mspr:pro>{pro}</mspr:pro>")),
    ];
    for text in [
        mpd(&[ONE, " ", TWO].concat(), &both.concat()),
        mpd(ONE, &element(WIDEVINE, "")),
        element("urn:uuid:9a27dd82-fde2-4725-8cbc-4234aa06ec09", "<cenc:pssh/>"),
        element("urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e", "<Laurl>https://a.test</Laurl>"),
        key(&format!("METHOD=SAMPLE-AES-CTR,KEYID=0x{},URI=\"data:;base64,{PSSH}\",KEYFORMAT=\"{WIDEVINE}\"", "01".repeat(16))),
        key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{pro}\",KEYFORMAT=\"com.microsoft.playready\"")),
        key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{boxed}\",KEYFORMAT=\"{PLAYREADY}\"")),
        key("METHOD=SAMPLE-AES,URI=\"skd://a\",KEYFORMAT=\"com.apple.streamingkeydelivery\""),
        key("METHOD=AES-128,URI=\"https://a.test/key\",IV=0x1"),
        key("METHOD=NONE"),
    ] {
        assert_eq!(parse(&text).unwrap().warnings, [], "{text}");
    }
}

#[test]
fn typographic_quotes() {
    for (open, close) in [('”', '”'), ('“', '”'), ('„', '“'), ('”', '"'), ('"', '”'), ('″', '″')] {
        let quoted = |value: &str| format!("{open}{value}{close}");
        let text = key(&format!("METHOD=SAMPLE-AES,URI={},KEYFORMAT={}", quoted("skd://a,b"), quoted("com.apple.streamingkeydelivery")));
        assert_eq!(warned(&text), (Code::ManifestQuotes, "A value has typographic quotes around it.".into()), "{text}");
        let read = parse(&text).unwrap();
        assert_eq!(
            (read.protections[0].uri.as_deref(), read.protections[0].system_id, read.warnings[0].line),
            (Some("skd://a,b"), Some(system::FAIRPLAY), 2)
        );
    }
    let [pro, _] = playready();
    assert_eq!(warned(&format!("#EXTM3U\n#EXT-X-PLAYREADYHEADER:“{pro}”")).0, Code::ManifestQuotes);
    assert_eq!(parse(&format!("#EXTM3U\n#EXT-X-PLAYREADYHEADER:“{pro}”")).unwrap().key_ids.len(), 1);
    let read = parse(&mpd(ONE, &element(WIDEVINE, "")).replace('\'', "”")).unwrap();
    assert_eq!((read.protections[1].system_id, read.key_ids.len(), codes(&read)), (Some(system::WIDEVINE), 1, vec![Code::ManifestQuotes]));
    // Well-formed XML may contain such quotes, and other damage stays an error.
    assert_eq!(parse("<MPD title='”'/>").unwrap().warnings, []);
    assert!(parse("<MPD title=”a”>").is_err());
}

#[test]
fn boxes_and_objects_are_swapped() {
    let [pro, boxed] = playready();
    let no_box = (Code::ManifestWrapping, Reason::ManifestNotBoxed.to_string());
    let a_box = (Code::ManifestWrapping, Reason::ManifestBoxed.to_string());
    let payload = "CAESEE4uoWHwHCJz4aUJpec1eqMaCGNhc3RsYWJzIhBOLqFh8Bwic+GlCaXnNXqj";
    assert_eq!(warned(&element(WIDEVINE, &format!("<cenc:pssh>{payload}</cenc:pssh>"))), no_box);
    assert_eq!(parse(&element(WIDEVINE, &format!("<cenc:pssh>{payload}</cenc:pssh>"))).unwrap().key_ids.len(), 1);
    assert_eq!(warned(&element(PLAYREADY, &format!("<cenc:pssh>{pro}</cenc:pssh>"))), no_box);
    assert_eq!(warned(&key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{payload}\",KEYFORMAT=\"{WIDEVINE}\""))), no_box);
    assert_eq!(warned(&element(PLAYREADY, &format!("<mspr:pro>{boxed}</mspr:pro>"))), a_box);
    assert_eq!(warned(&element(PLAYREADY, &format!("<mspr:pro>{boxed}</mspr:pro><cenc:pssh>{boxed}</cenc:pssh>"))), a_box);
    assert_eq!(warned(&key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{boxed}\",KEYFORMAT=\"com.microsoft.playready\""))), a_box);
    assert_eq!(warned(&format!("#EXTM3U\n#EXT-X-PLAYREADYHEADER:{boxed}")), a_box);
    // A header on its own.
    let header = to_base64(&to_utf16_le("<WRMHEADER version='4.0.0.0'><DATA><KID>AgICAgICAgICAgICAgICAg==</KID></DATA></WRMHEADER>"));
    let no_object = (Code::ManifestWrapping, Reason::ManifestNoObject.to_string());
    assert_eq!(warned(&element(PLAYREADY, &format!("<mspr:pro>{header}</mspr:pro>"))), no_object);
    assert_eq!(warned(&key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{header}\",KEYFORMAT=\"com.microsoft.playready\""))), no_object);
    assert_eq!(warned(&element(PLAYREADY, &format!("<cenc:pssh>{header}</cenc:pssh>"))), no_box);
}

#[test]
fn an_element_has_a_limited_number_of_warnings() {
    let changed = |at: usize, byte: u8| {
        let mut id = system::PLAYREADY;
        id[at] = byte;
        [&b"\0\0\0\x20pssh\0\0\0\0"[..], &id, &[0; 4]].concat()
    };
    // Two bytes, each digit of which may be wrong in fifteen ways: more than is reported.
    let boxes: Vec<u8> = [0, 15].into_iter().flat_map(|at| (0..=255).flat_map(move |byte| changed(at, byte))).collect();
    let read = parse(&element(PLAYREADY, &format!("<cenc:pssh>{}</cenc:pssh>", to_base64(&boxes)))).unwrap();
    assert_eq!(read.warnings.len(), MAX_OF_ONE);
    let same: Vec<u8> = (0..100).flat_map(|_| b"\0\0\0\x08free".to_vec()).chain(changed(15, 0x95)).collect();
    assert_eq!(codes(&parse(&element(PLAYREADY, &format!("<cenc:pssh>{}</cenc:pssh>", to_base64(&same)))).unwrap()).len(), 1);
}

#[test]
fn data_that_is_neither_a_box_nor_a_payload() {
    let said = |text: &str| (Code::ManifestInitData, format!("The init data in the manifest cannot be used: {text}."));
    let prose = element("urn:uuid:d0ee2730-09b5-459f-8452-200e52b37567", "<cenc:pssh>c29tZSBwcm9zZQ==</cenc:pssh>");
    assert_eq!(warned(&prose), said("there is no pssh box where one belongs"));
    assert!(
        parse(&prose)
            .unwrap()
            .to_json()
            .contains("\"initDataError\":\"The init data cannot be read: there is no pssh box where one belongs")
    );
    for text in [
        element(WIDEVINE, "<cenc:pssh>*</cenc:pssh>"),
        element(PLAYREADY, "<mspr:pro>*</mspr:pro>"),
        key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,*\",KEYFORMAT=\"{WIDEVINE}\"")),
        "#EXTM3U\n#EXT-X-PLAYREADYHEADER:*".into(),
    ] {
        assert_eq!(warned(&text), said("it is not base64"), "{text}");
    }
    // A box whose payload is damaged.
    let [_, boxed] = object("<WRMHEADER><DATA>");
    assert_eq!(warned(&element(PLAYREADY, &format!("<cenc:pssh>{boxed}</cenc:pssh>"))), said("the XML is not well-formed"));
}

#[test]
fn key_ids_that_differ() {
    let pssh = element(WIDEVINE, &format!("<cenc:pssh>{PSSH}</cenc:pssh>"));
    let (code, message) = warned(&mpd(TWO, &pssh));
    assert_eq!(code, Code::ManifestKeyIds);
    assert_eq!(message, format!("The init data are for the key ids {}, but default_KID names {}.", "01".repeat(16), "02".repeat(16)));
    assert_eq!(parse(&mpd(TWO, &pssh)).unwrap().warnings[0].line, 4);
    // One of several is enough, on the level or above it.
    assert_eq!(parse(&mpd(&[TWO, " ", ONE].concat(), &pssh)).unwrap().warnings, []);
    let above = format!(
        "<MPD><Period><ContentProtection schemeIdUri='urn:mpeg:dash:mp4protection:2011' default_KID='{TWO}'/><AdaptationSet>{pssh}</AdaptationSet></Period></MPD>"
    );
    assert_eq!(warned(&above).0, Code::ManifestKeyIds);
    // The element's own default_KID; once, although its level has the same.
    let own = pssh.replace("schemeIdUri", &format!("cenc:default_KID='{TWO}' schemeIdUri"));
    assert_eq!((warned(&own).0, warned(&mpd(TWO, &own)).0), (Code::ManifestKeyIds, Code::ManifestKeyIds));
    // By reference.
    let reference = format!(
        "<MPD>{}{}",
        pssh.replace("schemeIdUri", "refId='w' schemeIdUri"),
        mpd(TWO, "<ContentProtection ref='w'/>").replace("<MPD>", "")
    );
    assert_eq!(codes(&parse(&reference).unwrap()), [Code::ManifestKeyIds, Code::ManifestKeyIds]);
    let tag = |id: &str| key(&format!("METHOD=SAMPLE-AES-CTR,KEYID=0x{id},URI=\"data:;base64,{PSSH}\",KEYFORMAT=\"{WIDEVINE}\""));
    assert_eq!(
        warned(&tag(&"02".repeat(16))).1,
        format!("The init data are for the key ids {}, but KEYID names {}.", "01".repeat(16), "02".repeat(16))
    );
    let skd = format!(
        "METHOD=SAMPLE-AES,KEYID=0x{},URI=\"skd://{}\",KEYFORMAT=\"com.apple.streamingkeydelivery\"",
        "02".repeat(16),
        "01".repeat(16)
    );
    assert_eq!(warned(&key(&skd)).0, Code::ManifestKeyIds);
}

#[test]
fn key_ids_in_the_other_byte_order() {
    let (ours, turned) = ("00010203-0405-0607-0809-0a0b0c0d0e0f", "AAECAwQFBgcICQoLDA0ODw==");
    let [_, boxed] = object(&format!("<WRMHEADER version='4.0.0.0'><DATA><KID>{turned}</KID></DATA></WRMHEADER>"));
    let (code, message) = warned(&mpd(ours, &element(PLAYREADY, &format!("<cenc:pssh>{boxed}</cenc:pssh>"))));
    assert_eq!((code, message.ends_with("the same in the other byte order.")), (Code::ManifestKeyIds, true), "{message}");
}

#[test]
fn fairplay_in_counter_mode() {
    for (text, method) in [
        (key("METHOD=SAMPLE-AES-CTR,URI=\"skd://a1b2\",KEYFORMAT=\"com.apple.streamingkeydelivery\""), "SAMPLE-AES-CTR"),
        (mpd(ONE, &element("urn:uuid:94ce86fb-07ff-4f43-adb8-93d2fa968ca2", "")), "cenc"),
    ] {
        assert_eq!(warned(&text), (Code::ManifestScheme, format!("FairPlay plays cbcs (SAMPLE-AES) only, and this is {method}.")));
    }
}

#[test]
fn references_without_a_target() {
    assert_eq!(
        warned(&mpd(ONE, "<ContentProtection ref='there'/>")),
        (Code::ManifestRef, "No ContentProtection element has the refId \"there\" that a ref names.".into())
    );
}

#[test]
fn system_ids_close_to_known_ones() {
    for (written, known) in [
        ("79f0049a-4098-8642-ab92-e65be0885f95", system::PLAYREADY),
        ("a98befed-d679-ce4a-a3c8-27dcd51d21ed", system::WIDEVINE),
        ("edef8ba9-79d6-4ace-a3c8-27dcd51d21ee", system::WIDEVINE),
        ("edef8ba9-79d6-4ace-a3c8-27dcd51d21e", system::WIDEVINE),
        ("eedef8ba9-79d6-4ace-a3c8-27dcd51d21ed", system::WIDEVINE),
        ("defe8ba9-79d6-4ace-a3c8-27dcd51d21ed", system::WIDEVINE),
        ("9A04F079-9840-4286-AB92-E65BEO885F95", system::PLAYREADY),
    ] {
        let found = misspelled(written).map(|(id, _)| id);
        if written.starts_with("defe") {
            assert_eq!(found, None, "two digits off");
            continue;
        }
        assert_eq!(found, Some(known), "{written}");
        let read = parse(&element(&format!("urn:uuid:{written}"), "")).unwrap();
        assert_eq!((read.protections[0].system_id, codes(&read)), (Some(known), vec![Code::ManifestSystemId]));
        let line = key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{PSSH}\",KEYFORMAT=\"urn:uuid:{written}\""));
        assert_eq!(codes(&parse(&line).unwrap()), [Code::ManifestSystemId]);
    }
    assert!(warned(&element("urn:uuid:79f0049a-4098-8642-ab92-e65be0885f95", "")).1.contains("PlayReady in the byte order of a GUID"));
    for (id, ..) in SYSTEMS {
        assert_eq!(misspelled(&uuid(&id)), None);
    }
    for other in ["", "urn", "9a27dd82-fde2-4725-8cbc-4234aa06ec09", "deef8ba9-79d6-4ace-a3c8-27dcd51d21de"] {
        assert_eq!(misspelled(other), None, "{other}");
    }
    // In a box, too: PlayReady's id in the other byte order.
    let [_, boxed] = playready();
    let turned = crate::text::from_base64(&boxed).map(|mut bytes| {
        bytes[12..28].copy_from_slice(&swap_guid(system::PLAYREADY));
        to_base64(&bytes)
    });
    assert_eq!(
        codes(&parse(&element(PLAYREADY, &format!("<cenc:pssh>{}</cenc:pssh>", turned.unwrap()))).unwrap()),
        [Code::ManifestSystemId]
    );
}

#[test]
fn warnings_about_init_data_are_passed_on() {
    let [pro, _] = object(
        "<WRMHEADER version='4.1.0.0'><DATA><PROTECTINFO><KIDS><KID VALUE='AgICAgICAgICAgICAgICAg=='/></KIDS></PROTECTINFO></DATA><LA_URL>https://a.test</LA_URL></WRMHEADER>",
    );
    let read = parse(&mpd(TWO, &element(PLAYREADY, &format!("<mspr:pro>{pro}</mspr:pro>")))).unwrap();
    assert_eq!(codes(&read), [Code::PlayreadyHeader, Code::PlayreadyHeader]);
    assert_eq!((read.warnings[0].problem.reason, read.warnings[0].line), (Some(Reason::HeaderKeyPlace), 4));
}

#[test]
fn content_keys_are_masked() {
    let key_text = "W31bfVt9W31bfVt9W31bfQ==";
    let url = format!("https://test.playready.microsoft.com/service/rightsmanager.asmx?cfg=(kid:header,ck:{key_text})");
    let [pro, boxed] =
        object(&format!("<WRMHEADER version='4.0.0.0'><DATA><KID>AgICAgICAgICAgICAgICAg==</KID><LA_URL>{url}</LA_URL></DATA></WRMHEADER>"));
    let jwk = to_base64(br#"{"keys":[{"kty":"oct","kid":"AQEBAQEBAQEBAQEBAQEBAQ","k":"W31bfVt9W31bfVt9W31bfQ"}]}"#);
    let clearkey = "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e";
    for text in [
        key(&format!("METHOD=AES-128,URI=\"data:;base64,{key_text}\"")),
        key(&format!("METHOD=AES-128,URI=\"DATA:text/plain,{}\"", "%5B%7D".repeat(8))),
        key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{key_text}\",KEYFORMAT=\"identity\"")),
        key(&format!("METHOD=AES-256,URI=\"data:;base64,{key_text}\",KEYFORMAT=\"com.example\"")),
        key(&format!("METHOD=SAMPLE-AES,URI=\"data:application/json;base64,{jwk}\",KEYFORMAT=\"org.w3.clearkey\"")),
        key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{pro}\",KEYFORMAT=\"com.microsoft.playready\"")),
        key(&format!("METHOD=SAMPLE-AES,URI=\"{url}\",KEYFORMAT=\"com.microsoft.playready\"")),
        format!("#EXTM3U\n#EXT-X-PLAYREADYHEADER:{pro}"),
        element(PLAYREADY, &format!("<mspr:pro>{pro}</mspr:pro>")),
        element(PLAYREADY, &format!("<cenc:pssh>{boxed}</cenc:pssh><mspr:pro>{pro}</mspr:pro>")),
        element(PLAYREADY, &format!("<dashif:Laurl>{url}</dashif:Laurl>")),
        element(clearkey, &format!("<ck:Laurl>data:application/json;base64,{jwk}</ck:Laurl>")),
    ] {
        let read = parse(&text).unwrap();
        assert_eq!(codes(&read), [Code::ContentKeyExposed], "{text}");
        let json = read.to_json();
        for secret in [key_text, &key_text[..22], &jwk, &pro, &boxed, "%5B%7D%5B"] {
            assert!(!json.contains(secret), "{secret} of {text} in {json}");
        }
        let bytes = read.protections.iter().flat_map(|one| one.init_data.iter().map(|(bytes, _)| bytes).chain(&one.playready_object));
        for bytes in bytes {
            assert!(!bytes.windows(44).any(|part| part == &to_utf16_le(&key_text[..22])[..]), "{text}");
        }
    }
    let read = parse(&element(PLAYREADY, &format!("<mspr:pro>{pro}</mspr:pro>"))).unwrap();
    assert_eq!(read.key_ids, [[2; 16]]);
    assert!(read.to_json().contains("cfg=(kid:header,ck:************************)"));
}

#[test]
fn smooth_streaming() {
    let [pro, _] = playready();
    let text = |id: &str| {
        format!(
            "<?xml version='1.0' encoding='utf-8'?>\n<SmoothStreamingMedia MajorVersion='2'>\n<Protection><ProtectionHeader SystemID='{id}'>{pro}</ProtectionHeader></Protection></SmoothStreamingMedia>"
        )
    };
    for (id, warnings) in [
        ("9A04F079-9840-4286-AB92-E65BE0885F95", vec![]),
        ("{9a04f079-9840-4286-ab92-e65be0885f95}", vec![]),
        ("79f0049a-4098-8642-ab92-e65be0885f95", vec![Code::ManifestSystemId]),
    ] {
        let read = smooth::parse(&text(id)).unwrap();
        assert_eq!((read.key_ids.clone(), codes(&read)), (vec![vec![2; 16]], warnings), "{id}");
        assert_eq!((read.protections[0].system_id, read.protections[0].line), (Some(system::PLAYREADY), 3));
    }
    assert!(smooth::parse("<MPD/>").is_err());
}

#[test]
fn legacy_fairplay_text_is_not_a_key() {
    // A content id in a data URI of FairPlay's format is init data, not a key.
    let blob = fairplay::build_legacy(b"skd", "a", &[0x30]);
    let text = key(&format!("METHOD=SAMPLE-AES,URI=\"data:;base64,{}\",KEYFORMAT=\"com.apple.streamingkeydelivery\"", to_base64(&blob)));
    assert!(!codes(&parse(&text).unwrap()).contains(&Code::ContentKeyExposed));
}
