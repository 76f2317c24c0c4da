//! The exports of the player module.

use crate::custom_data::inspect::{self, Expected};
use crate::delivery::retry;
use crate::init_data::{self, InitDataType, Options};
use crate::json::Writer;
use crate::license::request::{self, Carrier};
use crate::license::{certificate, response, widevine};
use crate::system::Drm;
use crate::web::thrown;
use js_sys::{Array, Uint8Array};
use std::borrow::Cow;
use wasm_bindgen::prelude::*;

/// The TypeScript in front passes its own literals only; what is none of them is treated as Widevine, the plainest.
fn drm(name: &str) -> Drm {
    Drm::from_name(name).unwrap_or(Drm::Widevine)
}

/// What is not given crosses as an empty text: glue for optional ones would be as large as what it calls.
fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A number, where it is one.
fn given(number: f64) -> Option<f64> {
    Some(number).filter(|number| !number.is_nan())
}

/// The bytes that a text stands for: a URI or JSON as itself, else hex, else base64.
#[wasm_bindgen(js_name = initDataFromText)]
pub fn init_data_from_text(text: &str) -> Result<Vec<u8>, JsValue> {
    init_data::from_text(text).map(Cow::into_owned).map_err(thrown)
}

/// Reads init data: JSON. An empty `kind` is detected.
#[wasm_bindgen(js_name = parseInitData)]
pub fn parse_init_data(data: &[u8], kind: &str, strict: bool) -> Result<String, JsValue> {
    let kind = InitDataType::from_name(kind);
    init_data::parse(data, Options { kind, strict }).map(|init_data| init_data.to_json()).map_err(thrown)
}

/// Whether two key ids are equal, in either byte order.
#[wasm_bindgen(js_name = sameKeyId)]
pub fn same_key_id(a: &[u8], b: &[u8]) -> bool {
    crate::text::same_key_id(a, b)
}

/// Bytes of hex with dashes, braces, in either case; `undefined` where it is none.
#[wasm_bindgen(js_name = fromHex)]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    crate::text::from_hex(text)
}

/// Reads a token or auth data: JSON. Numbers that are not given are NaN.
#[wasm_bindgen(js_name = inspectCustomData)]
#[allow(clippy::too_many_arguments, reason = "one crossing; the façade has names for them")]
pub fn inspect_custom_data(
    value: &str,
    now: f64,
    drm_name: &str,
    site_id: &str,
    content_id: &str,
    key_rotation: bool,
    token_lifetime: f64,
    token_needed: bool,
) -> Result<String, JsValue> {
    let expected = Expected {
        now: given(now),
        drm: Drm::from_name(drm_name),
        site_id: some(site_id),
        content_id: some(content_id),
        key_rotation,
        token_lifetime: given(token_lifetime),
        token_needed,
    };
    inspect::inspect(value, &expected).map(|inspection| inspection.to_json()).map_err(thrown)
}

/// The license URL of a host.
#[wasm_bindgen(js_name = licenseUrl)]
pub fn license_url(host: &str, drm_name: &str, site_id: &str, content_id: &str) -> String {
    request::license_url(some(host).unwrap_or(request::DEFAULT_HOST), drm(drm_name), some(site_id), some(content_id))
}

/// The certificate URL of a host.
#[wasm_bindgen(js_name = certificateUrl)]
pub fn certificate_url(host: &str, drm_name: &str, site_id: &str) -> String {
    request::certificate_url(some(host).unwrap_or(request::DEFAULT_HOST), drm(drm_name), site_id)
}

/// The HTTP request for a CDM's message: `[url, headers as a JSON object, body]`.
#[wasm_bindgen(js_name = licenseRequest)]
pub fn license_request(
    drm_name: &str,
    message: &[u8],
    individualization: bool,
    url: &str,
    custom_data: Option<String>,
    by_url: bool,
) -> Result<Array, JsValue> {
    let carrier = if by_url { Carrier::Url } else { Carrier::Header };
    let request = request::build(drm(drm_name), message, individualization, url, custom_data.as_deref(), carrier).map_err(thrown)?;
    let mut headers = Writer::new();
    headers.object(|out| out.append(&request.headers));
    Ok(Array::of3(&request.url.into(), &headers.finish().into(), &Uint8Array::from(&request.body[..])))
}

/// The license in an answer: `[license, details as JSON | undefined]`.
#[wasm_bindgen(js_name = readLicense)]
pub fn read_license(drm_name: &str, status: u16, body: &[u8]) -> Result<Array, JsValue> {
    let license = response::read(drm(drm_name), status, body).map_err(thrown)?;
    let details = license.details.map_or(JsValue::UNDEFINED, |details| details.to_json().into());
    Ok(Array::of2(&Uint8Array::from(&license.data[..]), &details))
}

/// A certificate in whatever form it came: `[bytes, warning as JSON | undefined]`.
#[wasm_bindgen(js_name = readCertificate)]
pub fn read_certificate(drm_name: &str, status: u16, body: &[u8]) -> Result<Array, JsValue> {
    let (bytes, warning) = certificate::read(drm(drm_name), status, body).map_err(thrown)?;
    let warning = warning.map_or(JsValue::UNDEFINED, |problem| {
        let mut writer = Writer::new();
        writer.object(|out| problem.write(out));
        writer.finish().into()
    });
    Ok(Array::of2(&Uint8Array::from(&bytes[..]), &warning))
}

/// Whether a Widevine message asks for the service certificate.
#[wasm_bindgen(js_name = isServiceCertificateRequest)]
pub fn is_service_certificate_request(message: &[u8]) -> bool {
    widevine::is_service_certificate_request(message)
}

/// `PlayReadyCDMData` around a token.
#[wasm_bindgen(js_name = playreadyCdmData)]
pub fn playready_cdm_data(token: &str) -> Result<Vec<u8>, JsValue> {
    request::playready_cdm_data(token).map_err(thrown)
}

/// Milliseconds to wait after a failed attempt; NaN: give up.
#[wasm_bindgen(js_name = retryWait)]
pub fn retry_wait(attempts: f64, base: f64, cap: f64, attempt: u32, random: f64, retry_after: &str, now: f64) -> f64 {
    let wish = retry::parse_retry_after(retry_after, now);
    // As many as there are numbers, where it is Infinity.
    retry::wait(retry::Policy { attempts: attempts as u32, base, cap }, attempt, random, wish).unwrap_or(f64::NAN)
}
