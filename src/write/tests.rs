//! Everything that is read is written back byte for byte, and a changed field changes only its own bytes.

#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::init_data::{Options, parse};
use crate::json;
use crate::system;
use crate::text::{hex, to_utf16_le};

/// JavaScript's view, with bytes in hex instead of spans.
fn public(data: &[u8]) -> Value {
    let mut value = json::parse(&parse(data, Options::default()).unwrap().to_json()).unwrap();
    resolve(&mut value, data);
    value
}

fn resolve(value: &mut Value, data: &[u8]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, data)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if let (true, Some([Value::Number(offset), Value::Number(length)])) = (
                    matches!(&name[..], "data" | "padding" | "contentIdBytes" | "groupedLicense" | "value" | "assetId" | "context"),
                    value.items(),
                ) {
                    let offset: usize = offset.parse().unwrap();
                    *value = Value::String(hex(&data[offset..offset + length.parse::<usize>().unwrap()]));
                } else {
                    resolve(value, data);
                }
            }
        }
        _ => {}
    }
}

fn first_box(data: &[u8]) -> Value {
    public(data).get("boxes").unwrap().items().unwrap()[0].clone()
}

fn payload(data: &[u8], name: &str) -> Value {
    first_box(data).get(name).unwrap().clone()
}

/// An object with one field set, or removed if there is no value.
fn with(object: &Value, name: &str, value: Option<Value>) -> Value {
    let Value::Object(fields) = object else { panic!("no object") };
    let mut fields: Vec<_> = fields.iter().filter(|(key, _)| key != name).cloned().collect();
    fields.extend(value.map(|value| (name.to_string(), value)));
    Value::Object(fields)
}

fn text(text: &str) -> Option<Value> {
    Some(Value::String(text.into()))
}

fn keys(keys: &[(&str, Option<&str>, Option<&str>)]) -> Option<Value> {
    let one = |(id, algorithm, checksum): &(&str, Option<&str>, Option<&str>)| {
        let named = [("keyId", Some(*id)), ("algorithm", *algorithm), ("checksum", *checksum)];
        Value::Object(named.into_iter().filter_map(|(name, value)| Some((name.to_string(), text(value?)?))).collect())
    };
    Some(Value::Array(keys.iter().map(one).collect()))
}

fn object_of(xml: &str) -> Vec<u8> {
    let header = to_utf16_le(xml);
    [&(header.len() as u32 + 10).to_le_bytes()[..], &[1, 0, 1, 0], &(header.len() as u16).to_le_bytes(), &header].concat()
}

const A: &str = "00112233445566778899aabbccddeeff";
const B: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

#[test]
fn boxes_in_every_form() {
    let common = [&b"\0\0\0\x44pssh\x01\0\0\0"[..], &system::COMMON, b"\0\0\0\x02KKKKKKKKKKKKKKKKLLLLLLLLLLLLLLLL\0\0\0\0"].concat();
    let mut to_end = common.clone();
    to_end[3] = 0;
    let long = [&b"\0\0\0\x01pssh\0\0\0\0\0\0\0\x4c"[..], &common[8..]].concat();
    let mut padded = [&common[..], b"pad"].concat();
    padded[3] = 71;
    let mut flags = common.clone();
    flags[10] = 3;
    let mut short = common[..28].to_vec();
    (short[3], short[8]) = (28, 0);
    for data in [&common, &to_end, &long, &padded, &flags, &short] {
        assert_eq!(hex(&pssh(&first_box(data)).unwrap()), hex(data));
    }
    let changed = with(&first_box(&padded), "systemId", text("edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"));
    assert_eq!(pssh(&changed).unwrap(), [&padded[..12], &system::WIDEVINE, &padded[28..]].concat());
    // The minimum.
    let least = json::parse(r#"{"systemId":"1077EFEC-C0B2-4D02-ACE3-3C1E52E2FB4B"}"#).unwrap();
    assert_eq!(pssh(&least).unwrap(), [b"\0\0\0\x20pssh\0\0\0\0", &system::COMMON[..], &[0; 4]].concat());
}

#[test]
fn impossible_boxes() {
    for fields in [
        r#"{}"#,
        r#"{"systemId":"x"}"#,
        r#"{"systemId":"00112233445566778899aabbccddeeff","version":2}"#,
        r#"{"systemId":"00112233445566778899aabbccddeeff","version":0,"keyIds":["00112233445566778899aabbccddeeff"]}"#,
        r#"{"systemId":"00112233445566778899aabbccddeeff","keyIds":["0011"]}"#,
        r#"{"systemId":"00112233445566778899aabbccddeeff","flags":16777216}"#,
        r#"{"systemId":"00112233445566778899aabbccddeeff","data":"0"}"#,
        r#"{"systemId":"00112233445566778899aabbccddeeff","sizeForm":"short"}"#,
    ] {
        assert_eq!(pssh(&json::parse(fields).unwrap()).unwrap_err().code, Code::InitDataInvalid, "{fields}");
    }
}

#[test]
fn widevine_in_any_order() {
    for bytes in [
        &b"\x08\x01\x12\x02ab\x12\x01c\x1a\x04inka\x22\x03cid\x2a\x02HD\x32\x00\x38\x80\x01\x42\x01\x09\x48\xe3\xdc\x95\x9b\x06\x50\x90\x1c\x58\x02\x60\x07\x6a\x02g1\x72\x08\x0a\x01E\x12\x01K\x1a\x00\x7a\x03HDR"[..],
        b"\x22\x03cid\x12\x02ab\x08\x01",
        b"\x1a\x01a\x12\x01k\x1a\x01b",
        b"\x12\x01k\x22\x02\xff\xfe\xa5\x06\x01\x02\x03\x04\xa9\x06\x01\x02\x03\x04\x05\x06\x07\x08\x12\x01l",
        b"\x12\x01k\x18\x96\x01",
    ] {
        assert_eq!(hex(&widevine_data(&payload(bytes, "widevine")).unwrap()), hex(bytes));
    }
    let order = payload(b"\x22\x03cid\x12\x02ab\x08\x01\x12\x01c", "widevine");
    assert_eq!(widevine_data(&with(&order, "contentId", text("film"))).unwrap(), b"\x22\x04film\x12\x02ab\x08\x01\x12\x01c");
    assert_eq!(widevine_data(&with(&order, "provider", text("p"))).unwrap(), b"\x22\x03cid\x12\x02ab\x08\x01\x12\x01c\x1a\x01p");
    assert_eq!(widevine_data(&with(&order, "algorithm", None)).unwrap(), b"\x22\x03cid\x12\x02ab\x12\x01c");
    for (name, value) in [("algorithm", "ROT13"), ("protectionScheme", "cenx"), ("type", "double"), ("keyIds", "ab")] {
        assert!(widevine_data(&with(&order, name, text(value))).is_err(), "{name}");
    }
    for field in [
        r#"{"field":0,"value":""}"#,
        r#"{"field":20,"wireType":0,"value":"80"}"#,
        r#"{"field":20,"wireType":3,"value":""}"#,
        r#"{"field":20,"wireType":5,"value":"00"}"#,
    ] {
        let unknown = Value::Array(vec![json::parse(field).unwrap()]);
        assert!(widevine_data(&with(&order, "unknownFields", Some(unknown))).is_err(), "{field}");
    }
}

#[test]
fn packagers_headers_are_edited_in_place() {
    let other = to_guid(B);
    let old = "<!-- a -->\n<p:WRMHEADER xmlns:p='x' version='4.0.0.0'>\n <p:DATA>\n  <p:KID>MyIRAFVEd2aImaq7zN3u/w==</p:KID>\n  <p:PROTECTINFO><p:KEYLEN>16</p:KEYLEN><p:ALGID>AESCTR</p:ALGID></p:PROTECTINFO>\n  <p:LA_URL>https://a.test/?a&amp;b</p:LA_URL><p:LUI_URL/>\n </p:DATA>\n</p:WRMHEADER>\n";
    let object = payload(&object_of(old), "playready");
    assert_eq!(hex(&playready_object(&object).unwrap()), hex(&object_of(old)));
    for (name, value, from, to) in [
        ("licenseUrl", text("https://b.test/?<"), "https://a.test/?a&amp;b", "https://b.test/?&lt;"),
        ("licenseUrl", None, "<p:LA_URL>https://a.test/?a&amp;b</p:LA_URL>", ""),
        ("licenseUiUrl", text("u"), "<p:LUI_URL/>", "<p:LUI_URL>u</p:LUI_URL>"),
        ("domainServiceId", text("d"), " </p:DATA>", " <p:DS_ID>d</p:DS_ID></p:DATA>"),
        ("customAttributes", text("<x/>"), " </p:DATA>", " <p:CUSTOMATTRIBUTES><x/></p:CUSTOMATTRIBUTES></p:DATA>"),
        (
            "keyPeriodIndex",
            Some(Value::Number("7".into())),
            " </p:DATA>",
            " <p:CUSTOMATTRIBUTES><PERIOD_INDEX>7</PERIOD_INDEX></p:CUSTOMATTRIBUTES></p:DATA>",
        ),
        ("keys", keys(&[(B, Some("AESCTR"), None)]), "MyIRAFVEd2aImaq7zN3u/w==", &other),
        (
            "keys",
            keys(&[(A, Some("COCKTAIL"), Some("c="))]),
            "</p:KID>\n  <p:PROTECTINFO><p:KEYLEN>16</p:KEYLEN><p:ALGID>AESCTR",
            "</p:KID><CHECKSUM>c=</CHECKSUM>\n  <p:PROTECTINFO><p:KEYLEN>16</p:KEYLEN><p:ALGID>COCKTAIL",
        ),
    ] {
        let written = playready_object(&with(&object, name, value)).unwrap();
        assert_eq!(crate::text::from_utf16_le(&written[10..]).unwrap(), old.replace(from, to), "{name}");
    }
    assert!(playready_object(&with(&object, "keys", keys(&[(A, None, None), (B, None, None)]))).is_err());
    assert!(playready_object(&with(&object, "customAttributes", text("<x>"))).is_err());
}

fn to_guid(key_id: &str) -> String {
    crate::text::to_base64(&crate::text::swap_guid(crate::text::key_id(key_id).unwrap()))
}

#[test]
fn keys_in_attributes_are_edited_in_place() {
    let (a, b) = (to_guid(A), to_guid(B));
    let old = [
        "<WRMHEADER version=\"4.3.0.0\"><DATA><PROTECTINFO LICENSEREQUESTED=\"true\"><KIDS>\n<KID VALUE='",
        &a,
        "' ALGID='AESCTR'/>\n<KID ALGID=\"AESCBC\" CHECKSUM=\"c\" VALUE=\"",
        &b,
        "\"></KID></KIDS></PROTECTINFO></DATA></WRMHEADER>",
    ]
    .concat();
    let object = payload(&object_of(&old), "playready");
    assert_eq!(hex(&playready_object(&object).unwrap()), hex(&object_of(&old)));
    let header = |value| {
        let written = playready_object(&with(&object, "keys", value)).unwrap();
        crate::text::from_utf16_le(&written[10..]).unwrap()
    };
    let (first, second) = ((A, Some("AESCTR"), None), (B, Some("AESCBC"), Some("c")));
    assert_eq!(header(keys(&[(B, Some("AESCBC"), None), second])), old.replace("'AESCTR'", "'AESCBC'").replace(&a, &b));
    assert_eq!(header(keys(&[first, (B, Some("AESCBC"), Some("d"))])), old.replace("\"c\"", "\"d\""));
    assert_eq!(header(keys(&[first])), old.replace(&["<KID ALGID=\"AESCBC\" CHECKSUM=\"c\" VALUE=\"", &b, "\"></KID>"].concat(), ""));
    assert_eq!(
        header(keys(&[first, second, (A, None, None)])),
        old.replace("</KID></KIDS>", &["</KID><KID VALUE=\"", &a, "\"></KID></KIDS>"].concat())
    );
    assert_eq!(
        header(keys(&[(A, None, None), second])),
        old.replace(&["<KID VALUE='", &a, "' ALGID='AESCTR'/>"].concat(), &["<KID VALUE=\"", &a, "\"></KID>"].concat())
    );
}

#[test]
fn headers_are_written_in_every_version() {
    let start = "<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" version=\"";
    let (a, b) = (to_guid(A), to_guid(B));
    let header = |fields: &str| {
        let written = playready_object(&json::parse(fields).unwrap()).unwrap();
        let back = payload(&written, "playready");
        assert_eq!(playready_object(&back).unwrap(), written);
        let rewritten = with(&with(&back, "xml", None), "records", None);
        assert_eq!(playready_object(&rewritten).unwrap(), written);
        crate::text::from_utf16_le(&written[10..]).unwrap()
    };
    let one = [r#""keys":[{"keyId":""#, A, r#"","algorithm":"AESCTR","checksum":"c="}]"#].concat();
    let rest = r#","licenseUrl":"l&","licenseUiUrl":"u","domainServiceId":"d","decryptorSetup":"ONDEMAND","customAttributes":"<x/>","keyPeriodIndex":128"#;
    let tail = "<LA_URL>l&amp;</LA_URL><LUI_URL>u</LUI_URL><DS_ID>d</DS_ID><CUSTOMATTRIBUTES><x/><PERIOD_INDEX>128</PERIOD_INDEX></CUSTOMATTRIBUTES><DECRYPTORSETUP>ONDEMAND</DECRYPTORSETUP></DATA></WRMHEADER>";
    let protect =
        ["<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>", &a, "</KID><CHECKSUM>c=</CHECKSUM>"].concat();
    assert_eq!(header(&["{", &one, rest, "}"].concat()), [start, "4.0.0.0\"><DATA>", &protect, tail].concat());
    let kid = ["<KID ALGID=\"AESCTR\" CHECKSUM=\"c=\" VALUE=\"", &a, "\"></KID>"].concat();
    assert_eq!(
        header(&["{\"version\":\"4.1.0.0\",", &one, rest, "}"].concat()),
        [start, "4.1.0.0\"><DATA><PROTECTINFO>", &kid, "</PROTECTINFO>", tail].concat()
    );
    let two = [r#"{"keys":[{"keyId":""#, A, r#""},{"keyId":""#, B, r#""}]}"#].concat();
    let kids = ["<PROTECTINFO><KIDS><KID VALUE=\"", &a, "\"></KID><KID VALUE=\"", &b, "\"></KID></KIDS></PROTECTINFO></DATA></WRMHEADER>"]
        .concat();
    assert_eq!(header(&two), [start, "4.2.0.0\"><DATA>", &kids].concat());
    let cbc = [r#"{"keys":[{"keyId":""#, A, r#"","algorithm":"AESCBC"}]}"#].concat();
    assert!(header(&cbc).contains("4.3.0.0"));
    assert_eq!(header("{\"keys\":[]}"), [start, "4.0.0.0\"><DATA></DATA></WRMHEADER>"].concat());
    for fields in [
        &cbc.replace("\"keys\"", "\"version\":\"4.2.0.0\",\"keys\""),
        &two.replace("\"keys\"", "\"version\":\"4.1.0.0\",\"keys\""),
        &two.replace("\"keys\"", "\"version\":\"5\",\"keys\""),
        r#"{"keys":[{}]}"#,
        r#"{"keys":[],"customAttributes":"<x>"}"#,
        r#"{"keys":[],"licenseUrl":"\u0001"}"#,
        r#"{"keys":[],"licenseUrl":7}"#,
    ] {
        assert!(playready_object(&json::parse(fields).unwrap()).is_err(), "{fields}");
    }
}

#[test]
fn records_and_encodings_are_kept() {
    let xml = ["<WRMHEADER version='4.0.0.0'><DATA><KID>", &to_guid(A), "</KID><LA_URL>a</LA_URL></DATA></WRMHEADER>"].concat();
    let utf16 = to_utf16_le(&xml);
    for value in
        [[&[0xff, 0xfe][..], &utf16].concat(), [&utf16[..], &[0, 0]].concat(), [&utf16[..], &[0]].concat(), xml.clone().into_bytes()]
    {
        let body = [&b"\x02\0\x03\0\x02\0LS\x01\0"[..], &(value.len() as u16).to_le_bytes(), &value].concat();
        let data = [&(body.len() as u32 + 4).to_le_bytes()[..], &body].concat();
        let object = payload(&data, "playready");
        assert_eq!(hex(&playready_object(&object).unwrap()), hex(&data));
        let changed = payload(&playready_object(&with(&object, "licenseUrl", text("b"))).unwrap(), "playready");
        assert_eq!(changed.field("xml"), Some(&*xml.replace(">a<", ">b<")));
        assert_eq!(changed.get("records").unwrap().items().unwrap().len(), 2);
    }
    let store = b"\x0c\0\0\0\x01\0\x03\0\x02\0LS";
    assert_eq!(playready_object(&payload(store, "playready")).unwrap(), store);
}

#[test]
fn an_object_becomes_a_box_and_a_box_an_object() {
    let object = object_of("<WRMHEADER/>");
    let fields = Value::Object(vec![
        ("systemId".into(), Value::String(crate::text::uuid(&system::PLAYREADY))),
        ("data".into(), Value::String(hex(&object))),
    ]);
    let boxed = pssh(&fields).unwrap();
    assert_eq!(first_box(&boxed).field("data"), Some(&*hex(&object)));
    assert_eq!(playready_object(first_box(&boxed).get("playready").unwrap()).unwrap(), object);
}
