//! A certificate from whatever a server or a person gives: DER, PEM, base64 text.
//!
//! `fpsKeyManager.do` answers base64 text, `fpsCert.do` DER, `widevineCert.do` bytes; errors are JSON under 200
//! (`docs/protocol.md`, "Endpoints" and "FairPlay"). A FairPlay certificate is DER (`30 82 …`); a Widevine service
//! certificate is a protobuf and is not.

use crate::error::{Code, Error, Phase, Reason};
use crate::license::response::{Look, look};
use crate::license::sniff::{is_plain_text, is_word};
use crate::system::Drm;
use crate::text::{find, from_base64};
use std::borrow::Cow;

/// A certificate that a CDM may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// What `setServerCertificate` takes.
    pub data: Cow<'a, [u8]>,
    /// Something odd, in spite of which it is passed on: newer bundles may differ, and the CDM has the last word.
    pub warning: Option<Code>,
}

/// Reads a certificate.
pub fn read(drm: Drm, status: u16, body: &[u8]) -> Result<Certificate<'_>, Error> {
    let Look { text, html, .. } = look(Phase::Certificate, status, body)?;
    let data = match text.filter(|_| is_plain_text(body)) {
        Some("") => Err(Reason::Empty),
        _ if html => Err(Reason::Html),
        Some(text) if matches!(text.as_bytes(), [b'{' | b'[', ..]) => Err(Reason::JsonWithoutCertificate),
        Some(text) => from_base64(pem_body(text).unwrap_or(text))
            .filter(|bytes| !matches!(bytes.first(), None | Some(b'<' | b'{')) && !is_word(text))
            .map(Cow::Owned)
            .ok_or(Reason::TextNotCertificate),
        None if body.is_empty() => Err(Reason::Empty),
        None => Ok(Cow::Borrowed(body)),
    };
    let der = data.as_ref().is_ok_and(|bytes| bytes.starts_with(&[0x30, 0x82]));
    let data = if drm == Drm::Widevine && der { Err(Reason::X509) } else { data };
    let data = data.map_err(|reason| Error::because(Code::CertificateInvalid, reason).with(drm.title()))?;
    Ok(Certificate { data, warning: (drm == Drm::FairPlay && !der).then_some(Code::CertificateNotDer) })
}

/// What stands between the lines of a PEM file.
fn pem_body(text: &str) -> Option<&str> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let behind = |text: &'_ str, token: &[u8]| find(text.as_bytes(), token).map(|at| at.saturating_add(token.len()));
    let rest = text.get(behind(text, BEGIN)?..)?;
    let rest = rest.get(behind(rest, b"-----")?..)?;
    rest.get(..find(rest.as_bytes(), b"-----END ")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::to_base64;

    const DER: &[u8] = &[0x30, 0x82, 0x01, 0x00, 0xfb, 0xff];
    const PROTOBUF: &[u8] = &[0x0a, 0x02, 0xfb, 0xff];

    fn certificate(data: &[u8]) -> Result<Certificate<'_>, Error> {
        Ok(Certificate { data: data.into(), warning: None })
    }

    fn code(drm: Drm, status: u16, body: &[u8]) -> &'static str {
        let error = read(drm, status, body).unwrap_err();
        assert_eq!(error.phase, Phase::Certificate);
        error.code.as_str()
    }

    #[test]
    fn every_form_of_a_fairplay_certificate() {
        let base64 = to_base64(DER);
        let pem = format!("Bag Attributes\n-----BEGIN CERTIFICATE-----\r\n{base64}\r\n-----END CERTIFICATE-----\n");
        for body in [DER, base64.as_bytes(), format!("{base64}\n").as_bytes(), pem.as_bytes()] {
            assert_eq!(read(Drm::FairPlay, 200, body), certificate(DER));
        }
    }

    #[test]
    fn widevine_s_is_a_protobuf_and_no_x509() {
        assert_eq!(read(Drm::Widevine, 200, PROTOBUF), certificate(PROTOBUF));
        assert_eq!(read(Drm::Widevine, 200, to_base64(PROTOBUF).as_bytes()), certificate(PROTOBUF));
        assert_eq!(code(Drm::Widevine, 200, DER), "certificate-invalid");
    }

    #[test]
    fn what_is_not_der_is_passed_on_with_a_warning() {
        let read = read(Drm::FairPlay, 200, PROTOBUF).unwrap();
        assert_eq!((&read.data[..], read.warning), (PROTOBUF, Some(Code::CertificateNotDer)));
    }

    #[test]
    fn errors_and_pages_are_found_before_anything_is_decoded() {
        let body = br#"{"errorCode":"7301","message":"no FairPlay"}"#;
        assert_eq!(code(Drm::FairPlay, 200, body), "fairplay-not-registered");
        for body in [&b""[..], b"  ", b"<!doctype html>", b"{}", b"not base64!", b"\"x\"", b"OK", b"Forbidden", b"PGh0bWw+"] {
            assert_eq!(code(Drm::FairPlay, 200, body), "certificate-invalid");
        }
        assert_eq!(code(Drm::FairPlay, 404, b"nope"), "certificate-url-wrong");
        assert_eq!(code(Drm::FairPlay, 503, b"<html>"), "server-unavailable");
        let error = read(Drm::FairPlay, 404, b"").unwrap_err();
        assert_eq!(error.message(), "The certificate server has nothing at this URL (HTTP 404).");
    }
}
