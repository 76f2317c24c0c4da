//! Init data as a whole: detection, values from several boxes, and the JSON output.

use super::*;
use crate::text::{hex, to_base64, to_utf16_le};
use serde_json::{Value, json};

const ID: &[u8; 16] = b"KKKKKKKKKKKKKKKK";
const ID_HEX: &str = "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b";

fn boxed(system_id: [u8; 16], data: &[u8]) -> Vec<u8> {
    let size = (32 + data.len() as u32).to_be_bytes();
    [&size[..], b"pssh\0\0\0\0", &system_id, &(data.len() as u32).to_be_bytes(), data].concat()
}

/// Widevine's data: key id, content id, and an optional key period.
fn widevine_data(content_id: &str, period: Option<u8>) -> Vec<u8> {
    let period = period.map(|period| vec![0x38, period]).unwrap_or_default();
    [&[0x12, 16][..], ID, &[0x22, content_id.len() as u8], content_id.as_bytes(), &period].concat()
}

fn object(custom: &str) -> Vec<u8> {
    let xml = ["<WRMHEADER version='4.0.0.0'><DATA><KID>S0tLS0tLS0tLS0tLS0tLSw==</KID>", custom, "</DATA></WRMHEADER>"].concat();
    let header = to_utf16_le(&xml);
    [&(header.len() as u32 + 10).to_le_bytes()[..], &[1, 0, 1, 0], &(header.len() as u16).to_le_bytes(), &header].concat()
}

fn read(data: &[u8]) -> InitData<'_> {
    parse(data, Options::default()).unwrap()
}

fn ids(data: &InitData<'_>) -> Vec<String> {
    data.key_ids.iter().map(hex).collect()
}

fn value(data: &InitData<'_>) -> Value {
    serde_json::from_str(&data.to_json()).unwrap()
}

#[test]
fn each_type_is_detected() {
    let sinf = b"\0\0\0\x14sinf\0\0\0\x0cfrmaavc1";
    let sinf_json = ["{\"sinf\":[\"", &to_base64(sinf), "\"]}"].concat();
    for (data, kind) in [
        (boxed(system::WIDEVINE, b"\x08\x01"), InitDataType::Cenc),
        (b"\0\0\0\x08free".iter().chain(&boxed([1; 16], b"")).copied().collect(), InitDataType::Cenc),
        (br#" {"kids":["AQI"]}"#.to_vec(), InitDataType::Keyids),
        ([b"\xef\xbb\xbf", sinf_json.as_bytes()].concat(), InitDataType::Sinf),
        ([b"\r\n", sinf_json.as_bytes()].concat(), InitDataType::Sinf),
        (sinf.to_vec(), InitDataType::Sinf),
        (sinf[8..].to_vec(), InitDataType::Sinf),
        (b"skd://abc".to_vec(), InitDataType::Skd),
        (to_utf16_le("skd://abc"), InitDataType::Skd),
        (widevine_data("cid", None), InitDataType::Cenc),
        (object(""), InitDataType::Cenc),
    ] {
        assert_eq!(read(&data).kind, kind, "{data:?}");
        let named = Options { kind: Some(kind), strict: false };
        assert_eq!(parse(&data, named).is_ok(), !read(&data).is_bare(), "{data:?}");
    }
    assert_eq!(ids(&parse(ID, Options { kind: Some(InitDataType::Webm), strict: true }).unwrap()), [ID_HEX]);
    for length in [0, 513] {
        assert!(parse(&vec![1; length], Options { kind: Some(InitDataType::Webm), strict: false }).is_err());
    }
}

#[test]
fn payloads_without_a_box() {
    let utf16 = to_utf16_le("<WRMHEADER><DATA><KID>S0tLS0tLS0tLS0tLS0tLSw==</KID></DATA></WRMHEADER>");
    for (data, system_id) in [
        (widevine_data("cid", None), system::WIDEVINE),
        (object(""), system::PLAYREADY),
        (utf16.clone(), system::PLAYREADY),
        ([&[0xff, 0xfe][..], &utf16].concat(), system::PLAYREADY),
        (b"<?xml version='1.0'?><WRMHEADER><DATA><KID>S0tLS0tLS0tLS0tLS0tLSw==</KID></DATA></WRMHEADER>".to_vec(), system::PLAYREADY),
    ] {
        let read = read(&data);
        assert_eq!((read.boxes.len(), read.boxes[0].header.system_id, read.is_bare()), (1, system_id, true));
        let boxes = &value(&read)["boxes"];
        assert_eq!((&boxes[0]["data"], &boxes[0]["bare"]), (&json!([0, data.len()]), &json!(true)));
        assert_eq!(ids(&read), [ID_HEX]);
    }
}

#[test]
fn objects_of_any_length_are_detected() {
    for padding in 0..256 {
        let data = object(&" ".repeat(padding));
        assert_eq!(ids(&read(&data)), [ID_HEX], "{padding}: {:?}", &data[..4]);
    }
}

#[test]
fn the_period_is_split_off_only_if_another_part_confirms_it() {
    let content = |data: &[u8]| {
        let read = parse(data, Options::default()).unwrap();
        (read.content_id.unwrap().into_owned(), read.key_period_index)
    };
    let live = "cid0000000000000040";
    assert_eq!(content(&widevine_data(live, Some(0x40))), ("cid".into(), Some(64)));
    assert_eq!(content(&widevine_data(live, Some(0x41))), (live.into(), Some(65)));
    assert_eq!(content(&widevine_data(live, None)), (live.into(), None));
    // The period may be in the PlayReady box after it.
    let both = [
        boxed(system::WIDEVINE, &widevine_data(live, None)),
        boxed(system::PLAYREADY, &object("<CUSTOMATTRIBUTES><PERIOD_INDEX>64</PERIOD_INDEX></CUSTOMATTRIBUTES>")),
    ]
    .concat();
    assert_eq!(content(&both), ("cid".into(), Some(64)));
    assert_eq!(content(b"skd://cid0000000000000040"), ("cid".into(), Some(64)));
}

#[test]
fn key_ids_of_all_parts_without_repeats() {
    let data = [
        boxed(system::WIDEVINE, &widevine_data("a", None)),
        boxed(system::PLAYREADY, &object("")),
        boxed(system::WIDEVINE, b"\x12\x24AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa"),
    ]
    .concat();
    assert_eq!(ids(&read(&data)), [ID_HEX, &"a".repeat(32)]);
    assert_eq!(ids(&read(br#"{"kids":["AQI","AQ","AQI"]}"#)), ["0102", "01"]);
}

#[test]
fn errors_describe_the_data() {
    let (text, segment, other) = ("as a string", "parseSegment", Code::InitDataInvalid.hint());
    for (data, reason, hint) in [
        (&b"AAAAR3Bzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7Q=="[..], Reason::LooksLikeText, text),
        (b"000000477073736800000000", Reason::LooksLikeText, text),
        (b"my_pssh", Reason::LooksLikeText, text),
        (b"\0\0\0\x10ftypiso6\0\0\0\0", Reason::LooksLikeSegment, segment),
        (b"", Reason::NotInitData, other),
        (b"\0\0\0", Reason::FieldNumber, other),
        (&[0; 70_000], Reason::FieldNumber, other),
        (b"\xf8\x01\x00", Reason::NotInitData, other),
        (b"{\"kids\":[\"AQI+\"]}", Reason::KidNotBase64url, other),
        (b"{\"what\":1}", Reason::SinfMissing, other),
        (b"{", Reason::NotJson, other),
        (b"<WRMHEADER>", Reason::XmlMalformed, other),
        (b"<a/>", Reason::NotWrmheader, other),
        (b" \n{\"sinf\":[1]}", Reason::SinfNotBase64, other),
    ] {
        let error = parse(data, Options::default()).unwrap_err();
        assert_eq!((error.code, error.reason), (Code::InitDataInvalid, Some(reason)), "{data:?}");
        assert!(error.hint().contains(hint), "{}", error.hint());
        assert!(error.message().starts_with("The init data cannot be read: "), "{error}");
    }
    // As in Chromium, empty `cenc` init data has no boxes.
    assert_eq!(parse(b"", Options { kind: Some(InitDataType::Cenc), strict: true }).unwrap().boxes, []);
}

#[test]
fn the_fairplay_box_names_tracks() {
    let tree = b"\0\0\0\x44fpsd\0\0\0\x10fpsi\0\0\0\0cbcs\0\0\0\x2cfpsk\0\0\0\x1cfkri\0\0\0\0KKKKKKKKKKKKKKKK\0\0\0\x08fkai";
    let data = boxed(system::FAIRPLAY, tree);
    let read = read(&data);
    assert_eq!(value(&read)["fairplay"]["tracks"], json!([{"scheme": "cbcs", "keyId": ID_HEX, "ivSize": 0}]));
    assert_eq!(ids(&read), [ID_HEX]);
}

#[test]
fn json_has_the_names_of_the_public_types() {
    let data = boxed(system::WIDEVINE, &widevine_data("cid", Some(1)));
    let expected = [
        r#"{"type":"cenc","boxes":[{"systemId":"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed","system":"Widevine","version":0,"flags":0,"keyIds":[],"data":[32,25],"offset":0,"size":57,"widevine":{"keyIds":[""#,
        ID_HEX,
        r#""],"contentId":"cid","contentIdBytes":[52,3],"cryptoPeriodIndex":1}}],"keyIds":[""#,
        ID_HEX,
        r#""],"contentId":"cid","keyPeriodIndex":1,"warnings":[]}"#,
    ];
    assert_eq!(read(&data).to_json(), expected.concat());
    let skd = r#"{"type":"skd","boxes":[],"keyIds":[],"contentId":"a","keyPeriodIndex":1,"fairplay":{"uri":"skd://a0000000000000001","assetId":"a0000000000000001","tracks":[]},"warnings":[]}"#;
    assert_eq!(read(b"skd://a0000000000000001").to_json(), skd);
    // The whole output is JSON that another reader accepts.
    let all = [
        boxed(system::PLAYREADY, &object("<CUSTOMATTRIBUTES>\"</CUSTOMATTRIBUTES>")),
        boxed(system::WISEPLAY, br#"{"kids":[],"version":"V1.0"}"#),
        boxed(system::NCG, b"x"),
        b"\0\0\0\x21pssh\0\0\0\x01AAAAAAAAAAAAAAAA\0\0\0\0P".to_vec(),
        b"\0\0\0\x01pssh\0\0\0\0\0\0\0\x28\0\0\0\0AAAAAAAAAAAAAAAA\0\0\0\0".to_vec(),
    ]
    .concat();
    let value = value(&read(&all));
    assert_eq!(value["boxes"][0]["playready"]["customAttributes"], "\"");
    assert_eq!(value["boxes"][1]["details"]["version"], "V1.0");
    assert_eq!(value["boxes"][3]["padding"][1], 1);
    assert_eq!(value["boxes"][4]["sizeForm"], "long");
    assert_eq!(value["warnings"][0]["code"], "not-in-browsers");
}
