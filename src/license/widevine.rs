//! The outer structure of Widevine's messages.
//!
//! ```text
//! SignedMessage = protobuf { 1: type (varint), 2: msg (bytes), 3: signature (bytes), … }
//!   type  1 license request   2 license   3 error   4 service certificate request   5 service certificate
//! ```
//! A service certificate request is the two bytes `08 04`: only type 4 (`docs/protocol.md`, "Widevine"). The CDM
//! accepts a license or a service certificate only if it is well-formed to its end.

use crate::bytes::Span;
use crate::init_data::protobuf::{BYTES, Fields, VARINT};
use crate::license::body::Kind;
use crate::system::Drm;

/// Whether a CDM's message requests the service certificate rather than a license.
pub fn is_service_certificate_request(message: &[u8]) -> bool {
    message == [0x08, 0x04]
}

/// A message, well-formed to its end, or the beginning of a license. `None`: it is not a Widevine message.
///
/// The order of the fields is free and others may be among them, as in all protocol buffers.
pub fn recognize(message: &[u8]) -> Option<Kind> {
    let mut fields = Fields::new(Span::whole(message));
    let (mut kind, mut has_content) = (0, false);
    for field in fields.by_ref() {
        match (field.number, field.wire) {
            (1, VARINT) => kind = field.varint,
            (2, BYTES) => has_content = !field.value.bytes.is_empty(),
            _ => {}
        }
    }
    let license = matches!(kind, 2 | 5);
    if fields.check().is_err() || !has_content && kind != 4 {
        return (license && message.starts_with(&[0x08])).then_some(Kind::CutOff(Drm::Widevine));
    }
    match kind {
        1 | 4 => Some(Kind::Challenge),
        3 => Some(Kind::WidevineError),
        _ => license.then_some(Kind::License(Drm::Widevine)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LICENSE: &[u8] = &[
        0x08, 0x02, // type: license
        0x12, 0x03, 1, 2, 3, // msg, 3 bytes
        0x1a, 0x02, 9, 9, // signature, 2 bytes
    ];

    #[test]
    fn the_service_certificate_request_is_two_bytes() {
        assert!(is_service_certificate_request(&[8, 4]));
        assert!(!is_service_certificate_request(&[8, 4, 0]));
        assert!(!is_service_certificate_request(&[8, 1]));
    }

    #[test]
    fn licenses_and_service_certificates_are_for_the_cdm() {
        for message in [
            LICENSE,
            &[8, 5, 0x12, 1, 7],
            // Field 15, 9 (fixed 32 bits) and 10 (fixed 64 bits) are unknown fields.
            &[8, 2, 0x12, 1, 7, 0x7a, 2, 1, 2, 0x4d, 1, 2, 3, 4, 0x51, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x12, 1, 7, 8, 2],
        ] {
            assert_eq!(recognize(message), Some(Kind::License(Drm::Widevine)), "{message:?}");
        }
    }

    #[test]
    fn other_messages_are_classified() {
        assert_eq!(recognize(&[8, 1, 0x12, 1, 7]), Some(Kind::Challenge));
        assert_eq!(recognize(&[8, 4]), Some(Kind::Challenge));
        assert_eq!(recognize(&[8, 3, 0x12, 2, 8, 2]), Some(Kind::WidevineError));
        for other in [
            &b"<?xml"[..],
            b"",
            &[8, 6, 0x12, 1, 7],
            &[0x12, 1, 7],
            &[7],
            &[0xff, 0xff],
            &[0x0e, 0], // wire type 6
        ] {
            assert_eq!(recognize(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_truncated_license_is_detected_except_at_field_ends() {
        let whole_fields = [7, LICENSE.len()];
        for end in 2..=LICENSE.len() {
            let whole = whole_fields.contains(&end);
            let expected = if whole { Kind::License(Drm::Widevine) } else { Kind::CutOff(Drm::Widevine) };
            assert_eq!(recognize(&LICENSE[..end]), Some(expected), "{end}");
        }
    }
}
