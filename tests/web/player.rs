//! The player module's exports for init data, key ids and custom data.

use crate::call::{call, failure, made, refused, result};
use pallycon_drm::error::{Code, Error, Problem, Reason};
use pallycon_drm::init_data::{self, Options};
use pallycon_drm::record::Field;
use pallycon_drm::text::to_base64;
use pallycon_drm::web::buffers::input;
use pallycon_drm::web::names::{Drm, InitDataType};
use pallycon_drm::web::player::*;
use wasm_bindgen_test::*;

/// A Widevine box of 0x38 bytes.
#[rustfmt::skip]
const PSSH: &[u8] = &[
    0, 0, 0, 0x38, b'p', b's', b's', b'h', 0, 0, 0, 0, // version 0, no flags
    0xed, 0xef, 0x8b, 0xa9, 0x79, 0xd6, 0x4a, 0xce, 0xa3, 0xc8, 0x27, 0xdc, 0xd5, 0x1d, 0x21, 0xed, // Widevine
    0, 0, 0, 0x18, // size of the data
    0x12, 0x10, // field 2, key id: 16 bytes
    0x00, 0x16, 0x37, 0x06, 0x9f, 0xb5, 0xd1, 0xac, 0x3c, 0x47, 0x47, 0xe0, 0x13, 0x22, 0xe4, 0xc2,
    0x48, 0xe3, 0xdc, 0x95, 0x9b, 0x06, // field 9, protection scheme: the varint of "cenc"
];

#[wasm_bindgen_test]
fn init_data_becomes_a_record() {
    let kid = &PSSH[34..50];
    #[rustfmt::skip]
    let expected = [
        &[0][..], // a result
        &[Field::Boxes as u8, 11], // a PSSH box begins
        &PSSH[12..28], // system id
        &[0, 0, 0, 0], // version and flags
        &[0, 0, 0, 0, 0x38, 0, 0, 0], // offset and size
        &[0, 0, 0, 0, 0, 0, 0, 0], // key ids of the box: none
        &[32, 0, 0, 0, 0x18, 0, 0, 0], // data
        &[0x38, 0, 0, 0, 0, 0, 0, 0], // padding: none
        &[8, 0, 0, 0], b"Widevine", // name, plain size, not bare, a size of the data
        &[Field::Widevine as u8, 8], // an object begins
        &[Field::KeyIds as u8, 10], // a list
        &[Field::KeyIds as u8, 3, 16, 0, 0, 0], kid, // hex
        &[Field::ProtectionScheme as u8, 2, 4, 0, 0, 0], b"cenc", // text
        &[0, 9], // it ends
        &[0, 9], // the box ends
        &[Field::Type as u8, 0, 0, 0, 0, 0], // cenc
        &[Field::KeyIds as u8, 3, 16, 0, 0, 0], kid,
    ]
    .concat();
    assert_eq!(call(PSSH, |length| parse_init_data(length, None, false)), expected);
    assert_eq!(call(PSSH, |length| parse_init_data(length, Some(InitDataType::Cenc), true)), expected);
    assert_eq!(call(PSSH, |length| parse_init_data(length, Some(InitDataType::__Invalid), false)), expected);
}

#[wasm_bindgen_test]
fn init_data_is_read_as_its_type() {
    let read = |bytes: &[u8], kind, strict| call(bytes, |length| parse_init_data(length, kind, strict));
    let key_id = |kind: u32, id: &[u8]| {
        result(|out| {
            out.number(Field::Type, kind);
            out.hex(Field::KeyIds, id);
        })
    };
    assert_eq!(read(&[7, 8], Some(InitDataType::Webm), false), key_id(2, &[7, 8]));
    assert_eq!(read(br#"{"kids":["Bwg"]}"#, Some(InitDataType::Keyids), false), key_id(1, &[7, 8]));
    // The asset id ends in the index of the key period, in hex.
    let asset_id = "cpix-test-cid0000000000000180";
    let uri = format!("skd://{asset_id}");
    let expected = result(|out| {
        out.text(Field::Uri, &uri);
        out.text(Field::AssetId, asset_id);
        out.number(Field::Type, 3);
        out.text(Field::ContentId, "cpix-test-cid");
        out.number(Field::KeyPeriodIndex, 0x180);
    });
    assert_eq!(read(uri.as_bytes(), Some(InitDataType::Skd), false), expected);
    let unreadable = |reason, offset| failure(&Error::because(Code::InitDataInvalid, reason).at(offset));
    assert_eq!(read(&[0, 0], Some(InitDataType::Cenc), false), unreadable(Reason::BoxHeaderCutOff, 0));
    assert_eq!(read(br#"{"sinf":[]}"#, Some(InitDataType::Sinf), false), unreadable(Reason::SinfEmpty, 0));
    assert_eq!(read(PSSH, Some(InitDataType::Keyids), false), unreadable(Reason::NotUtf8, 12));
    // A box with flags: EME's rules refuse it, lenient reading does not.
    let mut flags = PSSH.to_vec();
    flags[11] = 1;
    assert_eq!(read(&flags, None, false)[0], 0);
    assert_eq!(read(&flags, None, true), unreadable(Reason::PsshHasFlags, 0));
}

#[wasm_bindgen_test]
fn texts_become_init_data() {
    let read = |bytes: &[u8]| call(bytes, init_data_from_text);
    assert_eq!(read(to_base64(PSSH).as_bytes()), made(PSSH));
    assert_eq!(read(b" 00 fF\n"), made(&[0, 0xff]));
    assert_eq!(read(b"skd://a "), made(b"skd://a"));
    let unknown = failure(&Error::because(Code::InitDataInvalid, Reason::TextUnknown).at(0));
    for bytes in [&b"not init data!"[..], b"", b"00ff\xff"] {
        assert_eq!(read(bytes), unknown, "{bytes:?}");
    }
}

#[wasm_bindgen_test]
fn key_ids_are_compared_in_both_byte_orders() {
    let uuid = "{E13D0450-5BD3-46A0-88B4-1E3B8E9E97AF}";
    let guid = "50043de1d35ba04688b41e3b8e9e97af";
    assert!(same_key_id(uuid, uuid) && same_key_id(uuid, guid) && same_key_id(guid, uuid));
    assert!(same_key_id(uuid, "e13d04505bd346a088b41e3b8e9e97af"));
    assert!(!same_key_id(uuid, &uuid[3..]) && !same_key_id(uuid, "00000000000000000000000000000000"));
    // Text other than hex is not equal even to itself.
    assert!(!same_key_id("xyz", "xyz") && !same_key_id("0", "0"));
}

/// A license token issued 2019-07-17T08:57:04Z. Its policy and hash have the right size and no meaning.
fn token() -> String {
    let [policy, hash] = [&[0; 16][..], &[0; 32]].map(to_base64);
    let ids = r#""drm_type":"Widevine","site_id":"TUTO","user_id":"u","cid":"film""#;
    let timestamp = r#""timestamp":"2019-07-17T08:57:04Z""#;
    to_base64(format!(r#"{{{ids},{timestamp},"policy":"{policy}","hash":"{hash}"}}"#).as_bytes())
}
const MADE: f64 = 1_563_353_824_000.0;

/// The record of `token()`, with these problems.
fn inspected(expires_at: f64, problems: &[(Code, Option<Reason>, &[&str])]) -> Vec<u8> {
    result(|out| {
        out.text(Field::Kind, "token");
        out.text(Field::DrmType, "Widevine");
        out.text(Field::SiteId, "TUTO");
        out.text(Field::UserId, "u");
        out.text(Field::ContentId, "film");
        out.float(Field::IssuedAt, MADE);
        out.float(Field::ExpiresAt, expires_at);
        out.list(Field::Problems);
        for (code, reason, parameters) in problems {
            let parameters = parameters.iter().map(|text| String::from(*text)).collect();
            out.problem(Field::Problems, &Problem { code: *code, reason: *reason, parameters });
        }
    })
}

#[wasm_bindgen_test]
fn custom_data_is_compared_with_the_expected_values() {
    let token = token();
    let read = |export: &dyn Fn(usize) -> usize| call(token.as_bytes(), export);
    let expires = MADE + 600_000.0;
    let text = |value: &str| Some(String::from(value));
    let nothing = read(&|length| inspect_custom_data(length, None, None, None, None, false, None, false));
    assert_eq!(nothing, inspected(expires, &[]));
    let all_right = read(&|length| {
        let (drm, lifetime) = (Some(Drm::Widevine), Some(9000.0));
        inspect_custom_data(length, Some(MADE), drm, text("TUTO"), text("film"), false, lifetime, true)
    });
    assert_eq!(all_right, inspected(MADE + 9000.0, &[]));
    let all_wrong = read(&|length| {
        let drm = Some(Drm::FairPlay);
        inspect_custom_data(length, Some(expires), drm, text("DEMO"), text("other"), true, None, false)
    });
    let problems: &[(Code, Option<Reason>, &[&str])] = &[
        (Code::TokenExpired, Some(Reason::ProbablyExpired), &["600"]),
        (Code::TokenDrmMismatch, Some(Reason::OtherDrm), &["Widevine", "FairPlay"]),
        (Code::ContentIdMismatch, Some(Reason::OtherContent), &["film", "other"]),
        (Code::SiteMismatch, Some(Reason::OtherSite), &["TUTO"]),
        (Code::KeyRotationMissing, None, &[]),
    ];
    assert_eq!(all_wrong, inspected(expires, problems));
    let not_base64 = call(b"!", |length| inspect_custom_data(length, None, None, None, None, false, None, false));
    assert_eq!(not_base64, refused(Code::CustomDataInvalid, Reason::CustomDataNotObject));
}

#[wasm_bindgen_test]
fn auth_data_is_a_problem_if_a_token_is_needed() {
    let data = to_base64(&[0; 16]);
    let auth_data = to_base64(format!(r#"{{"drm_type":"Widevine","site_id":"DEMO","data":"{data}"}}"#).as_bytes());
    let read = |token_needed| {
        let export = |length| inspect_custom_data(length, None, None, None, None, false, None, token_needed);
        call(auth_data.as_bytes(), export)
    };
    let inspected = |problem: Option<Problem>| {
        result(|out| {
            out.text(Field::Kind, "auth-data");
            out.text(Field::DrmType, "Widevine");
            out.text(Field::SiteId, "DEMO");
            out.list(Field::Problems);
            problem.iter().for_each(|problem| out.problem(Field::Problems, problem));
        })
    };
    assert_eq!(read(false), inspected(None));
    assert_eq!(read(true), inspected(Some(Problem { code: Code::TokenNeeded, reason: None, parameters: vec![] })));
}

#[wasm_bindgen_test]
fn a_key_that_does_not_play_is_a_problem() {
    let problems = |list: &[(Code, Option<Reason>)]| {
        result(|out| {
            out.list(Field::Problems);
            list.iter().for_each(|&(code, reason)| {
                out.problem(Field::Problems, &Problem { code, reason, parameters: vec!["00ff".into()] });
            });
        })
    };
    let read = |status| call(&[], |_| key_problem("00ff", status));
    assert_eq!(read("usable"), problems(&[]));
    assert_eq!(read("expired"), problems(&[(Code::KeyExpired, None)]));
    assert_eq!(read(""), problems(&[(Code::KeyMissing, Some(Reason::KeyNotBrought))]));
}

#[wasm_bindgen_test]
fn an_input_larger_than_the_buffer_is_read() {
    let small = input(16);
    assert_eq!(input(8), small, "the buffer stays");
    // More than the 1 MiB that the buffer keeps.
    let count = (1 << 20) / PSSH.len() + 1;
    let large = PSSH.repeat(count);
    let record = call(&large, |length| parse_init_data(length, None, false));
    let native = result(|out| init_data::read(&large, Options::default(), out).unwrap());
    assert!(record == native, "{} and {} bytes", record.len(), native.len());
    // The last box is read at its offset: version and flags, then the offset.
    let offset = (large.len() - PSSH.len()) as u32;
    let last = [&PSSH[12..28], &[0; 4], &offset.to_le_bytes()].concat();
    assert!(record.windows(last.len()).any(|bytes| bytes == last));
    assert_eq!(call(b"00ff", init_data_from_text), made(&[0, 0xff]));
}

/// `js/wasm/core.ts` never passes such a length: nothing traps, and the input counts as empty.
#[wasm_bindgen_test]
fn a_length_beyond_the_buffer_is_an_empty_input() {
    let empty = call(b"", |length| parse_init_data(length, None, false));
    assert_eq!(empty[0], 1);
    assert_eq!(call(PSSH, |_| parse_init_data(usize::MAX, None, false)), empty);
}
