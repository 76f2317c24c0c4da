//! A CDM's message as an HTTP request to PallyCon (`docs/protocol.md`, "Endpoints" and "Custom data").
//!
//! | DRM | content type | body | custom data |
//! |---|---|---|---|
//! | Widevine | `application/octet-stream` | the challenge | header or URL |
//! | PlayReady | the CDM's, else `text/xml; charset=utf-8` | the SOAP inside the message | header or URL |
//! | FairPlay | `application/x-www-form-urlencoded` | `spc=` + percent-encoded standard base64 | header or URL |
//! | ClearKey | none: a GET | none | none |

use crate::error::{Code, Error, Reason};
use crate::license::playready;
use crate::system::Drm;
use crate::text::{ascii, concat, find, owned, percent_encode, to_base64};
use std::borrow::Cow;

/// The header, and the URL parameter, for the custom data.
pub const CUSTOM_DATA: &str = "pallycon-customdata-v2";

/// How custom data is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// As an HTTP header.
    Header,
    /// As a parameter of the URL: no CORS preflight.
    Url,
}

/// A license request.
#[derive(Debug, Clone)]
pub struct HttpRequest<'a> {
    /// The URL.
    pub url: String,
    /// Names and values; the last of repeated names counts.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Cow<'a, [u8]>,
}

/// The request for a CDM's message. `custom_data` is `None` if there is nothing to send (ClearKey, individualization).
pub fn build<'a>(
    drm: Drm,
    message: &'a [u8],
    individualization: bool,
    url: &str,
    custom_data: Option<&str>,
    carrier: Carrier,
) -> Result<HttpRequest<'a>, Error> {
    let mut headers = Vec::new();
    let mut body = Cow::Borrowed(message);
    let mut content_type = "application/octet-stream";
    match drm {
        _ if individualization => {}
        Drm::Widevine => {}
        // The URL identifies the content.
        Drm::ClearKey => (content_type, body) = ("", Cow::Owned(Vec::new())),
        Drm::PlayReady => {
            content_type = "";
            playready::Challenge { headers, body } = playready::unwrap(message)?;
        }
        Drm::FairPlay => {
            content_type = "application/x-www-form-urlencoded";
            body = Cow::Owned(concat(&["spc=", &percent_encode(&to_base64(message))]).into_bytes());
        }
    }
    if !content_type.is_empty() {
        headers.push((owned(playready::CONTENT_TYPE), owned(content_type)));
    }
    let mut url = owned(url);
    if let Some(custom_data) = custom_data.filter(|_| !individualization && drm != Drm::ClearKey) {
        let value = clean(custom_data)?;
        match carrier {
            Carrier::Header => headers.push((owned(CUSTOM_DATA), value)),
            Carrier::Url => url = with_parameter(&url, CUSTOM_DATA, &value),
        }
    }
    Ok(HttpRequest { url, headers, body })
}

/// Whitespace in the value, often a result of copying, is an error at the server and a `TypeError` in the browser.
#[inline(never)]
fn clean(custom_data: &str) -> Result<String, Error> {
    let mut value = custom_data.as_bytes().to_vec();
    value.retain(|byte| *byte > b' ');
    let reason = if value.is_empty() {
        Reason::CustomDataEmpty
    } else if value.iter().all(u8::is_ascii_graphic) {
        return Ok(ascii(value));
    } else {
        Reason::CustomDataCharacters
    };
    Err(Error::because(Code::CustomDataInvalid, reason))
}

/// The URL with one more parameter, before the fragment.
#[inline(never)]
pub(crate) fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let end = find(url.as_bytes(), b"#").unwrap_or(url.len());
    let (base, fragment) = url.split_at_checked(end).unwrap_or((url, ""));
    let separator = match find(base.as_bytes(), b"?") {
        None => "?",
        Some(_) if matches!(base.as_bytes().last(), Some(b'?' | b'&')) => "",
        Some(_) => "&",
    };
    concat(&[base, separator, name, "=", &percent_encode(value), fragment])
}

/// `PlayReadyCDMData` in UTF-16LE, for platform APIs that take custom data when a session is created.
///
/// ```text
/// <PlayReadyCDMData type="LicenseAcquisition">
///   <LicenseAcquisition version="1.0" Proactive="false">
///     <CustomData encoding="base64encoded">base64 of the value in UTF-16LE</CustomData>
/// ```
/// Source: Microsoft, "Encrypted Media Extensions with PlayReady", CDM data.
pub fn playready_cdm_data(token: &str) -> Result<Vec<u8>, Error> {
    let value = to_base64(&crate::text::to_utf16_le(&clean(token)?));
    let parts = [
        "<PlayReadyCDMData type=\"LicenseAcquisition\"><LicenseAcquisition version=\"1.0\" Proactive=\"false\">",
        "<CustomData encoding=\"base64encoded\">",
        &value,
        "</CustomData></LicenseAcquisition></PlayReadyCDMData>",
    ];
    Ok(crate::text::to_utf16_le(&concat(&parts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://license.example/ri/licenseManager.do";

    fn request(drm: Drm, message: &[u8], carrier: Carrier) -> HttpRequest<'_> {
        build(drm, message, false, URL, Some("ab+/\n c="), carrier).unwrap()
    }

    fn header(request: &HttpRequest<'_>, name: &str) -> Option<String> {
        request.headers.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn each_drm_has_its_content_type_and_body() {
        let widevine = request(Drm::Widevine, &[8, 1, 0xff], Carrier::Header);
        assert_eq!(
            (header(&widevine, "Content-Type").as_deref(), &widevine.body[..]),
            (Some("application/octet-stream"), &[8, 1, 0xff][..])
        );
        let fairplay = request(Drm::FairPlay, &[0xfb, 0xff, 0xfe, 1], Carrier::Header);
        assert_eq!(fairplay.body, &b"spc=%2B%2F%2F%2BAQ%3D%3D"[..]);
        assert_eq!(header(&fairplay, "Content-Type").as_deref(), Some("application/x-www-form-urlencoded"));
        let playready = request(Drm::PlayReady, b"<soap:Envelope/>", Carrier::Header);
        assert_eq!(header(&playready, "Content-Type").as_deref(), Some("text/xml; charset=utf-8"));
        let clearkey = request(Drm::ClearKey, b"{}", Carrier::Header);
        assert!(clearkey.headers.is_empty() && clearkey.body.is_empty());
    }

    #[test]
    fn custom_data_is_sent_in_the_header_or_encoded_in_the_url() {
        let by_header = request(Drm::Widevine, &[8, 1], Carrier::Header);
        assert_eq!((header(&by_header, CUSTOM_DATA).as_deref(), by_header.url.as_str()), (Some("ab+/c="), URL));
        let by_url = request(Drm::Widevine, &[8, 1], Carrier::Url);
        assert_eq!(header(&by_url, CUSTOM_DATA), None);
        assert_eq!(by_url.url, format!("{URL}?pallycon-customdata-v2=ab%2B%2Fc%3D"));
    }

    #[test]
    fn parameters_are_appended_to_the_url() {
        for (url, expected) in [
            ("https://a/b?c=d", "https://a/b?c=d&n=%2F"),
            ("https://a/b?", "https://a/b?n=%2F"),
            ("https://a/b?c&", "https://a/b?c&n=%2F"),
            ("https://a/b#f?", "https://a/b?n=%2F#f?"),
        ] {
            assert_eq!(with_parameter(url, "n", "/"), expected);
        }
    }

    #[test]
    fn individualization_passes_unchanged() {
        let message = b"<PlayReadyKeyMessage><Challenge/></PlayReadyKeyMessage>";
        let request = build(Drm::PlayReady, message, true, URL, Some("token"), Carrier::Url).unwrap();
        assert_eq!((&request.body[..], request.url.as_str(), header(&request, CUSTOM_DATA)), (&message[..], URL, None));
    }

    #[test]
    fn custom_data_invalid_in_a_header_is_refused_without_being_repeated() {
        for value in ["", " \r\n", "a\u{e9}", "a\u{7f}"] {
            let error = build(Drm::Widevine, &[8, 1], false, URL, Some(value), Carrier::Header).unwrap_err();
            assert_eq!(error.code, Code::CustomDataInvalid);
            assert!(!error.message().contains("a\u{e9}"));
        }
    }

    #[test]
    fn cdm_data_contains_the_token_in_utf16_twice() {
        let bytes = playready_cdm_data("tok en").unwrap();
        let text = crate::text::from_utf16_le(&bytes).unwrap();
        let value = crate::xml::text_at(&text, &["LicenseAcquisition", "CustomData"]).unwrap().unwrap();
        assert_eq!(crate::text::from_utf16_le(&crate::text::from_base64(&value).unwrap()).as_deref(), Some("token"));
    }
}
