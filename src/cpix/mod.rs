//! CPIX (DASH-IF Content Protection Information Exchange 2.x): how a packager requests keys from PallyCon's key server,
//! and the response.
//!
//! ```text
//! CPIX @id                                        the content id
//!   ContentKeyList / ContentKey @kid @commonEncryptionScheme @explicitIV
//!                      / Data / Secret / PlainValue          (response) base64 of the key
//!   DRMSystemList / DRMSystem @kid @systemId
//!                      / PSSH                                (response) base64 of the box
//!                      / ContentProtectionData               (response, V2) base64 of the box's payload
//!                      / SmoothStreamingProtectionHeaderData (response) base64 of a PlayReady object
//!                      / HLSSignalingData [@playlist]        (response, V2) base64 of playlist lines
//!                      / URIExtXKey                          (response) base64 of the skd URI
//!   ContentKeyPeriodList / ContentKeyPeriod @id @index       (live)
//!   ContentKeyUsageRuleList / ContentKeyUsageRule @kid @intendedTrackType
//!                      / KeyPeriodFilter @periodId, VideoFilter @minPixels @maxPixels
//! ```
//!
//! | step | module |
//! |---|---|
//! | where to ask | [`kms`] |
//! | the request | [`request`] |
//! | the response: keys or a refusal | [`response`], [`document`] |
//! | keys in the JSON shape of the official clients | [`pack`] |
//! | the settings of each packager | [`views`] |

pub mod document;
pub mod kms;
pub mod pack;
pub mod request;
pub mod response;
pub mod track;
pub mod views;
mod xml;

use crate::error::{Code, Error, Reason};

/// The namespace of CPIX.
pub const CPIX_NAMESPACE: &str = "urn:dashif:org:cpix";
/// The namespace of the key containers inside (RFC 6030).
pub const PSKC_NAMESPACE: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
/// The namespace of SPEKE v1's additions.
pub const SPEKE_NAMESPACE: &str = "urn:aws:amazon:com:speke";

/// A document that cannot be read.
fn invalid(reason: Reason) -> Error {
    Error::because(Code::CpixInvalid, reason)
}

/// The system ids in the order of the official clients' JSON, with the names of the public API.
pub const NAMED_SYSTEMS: [(&str, [u8; 16]); 9] = [
    ("widevine", crate::system::WIDEVINE),
    ("playready", crate::system::PLAYREADY),
    ("fairplay", crate::system::FAIRPLAY),
    ("wiseplay", crate::system::WISEPLAY),
    ("ncg", crate::system::NCG),
    ("ncg-hls-aes-128", crate::system::NCG_HLS_AES),
    ("ncg-hls-sample-aes", crate::system::NCG_HLS_SAMPLE_AES),
    ("aes-128", crate::system::AES_128),
    ("sample-aes", crate::system::SAMPLE_AES),
];

/// A system id from its name in the public API or its UUID.
pub fn system_id(name: &str) -> Option<[u8; 16]> {
    let named = NAMED_SYSTEMS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, id)| *id);
    named.or_else(|| crate::text::from_hex(name)?.try_into().ok())
}
