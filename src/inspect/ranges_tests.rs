use super::super::{bytes, text};
use super::*;
use crate::text::{from_utf16_le, hex, to_base64, to_utf16_le};
use crate::write;
use serde_json::{Value as Json, json};

fn at<'v>(mut value: &'v Json, path: &[Step]) -> Option<&'v Json> {
    for step in path {
        value = match step {
            Step::Name(name) => value.get(name)?,
            Step::Index(index) => value.get(index)?,
        };
    }
    Some(value)
}

/// The field's bytes match its value: literally, in hex, as text of either width, or as an `[offset, length]`.
fn says(bytes: &[u8], value: &Json, range: &FieldRange) -> bool {
    let plain = |text: &str| text.trim_matches('"').replace("&amp;", "&");
    let raw = str::from_utf8(bytes).is_ok_and(|text| value.as_str() == Some(text))
        || from_utf16_le(bytes).is_some_and(|text| value.as_str() == Some(&text));
    if raw {
        return true;
    }
    match value {
        Json::String(text) => {
            let utf8 = str::from_utf8(bytes).map(plain).ok();
            let wide = from_utf16_le(bytes).map(|text| plain(&text));
            let uuid = <[u8; 16]>::try_from(bytes).ok().map(|id| crate::text::uuid(&id));
            let ids = |text: &Option<String>| {
                let text = text.as_deref().unwrap_or_default();
                let id = crate::text::key_id(text).or_else(|| crate::text::from_base64(text)?.try_into().ok());
                id.is_some_and(|id| {
                    [hex(&id), hex(&crate::text::swap_guid(id)), crate::text::uuid(&id)].contains(&value.as_str().unwrap().into())
                })
            };
            hex(bytes) == *text
                || uuid.as_deref() == Some(text)
                || [&utf8, &wide].into_iter().any(|found| found.as_deref() == Some(text) || ids(found))
        }
        Json::Number(number) => {
            let number = number.as_u64().unwrap();
            let varint = bytes.iter().rev().fold(0, |sum: u64, byte| sum << 7 | u64::from(byte & 0x7f));
            bytes.iter().fold(0, |sum: u64, byte| sum.wrapping_shl(8) | u64::from(*byte)) == number || varint == number
        }
        Json::Array(span) if span.len() == 2 && span[0].is_u64() && span[1].is_u64() => {
            *value == json!([range.offset, range.length]) || !matches!(range.path.last(), Some(Step::Name(name)) if name == "data")
        }
        _ => true,
    }
}

/// Checks every range of an input, and returns the paths as text.
fn checked(found: &super::super::Finding, input: &[u8]) -> Vec<(String, usize, usize)> {
    let data = found.bytes.as_deref().unwrap_or(input);
    let ranges = of(found.kind, data);
    let bytes = ranges.bytes.as_deref().unwrap_or(data);
    let value: Json = serde_json::from_str(&found.value).unwrap();
    let mut out = Vec::new();
    for range in &ranges.fields {
        let part =
            bytes.get(range.offset..range.offset + range.length).unwrap_or_else(|| panic!("{range:?} is outside {} bytes", bytes.len()));
        let field = at(&value, &range.path).unwrap_or_else(|| panic!("{range:?} has no field in {value}"));
        let exact = !["widevine", "playready", "algorithm", "protectionScheme", "scheme", "type", "size", "issuedAt", "uri", "assetId"]
            .iter()
            .any(|name| range.path.last() == Some(&Step::from(*name)));
        assert!(!exact || says(part, field, range), "{range:?}: {part:?} is not {field}");
        let path: Vec<String> = range
            .path
            .iter()
            .map(|step| match step {
                Step::Name(name) => name.clone(),
                Step::Index(at) => at.to_string(),
            })
            .collect();
        out.push((path.join("."), range.offset, range.length));
    }
    out
}

fn place(of: &[(String, usize, usize)], path: &str) -> (usize, usize) {
    let found = of.iter().find(|(known, ..)| known == path).unwrap_or_else(|| panic!("{path} is not in {of:?}"));
    (found.1, found.2)
}

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn fields(json: Json) -> crate::json::Value {
    crate::json::parse(&json.to_string()).unwrap()
}

#[test]
fn a_box_of_widevine_field_by_field() {
    #[rustfmt::skip]
    let pssh = [
        0, 0, 0, 0x44, b'p', b's', b's', b'h', 1, 0, 0, 0, // version 1, no flags
        0xed, 0xef, 0x8b, 0xa9, 0x79, 0xd6, 0x4a, 0xce, 0xa3, 0xc8, 0x27, 0xdc, 0xd5, 0x1d, 0x21, 0xed, // Widevine
        0, 0, 0, 1, // one key id
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        0, 0, 0, 0x10, // size of the data
        0x08, 1, // field 1: AESCTR
        0x22, 4, b'f', b'i', b'l', b'm', // field 4: content id
        0x48, 0xe3, 0xdc, 0x95, 0x9b, 0x06, // field 9: cenc
        0x38, 9, // field 7: key period
    ];
    let ranges = checked(&bytes(&pssh), &pssh);
    for (path, expected) in [
        ("boxes.0", (0, 68)),
        ("boxes.0.size", (0, 4)),
        ("boxes.0.version", (8, 1)),
        ("boxes.0.flags", (9, 3)),
        ("boxes.0.systemId", (12, 16)),
        ("boxes.0.keyIds.0", (32, 16)),
        ("boxes.0.data", (52, 16)),
        ("boxes.0.widevine.algorithm", (53, 1)),
        ("boxes.0.widevine.contentId", (56, 4)),
        ("boxes.0.widevine.contentIdBytes", (56, 4)),
        ("boxes.0.widevine.protectionScheme", (61, 5)),
        ("boxes.0.widevine.cryptoPeriodIndex", (67, 1)),
    ] {
        assert_eq!(place(&ranges, path), expected, "{path}");
    }
    // Two in a row: each has its own places.
    let both = [&pssh[..], &pssh].concat();
    assert_eq!(place(&checked(&bytes(&both), &both), "boxes.1.widevine.contentId"), (68 + 56, 4));
}

#[test]
fn playready_headers_of_both_widths() {
    let old =
        "<WRMHEADER version=\"4.0.0.0\"><DATA><KID>Z0UjAauJ780BI0VniavN7w==</KID><LA_URL>https://é/?a&amp;b</LA_URL></DATA></WRMHEADER>";
    let ranges = checked(&text(old), old.as_bytes());
    assert_eq!(place(&ranges, "boxes.0.playready.version"), (20, 7));
    assert_eq!(place(&ranges, "boxes.0.playready.keys.0.keyId"), (40, 24));
    for mark in [&b""[..], b"\xff\xfe"] {
        let wide = [mark, &to_utf16_le(old)].concat();
        let ranges = checked(&bytes(&wide), &wide);
        assert_eq!(place(&ranges, "boxes.0.playready.keys.0.keyId"), (mark.len() + 80, 48));
        // After the accented letter, which is two bytes of UTF-8 and two of UTF-16.
        let (offset, length) = place(&ranges, "boxes.0.playready.licenseUrl");
        assert_eq!(from_utf16_le(&wide[offset..offset + length]).unwrap(), "https://é/?a&amp;b");
    }
    let new = write::playready_object(&fields(json!({
        "version": "4.3.0.0", "licenseUrl": "https://x.example/", "keys": [{"keyId": KEY, "algorithm": "AESCBC"}, {"keyId": "ff".repeat(16), "algorithm": "AESCBC"}],
    })))
    .unwrap();
    let ranges = checked(&bytes(&new), &new);
    for path in ["keys.0.keyId", "keys.1.keyId", "keys.1.algorithm", "licenseUrl", "version", "xml"] {
        place(&ranges, &format!("boxes.0.playready.{path}"));
    }
}

#[test]
fn the_key_of_a_4_0_header_is_first_and_moves_the_others() {
    let mixed = "<WRMHEADER version=\"4.0.0.0\"><DATA><PROTECTINFO><KID VALUE=\"AAAAAAAAAAAAAAAAAAAAAA==\"/></PROTECTINFO>\
        <KID>Z0UjAauJ780BI0VniavN7w==</KID></DATA></WRMHEADER>";
    let ranges = checked(&text(mixed), mixed.as_bytes());
    assert!(place(&ranges, "boxes.0.playready.keys.0.keyId").0 > place(&ranges, "boxes.0.playready.keys.1.keyId").0);
}

#[test]
fn manifests() {
    let pssh =
        to_base64(&write::pssh(&fields(json!({"systemId": "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "data": "22046d6f7669"}))).unwrap());
    let mpd = format!(
        "<MPD>\n<ContentProtection schemeIdUri=\"urn:mpeg:dash:mp4protection:2011\" value=\"cenc\" cenc:default_KID=\"{KEY}\"/>\n\
         <ContentProtection schemeIdUri=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"><cenc:pssh> {pssh}\n</cenc:pssh></ContentProtection></MPD>"
    );
    let ranges = checked(&text(&mpd), mpd.as_bytes());
    let part = |path| {
        let (offset, length) = place(&ranges, path);
        &mpd[offset..offset + length]
    };
    assert_eq!((part("protections.0.value"), part("protections.0.keyIds"), part("protections.1.initData")), ("cenc", KEY, &pssh[..]));
    assert!(part("protections.1").ends_with("</ContentProtection>"));

    let hls = "\u{feff}#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n";
    let ranges = checked(&text(hls), hls.as_bytes());
    assert_eq!(place(&ranges, "protections.0.uri").1, 7);
    let line = "METHOD=SAMPLE-AES,URI=\"skd://a\",KEYFORMAT=\"com.apple.streamingkeydelivery\"";
    assert_eq!(place(&checked(&text(line), line.as_bytes()), "protections.0.method"), (7, 10));

    let object = to_base64(&write::playready_object(&fields(json!({"version": "4.0.0.0", "keys": [{"keyId": KEY}]}))).unwrap());
    let smooth = format!(
        "<SmoothStreamingMedia><Protection><ProtectionHeader SystemID=\"9A04F079-9840-4286-AB92-E65BE0885F95\">{object}</ProtectionHeader></Protection></SmoothStreamingMedia>"
    );
    let ranges = checked(&text(&smooth), smooth.as_bytes());
    assert_eq!(place(&ranges, "protections.0.initData").1, object.len());

    // Typographic quotes are longer than the straight ones that are read instead.
    assert_eq!(checked(&text(&mpd.replace("\"cenc\"", "\u{201c}cenc\u{201d}")), &[]), []);
}

#[test]
fn content_keys_are_not_in_the_bytes() {
    let secret = "W31bfVt9W31bfVt9W31bfQ==";
    let cpix = format!(
        "\n<CPIX id=\"film\"><ContentKeyList><ContentKey kid=\"12ea753c-23e7-bc02-4474-b2b976c43beb\" commonEncryptionScheme=\"cenc\"><Data><Secret><PlainValue>{secret}</PlainValue></Secret></Data></ContentKey></ContentKeyList>\
         <DRMSystemList><DRMSystem kid=\"12ea753c-23e7-bc02-4474-b2b976c43beb\" systemId=\"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"><PSSH>AAAA</PSSH></DRMSystem></DRMSystemList></CPIX>"
    );
    let nginx = format!("[{{\"key_id\":\"Z0UjAauJ780BI0VniavN7w==\",\"key\":\"{secret}\",\"pssh\":[]}}]");
    let pack = format!("{{\"content_id\":\"film\",\"content_key_list\":[{{\"key_id_hex\":\"{KEY}\",\"key_b64\":\"{secret}\"}}]}}");
    let clear = format!("{{\"keys\":[{{\"kty\":\"oct\",\"kid\":\"ASNFZ4mrze8BI0VniavN7w\",\"k\":\"{secret}\"}}]}}");
    for (document, kind, path) in [
        (&cpix, "cpix", "contentKeys.0.keyId"),
        (&nginx, "nginx-vod-drm", "contentKeys.0.keyId"),
        (&pack, "pack-info", "contentKeys.0.keyId"),
        (&clear, "clearkey-license", "keyIds.0"),
    ] {
        let found = text(document);
        assert_eq!(found.kind, kind);
        place(&checked(&found, document.as_bytes()), path);
        let bytes = of(kind, document.as_bytes()).bytes.unwrap();
        assert_eq!(bytes.len(), document.len());
        let shown = String::from_utf8(bytes).unwrap();
        assert!(!shown.contains(secret) && shown.contains(&"*".repeat(secret.len())), "{shown}");
    }
    assert!(of("cpix", b"<CPIX><ContentKey>c2VjcmV0").bytes.unwrap().iter().all(|byte| *byte == b'*'));
}

#[test]
fn tokens_and_error_bodies() {
    let json = "{\"drm_type\":\"Widevine\",\"site_id\":\"DEMO\",\"user_id\":\"u\",\"cid\":\"film\",\"policy\":\"p\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"hash\":\"h\"}";
    for token in [to_base64(json.as_bytes()), to_base64(to_base64(json.as_bytes()).as_bytes())] {
        let ranges = checked(&text(&token), token.as_bytes());
        assert_eq!(place(&ranges, "contentId"), (json.find("\"film\"").unwrap(), 6));
    }
    let error = "{\"errorCode\":\"7011\",\"message\":\"expired\"}";
    assert_eq!(place(&checked(&text(error), error.as_bytes()), "serverCode"), (13, 6));
    let kids = "{\"kids\":[\"ASNFZ4mrze8BI0VniavN7w\"]}";
    assert_eq!(place(&checked(&text(kids), kids.as_bytes()), "keyIds.0"), (9, 24));
}

#[test]
fn segments() {
    let boxed = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
    let tkhd = boxed(b"tkhd", &[&[0; 12][..], &7_u32.to_be_bytes(), &[0; 8]].concat());
    let hdlr = boxed(b"hdlr", &[&[0; 8][..], b"vide", &[0; 8]].concat());
    let tenc = boxed(b"tenc", &[&[0, 0, 0, 0, 0, 0, 1, 8][..], &[0xab; 16]].concat());
    let sinf = boxed(b"sinf", &[boxed(b"frma", b"avc1"), boxed(b"schm", b"\0\0\0\0cenc\0\x01\0\0"), boxed(b"schi", &tenc)].concat());
    let encv = boxed(b"encv", &[&[0; 78][..], &sinf].concat());
    let stbl = boxed(b"stbl", &boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &encv].concat()));
    let mdia = boxed(b"mdia", &[hdlr, boxed(b"minf", &stbl)].concat());
    let pssh = write::pssh(&fields(json!({"systemId": "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "data": "22046d6f7669"}))).unwrap();
    let moov = boxed(b"moov", &[boxed(b"trak", &[tkhd, mdia].concat()), pssh].concat());
    let ranges = checked(&bytes(&moov), &moov);
    let part = |path| {
        let (offset, length) = place(&ranges, path);
        &moov[offset..offset + length]
    };
    assert_eq!(part("tracks.0.defaultKeyId"), [0xab; 16]);
    assert_eq!((part("tracks.0.trackId"), part("tracks.0.ivSize")), (&[0, 0, 0, 7][..], &[8][..]));
    assert_eq!(part("boxes.0.widevine.contentId"), b"movi");
}

#[test]
fn messages_are_not_mistaken_for_init_data() {
    // A request of 80 bytes: it begins as PSSH data do.
    let challenge = [&[0x08, 1, 0x12, 80][..], &[0x42; 80]].concat();
    let found = bytes(&challenge);
    assert_eq!((found.kind, checked(&found, &challenge)), ("widevine-challenge", vec![]));
    let spc = [&[0, 0, 0, 1, 0, 0, 0, 0][..], &[1; 16], &[2; 128], &[3; 20], &[0, 0, 0, 4], &[5; 4]].concat();
    let ranges = checked(&bytes(&spc), &spc);
    assert_eq!((place(&ranges, "version"), place(&ranges, "certificateHash")), ((0, 4), (152, 20)));
}

mod random {
    use super::*;
    use proptest::prelude::*;

    /// Real items, and copies with some bytes changed or the end cut off.
    fn items() -> Vec<Vec<u8>> {
        let object = write::playready_object(&fields(json!({
            "version": "4.2.0.0", "licenseUrl": "https://x.example/ä", "keys": [{"keyId": KEY, "algorithm": "AESCTR"}],
        })))
        .unwrap();
        let boxed = |data: &[u8], id: &str| write::pssh(&fields(json!({"systemId": id, "keyIds": [KEY], "data": hex(data)}))).unwrap();
        let widevine = boxed(b"\x08\x01\x22\x04film\x38\x09\x72\x14\x12\x10KKKKKKKKKKKKKKKK\0\0", "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed");
        let playready = boxed(&object, "9a04f079-9840-4286-ab92-e65be0885f95");
        let mpd = format!(
            "<MPD><ContentProtection schemeIdUri='urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed' cenc:default_KID='{KEY}'><pssh>{}</pssh></ContentProtection></MPD>",
            to_base64(&widevine)
        );
        let moov = [&(widevine.len() as u32 + 8).to_be_bytes()[..], b"moov", &widevine].concat();
        let cpix = b"<CPIX id='x'><ContentKey kid='12ea753c-23e7-bc02-4474-b2b976c43beb'><PlainValue>c2VjcmV0c2VjcmV0</PlainValue></ContentKey></CPIX>".to_vec();
        let json = b"{\"kids\":[\"ASNFZ4mrze8BI0VniavN7w\"],\"errorCode\":\"7011\",\"message\":\"x\"}".to_vec();
        let hls =
            b"#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\",KEYID=0x00,KEYFORMAT=\"com.apple.streamingkeydelivery\"\n".to_vec();
        let challenge = [&[0x08, 1, 0x12, 80][..], &[0x42; 80]].concat();
        let spc = [&[0, 0, 0, 1, 0, 0, 0, 0][..], &[1; 164], &[0, 0, 0, 4], &[5; 4]].concat();
        vec![object, [widevine.clone(), playready].concat(), mpd.into_bytes(), moov, cpix, json, hls, challenge, spc]
    }

    proptest! {
        #[test]
        fn every_range_is_in_the_bytes_and_names_a_field(
            which in 0_usize..9, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4), cut in any::<prop::sample::Index>(), whole in any::<bool>(),
        ) {
            let mut data = items().swap_remove(which);
            for (at, byte) in changes {
                let at = at.index(data.len());
                data[at] = byte;
            }
            if !whole {
                data.truncate(cut.index(data.len()));
            }
            let found = bytes(&data);
            let value: Json = serde_json::from_str(&found.value).unwrap();
            let source = found.bytes.as_deref().unwrap_or(&data);
            if found.kind != "pieces" {
                let ranges = of(found.kind, source);
                let shown = ranges.bytes.as_deref().unwrap_or(source);
                for range in &ranges.fields {
                    prop_assert!(range.length > 0 && range.offset + range.length <= shown.len(), "{:?} of {}", range, shown.len());
                    prop_assert!(at(&value, &range.path).is_some(), "{:?} in {}", range, value);
                }
            }
        }

        #[test]
        fn any_bytes_of_any_kind_are_handled(data in prop::collection::vec(any::<u8>(), 0..200), kind in "cenc|segment|hls|dash|smooth|cpix|license-token|keyids|error") {
            let ranges = of(&kind, &data);
            let length = ranges.bytes.as_ref().map_or(data.len(), Vec::len);
            prop_assert!(ranges.fields.iter().all(|range| range.offset + range.length <= length));
        }
    }
}
