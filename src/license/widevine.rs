//! Widevine's messages, as far as their outside shows.
//!
//! ```text
//! SignedMessage = protobuf { 1: type (varint), 2: msg (bytes), 3: signature (bytes), … }
//!   type  1 license request   2 license   4 service certificate request   5 service certificate
//! ```
//! A service certificate request is the two bytes `08 04`: type 4 and nothing else (`docs/protocol.md`, "Widevine").

use crate::init_data::protobuf;

/// What a message says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// A license.
    License,
    /// A service certificate, the answer to `08 04`.
    ServiceCertificate,
    /// A well-formed message of another type.
    Other,
    /// Starts as a license and ends before its fields do.
    Truncated,
    /// Not a Widevine message to be recognised.
    Unknown,
}

/// Whether a CDM's message asks for the service certificate rather than for a license.
pub fn is_service_certificate_request(message: &[u8]) -> bool {
    message == [0x08, 0x04]
}

/// Looks at the outer fields of a message.
#[inline(never)]
pub fn recognise(message: &[u8]) -> Message {
    // Every real message starts with its type, field 1; anything else is not recognised rather than refused.
    let kind = match message {
        [0x08, 2, ..] => Message::License,
        [0x08, 5, ..] => Message::ServiceCertificate,
        [0x08, 0..0x20, ..] => Message::Other,
        _ => return Message::Unknown,
    };
    if protobuf::is_message(message) { kind } else { Message::Truncated }
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
    fn recognises_what_a_message_is() {
        assert_eq!(recognise(LICENSE), Message::License);
        assert_eq!(recognise(&[8, 5, 0x12, 1, 7]), Message::ServiceCertificate);
        assert_eq!(recognise(&[8, 1, 0x12, 1, 7]), Message::Other);
        assert_eq!(recognise(b"<?xml"), Message::Unknown);
        assert_eq!(recognise(&[]), Message::Unknown);
    }

    #[test]
    fn a_cut_license_is_noticed_at_every_byte_but_the_field_ends() {
        let whole_fields = [2, 7, LICENSE.len()];
        for end in 2..=LICENSE.len() {
            let expected = if whole_fields.contains(&end) { Message::License } else { Message::Truncated };
            assert_eq!(recognise(&LICENSE[..end]), expected, "{end}");
        }
    }
}
