//! A certificate from whatever a server or a person gives: DER, PEM, base64 text.
//!
//! `fpsKeyManager.do` answers base64 text, `fpsCert.do` DER, `widevineCert.do` bytes; errors are JSON under 200
//! (`docs/protocol.md`, "Endpoints" and "FairPlay"). A FairPlay certificate is DER (`30 82 …`); a Widevine service
//! certificate is a protobuf and is not.

use crate::custom_data::inspect::Problem;
use crate::error::{Error, Phase};
use crate::license::response::{Look, look};
use crate::license::sniff::{is_plain_text, is_word};
use crate::system::Drm;
use crate::text::{find, from_base64};

const HINT: &str = "Check siteId, host and the certificate option: it takes bytes, base64 or PEM text, or a URL that answers one of these.";

/// Reads a certificate. The second part says what is odd about one that is passed on all the same.
pub fn read(drm: Drm, status: u16, body: &[u8]) -> Result<(Vec<u8>, Option<Problem>), Error> {
    let Look { text, html, .. } = look("certificate", status, body).map_err(|mut error| {
        if status == 404 && error.server.is_none() {
            error.hint = HINT;
        }
        error.during(Phase::Certificate)
    })?;
    let bytes = match text.filter(|_| is_plain_text(body)) {
        Some("") => Err("it is empty"),
        _ if html => Err("it is an HTML page"),
        Some(text) if matches!(text.as_bytes(), [b'{' | b'[', ..]) => Err("it is JSON that holds neither a certificate nor an error"),
        Some(text) => from_base64(pem_body(text).unwrap_or(text))
            .filter(|bytes| !matches!(bytes.first(), None | Some(b'<' | b'{')) && !is_word(text))
            .ok_or("it is text, and not base64 of a certificate"),
        None if body.is_empty() => Err("it is empty"),
        None => Ok(body.to_vec()),
    };
    let der = bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(&[0x30, 0x82]));
    let bytes = if drm == Drm::Widevine && der { Err("it is an X.509 certificate, as FairPlay uses") } else { bytes };
    let bytes = bytes.map_err(|what| {
        let message = ["The ", drm.title(), " certificate cannot be used: ", what, "."];
        Error::of("certificate-invalid", Phase::Certificate, &message, HINT)
    })?;
    // Newer bundles may differ: the CDM has the last word.
    let odd = (drm == Drm::FairPlay && !der).then(|| Problem {
        code: "certificate-not-der",
        message: "The FairPlay certificate is not DER (30 82): the device may refuse it.".into(),
        hint: HINT,
    });
    Ok((bytes, odd))
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

    fn code(drm: Drm, status: u16, body: &[u8]) -> &'static str {
        let error = read(drm, status, body).unwrap_err();
        assert_eq!(error.phase, Phase::Certificate);
        error.code
    }

    #[test]
    fn every_form_of_a_fairplay_certificate() {
        let base64 = to_base64(DER);
        let pem = format!("Bag Attributes\n-----BEGIN CERTIFICATE-----\r\n{base64}\r\n-----END CERTIFICATE-----\n");
        for body in [DER, base64.as_bytes(), format!("{base64}\n").as_bytes(), pem.as_bytes()] {
            assert_eq!(read(Drm::FairPlay, 200, body), Ok((DER.to_vec(), None)));
        }
    }

    #[test]
    fn widevine_s_is_a_protobuf_and_no_x509() {
        assert_eq!(read(Drm::Widevine, 200, PROTOBUF), Ok((PROTOBUF.to_vec(), None)));
        assert_eq!(read(Drm::Widevine, 200, to_base64(PROTOBUF).as_bytes()), Ok((PROTOBUF.to_vec(), None)));
        assert_eq!(code(Drm::Widevine, 200, DER), "certificate-invalid");
    }

    #[test]
    fn what_is_not_der_is_passed_on_with_a_warning() {
        let (bytes, warning) = read(Drm::FairPlay, 200, PROTOBUF).unwrap();
        assert_eq!((bytes, warning.unwrap().code), (PROTOBUF.to_vec(), "certificate-not-der"));
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
        assert_eq!(error.message, "The certificate server has nothing at this URL (HTTP 404).");
    }
}
