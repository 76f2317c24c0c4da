//! An HTTP answer as a license, or as the error that explains why it is none.
//!
//! 200 is not success (`docs/protocol.md`, "License responses" and "Errors"): PallyCon's errors arrive as JSON under 200,
//! gateways and captive portals answer HTML under anything. Order of the checks: PallyCon's JSON → status → empty →
//! HTML → JSON of another shape → what this DRM's license looks like. Nothing but a license reaches the CDM.

use crate::error::{Error, Phase, ServerError};
use crate::json::{self, Value};
use crate::license::catalogue;
use crate::license::playready;
use crate::license::sniff::{is_html, is_plain_text, text};
use crate::license::widevine::{Message, recognise};
use crate::system::Drm;
use crate::text::{from_base64, from_hex, from_utf16_le};
use std::borrow::Cow;

/// A license for the CDM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License<'a> {
    /// What `update` takes.
    pub data: Cow<'a, [u8]>,
    /// The JSON object around it where the token asked for `response_format` json: all but the license.
    pub details: Option<Value>,
}

impl<'a> License<'a> {
    fn plain(data: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { data: data.into(), details: None }
    }
}

const PORTAL: &str =
    "Open the license URL in a tab of this network: a captive portal, a gateway, a firewall or a login page answers in its place.";
const SERVER: &str =
    "Check licenseUrl and what stands between the page and PallyCon, and look at the answer in the browser's network panel.";
const WRONG_DRM: &str = "Send each DRM's challenge to its own license URL, with a token made for that DRM (context.drm).";

/// Reads an answer.
pub fn read<'a>(drm: Drm, status: u16, body: &'a [u8]) -> Result<License<'a>, Error> {
    let text = text(body);
    let value = text.filter(|text| text.starts_with(['{', '['])).and_then(json::parse);
    if let Some(error) = value.as_ref().and_then(|value| catalogue::from_body(value, status)) {
        return Err(error);
    }
    if !(200..300).contains(&status) {
        // SOAP 1.1 sends its faults under 500.
        if let Some(fault) = text.filter(|_| drm == Drm::PlayReady).and_then(playready::fault) {
            return Err(soap_fault(status, fault));
        }
        return Err(http(status, text.is_some_and(is_html)));
    }
    if text.is_some_and(str::is_empty) {
        return Err(not_a_license(drm, status, "the answer is empty", SERVER));
    }
    if text.is_some_and(is_html) {
        return Err(not_a_license(drm, status, "the answer is an HTML page", PORTAL));
    }
    if let Some(value) = value {
        return from_json(drm, status, body, value);
    }
    let license = match drm {
        Drm::Widevine => widevine(body, text),
        Drm::PlayReady => playready(status, body, text)?,
        Drm::FairPlay => fairplay(body, text),
        Drm::ClearKey => Err("the answer is not a JSON Web Key set"),
    };
    license.map(License::plain).map_err(|what| {
        let hint = if what.contains("another DRM") { WRONG_DRM } else { SERVER };
        not_a_license(drm, status, what, hint)
    })
}

/// `response_format` json, FairPlay's JSON forms, and ClearKey's own.
fn from_json<'a>(drm: Drm, status: u16, body: &'a [u8], mut value: Value) -> Result<License<'a>, Error> {
    if drm == Drm::ClearKey && value.get("keys").is_some_and(|keys| keys.items().is_some()) {
        return Ok(License::plain(body));
    }
    let names: &[&str] = if drm == Drm::FairPlay { &["license", "ckc", "CkcMessage", "License"] } else { &["license"] };
    let found = names.iter().find_map(|name| value.get(name).and_then(Value::as_str).map(|text| (*name, text.trim().to_string())));
    let Some((name, license)) = found else {
        return Err(not_a_license(drm, status, "the answer is JSON that holds neither a license nor an error", SERVER));
    };
    let data = match drm {
        // The guide: hex for Widevine, the original text for the others.
        Drm::Widevine => from_hex(&license).or_else(|| from_base64(&license)).filter(|data| is_widevine(data)),
        Drm::PlayReady => soap(license.as_bytes(), Some(&license)),
        Drm::FairPlay => ckc(&license),
        Drm::ClearKey => None,
    };
    let Some(data) = data else {
        return Err(not_a_license(drm, status, "the answer is JSON around something that is not this DRM's license", SERVER));
    };
    if let Value::Object(fields) = &mut value {
        fields.retain(|(key, _)| key != name);
    }
    Ok(License { data: Cow::Owned(data), details: Some(value) })
}

type Found<'a> = Result<Cow<'a, [u8]>, &'static str>;

fn is_widevine(data: &[u8]) -> bool {
    matches!(recognise(data), Message::License | Message::ServiceCertificate)
}

fn widevine<'a>(body: &'a [u8], text: Option<&str>) -> Found<'a> {
    if recognise(body) == Message::Truncated {
        return Err("the answer ends in the middle of a Widevine license");
    }
    if is_widevine(body) {
        return Ok(Cow::Borrowed(body));
    }
    if let Some(text) = text.filter(|_| is_plain_text(body)) {
        return match from_base64(text) {
            Some(data) if is_widevine(&data) => Ok(Cow::Owned(data)),
            _ if text.starts_with('<') => Err("the answer is XML: another DRM's license"),
            _ => Err("the answer is text"),
        };
    }
    match body {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => Err("the answer is XML: another DRM's license"),
        _ => Ok(Cow::Borrowed(body)),
    }
}

fn playready<'a>(status: u16, body: &'a [u8], text: Option<&str>) -> Result<Found<'a>, Error> {
    let utf16 = if text.is_none_or(|text| text.starts_with("<\0")) { from_utf16_le(body) } else { None };
    let xml = match (utf16, text) {
        (Some(text), _) if text.trim_start().starts_with('<') => Some((Cow::Borrowed(body), Cow::Owned(text))),
        (_, Some(text)) if text.starts_with('<') => Some((Cow::Borrowed(body), Cow::Borrowed(text))),
        (_, Some(text)) => from_base64(text).and_then(|data| {
            let decoded = soap(&data, None)?;
            let text = from_utf16_le(&decoded).filter(|text| text.starts_with('<'));
            let text = text.or_else(|| String::from_utf8(data).ok()).unwrap_or_default();
            Some((Cow::Owned(decoded), Cow::Owned(text)))
        }),
        _ => None,
    };
    let Some((data, document)) = xml else {
        let what = if recognise(body) == Message::License {
            "the answer is binary: another DRM's license"
        } else {
            "the answer is neither SOAP nor base64 of it"
        };
        return Ok(Err(what));
    };
    let document = document.trim_start();
    if is_html(document) {
        return Ok(Err("the answer is an HTML page"));
    }
    match playready::fault(document) {
        Some(fault) => Err(soap_fault(status, fault)),
        None if document.trim_end().ends_with('>') => Ok(Ok(data)),
        None => Ok(Err("the answer ends in the middle of the SOAP")),
    }
}

/// What may be given to a PlayReady CDM: XML, in any encoding.
fn soap(data: &[u8], text: Option<&str>) -> Option<Vec<u8>> {
    match data {
        [b'<', ..] | [0xff, 0xfe, ..] | [0xef, 0xbb, 0xbf, b'<', ..] => Some(data.to_vec()),
        _ => soap(&from_base64(text?)?, None),
    }
}

fn soap_fault(status: u16, fault: playready::Fault) -> Error {
    let told = fault.message.as_deref().or(fault.fault_string.as_deref()).unwrap_or("no reason was given");
    let code = fault.status_code.as_deref().or(fault.fault_string.as_deref()).unwrap_or("fault");
    let mut error = Error::new(
        "playready-fault",
        Phase::License,
        ["The PlayReady server refused the license (", code, "): ", told].concat(),
        "Look the code up among Microsoft's PlayReady results; check the token and the content id.",
    );
    error.server = Some(Box::new(ServerError { code: code.into(), message: told.into(), site_error: None }));
    error.http_status = Some(status);
    error
}

fn fairplay<'a>(body: &'a [u8], text: Option<&str>) -> Found<'a> {
    let Some(text) = text.filter(|_| is_plain_text(body)) else {
        return match body {
            [0xff, 0xfe, ..] | [b'<', 0, ..] => Err("the answer is XML: another DRM's license"),
            _ if recognise(body) == Message::License => Err("the answer is a Widevine message: another DRM's license"),
            _ => Ok(Cow::Borrowed(body)),
        };
    };
    match ckc(text) {
        Some(data) if recognise(&data) == Message::License => Err("the answer is a Widevine message: another DRM's license"),
        Some(data) => Ok(Cow::Owned(data)),
        None if text.starts_with("<ckc") => Err("the answer's <ckc> holds no base64"),
        None if text.starts_with('<') => Err("the answer is XML: another DRM's license"),
        None => Err("the answer is text that is not base64"),
    }
}

/// A CKC from its text: `<ckc>` around it or not, base64 or base64url.
fn ckc(text: &str) -> Option<Vec<u8>> {
    let inner = text.strip_prefix("<ckc>").and_then(|rest| rest.split_once("</ckc>")).map_or(text, |(inner, _)| inner);
    from_base64(inner).filter(|data| !data.is_empty() && !matches!(data.first(), Some(b'<' | b'{')))
}

/// An answer under 200 that is no license of this DRM.
fn not_a_license(drm: Drm, status: u16, what: &str, hint: &'static str) -> Error {
    let message = ["The license server's answer is not a ", drm.title(), " license: ", what, "."].concat();
    let mut error = Error::new("not-a-license", Phase::License, message, hint);
    error.http_status = Some(status);
    error
}

/// A status that says no, without a reason of PallyCon's.
pub fn http(status: u16, html: bool) -> Error {
    let (code, what, hint, retryable) = match status {
        0 => (
            "network",
            "could not be reached, or its answer may not be read",
            "Check the connection, the license URL's CORS headers (the custom data header needs a preflight; carrier \"url\" needs none), its certificate, and the page's Content-Security-Policy.",
            true,
        ),
        401 | 403 => (
            "forbidden",
            "refused the request",
            "Check licenseUrl and what guards it: PallyCon itself refuses with a code of its own under 200.",
            false,
        ),
        404 | 405 | 410 => (
            "license-url-wrong",
            "does not serve licenses at this URL",
            "Check host and licenseUrl: PallyCon's path is /ri/licenseManager.do, by POST.",
            false,
        ),
        408 => ("timeout", "gave up waiting for the request", "Try again; check the connection.", true),
        413 | 431 => (
            "request-too-large",
            "found the request too large",
            "Keep the custom data short: gateways limit headers to some kilobytes.",
            false,
        ),
        429 => ("rate-limited", "asks to slow down", "Wait as long as it says; spread renewals (rotationSpread) over viewers.", true),
        500.. => ("server-unavailable", "failed", "A fault on the server's side: try again in a moment.", true),
        _ => ("http-status", "answered a status that is not a license's", SERVER, false),
    };
    let number = if status == 0 { String::new() } else { [" (HTTP ", &json::decimal(u64::from(status)), ")"].concat() };
    let page = if html { ", with an HTML page" } else { "" };
    let message = ["The license server ", what, &number, page, "."].concat();
    let mut error = Error::new(code, Phase::License, message, if html && status < 500 { PORTAL } else { hint });
    error.retryable = retryable;
    error.http_status = (status != 0).then_some(status);
    error
}

#[cfg(test)]
mod tests;
