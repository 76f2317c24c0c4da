//! A certificate in any form in which servers and people provide it: DER, PEM, base64 text.
//!
//! `fpsKeyManager.do` returns base64 text, `fpsCert.do` DER, `widevineCert.do` bytes; errors are JSON with status 200
//! (`docs/protocol.md`, "Endpoints" and "FairPlay"). A FairPlay certificate is DER (`30 82 …`); a Widevine service
//! certificate is a protobuf and is not.

use crate::error::{Code, Error, Phase, Reason};
use crate::license::body::{Body, Kind};
use crate::license::response::check;
use crate::system::Drm;
use crate::text::{find, from_base64};
use std::borrow::Cow;

/// A certificate that a CDM may accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// The argument for `setServerCertificate`.
    pub data: Cow<'a, [u8]>,
    /// A warning; the certificate is used nevertheless, because newer bundles may differ and the CDM decides.
    pub warning: Option<Code>,
}

/// Reads a certificate.
pub fn read(drm: Drm, status: u16, data: &[u8]) -> Result<Certificate<'_>, Error> {
    let (kind, body) = Body::new(data);
    let certificate = check(Phase::Certificate, status, kind, &body).and_then(|()| {
        let bytes = match (kind, body.text.as_deref()) {
            (Kind::Empty, _) => Err(Reason::Empty),
            (Kind::Html, _) => Err(Reason::Html),
            (Kind::Json, _) => Err(Reason::JsonWithoutCertificate),
            (Kind::Text, Some(text)) => from_text(text).map(Cow::Owned).ok_or(Reason::TextNotCertificate),
            (_, Some(_)) => Err(Reason::TextNotCertificate),
            (_, None) => Ok(Cow::Borrowed(data)),
        };
        let der = bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(&[0x30, 0x82]));
        let bytes = if drm == Drm::Widevine && der { Err(Reason::X509) } else { bytes };
        let data = bytes.map_err(|reason| Error::because(Code::CertificateInvalid, reason).with(drm.title()))?;
        Ok(Certificate { data, warning: (drm == Drm::FairPlay && !der).then_some(Code::CertificateNotDer) })
    });
    // Not the other DRM's certificate.
    certificate.map_err(|error| if error.reason == Some(Reason::X509) { error } else { body.quoted_in(error, kind) })
}

/// Base64, in PEM or bare. Words are base64 as well, but a certificate also has digits.
fn from_text(text: &str) -> Option<Vec<u8>> {
    let text = pem_body(text).unwrap_or(text);
    let words = text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
    from_base64(text).filter(|bytes| !words && !matches!(bytes.first(), None | Some(b'<' | b'{')))
}

/// The text between the boundary lines of a PEM file.
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
    fn a_widevine_certificate_is_a_protobuf_not_x509() {
        assert_eq!(read(Drm::Widevine, 200, PROTOBUF), certificate(PROTOBUF));
        assert_eq!(read(Drm::Widevine, 200, to_base64(PROTOBUF).as_bytes()), certificate(PROTOBUF));
        assert_eq!(code(Drm::Widevine, 200, DER), "certificate-invalid");
    }

    #[test]
    fn bytes_other_than_der_are_passed_on_with_a_warning() {
        let read = read(Drm::FairPlay, 200, PROTOBUF).unwrap();
        assert_eq!((&read.data[..], read.warning), (PROTOBUF, Some(Code::CertificateNotDer)));
    }

    #[test]
    fn errors_and_pages_are_detected_before_decoding() {
        let body = br#"{"errorCode":"7301","message":"no FairPlay"}"#;
        assert_eq!(code(Drm::FairPlay, 200, body), "fairplay-not-registered");
        for body in
            [&b""[..], b"  ", b"<!doctype html>", b"{}", b"not base64!", b"\"x\"", b"OK", b"Forbidden", b"Service Unavailable", b"PGh0bWw+"]
        {
            assert_eq!(code(Drm::FairPlay, 200, body), "certificate-invalid");
        }
        assert_eq!(code(Drm::FairPlay, 404, b"nope"), "certificate-url-wrong");
        assert_eq!(code(Drm::FairPlay, 503, b"<html>"), "server-unavailable");
        let error = read(Drm::FairPlay, 404, b"no such site").unwrap_err();
        assert_eq!(error.server.as_ref().unwrap().message, "no such site");
        assert_eq!(read(Drm::Widevine, 200, to_base64(DER).as_bytes()).unwrap_err().server, None);
        let error = read(Drm::FairPlay, 404, b"").unwrap_err();
        assert_eq!(error.message(), "There is no certificate at this URL (HTTP 404).");
    }
}
