//! An HTTP response as a license, or as the error that explains why it is not one.
//!
//! 200 is not success (`docs/protocol.md`, "License responses" and "Errors"): PallyCon's errors arrive as JSON under 200,
//! gateways and captive portals answer HTML under anything. Order of the checks: PallyCon's JSON → status → empty →
//! HTML → JSON of another shape → what this DRM's license looks like. Nothing but a license reaches the CDM.

use crate::error::{Code, Error, Phase, Reason, ServerError};
use crate::json::Value;
use crate::license::playready;
use crate::license::server_error;
use crate::license::sniff::{is_html, is_plain_text, is_word, json, text};
use crate::license::widevine::{Message, recognise};
use crate::system::Drm;
use crate::text::{find, from_base64, from_hex, from_utf16_le, owned};
use std::borrow::Cow;

/// A license for the CDM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License<'a> {
    /// What `update` takes.
    pub data: Cow<'a, [u8]>,
    /// The JSON object around it, where the token asked for `response_format` json.
    pub envelope: Option<Envelope<'a>>,
}

/// A JSON object that holds a license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The object.
    pub json: &'a str,
    /// The field that holds the license.
    pub license_field: String,
}

/// Reads a response.
pub fn read(drm: Drm, status: u16, body: &[u8]) -> Result<License<'_>, Error> {
    // SOAP 1.1 sends its faults under 500.
    if drm == Drm::PlayReady
        && !is_good(status)
        && let Some(fault) = text(body).and_then(playready::fault)
    {
        return Err(soap_fault(status, fault));
    }
    let Look { text, html, value } = look(Phase::License, status, body)?;
    let license = match (text, value) {
        (Some(""), _) => Err(Reason::Empty.into()),
        _ if html => Err(Reason::Html.into()),
        (Some(text), Some(value)) => from_json(drm, body, text, value),
        _ => decode(drm, body).map(|data| License { data, envelope: None }),
    };
    license.map_err(|refusal| match refusal {
        Refusal::Fault(fault) => soap_fault(status, fault),
        Refusal::NotALicense(reason) => {
            let mut error = Error::because(Code::NotALicense, reason).with(drm.title());
            error.http_status = Some(status);
            error
        }
    })
}

/// Why a response under 200 is not a license.
#[derive(Debug)]
enum Refusal {
    NotALicense(Reason),
    Fault(playready::Fault),
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::NotALicense(reason)
    }
}

/// What a response is at first sight.
#[derive(Debug)]
pub struct Look<'a> {
    /// The body, where it is text.
    pub text: Option<&'a str>,
    /// Whether that is a page.
    pub html: bool,
    /// The JSON in it.
    pub value: Option<Value>,
}

fn is_good(status: u16) -> bool {
    (200..300).contains(&status)
}

/// What each response is checked for first, whatever was asked for (`phase`): PallyCon's own error, and the status.
#[inline(never)]
pub fn look(phase: Phase, status: u16, body: &[u8]) -> Result<Look<'_>, Error> {
    let text = text(body);
    let value = text.and_then(json);
    if let Some(error) = value.as_ref().and_then(|value| server_error::from_body(value, status)) {
        // A license is refused for a reason that has a step of its own; a certificate is refused as such.
        return Err(if phase == Phase::Certificate { error.during(phase) } else { error });
    }
    let html = text.is_some_and(is_html);
    if is_good(status) { Ok(Look { text, html, value }) } else { Err(http(phase, status, html)) }
}

/// `response_format` json, FairPlay's JSON forms, and ClearKey's own.
fn from_json<'a>(drm: Drm, body: &'a [u8], json: &'a str, value: Value) -> Result<License<'a>, Refusal> {
    if drm == Drm::ClearKey {
        return match value.get("keys").and_then(Value::items) {
            Some([_, ..]) => Ok(License { data: Cow::Borrowed(body), envelope: None }),
            _ => Err(Reason::JsonWithoutLicense.into()),
        };
    }
    let Value::Object(fields) = &value else { return Err(Reason::JsonWithoutLicense.into()) };
    let held = |(name, value): &&(String, Value)| is_license(drm, name) && value.as_str().is_some();
    let (name, license) = fields.iter().find(held).ok_or(Reason::JsonWithoutLicense)?;
    match decode(drm, license.as_str().unwrap_or_default().trim_ascii().as_bytes()) {
        Ok(data) => {
            let envelope = Envelope { json, license_field: owned(name) };
            Ok(License { data: Cow::Owned(data.into_owned()), envelope: Some(envelope) })
        }
        Err(_) => Err(Reason::JsonWithOtherLicense.into()),
    }
}

fn is_license(drm: Drm, name: &str) -> bool {
    name == "license" || drm == Drm::FairPlay && matches!(name, "ckc" | "CkcMessage" | "License")
}

/// What the CDM takes, from its bytes or from its text, in JSON or not.
#[inline(never)]
fn decode(drm: Drm, body: &[u8]) -> Result<Cow<'_, [u8]>, Refusal> {
    let text = text(body).filter(|_| is_plain_text(body));
    let message = recognise(body);
    match drm {
        Drm::Widevine => widevine(body, text, message).map_err(Refusal::from),
        Drm::PlayReady => playready(body, text, message),
        Drm::FairPlay => fairplay(body, text, message).map_err(Refusal::from),
        Drm::ClearKey => Err(Reason::NotJwkSet.into()),
    }
}

fn is_widevine(message: Message) -> bool {
    matches!(message, Message::License | Message::ServiceCertificate)
}

fn is_xml(body: &[u8]) -> bool {
    matches!(body, [0xff, 0xfe, ..] | [b'<', ..])
}

fn widevine<'a>(body: &'a [u8], text: Option<&str>, message: Message) -> Result<Cow<'a, [u8]>, Reason> {
    if message == Message::Truncated {
        return Err(Reason::WidevineCutOff);
    }
    // The guide: hex in JSON; base64 is forgiven.
    let decoded = text.and_then(|text| {
        let known = |data: &Vec<u8>| is_widevine(recognise(data));
        from_hex(text).filter(known).or_else(|| from_base64(text).filter(known))
    });
    match decoded {
        Some(data) => Ok(Cow::Owned(data)),
        None if is_xml(body) => Err(Reason::XmlOfOtherDrm),
        None if text.is_some() => Err(Reason::Text),
        None => Ok(Cow::Borrowed(body)),
    }
}

fn playready<'a>(body: &'a [u8], text: Option<&str>, message: Message) -> Result<Cow<'a, [u8]>, Refusal> {
    let decoded = if document(body).is_some() { None } else { text.and_then(from_base64) };
    let data = decoded.map_or(Cow::Borrowed(body), Cow::Owned);
    let Some(document) = document(&data) else {
        return Err(if message == Message::License { Reason::WidevineOfOtherDrm } else { Reason::SoapMissing }.into());
    };
    let document = document.trim_ascii();
    if let Some(fault) = playready::fault(document) {
        return Err(Refusal::Fault(fault));
    }
    if is_html(document) {
        return Err(Reason::Html.into());
    }
    if document.ends_with(">") { Ok(data) } else { Err(Reason::SoapCutOff.into()) }
}

/// XML in UTF-8 or UTF-16.
#[inline(never)]
fn document(data: &[u8]) -> Option<Cow<'_, str>> {
    let text = match text(data).filter(|text| !text.starts_with("<\0")) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(from_utf16_le(data)?),
    };
    text.trim_ascii_start().starts_with("<").then_some(text)
}

fn soap_fault(status: u16, fault: playready::Fault) -> Error {
    let text = fault.fault_string.unwrap_or_else(|| owned("fault"));
    let message = fault.message.unwrap_or_else(|| owned(&text));
    let code = fault.status_code.unwrap_or(text);
    let mut error = Error::new(Code::PlayreadyFault).with(&code).with(&message);
    error.server = Some(ServerError { code, message, site_error: None });
    error.http_status = Some(status);
    error
}

fn fairplay<'a>(body: &'a [u8], text: Option<&str>, message: Message) -> Result<Cow<'a, [u8]>, Reason> {
    let data = match text {
        Some(text) => ckc(text).map(Cow::Owned),
        None => Some(Cow::Borrowed(body)).filter(|_| !is_xml(body)),
    };
    match data {
        Some(data) if message == Message::License || recognise(&data) == Message::License => Err(Reason::WidevineOfOtherDrm),
        Some(data) => Ok(data),
        None if is_xml(body) && !body.starts_with(b"<ckc") => Err(Reason::XmlOfOtherDrm),
        None => Err(Reason::TextNotBase64),
    }
}

/// A CKC from its text: `<ckc>` around it or not, base64 or base64url.
fn ckc(text: &str) -> Option<Vec<u8>> {
    let inner = text.strip_prefix("<ckc>").unwrap_or(text);
    let inner = find(inner.as_bytes(), b"</ckc>").and_then(|end| inner.get(..end)).unwrap_or(inner);
    from_base64(inner).filter(|data| data.len() > 2 && !matches!(data.first(), None | Some(b'<' | b'{')) && !is_word(inner))
}

/// A status that says no, without a reason of PallyCon's. 0: there was no response.
#[inline(never)]
pub fn http(phase: Phase, status: u16, html: bool) -> Error {
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
mod tests;
