//! How one track is protected (ISO/IEC 14496-12, 8.12; ISO/IEC 23001-7, 8.2), and EME's `sinf` init data, the same
//! in JSON.
//!
//! ```text
//! sinf
//!   frma  codec:4
//!   schm  version/flags:u32  scheme:4  version:u32
//!   schi
//!     tenc  version:u8 flags:u24  reserved:u8  pattern:u8 (version 1: crypt << 4 | skip)
//!           protected:u8  IV size:u8  key id:16  [size:u8 constant IV, if protected and the IV size is 0]
//! ```
//!
//! `{"sinf":["base64"…]}`: WebKit escapes `/` in the base64 as `\/` (Safari, 2018), and in Safari's real init data
//! (videojs-contrib-eme 119, shaka-player 382) each text contains the *children* of a sinf box, without its header.

use super::visitor::{Report, Visitor};
use crate::bytes::{Reader, Span};
use crate::error::{Code, ParseError, Reason};
use crate::isobmff::{each, next_box};
use crate::system::Scheme;
use crate::{json, text};

/// PIFF's track encryption box: `uuid:16 version/flags:u32 algorithm:u24 IV size:u8 key id:16`.
#[cfg(feature = "inspect")]
const PIFF_TENC: [u8; 16] = *b"\x89\x74\xdb\xce\x7b\xe7\x4c\x51\x84\xf9\x71\x48\xf9\x88\x25\x54";

/// A track's protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Protection<'a> {
    /// The codec's four characters before encryption.
    pub codec: Option<[u8; 4]>,
    /// The scheme's four characters.
    pub scheme_type: Option<[u8; 4]>,
    /// The content of `tenc`.
    pub tenc: Option<TrackEncryption<'a>>,
}

impl<'a> Protection<'a> {
    /// The scheme, if it is one of Common Encryption.
    pub fn scheme(&self) -> Option<Scheme> {
        self.scheme_type.and_then(Scheme::from_fourcc)
    }

    /// PIFF's track encryption box. Its algorithms 1 and 2 are Common Encryption's cenc and cbc1.
    #[cfg(feature = "inspect")]
    fn piff(&mut self, mut body: Reader<'a>) -> Option<()> {
        body.take(20).ok()?;
        let word = body.u32_be().ok()?;
        let key_id_at = body.offset();
        let key_id = body.array().ok()?;
        let algorithm = word >> 8;
        if self.scheme_type == Some(*b"piff") && matches!(algorithm, 1 | 2) {
            self.scheme_type = Some(if algorithm == 1 { *b"cenc" } else { *b"cbc1" });
        }
        self.tenc = Some(TrackEncryption { is_protected: algorithm != 0, iv_size: word as u8, key_id, key_id_at, ..Default::default() });
        Some(())
    }
}

/// Defaults for the samples of a track, or of a group of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackEncryption<'a> {
    /// Whether samples are encrypted.
    pub is_protected: bool,
    /// 16 bytes.
    pub key_id: [u8; 16],
    /// Where they are in the input.
    pub key_id_at: usize,
    /// Bytes of IV at each sample: 0, 8 or 16.
    pub iv_size: u8,
    /// One IV for all samples.
    pub constant_iv: Option<&'a [u8]>,
    /// Blocks encrypted and blocks in the clear, of version 1.
    pub pattern: Option<(u8, u8)>,
}

/// Reads a sinf box, or its children without the box.
pub fn read(data: Span<'_>) -> Result<Protection<'_>, ParseError> {
    let children = match next_box(&mut data.reader()) {
        Ok(Some(sinf)) if &sinf.kind == b"sinf" => sinf.body,
        _ => data,
    };
    let read = read_children(children).filter(|read| *read != Protection::default());
    read.ok_or(ParseError::new(Reason::SinfUnreadable, data.offset))
}

/// Reads the content of a sinf box.
pub fn read_children(children: Span<'_>) -> Option<Protection<'_>> {
    let mut out = Protection::default();
    each(children.reader(), &mut |kind, mut body| {
        match kind {
            b"frma" => out.codec = Some(body.be(4).to_be_bytes()),
            b"schm" => {
                body.be(4);
                out.scheme_type = Some(body.be(4).to_be_bytes());
            }
            b"schi" => each(body, &mut |kind, mut body| {
                match kind {
                    b"tenc" => {
                        let version = (body.be(4) >> 24) as u8;
                        out.tenc = Some(encryption(&mut body, version)?);
                    }
                    // Only files have it, not EME's init data.
                    #[cfg(feature = "inspect")]
                    b"uuid" if { body }.rest().bytes.starts_with(&PIFF_TENC) => out.piff(body)?,
                    _ => {}
                }
                Some(())
            })?,
            _ => {}
        }
        body.check().ok()
    })?;
    Some(out)
}

/// The fields that `tenc` and `seig` share.
pub fn encryption<'a>(body: &mut Reader<'a>, version: u8) -> Option<TrackEncryption<'a>> {
    let [_, pattern, protected, iv_size] = body.be(4).to_be_bytes();
    let is_protected = protected != 0;
    let key_id_at = body.offset();
    let key_id = body.id();
    let mut constant_iv = None;
    if is_protected && iv_size == 0 {
        let size = body.be(1) as usize;
        constant_iv = Some(body.get(size));
    }
    body.check().ok()?;
    let pattern = (version > 0).then_some((pattern >> 4, pattern & 15));
    Some(TrackEncryption { is_protected, key_id, key_id_at, iv_size, constant_iv, pattern })
}

/// The tracks of `{"sinf":[…]}`.
pub fn read_json<'a, V: Visitor<'a>>(value: &json::Value, strict: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    let error = |reason| ParseError::new(reason, 0);
    let list = value.get("sinf").and_then(json::Value::items).ok_or(error(Reason::SinfMissing))?;
    let mut first_error = None;
    let mut found = false;
    for item in list {
        let bytes = item.as_str().and_then(text::from_base64).ok_or(error(Reason::SinfNotBase64));
        match bytes.as_ref().map_err(|error| *error).and_then(|bytes| read(Span::whole(bytes))) {
            Ok(track) => {
                out.track(&track);
                found = true;
            }
            Err(error) if strict => return Err(error),
            Err(error) => {
                out.warn_because(Code::SinfLeftOut, error.reason, 0);
                first_error = first_error.or(Some(error));
            }
        }
    }
    found.then_some(()).ok_or(first_error.unwrap_or(error(Reason::SinfEmpty)))
}

/// Four characters, from any bytes.
pub(crate) fn fourcc(kind: &[u8; 4]) -> String {
    kind.iter().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init_data::InitData;
    use crate::init_data::test_support::{self, collect};

    /// The result of reading a JSON text.
    fn of_json(text: &str, strict: bool) -> Result<InitData<'static>, ParseError> {
        let value = json::parse(text).unwrap();
        collect(|out| read_json(&value, strict, out))
    }

    const CHILDREN: &[u8] = b"\0\0\0\x0cfrmamp4a\0\0\0\x14schm\0\0\0\0cbcs\0\x01\0\0\0\0\0\x39schi\
        \0\0\0\x31tenc\x01\0\0\0\0\x19\x01\0KKKKKKKKKKKKKKKK\x10IVIVIVIVIVIVIVIV";

    #[test]
    fn a_box_and_its_children_read_the_same() {
        let tenc = TrackEncryption {
            is_protected: true,
            key_id: *b"KKKKKKKKKKKKKKKK",
            key_id_at: 56,
            iv_size: 0,
            constant_iv: Some(b"IVIVIVIVIVIVIVIV"),
            pattern: Some((1, 9)),
        };
        let expected = Protection { codec: Some(*b"mp4a"), scheme_type: Some(*b"cbcs"), tenc: Some(tenc) };
        assert_eq!(read(Span::whole(CHILDREN)), Ok(expected));
        let whole = [&[0, 0, 0, CHILDREN.len() as u8 + 8][..], b"sinf", CHILDREN].concat();
        let moved = Protection { tenc: Some(TrackEncryption { key_id_at: 64, ..tenc }), ..expected };
        assert_eq!(read(Span::whole(&whole)), Ok(moved));
        let text = ["{\"sinf\" : [ \"", &text::to_base64(CHILDREN).replace('/', "\\/"), "\" ]}"].concat();
        let out = of_json(&text, false).unwrap();
        let track = serde_json::json!({
            "codec": "mp4a", "scheme": "cbcs", "keyId": "4b".repeat(16), "ivSize": 0, "constantIv": "4956".repeat(8), "pattern": [1, 9],
        });
        assert_eq!((&test_support::json(&out)["fairplay"]["tracks"], out.key_ids.len()), (&serde_json::json!([track]), 1));
    }

    #[test]
    fn version_0_has_no_pattern() {
        // reserved 0, reserved 0, protected, 8 bytes of IV a sample
        let read = encryption(&mut Reader::new(b"\0\0\x01\x08KKKKKKKKKKKKKKKK"), 0).unwrap();
        assert_eq!((read.iv_size, read.pattern, read.constant_iv), (8, None, None));
    }

    #[test]
    fn one_bad_text_loses_the_others_only_in_strict_mode() {
        let text = ["{\"sinf\":[\"AAAA\",\"", &text::to_base64(CHILDREN), "\",1]}"].concat();
        let out = of_json(&text, false).unwrap();
        assert_eq!(out.key_ids.len(), 1);
        let warned: Vec<_> = out.warnings.iter().map(|warning| (warning.code, warning.reason, warning.offset)).collect();
        let left_out = |reason| (Code::SinfLeftOut, Some(reason), 0);
        assert_eq!(warned, [left_out(Reason::SinfUnreadable), left_out(Reason::SinfNotBase64)]);
        assert!(of_json(&text, true).is_err());
    }

    #[test]
    fn refusals() {
        for cut in 1..CHILDREN.len() {
            // Truncated between two boxes, it is a shorter list of boxes.
            assert_eq!(read(Span::whole(&CHILDREN[..cut])).is_ok(), matches!(cut, 12 | 32), "{cut}");
        }
        for text in ["{}", "{\"sinf\":[]}", "{\"sinf\":\"AAAA\"}", "{\"sinf\":[\"\"]}", "{\"sinf\":[\"AAAACGZyZWU=\"]}"] {
            assert!(of_json(text, false).is_err(), "{text}");
        }
    }
}
