//! An HTTP answer as a license, or as the error that explains why it is none.
//!
//! 200 is not success (`docs/protocol.md`, "License responses" and "Errors"): PallyCon's errors arrive as JSON under 200,
//! gateways and captive portals answer HTML under anything. Order of the checks: PallyCon's JSON → status → empty →
//! HTML → JSON of another shape → what this DRM's license looks like. Nothing but a license reaches the CDM.

use crate::error::{Error, Phase, ServerError};
use crate::json::{Value, decimal};
use crate::license::catalogue;
use crate::license::playready;
use crate::license::sniff::{is_html, is_plain_text, is_word, json, text};
use crate::license::widevine::{Message, recognise};
use crate::system::Drm;
use crate::text::{concat, find, from_base64, from_hex, from_utf16_le};

/// A license for the CDM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    /// What `update` takes.
    pub data: Vec<u8>,
    /// The JSON object around it where the token asked for `response_format` json: all but the license.
    pub details: Option<Value>,
}

const PORTAL: &str = "Open the URL in a tab of this network: a captive portal, a gateway, a firewall or a login page answers in its place.";
const SERVER: &str = "Check licenseUrl and what stands between the page and PallyCon; the browser's network panel shows the answer.";
const WRONG_DRM: &str = "Send each DRM's challenge to its own license URL, with a token made for that DRM (context.drm).";

const XML: &str = "it is XML, another DRM's";
const WIDEVINE: &str = "it is a Widevine message, another DRM's";
const HTML: &str = "it is an HTML page";

/// Reads an answer.
pub fn read(drm: Drm, status: u16, body: &[u8]) -> Result<License, Error> {
    // SOAP 1.1 sends its faults under 500.
    if drm == Drm::PlayReady
        && !is_good(status)
        && let Some(fault) = text(body).and_then(playready::fault)
    {
        return Err(soap_fault(status, fault));
    }
    let Look { text, html, value } = look("license", status, body)?;
    let what = if text == Some("") {
        "it is empty"
    } else if html {
        HTML
    } else if let Some(value) = value {
        return from_json(drm, status, body, value);
    } else {
        let data = decode(drm, status, body)?;
        return Ok(License { data, details: None });
    };
    Err(not_a_license(drm, status, what))
}

/// What an answer is at first sight.
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

/// What each answer is looked at for first, whatever was asked for (`kind`): PallyCon's own error, and the status.
#[inline(never)]
pub fn look<'a>(kind: &'static str, status: u16, body: &'a [u8]) -> Result<Look<'a>, Error> {
    let text = text(body);
    let value = text.and_then(json);
    if let Some(error) = value.as_ref().and_then(|value| catalogue::from_body(value, status)) {
        return Err(error);
    }
    let html = text.is_some_and(is_html);
    if is_good(status) { Ok(Look { text, html, value }) } else { Err(http(kind, status, html)) }
}

/// `response_format` json, FairPlay's JSON forms, and ClearKey's own.
fn from_json(drm: Drm, status: u16, body: &[u8], mut value: Value) -> Result<License, Error> {
    let mut what = "it is JSON that holds neither a license nor an error";
    if drm == Drm::ClearKey {
        if value.get("keys").and_then(Value::items).is_some_and(|keys| !keys.is_empty()) {
            return Ok(License { data: body.into(), details: None });
        }
    } else if let Value::Object(fields) = &mut value
        && let Some(at) = fields.iter().position(|(name, value)| is_license(drm, name) && value.as_str().is_some())
    {
        let (_, license) = fields.remove(at);
        if let Ok(data) = decode(drm, status, license.as_str().unwrap_or_default().trim_ascii().as_bytes()) {
            return Ok(License { data, details: Some(value) });
        }
        what = "it is JSON around something that is not this DRM's license";
    }
    Err(not_a_license(drm, status, what))
}

fn is_license(drm: Drm, name: &str) -> bool {
    name == "license" || drm == Drm::FairPlay && matches!(name, "ckc" | "CkcMessage" | "License")
}

/// What the CDM takes, from its bytes or from its text, in JSON or not.
#[inline(never)]
fn decode(drm: Drm, status: u16, body: &[u8]) -> Result<Vec<u8>, Error> {
    let text = text(body).filter(|_| is_plain_text(body));
    let message = recognise(body);
    let data = match drm {
        Drm::Widevine => widevine(body, text, message),
        Drm::PlayReady => match xml(body).or_else(|| xml(&from_base64(text?)?)) {
            None if message == Message::License => Err(WIDEVINE),
            None => Err("it is neither SOAP nor base64 of it"),
            Some((data, document)) => {
                let document = document.trim_ascii();
                if let Some(fault) = playready::fault(document) {
                    return Err(soap_fault(status, fault));
                }
                if is_html(document) {
                    Err(HTML)
                } else if document.ends_with(">") {
                    Ok(data)
                } else {
                    Err("it ends in the middle of the SOAP")
                }
            }
        },
        Drm::FairPlay => fairplay(body, text, message),
        Drm::ClearKey => Err("it is not a JSON Web Key set"),
    };
    data.map_err(|what| not_a_license(drm, status, what))
}

type Found = Result<Vec<u8>, &'static str>;

fn is_widevine(message: Message) -> bool {
    matches!(message, Message::License | Message::ServiceCertificate)
}

fn is_xml(body: &[u8]) -> bool {
    matches!(body, [0xff, 0xfe, ..] | [b'<', ..])
}

fn widevine(body: &[u8], text: Option<&str>, message: Message) -> Found {
    if message == Message::Truncated {
        return Err("it ends in the middle of a Widevine license");
    }
    // The guide: hex in JSON; base64 is forgiven.
    let decoded = text.and_then(|text| {
        let known = |data: &Vec<u8>| is_widevine(recognise(data));
        from_hex(text).filter(known).or_else(|| from_base64(text).filter(known))
    });
    match decoded {
        Some(data) => Ok(data),
        None if is_xml(body) => Err(XML),
        None if text.is_some() => Err("it is text"),
        None => Ok(body.into()),
    }
}

/// XML in UTF-8 or UTF-16: the bytes as they are, and the text.
fn xml(data: &[u8]) -> Option<(Vec<u8>, String)> {
    let plain = text(data).filter(|text| !text.starts_with("<\0"));
    let text = plain.map(String::from).or_else(|| from_utf16_le(data))?;
    text.trim_ascii_start().starts_with("<").then(|| (data.into(), text))
}

fn soap_fault(status: u16, fault: playready::Fault) -> Error {
    let text = fault.fault_string.unwrap_or_else(|| "fault".into());
    let told = fault.message.unwrap_or_else(|| text.clone());
    let code = fault.status_code.unwrap_or(text);
    let message = ["The PlayReady server refused the license (", &code, "): ", &told];
    let hint = "Look the code up among Microsoft's PlayReady results; check the token and the content id.";
    let mut error = Error::of("playready-fault", Phase::License, &message, hint);
    error.server = Some(ServerError { code, message: told, site_error: None });
    error.http_status = Some(status);
    error
}

fn fairplay(body: &[u8], text: Option<&str>, message: Message) -> Found {
    let data = match text {
        Some(text) => ckc(text),
        None => Some(body.into()).filter(|_| !is_xml(body)),
    };
    match data {
        Some(data) if message == Message::License || recognise(&data) == Message::License => Err(WIDEVINE),
        Some(data) => Ok(data),
        None if is_xml(body) && !body.starts_with(b"<ckc") => Err(XML),
        None => Err("it is text that is not base64"),
    }
}

/// A CKC from its text: `<ckc>` around it or not, base64 or base64url.
fn ckc(text: &str) -> Option<Vec<u8>> {
    let inner = text.strip_prefix("<ckc>").unwrap_or(text);
    let inner = find(inner.as_bytes(), b"</ckc>").and_then(|end| inner.get(..end)).unwrap_or(inner);
    from_base64(inner).filter(|data| data.len() > 2 && !matches!(data.first(), None | Some(b'<' | b'{')) && !is_word(inner))
}

/// An answer under 200 that is no license of this DRM.
#[inline(never)]
fn not_a_license(drm: Drm, status: u16, what: &str) -> Error {
    let hint = match what {
        HTML => PORTAL,
        XML | WIDEVINE => WRONG_DRM,
        _ => SERVER,
    };
    let message = ["The license server's answer is not a ", drm.title(), " license: ", what, "."];
    let mut error = Error::of("not-a-license", Phase::License, &message, hint);
    error.http_status = Some(status);
    error
}

/// Statuses that say no: which, our code, what the server did, what to do, and whether to try again.
type Refusal = ([u16; 3], &'static str, &'static str, &'static str, bool);

const REFUSALS: [Refusal; 8] = [
    (
        [0; 3],
        "network",
        "could not be reached, or its answer may not be read",
        "Check the connection, the server's CORS headers (the custom data header needs a preflight; carrier \"url\" needs none), its certificate, and the page's Content-Security-Policy.",
        true,
    ),
    ([401, 403, 0], "forbidden", "refused the request", "Check licenseUrl and what guards it: PallyCon itself refuses under 200.", false),
    (
        [404, 405, 410],
        WRONG_URL,
        "has nothing at this URL",
        "Check host and licenseUrl: the path is /ri/licenseManager.do, by POST.",
        false,
    ),
    ([408, 0, 0], "timeout", "gave up waiting for the request", "Try again; check the connection.", true),
    ([413, 431, 0], "request-too-large", "found the request too large", "Keep the custom data short: gateways limit headers.", false),
    ([429, 0, 0], "rate-limited", "asks to slow down", "Wait as long as it says; spread renewals (rotationSpread) over viewers.", true),
    ([500, 0, 0], "server-unavailable", "failed", "A fault on the server's side: try again in a moment.", true),
    ([u16::MAX; 3], "http-status", "answered with a status of its own", SERVER, false),
];
const WRONG_URL: &str = "license-url-wrong";

/// A status that says no, without a reason of PallyCon's. `kind` is what was asked for: `license` or `certificate`.
#[inline(never)]
fn http(kind: &'static str, status: u16, html: bool) -> Error {
    let fits = |refusal: &&Refusal| refusal.0.contains(&u16::MAX) || refusal.0.contains(&status.min(500));
    // The last row takes all.
    let (_, code, what, hint, retryable) = REFUSALS.iter().find(fits).copied().unwrap_or_default();
    let number = if status == 0 { String::new() } else { concat(&[" (HTTP ", &decimal(status.into()), ")"]) };
    let page = if html { ", with an HTML page" } else { "" };
    let mut error = Error::of(code, Phase::License, &["The ", kind, " server ", what, &number, page, "."], hint);
    if html && status < 500 {
        error.hint = PORTAL;
    }
    if code == WRONG_URL && kind == "certificate" {
        error.code = "certificate-url-wrong";
    }
    error.retryable = retryable;
    error.http_status = (status != 0).then_some(status);
    error
}

#[cfg(test)]
mod tests;
