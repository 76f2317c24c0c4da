//! The exports of the inspect module.

use pallycon_drm::error::{Code, Error, Reason};
use pallycon_drm::text::{to_base64, to_utf16_le};
use pallycon_drm::web::inspect::{build, hint, inspect_bytes, inspect_text, parse_manifest, parse_segment, ranges};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::*;

/// A Widevine box of 0x2e bytes.
#[rustfmt::skip]
const PSSH: &[u8] = &[
    0, 0, 0, 0x2e, b'p', b's', b's', b'h', 0, 0, 0, 0, // version 0, no flags
    0xed, 0xef, 0x8b, 0xa9, 0x79, 0xd6, 0x4a, 0xce, 0xa3, 0xc8, 0x27, 0xdc, 0xd5, 0x1d, 0x21, 0xed, // Widevine
    0, 0, 0, 0x0e, // size of the data
    0x22, 0x0c, b'c', b'o', b'n', b't', b'e', b'n', b't', b' ', b'i', b'd', b' ', b'1', // field 4: content id
];
const WIDEVINE: &str = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";

/// The thrown value: the JSON of an error.
fn refused<T>(result: Result<T, JsValue>) -> String {
    result.map(drop).unwrap_err().as_string().unwrap()
}

fn because(code: Code, reason: Reason) -> Error {
    Error::because(code, reason)
}

/// The JSON of `PSSH`, which begins at an offset of the input.
fn pssh_json(offset: usize) -> String {
    let header = format!(r#""systemId":"{WIDEVINE}","system":"Widevine","version":0,"flags":0,"keyIds":[]"#);
    let place = format!(r#""data":[{},14],"offset":{offset},"size":46"#, offset + 32);
    let payload = format!(r#"{{"keyIds":[],"contentId":"content id 1","contentIdBytes":[{},12]}}"#, offset + 34);
    format!(r#"{{{header},{place},"widevine":{payload}}}"#)
}

#[wasm_bindgen_test]
fn segments_are_read() {
    // A moov box with the PSSH box in it.
    let segment = [&[0, 0, 0, 0x36, b'm', b'o', b'o', b'v'], PSSH].concat();
    let expected = format!(r#"{{"tracks":[],"boxes":[{}],"keyIds":[],"warnings":[]}}"#, pssh_json(8));
    assert_eq!(parse_segment(&segment).unwrap(), expected);
    assert_eq!(refused(parse_segment(&[])), because(Code::SegmentInvalid, Reason::Empty).at(0).to_json());
    // The size of a box, 9, without its type.
    let cut_off = because(Code::SegmentInvalid, Reason::BoxHeaderCutOff).at(0);
    assert_eq!(refused(parse_segment(&[0, 0, 0, 9])), cut_off.to_json());
}

#[wasm_bindgen_test]
fn manifests_are_read() {
    assert_eq!(parse_manifest("#EXTM3U").unwrap(), r#"{"kind":"hls","protections":[],"keyIds":[],"warnings":[]}"#);
    let key = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\",KEYFORMAT=\"com.apple.streamingkeydelivery\"";
    let fairplay = concat!(
        r#"{"system":"FairPlay","systemId":"94ce86fb-07ff-4f43-adb8-93d2fa968ca2","#,
        r#""keyFormat":"com.apple.streamingkeydelivery","method":"SAMPLE-AES","#,
        r#""scheme":"cbcs","keyIds":[],"uri":"skd://a","#,
        r#""initDataBase64":"c2tkOi8vYQ==","initData":{"type":"skd","boxes":[],"keyIds":[],"#,
        r#""fairplay":{"uri":"skd://a","assetId":"a","tracks":[]},"warnings":[]},"line":2}"#
    );
    assert_eq!(
        parse_manifest(&format!("#EXTM3U\n{key}\n")).unwrap(),
        format!(r#"{{"kind":"hls","protections":[{fairplay}],"keyIds":[],"warnings":[]}}"#)
    );
    let mpd = format!(r#"<MPD><ContentProtection schemeIdUri="urn:uuid:{WIDEVINE}"/></MPD>"#);
    let names = format!(r#""system":"Widevine","systemId":"{WIDEVINE}","schemeIdUri":"urn:uuid:{WIDEVINE}""#);
    let expected = format!(r#"{{"kind":"dash","protections":[{{{names},"keyIds":[],"line":1}}],"keyIds":[],"warnings":[]}}"#);
    assert_eq!(parse_manifest(&mpd).unwrap(), expected);
    let warned = parse_manifest("#EXT-X-KEY:METHOD=AES-128,URI=\"data:;base64,AAAAAAAAAAAAAAAAAAAAAA==\"").unwrap();
    assert!(warned.contains(r#""uri":"data:;base64,…""#) && warned.contains(r#""warnings":[{"code":"content-key-exposed","#), "{warned}");
    for (text, reason) in [("what is this?", Reason::NotAManifest), ("<html/>", Reason::NotAnMpd)] {
        assert_eq!(refused(parse_manifest(text)), because(Code::ManifestInvalid, reason).at(0).to_json());
    }
}

#[wasm_bindgen_test]
fn bytes_and_texts_are_identified() {
    let rest = r#""keyIds":[],"contentId":"content id 1","warnings":[]"#;
    let value = format!(r#"{{"type":"cenc","boxes":[{}],{rest}}}"#, pssh_json(0));
    assert_eq!(inspect_bytes(PSSH), format!(r#"{{"kind":"cenc","value":{value}}}"#));
    let base64 = to_base64(PSSH);
    let layers = format!(r#""layers":["base64"],"bytes":"{base64}""#);
    assert_eq!(inspect_text(&base64), format!(r#"{{"kind":"cenc","value":{value},{layers}}}"#));
    // 08 04, Widevine's request for the service certificate.
    assert_eq!(inspect_bytes(&[8, 4]), r#"{"kind":"widevine-certificate-request","value":{"size":2}}"#);
    assert_eq!(inspect_bytes(&[0xff; 5]), r#"{"kind":"unknown","value":{"size":5}}"#);
    assert_eq!(inspect_text("what is this?"), r#"{"kind":"unknown","value":{"size":13}}"#);
}

#[wasm_bindgen_test]
fn fields_have_places() {
    let place = |path: &str, offset, length| format!(r#"{{"path":["boxes",0{path}],"offset":{offset},"length":{length}}}"#);
    let expected = [
        place("", 0, 46),
        place(r#","version""#, 8, 1),
        place(r#","flags""#, 9, 3),
        place(r#","systemId""#, 12, 16),
        place(r#","size""#, 0, 4),
        place(r#","data""#, 32, 14),
        place(r#","widevine","contentId""#, 34, 12),
        place(r#","widevine","contentIdBytes""#, 34, 12),
    ];
    assert_eq!(ranges("cenc", PSSH), format!(r#"{{"ranges":[{}]}}"#, expected.join(",")));
    // The key of a ClearKey license is masked.
    let masked = to_base64(br#"{"keys":[{"k":"****"}]}"#);
    assert_eq!(ranges("clearkey-license", br#"{"keys":[{"k":"AAAA"}]}"#), format!(r#"{{"ranges":[],"bytes":"{masked}"}}"#));
    assert_eq!(ranges("unknown", &[0xff; 5]), r#"{"ranges":[]}"#);
}

#[wasm_bindgen_test]
fn warnings_have_hints() {
    assert_eq!(hint("pssh-flags"), "Set the flags of the box to 0.");
    assert_eq!(hint("no such code"), "");
}

#[wasm_bindgen_test]
fn a_pssh_box_is_written() {
    let fields = format!(r#"{{"systemId":"{WIDEVINE}","data":"220c636f6e74656e742069642031"}}"#);
    assert_eq!(build("pssh", &fields).unwrap(), PSSH);
    // Any name that is not one of the others.
    assert_eq!(build("", &fields).unwrap(), PSSH);
    assert_eq!(refused(build("pssh", "{}")), because(Code::InitDataInvalid, Reason::WriteSystemId).to_json());
}

#[wasm_bindgen_test]
fn payloads_are_written() {
    assert_eq!(build("widevine", r#"{"contentId":"content id 1"}"#).unwrap(), PSSH[32..]);
    let not_hex = because(Code::InitDataInvalid, Reason::WriteNotHexList).with("keyIds");
    assert_eq!(refused(build("widevine", r#"{"keyIds":["x"]}"#)), not_hex.to_json());
    let fields = r#"{"version":"4.0.0.0","keys":[{"keyId":"000102030405060708090a0b0c0d0e0f"}]}"#;
    let object = build("playready", fields).unwrap();
    let xml = concat!(
        r#"<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.0.0.0"><DATA>"#,
        r#"<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO>"#,
        r#"<KID>AwIBAAUEBwYICQoLDA0ODw==</KID></DATA></WRMHEADER>"#
    );
    #[rustfmt::skip]
    let header = [
        0xc4, 1, 0, 0, // size of the object
        1, 0, // number of records
        1, 0, 0xba, 1, // type of the record: a header; its size
    ];
    assert_eq!(object, [&header[..], &to_utf16_le(xml)].concat());
    let not_json = because(Code::InitDataInvalid, Reason::WriteNotObject);
    for what in ["pssh", "widevine", "playready"] {
        assert_eq!(refused(build(what, "{")), not_json.to_json(), "{what}");
    }
}
