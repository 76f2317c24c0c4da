//! PlayReady's messages: the CDM's wrapper around a challenge, and the server's SOAP response.
//!
//! ```text
//! <PlayReadyKeyMessage type="LicenseAcquisition">            UTF-16LE with or without byte order mark; also seen: UTF-8
//!   <LicenseAcquisition Version="1">
//!     <Challenge encoding="base64encoded">…</Challenge>      base64 of the SOAP that goes to the server, CRLF inside allowed
//!     <HttpHeaders>                                          may be missing
//!       <HttpHeader><name>Content-Type</name><value>…</value></HttpHeader>
//! ```
//! Source: Microsoft, "Encrypted Media Extensions with PlayReady"; the forms seen in the field are listed in
//! `docs/protocol.md`, "PlayReady". A message without this wrapper is the SOAP itself, of any length. A challenge is
//! signed: it is unwrapped and never edited.

use crate::error::{Code, Error, ParseError, Reason};
use crate::license::body::Kind;
use crate::license::sniff::{one_line, readable};
use crate::system::Drm;
use crate::text::{ascii, from_base64, owned};
use crate::xml::{Event, Reader};
use std::borrow::Cow;

/// The one header that every challenge has.
pub const CONTENT_TYPE: &str = "Content-Type";
/// The content type for PlayReady servers if the CDM names none.
const DEFAULT_CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// The request to the server.
#[derive(Debug, Clone)]
pub struct Challenge<'a> {
    /// Names and values of the headers that the CDM requests. There is always a content type; the last of repeated
    /// names counts.
    pub headers: Vec<(String, String)>,
    /// The SOAP.
    pub body: Cow<'a, [u8]>,
}

/// Extracts the challenge from a CDM's message, whatever its form.
pub fn unwrap(message: &[u8]) -> Result<Challenge<'_>, Error> {
    let mut headers = vec![(owned(CONTENT_TYPE), owned(DEFAULT_CONTENT_TYPE))];
    let body = readable(message).map_or(Ok(None), |text| from_wrapper(&text, &mut headers))?;
    Ok(Challenge { headers, body: body.map_or(Cow::Borrowed(message), Cow::Owned) })
}

/// The challenge and its headers; `None` if the text is not the wrapper.
fn from_wrapper(text: &str, headers: &mut Vec<(String, String)>) -> Result<Option<Vec<u8>>, Error> {
    let mut reader = Reader::new(text);
    if !matches!(reader.event(), Ok(Some(Event::Start(root))) if root.name == "PlayReadyKeyMessage") {
        return Ok(None);
    }
    let mut body = None;
    let mut name = String::new();
    while let Some(event) = reader.event().map_err(invalid)? {
        let Event::Start(element) = event else { continue };
        let text = match element.name {
            "Challenge" => reader.text().map_err(invalid)?,
            "name" | "value" if reader.is_at(&["HttpHeader", element.name]) => reader.text().map_err(invalid)?,
            _ => continue,
        };
        if element.name == "Challenge" {
            let plain = element.attribute("encoding").is_some_and(|encoding| !encoding.starts_with("base64"));
            let content = if plain { Some(text.into_bytes()) } else { from_base64(&text) };
            body = body.or(Some(content.unwrap_or_default()));
        } else if element.name == "name" {
            name = text;
        } else {
            let mut value = text.into_bytes();
            value.retain(|byte| !byte.is_ascii_control());
            let name = std::mem::take(&mut name);
            // Some CDMs name the content type "Content".
            let known = ["Content", CONTENT_TYPE].iter().any(|known| name.trim_ascii().eq_ignore_ascii_case(known));
            let name = if known { CONTENT_TYPE } else { name.trim_ascii() };
            if is_header_name(name) {
                headers.push((owned(name), owned(ascii(value).trim_ascii())));
            }
        }
    }
    match body {
        Some(body) if !body.is_empty() => Ok(Some(body)),
        _ => Err(invalid(ParseError::new(Reason::NoChallenge, 0))),
    }
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn invalid(error: ParseError) -> Error {
    Error::unreadable(Code::ChallengeInvalid, error)
}

/// The content of a SOAP fault, or of another service's error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// Microsoft's result, as in `0x8004C600`; the `Code` of other services.
    pub status_code: Option<String>,
    /// The fault's short text.
    pub fault_string: Option<String>,
    /// The human-readable text.
    pub message: Option<String>,
    /// The service's own details: PallyCon's code and text, for example.
    pub custom_data: Option<String>,
}

/// Responses that the CDM accepts besides licenses: to acknowledgements, and to the last message of a session.
const RESPONSES: [&str; 5] = [
    "AcknowledgeLicenseResponse",
    "ProcessSecureStopDataResponse",
    "ProcessMeteringDataResponse",
    "ProcessDeleteLicenseDataResponse",
    "GetMeteringCertificateResponse",
];

/// Classifies an XML document: a response for the CDM, a fault, a challenge, or anything else.
#[inline(never)]
pub fn recognize(document: &str) -> (Kind, Fault) {
    let mut reader = Reader::new(document);
    let mut out = Fault::default();
    let (mut kind, mut fault, mut soap, mut operation) = (None, false, false, "");
    let whole = loop {
        let element = match reader.event() {
            Ok(Some(Event::Start(element))) => element,
            Ok(Some(_)) => continue,
            end => break end.is_ok(),
        };
        let field = match element.name {
            "Fault" => {
                fault = true;
                continue;
            }
            "StatusCode" | "Code" => &mut out.status_code,
            "faultstring" => &mut out.fault_string,
            "Message" => &mut out.message,
            "CustomData" => &mut out.custom_data,
            name => {
                match reader.depth() {
                    1 => soap = name == "Envelope",
                    // The content of the envelope's body.
                    3 if soap => operation = name,
                    _ => {}
                }
                let licensed = operation == "AcquireLicenseResponse" && name == "License";
                if licensed || RESPONSES.contains(&operation) {
                    kind = Some(Kind::License(Drm::PlayReady));
                } else if operation == "AcquireLicense" || reader.is_at(&["PlayReadyKeyMessage"]) {
                    kind = Some(Kind::Challenge);
                }
                continue;
            }
        };
        if field.is_none() {
            let Ok(text) = reader.text() else { break false };
            // Microsoft's server sample escapes a whole CDATA section into the text.
            let text = text.trim_ascii();
            let text = text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(text);
            *field = Some(one_line(text)).filter(|text| !text.is_empty());
        }
    };
    let kind = match kind {
        _ if fault => Kind::Fault,
        Some(kind) if whole => kind,
        _ if !whole && (soap || !document.ends_with('>')) => Kind::CutOff(Drm::PlayReady),
        _ if soap => Kind::Soap,
        _ => Kind::Xml,
    };
    (kind, out)
}

/// The fault in a SOAP response, if it is one.
pub fn fault(document: &str) -> Option<Fault> {
    let (kind, fault) = recognize(document);
    (kind == Kind::Fault).then_some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{to_base64, to_utf16_le};

    const SOAP: &str = "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"s\"><a>\u{e9}</a></soap:Envelope>";

    fn wrapper(challenge: &str, headers: &str) -> String {
        format!(
            "<PlayReadyKeyMessage type=\"LicenseAcquisition\"><LicenseAcquisition Version=\"1\">\
             <Challenge encoding=\"base64encoded\">{challenge}</Challenge>{headers}</LicenseAcquisition></PlayReadyKeyMessage>"
        )
    }

    fn header(name: &str, value: &str) -> String {
        format!("<HttpHeaders><HttpHeader><name>{name}</name><value>{value}</value></HttpHeader></HttpHeaders>")
    }

    /// The headers.
    fn check(message: &[u8]) -> serde_json::Value {
        let challenge = unwrap(message).unwrap();
        assert_eq!(challenge.body, SOAP.as_bytes());
        challenge.headers.into_iter().collect()
    }

    #[test]
    fn every_form_of_the_wrapper() {
        let headers = header("SOAPAction", "\"http://x/AcquireLicense\"");
        let text = wrapper(&to_base64(SOAP.as_bytes()), &headers);
        let utf16 = to_utf16_le(&text);
        let marked = [&[0xff, 0xfe][..], &utf16].concat();
        let declared = to_utf16_le(&["<?xml version=\"1.0\" encoding=\"utf-16\"?>", &text].concat());
        let indented = to_utf16_le(&["\n  ", &text].concat());
        for message in [&utf16[..], &marked, &declared, &indented, text.as_bytes(), format!("{text} ").as_bytes()] {
            let expected = serde_json::json!({"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "\"http://x/AcquireLicense\""});
            assert_eq!(check(message), expected);
        }
    }

    #[test]
    fn base64_with_line_breaks_and_no_headers() {
        let base64: Vec<String> = to_base64(SOAP.as_bytes()).as_bytes().chunks(16).map(|c| String::from_utf8_lossy(c).into()).collect();
        let message = to_utf16_le(&wrapper(&base64.join("\r\n"), ""));
        assert_eq!(check(&message), serde_json::json!({"Content-Type": "text/xml; charset=utf-8"}));
    }

    #[test]
    fn a_header_named_content_is_the_content_type() {
        for name in ["Content", "content-type"] {
            let message = to_utf16_le(&wrapper(&to_base64(SOAP.as_bytes()), &header(name, "text/xml")));
            assert_eq!(check(&message), serde_json::json!({"Content-Type": "text/xml"}));
        }
    }

    #[test]
    fn a_header_cannot_inject_another() {
        let message = wrapper(&to_base64(SOAP.as_bytes()), &header("X\r\nY: 1", "a"));
        assert_eq!(check(message.as_bytes()).as_object().unwrap().len(), 1);
        let message = wrapper(&to_base64(SOAP.as_bytes()), &header("X", "a&#13;&#10;Y: 1"));
        assert_eq!(check(message.as_bytes())["X"], "aY: 1");
    }

    #[test]
    fn soap_without_a_wrapper_passes_unchanged() {
        let odd = format!("{SOAP} ");
        for message in [SOAP.as_bytes(), odd.as_bytes(), &to_utf16_le(SOAP), &[0, 1, 2], b"", b"<unclosed"] {
            let challenge = unwrap(message).unwrap();
            assert_eq!(challenge.body, message);
            assert_eq!(challenge.headers, [("Content-Type".to_string(), "text/xml; charset=utf-8".to_string())]);
        }
    }

    #[test]
    fn a_long_message_is_read() {
        let body = "x".repeat(300_000);
        let message = to_utf16_le(&wrapper(&to_base64(body.as_bytes()), ""));
        assert_eq!(unwrap(&message).unwrap().body, body.as_bytes());
    }

    #[test]
    fn a_wrapper_without_a_challenge_is_an_error() {
        for text in [
            "<PlayReadyKeyMessage><LicenseAcquisition/></PlayReadyKeyMessage>".to_string(),
            wrapper("", ""),
            wrapper("!!!", ""),
            wrapper("AA==", "").replace("</LicenseAcquisition>", ""),
        ] {
            let error = unwrap(&to_utf16_le(&text)).unwrap_err();
            assert_eq!(error.code, Code::ChallengeInvalid, "{text}");
        }
    }

    #[test]
    fn a_fault_is_parsed() {
        let document = "<soap:Envelope xmlns:soap='s'><soap:Body><soap:Fault><faultcode>soap:Server</faultcode>\
            <faultstring>FAILED</faultstring><detail><Exception><StatusCode>0x8004C600</StatusCode>\
            <Message>&lt;![CDATA[Later, please]]&gt;</Message></Exception></detail></soap:Fault></soap:Body></soap:Envelope>";
        assert_eq!(
            fault(document),
            Some(Fault {
                status_code: Some("0x8004C600".into()),
                fault_string: Some("FAILED".into()),
                message: Some("Later, please".into()),
                custom_data: None,
            })
        );
        assert_eq!(fault("<soap:Envelope xmlns:soap='s'><soap:Body><Message>m</Message></soap:Body></soap:Envelope>"), None);
        assert_eq!(fault("0123456789"), None);
    }
}
