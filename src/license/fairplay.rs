//! FairPlay's license, the content key context (CKC).
//!
//! ```text
//! CKC  version:u32  reserved:u32  IV:16  length:u32  payload:length      big-endian
//! ```
//! Source: Apple's FairPlay Streaming documentation and the key server of its SDK, which writes the fields in this
//! order. The payload is encrypted. Services write different versions, and the SDK puts data about the server into the
//! reserved bytes, so only the size of the version is checked: no text begins with three zero bytes.

use crate::bytes::Reader;
use crate::license::body::Kind;
use crate::system::Drm;

/// A CKC, or the beginning of one.
pub fn recognize(data: &[u8]) -> Option<Kind> {
    let mut ckc = Reader::new(data);
    if !data.starts_with(&[0; 3]) || data.iter().all(|byte| *byte == 0) {
        return None;
    }
    ckc.get(4 + 4 + 16);
    let length = ckc.be(4) as usize;
    let whole = length > 0 && length == ckc.remaining();
    Some(if whole { Kind::License(Drm::FairPlay) } else { Kind::CutOff(Drm::FairPlay) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// version 1, reserved, IV, length 3, payload
    const CKC: &[u8] = b"\0\0\0\x01\0\0\x02\x41IVIVIVIVIVIVIVIV\0\0\0\x03abc";

    #[test]
    fn any_version_and_any_reserved_bytes() {
        for version in [1, 2, 3, 26, 255] {
            let mut ckc = CKC.to_vec();
            ckc[3] = version;
            assert_eq!(recognize(&ckc), Some(Kind::License(Drm::FairPlay)));
        }
    }

    #[test]
    fn the_payload_is_as_long_as_the_header_says() {
        for end in 4..CKC.len() {
            assert_eq!(recognize(&CKC[..end]), Some(Kind::CutOff(Drm::FairPlay)), "{end}");
        }
        assert_eq!(recognize(&[CKC, b"x"].concat()), Some(Kind::CutOff(Drm::FairPlay)));
        let empty = [&CKC[..24], &[0; 4]].concat();
        assert_eq!(recognize(&empty), Some(Kind::CutOff(Drm::FairPlay)), "no payload");
    }

    #[test]
    fn other_beginnings_are_not_a_ckc() {
        for data in [&b""[..], b"\0\0\x01\0", b"\xfb\xff\xfd\x01", b"\0\0\0", &[0; 40]] {
            assert_eq!(recognize(data), None, "{data:?}");
        }
    }
}
