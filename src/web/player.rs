//! The exports of the module that viewers download: one for each function of the main entry.
//!
//! A function that can fail, or whose result has more than one part, writes a record to the output buffer and returns
//! its length (`src/record.rs`, `src/web/buffers.rs`); `js/wasm/core.ts` is the other side.

use super::buffers::run;
use super::names::{Drm, InitDataType};
use crate::bytes::Span;
use crate::custom_data::inspect::{self, Expected};
use crate::delivery::renewal::{self, Lease, Method};
use crate::delivery::status;
use crate::error::Problem;
use crate::init_data::{self, Options};
use crate::license::request::{self, Carrier, HttpRequest};
use crate::license::response::Envelope;
use crate::license::{certificate, response, widevine};
use crate::record::{Field, Record};
use crate::{system, text};
use std::borrow::Cow;
use wasm_bindgen::prelude::*;

fn text_of(input: &[u8]) -> &str {
    str::from_utf8(input).unwrap_or_default()
}

/// Bytes of the input, or new ones.
#[allow(clippy::ptr_arg, reason = "a borrowed Cow is written as a place in the input")]
fn bytes(out: &mut Record, field: Field, input: &[u8], bytes: &Cow<'_, [u8]>) {
    match bytes {
        // Only the input's beginning is borrowed.
        Cow::Borrowed(bytes) if bytes.len() <= input.len() => out.input(field, Span { offset: 0, bytes }),
        bytes => out.bytes(field, bytes),
    }
}

/// Reads init data: a record of the public type `InitData`.
#[wasm_bindgen(js_name = parseInitData)]
pub fn parse_init_data(length: usize, kind: Option<InitDataType>, strict: bool) -> usize {
    run(length, &|data, out| init_data::read(data, Options { kind: kind.and_then(InitDataType::known), strict }, out))
}

/// The bytes that a text represents (a URI or JSON as itself, else hex, else base64): `data`.
#[wasm_bindgen(js_name = initDataFromText)]
pub fn init_data_from_text(length: usize) -> usize {
    run(length, &|input, out| {
        out.bytes(Field::Data, &init_data::from_text(text_of(input))?);
        Ok(())
    })
}

/// Whether two key ids in hex (with dashes and braces, in either case) are equal, also if one is in PlayReady's GUID
/// byte order.
#[wasm_bindgen(js_name = sameKeyId)]
pub fn same_key_id(a: &str, b: &str) -> bool {
    text::from_hex(a).zip(text::from_hex(b)).is_some_and(|(a, b)| text::same_key_id(&a, &b))
}

/// The request for a CDM's message: `url`, `headers` (names and values in turn), `body`, and `serviceCertificate` if
/// the response will not be a license. The input is the message, followed by the custom data, if any.
#[wasm_bindgen(js_name = licenseRequest)]
pub fn license_request(
    drm: Drm,
    message_length: usize,
    custom_data_length: Option<usize>,
    individualization: bool,
    url: &str,
    carrier_url: bool,
) -> usize {
    let length = message_length.saturating_add(custom_data_length.unwrap_or_default());
    run(length, &|input, out| {
        let drm = drm.into();
        let (message, behind) = input.split_at_checked(message_length).unwrap_or_default();
        let custom_data = custom_data_length.map(|_| text_of(behind));
        let carrier = if carrier_url { Carrier::Url } else { Carrier::Header };
        let HttpRequest { url, headers, body } = request::build(drm, message, individualization, url, custom_data, carrier)?;
        out.text(Field::Url, &url);
        out.list(Field::Headers);
        for (name, value) in &headers {
            out.text(Field::Headers, name);
            out.text(Field::Headers, value);
        }
        bytes(out, Field::Body, message, &body);
        let service_certificate = drm == system::Drm::Widevine && widevine::is_service_certificate_request(message);
        out.flag(Field::ServiceCertificate, service_certificate);
        Ok(())
    })
}

/// The license in a response: `data`, and if it was in a JSON object, `envelope` (the object's text) and
/// `licenseField`.
#[wasm_bindgen(js_name = readLicense)]
pub fn read_license(drm: Drm, status: u16, length: usize) -> usize {
    run(length, &|body, out| {
        let license = response::read(drm.into(), status, body)?;
        bytes(out, Field::Data, body, &license.data);
        if let Some(Envelope { json, license_field }) = &license.envelope {
            out.text(Field::Envelope, json);
            out.text(Field::LicenseField, license_field);
        }
        Ok(())
    })
}

/// The certificate in a response or an option: `data`, and the code of a `warning`, if there is one.
#[wasm_bindgen(js_name = readCertificate)]
pub fn read_certificate(drm: Drm, status: u16, length: usize) -> usize {
    run(length, &|body, out| {
        let certificate = certificate::read(drm.into(), status, body)?;
        bytes(out, Field::Data, body, &certificate.data);
        if let Some(code) = certificate.warning {
            out.number(Field::Warning, code as u32);
        }
        Ok(())
    })
}

/// Reads custom data: a record of the public type. The input is the custom data.
#[wasm_bindgen(js_name = inspectCustomData)]
#[allow(clippy::too_many_arguments, reason = "one for each value that can be expected")]
pub fn inspect_custom_data(
    length: usize,
    now: Option<f64>,
    drm: Option<Drm>,
    site_id: Option<String>,
    content_id: Option<String>,
    key_rotation: bool,
    token_lifetime: Option<f64>,
    token_needed: bool,
) -> usize {
    run(length, &|input, out| {
        let expected = Expected {
            now,
            drm: drm.map(Into::into),
            site_id: site_id.as_deref(),
            content_id: content_id.as_deref(),
            key_rotation,
            token_lifetime,
            token_needed,
        };
        inspect::inspect(text_of(input), &expected).map(|read| read.write(out))
    })
}

/// PlayReady's CDM data for the token in the input: `data`.
#[wasm_bindgen(js_name = playreadyCdmData)]
pub fn playready_cdm_data(length: usize) -> usize {
    run(length, &|input, out| {
        out.bytes(Field::Data, &request::playready_cdm_data(text_of(input))?);
        Ok(())
    })
}

/// How long after a license, or after a failed renewal (`retryable` says how), a page renews it, in milliseconds.
/// `None`: not at all, because the times are unknown or the CDM renews it. Unknown times are NaN.
#[wasm_bindgen(js_name = renewalWait)]
pub fn renewal_wait(drm: Drm, interval: f64, expires_in: f64, stated: f64, retryable: Option<bool>, random: f64) -> Option<f64> {
    let lease = Lease { interval, expires_in, stated };
    if renewal::method(drm.into()) == Method::ByCdm {
        return None;
    }
    match retryable {
        None => renewal::delay(lease, random),
        Some(retryable) => renewal::after_failure(lease, retryable, random),
    }
}

/// The meaning of a key's status for an observer (an empty one: no license contains the key): `problems`, with at most
/// one.
#[wasm_bindgen(js_name = keyProblem)]
pub fn key_problem(key_id: &str, status: &str) -> usize {
    run(0, &|_, out| {
        out.list(Field::Problems);
        let problem: Option<Problem> = status::problem(key_id, status);
        problem.iter().for_each(|problem| out.problem(Field::Problems, problem));
        Ok(())
    })
}
