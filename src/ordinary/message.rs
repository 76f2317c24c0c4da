//! Requests, licenses and certificates that are nothing but that.

use super::identify::field;
use crate::bytes::Reader;
use crate::license::request::{CUSTOM_DATA, with_parameter};
use crate::license::{playready, sniff};
use crate::system::Drm;
use crate::text::{concat, find, from_base64, percent_encode, to_base64};
use std::borrow::Cow;

/// A license request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// Where to.
    pub url: String,
    /// A JSON object.
    pub headers: String,
    /// The body.
    pub body: Cow<'a, [u8]>,
}

/// The request for a CDM's message that wants a license, see [`crate::license::request::build`].
pub fn request<'a>(drm: Drm, message: &'a [u8], url: &str, custom_data: Option<&str>, by_url: bool) -> Option<Request<'a>> {
    let custom_data = custom_data.unwrap_or_default();
    // What is base64 needs no escape, in JSON or in a header.
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_');
    if custom_data.is_empty() || !custom_data.as_bytes().iter().all(plain) {
        return None;
    }
    let mut body = Cow::Borrowed(message);
    let content_type = match drm {
        Drm::Widevine => "application/octet-stream",
        // Players that have taken it out of the CDM's wrapper hand over the SOAP. The wrapper may have an XML declaration, too.
        Drm::PlayReady if is_soap(message) && find(message, b"PlayReadyKeyMessage").is_none() => "text/xml; charset=utf-8",
        Drm::FairPlay => {
            body = Cow::Owned(concat(&["spc=", &percent_encode(&to_base64(message))]).into_bytes());
            "application/x-www-form-urlencoded"
        }
        _ => return None,
    };
    let start = concat(&["{\"", playready::CONTENT_TYPE, "\":\"", content_type, "\""]);
    let (url, end) = if by_url {
        (with_parameter(url, CUSTOM_DATA, custom_data), String::from("}"))
    } else {
        (String::from(url), concat(&[",\"", CUSTOM_DATA, "\":\"", custom_data, "\"}"]))
    };
    Some(Request { url, headers: concat(&[&start, &end]), body })
}

/// The license in the body of an answer under 200, see [`crate::license::response::read`].
pub fn license(drm: Drm, body: &[u8]) -> Option<Cow<'_, [u8]>> {
    match drm {
        Drm::Widevine => {
            let mut reader = Reader::new(body);
            matches!(body, [0x08, 2 | 5, ..]).then_some(())?;
            while !reader.is_empty() {
                field(&mut reader)?;
            }
        }
        Drm::PlayReady => {
            let text = str::from_utf8(body).ok()?;
            let has = |token: &str| find(body, token.as_bytes()).is_some();
            if !is_soap(body)
                || !text.trim_ascii_end().ends_with("</soap:Envelope>")
                || !has("AcquireLicenseResponse")
                || has("Fault")
                || has("<html")
            {
                return None;
            }
        }
        Drm::FairPlay => {
            let (text, data) = base64(body)?;
            let proper = data.len() > 2 && !matches!(data.first(), Some(b'<' | b'{' | 8)) && !sniff::is_word(text);
            return proper.then_some(Cow::Owned(data));
        }
        Drm::ClearKey => return None,
    }
    Some(Cow::Borrowed(body))
}

/// The certificate in the body of an answer under 200, see [`crate::license::certificate::read`]: FairPlay's in DER, or base64 of it.
pub fn certificate(drm: Drm, body: &[u8]) -> Option<Cow<'_, [u8]>> {
    // PEM has two lines of its own around base64.
    let text = body.starts_with(b"MII") && find(body, b"-----").is_none();
    let bytes = if text { Cow::Owned(base64(body)?.1) } else { Cow::Borrowed(body) };
    (drm == Drm::FairPlay && bytes.starts_with(&[0x30, 0x82])).then_some(bytes)
}

/// Whether a text begins as SOAP does.
fn is_soap(text: &[u8]) -> bool {
    text.starts_with(b"<soap:Envelope") || text.starts_with(b"<?xml")
}

/// A body that is base64 and, around and inside it, nothing but white space: its text and what that stands for.
fn base64(body: &[u8]) -> Option<(&str, Vec<u8>)> {
    let text = str::from_utf8(body).ok().filter(|_| sniff::is_plain_text(body))?.trim_ascii();
    Some((text, from_base64(text)?))
}
