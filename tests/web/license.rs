//! The player module's exports for license requests and responses.

use crate::call::{call, failure, made, put, read, refused, result, whole};
use js_sys::Array;
use pallycon_drm::bytes::Span;
use pallycon_drm::error::{Code, Error, Phase, Reason, ServerError};
use pallycon_drm::record::Field;
use pallycon_drm::text::{to_base64, to_utf16_le};
use pallycon_drm::web::buffers::{clear, input, output};
use pallycon_drm::web::names::Drm;
use pallycon_drm::web::player::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

#[wasm_bindgen(inline_js = r#"
// One whole ClearKey exchange with the browser's own CDM: `request` takes the CDM's message; `license` takes the
// server's response and returns the bytes for the CDM. Resolves with the key's id and status.
export async function clearKey(request, license) {
  const access = await navigator.requestMediaKeySystemAccess("org.w3.clearkey", [{
    initDataTypes: ["keyids"], videoCapabilities: [{ contentType: 'video/webm; codecs="vp8"' }],
  }]);
  const keys = await access.createMediaKeys();
  const session = keys.createSession();
  const message = new Promise((resolve) => {
    session.addEventListener("message", (event) => resolve(new Uint8Array(event.message)), { once: true });
  });
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
    async fn clear_key(request: &Take, license: &Make) -> Result<JsValue, JsValue>;
}

type Take = Closure<dyn FnMut(Vec<u8>)>;
type Make = Closure<dyn FnMut(Vec<u8>) -> Vec<u8>>;

const URL: &str = "https://license.example/ri/licenseManager.do";
const FORM: &str = "application/x-www-form-urlencoded";
const OCTETS: &str = "application/octet-stream";

/// The parts of a license request.
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

/// `body`: if it is not the message itself.
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

/// A Widevine request with custom data in a header. 08 01: type 1, a license request.
const ASKED: Asked<'_> = Asked { drm: Drm::Widevine, message: &[8, 1], custom_data: Some("t+k"), individualization: false, in_url: false };

/// The same with the HTTP status and a parameter of the message.
fn refused_response(code: Code, reason: Reason, status: u16, parameter: &str) -> Vec<u8> {
    let mut error = Error::because(code, reason).with(parameter);
    error.http_status = Some(status);
    failure(&error)
}

#[wasm_bindgen_test]
fn license_requests_have_url_headers_and_body() {
    let token = ["pallycon-customdata-v2", "t+k"];
    let in_url = format!("{URL}?pallycon-customdata-v2=t%2Bk");
    let widevine = ["Content-Type", OCTETS, token[0], token[1]];
    assert_eq!(ASKED.record(), request(URL, &widevine, &[8, 1], None, false));
    // The message 08 04 requests the service certificate: the response is not a license.
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
    let not_widevine = Asked { message: &[8, 4], ..clearkey };
    assert_eq!(not_widevine.record(), request(URL, &[], &[8, 4], Some(&[]), false));
    let unknown = Asked { drm: Drm::__Invalid, ..ASKED };
    assert_eq!(unknown.record(), ASKED.record());
}

#[wasm_bindgen_test]
fn custom_data_is_optional_but_not_empty() {
    let with = |custom_data| Asked { custom_data, ..ASKED }.record();
    assert_eq!(with(None), request(URL, &["Content-Type", OCTETS], &[8, 1], None, false));
    assert_eq!(with(Some(" t+\nk")), ASKED.record(), "whitespace is removed");
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
    assert_eq!(read(Drm::Widevine, 200, &LICENSE[..3]), refused(Reason::LicenseCutOff, "Widevine"));
    assert_eq!(read(Drm::FairPlay, 200, b"<html>"), refused(Reason::Html, "FairPlay"));
    let mut other = Error::because(Code::NotALicense, Reason::OtherDrmResponse).with("PlayReady").with("Widevine");
    other.http_status = Some(200);
    assert_eq!(read(Drm::PlayReady, 200, LICENSE), failure(&other));
    let mut unavailable = Error::new(Code::ServerUnavailable);
    unavailable.phase = Phase::License;
    unavailable.http_status = Some(503);
    assert_eq!(read(Drm::Widevine, 503, b""), failure(&unavailable));
}

#[wasm_bindgen_test]
fn a_server_error_keeps_the_server_s_text() {
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
fn another_service_s_text_has_no_code() {
    let body = br#"{"errors":[{"code":"device_revoked"}]}"#;
    let mut error = Error::because(Code::NotALicense, Reason::JsonWithoutLicense).with("Widevine");
    error.http_status = Some(200);
    error.server = Some(ServerError { message: r#"{"errors":[{"code":"device_revoked"}]}"#.into(), ..ServerError::default() });
    assert_eq!(call(body, |length| read_license(Drm::Widevine, 200, length)), failure(&error));
}

#[wasm_bindgen_test]
fn responses_become_certificates() {
    const DER: &[u8] = &[0x30, 0x82, 1, 0]; // SEQUENCE of 256 bytes
    let read = |drm, status, body: &[u8]| call(body, |length| read_certificate(drm, status, length));
    assert_eq!(read(Drm::FairPlay, 200, DER), whole(DER));
    assert_eq!(read(Drm::FairPlay, 200, b"MIIBAA=="), made(DER));
    let odd = result(|out| {
        out.bytes(Field::Data, &[0xff; 3]);
        out.number(Field::Warning, Code::CertificateNotDer as u32);
    });
    assert_eq!(read(Drm::FairPlay, 200, b"////"), odd);
    let invalid = |reason, drm| failure(&Error::because(Code::CertificateInvalid, reason).with(drm));
    assert_eq!(read(Drm::FairPlay, 200, b"<html>"), invalid(Reason::Html, "FairPlay"));
    assert_eq!(read(Drm::Widevine, 200, b"MIIBAA=="), invalid(Reason::X509, "Widevine"));
    let mut unavailable = Error::new(Code::ServerUnavailable).during(Phase::Certificate);
    unavailable.http_status = Some(503);
    assert_eq!(read(Drm::FairPlay, 503, DER), failure(&unavailable));
}

#[wasm_bindgen_test]
fn playready_cdm_data_is_utf_16() {
    let value = to_base64(&to_utf16_le("token"));
    let xml = [
        r#"<PlayReadyCDMData type="LicenseAcquisition"><LicenseAcquisition version="1.0" Proactive="false">"#,
        &format!(r#"<CustomData encoding="base64encoded">{value}</CustomData>"#),
        "</LicenseAcquisition></PlayReadyCDMData>",
    ];
    assert_eq!(call(b"tok en", playready_cdm_data), made(&to_utf16_le(&xml.concat())));
    assert_eq!(call(b"", playready_cdm_data), refused(Code::CustomDataInvalid, Reason::CustomDataEmpty));
}

#[wasm_bindgen_test]
fn a_renewal_is_due_by_interval_expiry_or_renewal_duration() {
    let (wait, nan) = (renewal_wait, f64::NAN);
    assert_eq!(wait(Drm::FairPlay, 600_000.0, nan, nan, None, 1.0), Some(600_000.0));
    assert_eq!(wait(Drm::PlayReady, 600_000.0, 100_000.0, nan, None, 0.0), Some(75_000.0));
    assert_eq!(wait(Drm::FairPlay, nan, nan, 1000.0, None, 0.0), Some(750.0));
    assert_eq!(wait(Drm::FairPlay, nan, nan, nan, None, 0.5), None, "all times are unknown");
    assert_eq!(wait(Drm::Widevine, 600_000.0, 1000.0, 1000.0, None, 0.5), None, "its CDM does it");
    assert_eq!(wait(Drm::FairPlay, nan, 10_000.0, nan, Some(true), 0.0), Some(7500.0));
    assert_eq!(wait(Drm::FairPlay, nan, 10_000.0, nan, Some(false), 0.0), None, "refused permanently");
}

/// `js/wasm/core.ts` never passes such lengths: nothing traps, and the message and the custom data count as empty.
#[wasm_bindgen_test]
fn lengths_beyond_the_buffer_are_an_empty_message() {
    let no_message = Asked { message: &[], custom_data: None, ..ASKED }.record();
    assert_eq!(call(b"m", |_| license_request(Drm::Widevine, usize::MAX, None, false, URL, false)), no_message);
    let no_token = Asked { message: &[], custom_data: Some(""), ..ASKED }.record();
    let max = usize::MAX;
    assert_eq!(call(b"m", |_| license_request(Drm::Widevine, max, Some(max), false, URL, false)), no_token);
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
    // The instance still works, even after buffers larger than those that are kept.
    // type: license, msg of 2^20 bytes
    let large = [&[0x08, 2, 0x12, 0x80, 0x80, 0x40][..], &[0; 1 << 20]].concat();
    assert_eq!(call(&large, |length| read_license(Drm::Widevine, 200, length))[0], 0);
    clear();
    assert_eq!(ASKED.record()[0], 0);
}

/// Wiping the whole buffer would cost each later call the time for the longest message.
#[wasm_bindgen_test]
fn clear_wipes_the_bytes_used_since_the_last_call() {
    let long = [7; 4000];
    call(&long, |length| read_license(Drm::Widevine, 200, length));
    clear();
    assert_eq!(read(input(0), long.len()), [0; 4000]);
    // Bytes after a short message do not belong to it.
    put(3999, 7);
    call(b"short", |length| read_license(Drm::Widevine, 200, length));
    clear();
    assert_eq!(read(input(0), 5), [0; 5]);
    assert_eq!(read(input(0), long.len())[3999], 7);
}

#[wasm_bindgen_test]
async fn the_browser_s_clearkey_accepts_our_license() {
    let requested = Take::new(|message: Vec<u8>| {
        let asked = Asked { drm: Drm::ClearKey, message: &message, custom_data: None, ..ASKED };
        // A GET: the URL names the keys.
        assert_eq!(asked.record(), request(URL, &[], &message, Some(&[]), false));
    });
    let license = Make::new(|body: Vec<u8>| {
        assert_eq!(call(&body, |length| read_license(Drm::ClearKey, 200, length)), whole(&body));
        body
    });
    let key = Array::from(&clear_key(&requested, &license).await.unwrap());
    assert_eq!(key.join(" "), "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 usable");
}
