//! An HTTP response as a license, or as the error that explains why it is not one.
//!
//! 200 is not success (`docs/protocol.md`, "License responses" and "Errors"): PallyCon's errors arrive as JSON with
//! status 200, gateways and captive portals send HTML with any status. Order of the checks: PallyCon's own error →
//! status → the structure of this DRM's license, in any wrapping. Only a license reaches the CDM, and the error
//! describes anything else (`src/license/body.rs`).

use crate::error::{Code, Error, Phase, Reason, ServerError};
use crate::license::body::{Body, Kind};
use crate::license::playready::Fault;
use crate::license::server_error;
use crate::system::Drm;
use crate::text::{from_base64, from_hex, owned};
use std::borrow::Cow;

/// A license for the CDM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License<'a> {
    /// The argument for `update`.
    pub data: Cow<'a, [u8]>,
    /// The JSON object around it, if the token requested `response_format` json.
    pub envelope: Option<Envelope>,
}

/// A JSON object that contains a license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The object.
    pub json: String,
    /// The field with the license.
    pub license_field: String,
}

/// Reads a response.
pub fn read(drm: Drm, status: u16, data: &[u8]) -> Result<License<'_>, Error> {
    let (kind, body) = Body::new(data);
    let license = match check(Phase::License, status, kind, &body) {
        // SOAP 1.1 sends its faults with status 500.
        Err(_) if kind == Kind::Fault && drm == Drm::PlayReady => Err(refuse(drm, kind, &body)),
        Err(error) => Err(body.quoted_in(error, kind)),
        Ok(()) if kind == Kind::Json => from_json(drm, &body),
        Ok(()) => unwrap(drm, data, kind, &body).map(|data| License { data, envelope: None }),
    };
    license.map_err(|mut error| {
        error.http_status = (status != 0).then_some(status);
        error
    })
}

/// The first check of each response, whatever was requested (`phase`): PallyCon's own error, and the status.
#[inline(never)]
pub fn check(phase: Phase, status: u16, kind: Kind, body: &Body) -> Result<(), Error> {
    if let Some(error) = body.json.as_ref().and_then(|value| server_error::from_body(value, status)) {
        // A refused license has the phase of the reason; a refused certificate keeps its own.
        return Err(if phase == Phase::Certificate { error.during(phase) } else { error });
    }
    if (200..300).contains(&status) { Ok(()) } else { Err(http(phase, status, kind == Kind::Html)) }
}

/// The fields of a JSON object that may contain a license: that of `response_format` json, and FairPlay's others.
const FIELDS: [&str; 4] = ["license", "ckc", "CkcMessage", "License"];

/// A license in a JSON object.
fn from_json(drm: Drm, body: &Body) -> Result<License<'static>, Error> {
    let names = if drm == Drm::FairPlay { &FIELDS[..] } else { &FIELDS[..1] };
    let held = names.iter().find_map(|name| Some((name, body.json.as_ref()?.get(name)?.as_str()?)));
    let Some((name, license)) = held else { return Err(refuse(drm, Kind::Json, body)) };
    let (kind, inner) = Body::new(license.as_bytes());
    match unwrap(drm, license.as_bytes(), kind, &inner) {
        Ok(data) => {
            let envelope = Envelope { json: body.text.clone().unwrap_or_default(), license_field: owned(name) };
            Ok(License { data: Cow::Owned(data.into_owned()), envelope: Some(envelope) })
        }
        Err(mut error) => {
            if error.reason == Some(Reason::Text) {
                error.reason = Some(Reason::JsonWithOtherLicense);
            }
            Err(error)
        }
    }
}

/// The bytes for the CDM, from bytes or from text: hex (the guide's form in JSON), base64 or base64url; for FairPlay
/// perhaps in an element `ckc`.
#[inline(never)]
fn unwrap<'a>(drm: Drm, data: &'a [u8], kind: Kind, body: &Body) -> Result<Cow<'a, [u8]>, Error> {
    if kind == Kind::License(drm) {
        return Ok(Cow::Borrowed(data));
    }
    let text = body.text.as_deref().unwrap_or_default();
    let text = match kind {
        Kind::Text => text,
        Kind::Xml if drm == Drm::FairPlay => text.strip_prefix("<ckc>").and_then(|text| text.strip_suffix("</ckc>")).unwrap_or_default(),
        _ => "",
    };
    // A last group of one digit is not a whole byte: the text was cut there.
    let but_last = || text.split_at_checked(text.len().wrapping_sub(1)).and_then(|(text, _)| from_base64(text));
    let decoded = from_hex(text).or_else(|| from_base64(text)).or_else(but_last).unwrap_or_default();
    match Body::new(&decoded) {
        (inner, _) if inner == Kind::License(drm) => Ok(Cow::Owned(decoded)),
        // Words decode to bytes, too.
        (Kind::Binary | Kind::Text | Kind::Empty, _) => Err(refuse(drm, kind, body)),
        (kind, inner) => Err(refuse(drm, kind, &inner)),
    }
}

/// The error that describes a response other than a license.
#[inline(never)]
fn refuse(drm: Drm, kind: Kind, body: &Body) -> Error {
    let of = |other: Drm, reason| if other == drm { (reason, "") } else { (Reason::OtherDrmResponse, other.title()) };
    let (reason, parameter) = match kind {
        Kind::Fault if drm == Drm::PlayReady => return soap_fault(&body.fault),
        Kind::License(other) | Kind::CutOff(other) => of(other, Reason::LicenseCutOff),
        Kind::WidevineError => of(Drm::Widevine, Reason::WidevineError),
        Kind::Fault | Kind::Soap => of(Drm::PlayReady, Reason::Xml),
        Kind::Xml => body.fault.status_code.as_deref().map_or((Reason::Xml, ""), |code| (Reason::XmlError, code)),
        Kind::Challenge => (Reason::ChallengeBack, ""),
        Kind::Json => (Reason::JsonWithoutLicense, ""),
        Kind::Html => (Reason::Html, ""),
        Kind::Text => (Reason::Text, ""),
        Kind::Empty => (Reason::Empty, ""),
        Kind::Binary => (Reason::Binary, ""),
    };
    let mut error = Error::because(Code::NotALicense, reason).with(drm.title());
    if !parameter.is_empty() {
        error = error.with(parameter);
    }
    body.quoted_in(error, kind)
}

fn soap_fault(fault: &Fault) -> Error {
    let text = fault.fault_string.as_deref().unwrap_or("fault");
    let message = fault.custom_data.as_deref().or(fault.message.as_deref()).unwrap_or(text);
    let code = fault.status_code.as_deref().unwrap_or(text);
    let mut error = Error::new(Code::PlayreadyFault).with(code).with(message);
    error.server = Some(ServerError { code: owned(code), message: owned(message), site_error: None });
    error
}

/// The error for a status without an error of PallyCon's. 0: there was no response.
fn http(phase: Phase, status: u16, html: bool) -> Error {
    let code = match status {
        0 => Code::Network,
        401 | 403 => Code::Forbidden,
        404 | 405 | 410 if phase == Phase::Certificate => Code::CertificateUrlWrong,
        404 | 405 | 410 => Code::LicenseUrlWrong,
        408 => Code::Timeout,
        413 | 431 => Code::RequestTooLarge,
        429 => Code::RateLimited,
        500.. => Code::ServerUnavailable,
        _ => Code::HttpStatus,
    };
    let mut error = Error::new(code).during(phase);
    error.reason = match (code, html) {
        (Code::Timeout, _) => Some(Reason::ServerTimeout),
        (Code::ServerUnavailable, true) => Some(Reason::WithHtml5xx),
        (_, true) => Some(Reason::WithHtml),
        _ => None,
    };
    error.http_status = (status != 0).then_some(status);
    error
}

#[cfg(test)]
mod real_licenses;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod tests;
