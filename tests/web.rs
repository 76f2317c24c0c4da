//! The exports of the player module, in a real browser: `wasm-pack test --headless --chrome --features player --test web`.
//! `send` has a file of its own, `web_fetch.rs`.
#![cfg(target_arch = "wasm32")]
#![cfg(feature = "player")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use js_sys::{Array, Uint8Array, WebAssembly};
use pallycon_drm::bytes::Span;
use pallycon_drm::error::{Code, Error, Phase, Problem, Reason, ServerError};
use pallycon_drm::record::{Field, Record};
use pallycon_drm::text::{to_base64, to_utf16_le};
use pallycon_drm::web::buffers::{clear, input, output};
use pallycon_drm::web::names::{Drm, InitDataType};
use pallycon_drm::web::player::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
// One whole ClearKey exchange with the browser's own CDM: `request` takes the CDM's message, `license` the server's response
// and returns what the CDM is given. Resolves with the key's id and status.
export async function clearKey(request, license) {
  const access = await navigator.requestMediaKeySystemAccess("org.w3.clearkey", [{
    initDataTypes: ["keyids"], videoCapabilities: [{ contentType: 'video/webm; codecs="vp8"' }],
  }]);
  const keys = await access.createMediaKeys();
  const session = keys.createSession();
  const message = new Promise((resolve) => session.addEventListener("message", (event) => resolve(new Uint8Array(event.message)), { once: true }));
  await session.generateRequest("keyids", new TextEncoder().encode('{"kids":["AAECAwQFBgcICQoLDA0ODw"]}'));
  const challenge = await message;
  request(challenge);
  const { kids } = JSON.parse(new TextDecoder().decode(challenge));
  const response = JSON.stringify({ keys: kids.map((kid) => ({ kty: "oct", kid, k: "EBESExQVFhcYGRobHB0eHw" })) });
  await session.update(license(new TextEncoder().encode(response)));
  const [[id, status]] = [...session.keyStatuses];
  await session.close();
  return [Array.from(new Uint8Array(id)).join(), status];
}
"#)]
extern "C" {
    #[wasm_bindgen(js_name = clearKey, catch)]
    async fn clear_key(request: &Closure<dyn FnMut(Vec<u8>)>, license: &Closure<dyn FnMut(Vec<u8>) -> Vec<u8>>)
    -> Result<JsValue, JsValue>;
}

const URL: &str = "https://license.example/ri/licenseManager.do";
const FORM: &str = "application/x-www-form-urlencoded";
const OCTETS: &str = "application/octet-stream";

/// A Widevine box of 0x38 bytes.
#[rustfmt::skip]
const PSSH: &[u8] = &[
    0, 0, 0, 0x38, b'p', b's', b's', b'h', 0, 0, 0, 0, // version 0, no flags
    0xed, 0xef, 0x8b, 0xa9, 0x79, 0xd6, 0x4a, 0xce, 0xa3, 0xc8, 0x27, 0xdc, 0xd5, 0x1d, 0x21, 0xed, // system id: Widevine
    0, 0, 0, 0x18, // size of the data
    0x12, 0x10, // field 2, key id: 16 bytes
    0x00, 0x16, 0x37, 0x06, 0x9f, 0xb5, 0xd1, 0xac, 0x3c, 0x47, 0x47, 0xe0, 0x13, 0x22, 0xe4, 0xc2,
    0x48, 0xe3, 0xdc, 0x95, 0x9b, 0x06, // field 9, protection scheme: the varint of "cenc"
];

/// A view of the module's memory.
fn memory(start: *const u8, length: usize) -> Uint8Array {
    let memory = wasm_bindgen::memory().unchecked_into::<WebAssembly::Memory>();
    Uint8Array::new_with_byte_offset_and_length(&memory.buffer(), start as u32, length as u32)
}

/// Puts bytes into the input buffer, runs an export, and returns the record in the output buffer, as `js/wasm/core.ts` does.
fn call(bytes: &[u8], export: impl FnOnce(usize) -> usize) -> Vec<u8> {
    let start = input(bytes.len());
    memory(start, bytes.len()).copy_from(bytes);
    let length = export(bytes.len());
    read(output(), length)
}

/// A copy. Room for it is made before there is a view: memory that grows detaches it.
fn read(start: *const u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    memory(start, length).copy_to(&mut bytes);
    bytes
}

/// The record of a result. Its layout is that of `src/record.rs`, and tested there.
fn result(write: impl FnOnce(&mut Record)) -> Vec<u8> {
    let mut record = Record::new();
    write(&mut record);
    record.finish()
}

/// The record of an error.
fn failure(error: &Error) -> Vec<u8> {
    Record::error(error).finish()
}

fn refused(code: Code, reason: Reason) -> Vec<u8> {
    failure(&Error::because(code, reason))
}

/// The same with the HTTP status and a parameter of the sentences.
fn refused_response(code: Code, reason: Reason, status: u16, parameter: &str) -> Vec<u8> {
    let mut error = Error::because(code, reason).with(parameter);
    error.http_status = Some(status);
    failure(&error)
}

/// The record of `data` that is the whole input.
fn whole(bytes: &[u8]) -> Vec<u8> {
    result(|out| out.input(Field::Data, Span::whole(bytes)))
}

/// The record of `data` that the core made.
fn made(bytes: &[u8]) -> Vec<u8> {
    result(|out| out.bytes(Field::Data, bytes))
}

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
    // A box with flags: EME's rules refuse what others read.
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
    // What is not hex is not equal even to itself.
    assert!(!same_key_id("xyz", "xyz") && !same_key_id("0", "0"));
}

/// What a license request is made of.
struct Asked<'a> {
    drm: Drm,
    message: &'a [u8],
    custom_data: Option<&'a str>,
    individualization: bool,
    in_url: bool,
}

impl Asked<'_> {
    fn record(&self) -> Vec<u8> {
        let custom_data = self.custom_data.unwrap_or_default().as_bytes();
        call(&[self.message, custom_data].concat(), |_| {
            let length = self.custom_data.map(str::len);
            license_request(self.drm, self.message.len(), length, self.individualization, URL, self.in_url)
        })
    }
}

/// `body`: where it is not the message itself.
fn request(url: &str, headers: &[&str], message: &[u8], body: Option<&[u8]>, service_certificate: bool) -> Vec<u8> {
    result(|out| {
        out.text(Field::Url, url);
        out.list(Field::Headers);
        headers.iter().for_each(|text| out.text(Field::Headers, text));
        match body {
            Some(body) => out.bytes(Field::Body, body),
            None => out.input(Field::Body, Span::whole(message)),
        }
        out.flag(Field::ServiceCertificate, service_certificate);
    })
}

const ASKED: Asked<'_> = Asked { drm: Drm::Widevine, message: &[8, 1], custom_data: Some("t+k"), individualization: false, in_url: false };

#[wasm_bindgen_test]
fn license_requests_have_url_headers_and_body() {
    let token = ["pallycon-customdata-v2", "t+k"];
    let in_url = format!("{URL}?pallycon-customdata-v2=t%2Bk");
    let widevine = ["Content-Type", OCTETS, token[0], token[1]];
    assert_eq!(ASKED.record(), request(URL, &widevine, &[8, 1], None, false));
    // The message 08 04 asks for the service certificate: no license will come of it.
    let certificate = Asked { message: &[8, 4], ..ASKED };
    assert_eq!(certificate.record(), request(URL, &widevine, &[8, 4], None, true));
    let fairplay = Asked { drm: Drm::FairPlay, message: &[0xfb, 0xff, 0xfe, 1], in_url: true, ..ASKED };
    let spc = Some(&b"spc=%2B%2F%2F%2BAQ%3D%3D"[..]);
    assert_eq!(fairplay.record(), request(&in_url, &["Content-Type", FORM], fairplay.message, spc, false));
    let soap = b"<soap:Envelope/>";
    let playready = Asked { drm: Drm::PlayReady, message: soap, ..ASKED };
    let xml = ["Content-Type", "text/xml; charset=utf-8", token[0], token[1]];
    assert_eq!(playready.record(), request(URL, &xml, soap, None, false));
    let individualization = Asked { individualization: true, ..playready };
    assert_eq!(individualization.record(), request(URL, &["Content-Type", OCTETS], soap, None, false));
    let clearkey = Asked { drm: Drm::ClearKey, ..ASKED };
    assert_eq!(clearkey.record(), request(URL, &[], &[8, 1], Some(&[]), false));
    let unknown = Asked { drm: Drm::__Invalid, ..ASKED };
    assert_eq!(unknown.record(), ASKED.record());
}

#[wasm_bindgen_test]
fn custom_data_is_optional_but_not_empty() {
    let with = |custom_data| Asked { custom_data, ..ASKED }.record();
    assert_eq!(with(None), request(URL, &["Content-Type", OCTETS], &[8, 1], None, false));
    assert_eq!(with(Some(" t+\nk")), ASKED.record(), "white space is left out");
    assert_eq!(with(Some("")), refused(Code::CustomDataInvalid, Reason::CustomDataEmpty));
    assert_eq!(with(Some("\u{e9}")), refused(Code::CustomDataInvalid, Reason::CustomDataCharacters));
    let message = b"<PlayReadyKeyMessage><LicenseAcquisition/></PlayReadyKeyMessage>";
    let empty = Asked { drm: Drm::PlayReady, message, ..ASKED };
    let no_challenge = failure(&Error::because(Code::ChallengeInvalid, Reason::NoChallenge).at(0));
    assert_eq!(empty.record(), no_challenge);
}

#[wasm_bindgen_test]
fn responses_become_licenses() {
    const LICENSE: &[u8] = &[
        0x08, 2, // type: license
        0x12, 1, 0xaa, // msg
    ];
    let read = |drm, status, body: &[u8]| call(body, |length| read_license(drm, status, length));
    assert_eq!(read(Drm::Widevine, 200, LICENSE), whole(LICENSE));
    let json = r#"{"license":"08021201aa","renewal":true}"#;
    let enveloped = result(|out| {
        out.bytes(Field::Data, LICENSE);
        out.text(Field::Envelope, json);
        out.text(Field::LicenseField, "license");
    });
    assert_eq!(read(Drm::Widevine, 200, json.as_bytes()), enveloped);
    let refused = |reason, drm| refused_response(Code::NotALicense, reason, 200, drm);
    assert_eq!(read(Drm::Widevine, 200, &LICENSE[..3]), refused(Reason::WidevineCutOff, "Widevine"));
    assert_eq!(read(Drm::FairPlay, 200, b"<html>"), refused(Reason::Html, "FairPlay"));
    assert_eq!(read(Drm::PlayReady, 200, LICENSE), refused(Reason::WidevineOfOtherDrm, "PlayReady"));
    let mut unavailable = Error::new(Code::ServerUnavailable);
    unavailable.phase = Phase::License;
    unavailable.http_status = Some(503);
    assert_eq!(read(Drm::Widevine, 503, b""), failure(&unavailable));
}

#[wasm_bindgen_test]
fn a_server_error_keeps_the_server_s_words() {
    let body = br#"{"errorCode":"8002","message":"{\"ERROR\":\"C\",\"MESSAGE\":\"no\"}"}"#;
    let mut error = Error::because(Code::SiteError, Reason::PallyconSite).with("8002").with("C").with("no");
    error.http_status = Some(200);
    error.server = Some(ServerError {
        code: "8002".into(),
        message: r#"{"ERROR":"C","MESSAGE":"no"}"#.into(),
        site_error: Some(("C".into(), "no".into())),
    });
    assert_eq!(call(body, |length| read_license(Drm::Widevine, 200, length)), failure(&error));
}

#[wasm_bindgen_test]
fn responses_become_certificates() {
    const DER: &[u8] = &[0x30, 0x82, 1, 0]; // SEQUENCE of 256 bytes
    let read = |drm, status, body: &[u8]| call(body, |length| read_certificate(drm, status, length));
    assert_eq!(read(Drm::FairPlay, 200, DER), whole(DER));
    assert_eq!(read(Drm::FairPlay, 200, b"MIIBAA=="), made(DER));
    let odd = result(|out| {
        out.bytes(Field::Data, &[0; 3]);
        out.number(Field::Warning, Code::CertificateNotDer as u32);
    });
    assert_eq!(read(Drm::FairPlay, 200, b"AAAA"), odd);
    let invalid = |reason, drm| failure(&Error::because(Code::CertificateInvalid, reason).with(drm));
    assert_eq!(read(Drm::FairPlay, 200, b"<html>"), invalid(Reason::Html, "FairPlay"));
    assert_eq!(read(Drm::Widevine, 200, b"MIIBAA=="), invalid(Reason::X509, "Widevine"));
    let mut unavailable = Error::new(Code::ServerUnavailable).during(Phase::Certificate);
    unavailable.http_status = Some(503);
    assert_eq!(read(Drm::FairPlay, 503, DER), failure(&unavailable));
}

/// A license token made 2019-07-17T08:57:04Z. Its policy and hash have the right size and no meaning.
fn token() -> String {
    let [policy, hash] = [&[0; 16][..], &[0; 32]].map(to_base64);
    let fields = r#""drm_type":"Widevine","site_id":"TUTO","user_id":"u","cid":"film","timestamp":"2019-07-17T08:57:04Z""#;
    to_base64(format!(r#"{{{fields},"policy":"{policy}","hash":"{hash}"}}"#).as_bytes())
}
const MADE: f64 = 1_563_353_824_000.0;

/// What is known of `token()`, with these problems.
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
fn custom_data_is_compared_with_what_is_expected() {
    let token = token();
    let read = |export: &dyn Fn(usize) -> usize| call(token.as_bytes(), export);
    let expires = MADE + 600_000.0;
    let text = |value: &str| Some(String::from(value));
    let nothing = read(&|length| inspect_custom_data(length, None, None, None, None, false, None, false));
    assert_eq!(nothing, inspected(expires, &[]));
    let all_right =
        read(&|length| inspect_custom_data(length, Some(MADE), Some(Drm::Widevine), text("TUTO"), text("film"), false, Some(9000.0), true));
    assert_eq!(all_right, inspected(MADE + 9000.0, &[]));
    let all_wrong =
        read(&|length| inspect_custom_data(length, Some(expires), Some(Drm::FairPlay), text("DEMO"), text("other"), true, None, false));
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
    let auth_data = to_base64(format!(r#"{{"drm_type":"Widevine","site_id":"DEMO","data":"{}"}}"#, to_base64(&[0; 16])).as_bytes());
    let token_needed = call(auth_data.as_bytes(), |length| inspect_custom_data(length, None, None, None, None, false, None, true));
    let expected = result(|out| {
        out.text(Field::Kind, "auth-data");
        out.text(Field::DrmType, "Widevine");
        out.text(Field::SiteId, "DEMO");
        out.list(Field::Problems);
        out.problem(Field::Problems, &Problem { code: Code::TokenNeeded, reason: None, parameters: vec![] });
    });
    assert_eq!(token_needed, expected);
}

#[wasm_bindgen_test]
fn playready_cdm_data_is_utf_16() {
    let value = to_base64(&to_utf16_le("token"));
    let xml = [
        r#"<PlayReadyCDMData type="LicenseAcquisition"><LicenseAcquisition version="1.0" Proactive="false">"#,
        &format!(r#"<CustomData encoding="base64encoded">{value}</CustomData></LicenseAcquisition></PlayReadyCDMData>"#),
    ];
    assert_eq!(call(b"tok en", playready_cdm_data), made(&to_utf16_le(&xml.concat())));
    assert_eq!(call(b"", playready_cdm_data), refused(Code::CustomDataInvalid, Reason::CustomDataEmpty));
}

#[wasm_bindgen_test]
fn waits_are_milliseconds() {
    let wait = |attempts, attempt, random, retry_after: &str, now| {
        retry_wait(attempts, 500.0, 8000.0, attempt, random, Some(retry_after.into()).filter(|text: &String| !text.is_empty()), now)
    };
    assert_eq!(wait(3.0, 1, 0.5, "", 0.0), Some(250.0));
    assert_eq!(wait(3.0, 2, 1.0, "", 0.0), Some(1000.0));
    assert_eq!(wait(f64::INFINITY, 9, 1.0, "", 0.0), Some(8000.0), "the cap");
    assert_eq!(wait(3.0, 3, 1.0, "", 0.0), None, "the last attempt");
    assert_eq!(wait(3.0, 1, 1.0, "2", 0.0), Some(2500.0));
    assert_eq!(wait(3.0, 1, 1.0, "61", 0.0), None, "too long a pause");
    assert_eq!(wait(3.0, 1, 1.0, "soon", 0.0), Some(500.0));
    // Two seconds before that date.
    assert_eq!(wait(3.0, 1, 1.0, "Sun, 06 Nov 1994 08:49:37 GMT", 784_111_775_000.0), Some(2500.0));
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
    // Larger than what is kept, 1 MiB: the last box of many, of 12 bytes of data each, is read at its offset.
    let count = (1 << 20) / PSSH.len() + 1;
    let large = PSSH.repeat(count);
    let record = call(&large, |length| parse_init_data(length, None, false));
    let native = result(|out| pallycon_drm::init_data::read(&large, Default::default(), out).unwrap());
    assert!(record == native, "{} and {} bytes", record.len(), native.len());
    assert_eq!(record.windows(16).filter(|bytes| *bytes == &PSSH[12..28]).count(), count);
    assert_eq!(call(b"00ff", init_data_from_text), made(&[0, 0xff]));
}

/// Lengths that `js/wasm/core.ts` never passes: nothing traps, and the input counts as empty.
#[wasm_bindgen_test]
fn a_length_beyond_the_buffer_is_an_empty_input() {
    let empty = call(b"", |length| parse_init_data(length, None, false));
    assert_eq!(empty[0], 1);
    assert_eq!(call(PSSH, |_| parse_init_data(usize::MAX, None, false)), empty);
    let no_message = Asked { message: &[], custom_data: None, ..ASKED }.record();
    assert_eq!(call(PSSH, |_| license_request(Drm::Widevine, usize::MAX, None, false, URL, false)), no_message);
    let no_token = Asked { message: &[], custom_data: Some(""), ..ASKED }.record();
    assert_eq!(call(PSSH, |_| license_request(Drm::Widevine, usize::MAX, Some(usize::MAX), false, URL, false)), no_token);
}

#[wasm_bindgen_test]
fn clear_leaves_no_token_and_no_challenge() {
    const CHALLENGE: &[u8] = b"\x08\x01secret challenge";
    const TOKEN: &str = "c2VjcmV0IHRva2Vu";
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let record = Asked { message: CHALLENGE, custom_data: Some(TOKEN), ..ASKED }.record();
    let length = CHALLENGE.len() + TOKEN.len();
    let buffers = || [read(input(length), length), read(output(), record.len())];
    let [before, out] = buffers();
    assert!(before.starts_with(CHALLENGE) && before.ends_with(TOKEN.as_bytes()));
    assert!(holds(&out, TOKEN.as_bytes()));
    clear();
    assert_eq!(buffers(), [vec![0; length], vec![0; record.len()]]);
    // Large ones are given back, and what comes next is read in new ones.
    call(&vec![b' '; (1 << 20) + 1], init_data_from_text);
    clear();
    assert_eq!(call(b"00ff", init_data_from_text), made(&[0, 0xff]));
}

#[wasm_bindgen_test]
async fn the_browser_s_clearkey_takes_our_license() {
    let requested = Closure::<dyn FnMut(Vec<u8>)>::new(|message: Vec<u8>| {
        let asked = Asked { drm: Drm::ClearKey, message: &message, custom_data: None, ..ASKED };
        // A GET: the URL says which keys.
        assert_eq!(asked.record(), request(URL, &[], &message, Some(&[]), false));
    });
    let license = Closure::<dyn FnMut(Vec<u8>) -> Vec<u8>>::new(|body: Vec<u8>| {
        assert_eq!(call(&body, |length| read_license(Drm::ClearKey, 200, length)), whole(&body));
        body
    });
    let key = Array::from(&clear_key(&requested, &license).await.unwrap());
    assert_eq!(key.join(" "), "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 usable");
}
