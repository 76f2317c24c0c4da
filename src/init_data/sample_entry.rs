//! Sample entries: the format of a track's samples, and their protection (ISO/IEC 14496-12, 8.5.2 and 12).
//!
//! ```text
//! stsd  version/flags:u32  count:u32  count × entry
//! entry size type  reserved:6  reference:u16  fields by the kind of track  boxes…
//!   video  70 bytes      audio  20 bytes (QuickTime's version 1: 36, version 2: 56)      text  strings, each ended by 0
//! ```

use super::sinf::{self, Protection};
use crate::bytes::{Reader, Span};
use crate::error::{ParseError, Reason};
use crate::isobmff::{Mp4Box, next_box};

/// A sample entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleEntry<'a> {
    /// Its four characters: `encv`, `enca` and others with `enc` where samples are encrypted.
    pub kind: [u8; 4],
    /// Their protection, if they are.
    pub protection: Option<Protection<'a>>,
}

/// The entries of an stsd box.
pub fn read_all(stsd: Span<'_>) -> Result<Vec<SampleEntry<'_>>, ParseError> {
    let mut body = stsd.reader();
    let version = body.u32_be()? >> 24;
    body.u32_be()?;
    let mut out = Vec::new();
    while let Some(entry) = next_box(&mut body)? {
        let encrypted = entry.kind.starts_with(b"enc") || &entry.kind == b"resv";
        let protection = if encrypted { protection(entry, version)? } else { None };
        out.push(SampleEntry { kind: entry.kind, protection });
    }
    Ok(out)
}

fn protection(entry: Mp4Box<'_>, stsd_version: u32) -> Result<Option<Protection<'_>>, ParseError> {
    let mut body = entry.body.reader();
    body.take(8)?;
    match &entry.kind {
        b"encv" => {
            body.take(70)?;
        }
        b"enca" => {
            let version = { body }.u16_be()?;
            body.take(match (stsd_version, version) {
                (0, 1) => 36,
                (0, 2) => 56,
                _ => 20,
            })?;
        }
        // Text: up to three strings precede the boxes, and only the format inside the sinf says how many.
        _ => {
            for _ in 0..3 {
                if let Ok(Some(found)) = in_boxes(body) {
                    return Ok(Some(found));
                }
                while body.u8()? != 0 {}
            }
        }
    }
    in_boxes(body)
}

/// The protection in the boxes of an entry; if there are several sinf boxes, that of the first with a key.
fn in_boxes(mut boxes: Reader<'_>) -> Result<Option<Protection<'_>>, ParseError> {
    let mut found = None;
    while let Some(child) = next_box(&mut boxes)? {
        if &child.kind == b"sinf" {
            let read = sinf::read_children(child.body).ok_or(ParseError::new(Reason::SampleEntrySinf, child.offset))?;
            if read.tenc.is_some() {
                return Ok(Some(read));
            }
            found = found.or(Some(read));
        }
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    const SINF: &[u8] = b"\0\0\0\x14sinf\0\0\0\x0cfrmawvtt";

    fn entry(kind: &[u8; 4], fields: &[u8]) -> Vec<u8> {
        let size = u32::try_from(16 + fields.len() + SINF.len()).unwrap().to_be_bytes();
        [&[0, 0, 0, 0, 0, 0, 0, 1][..], &size, kind, &[0, 0, 0, 0, 0, 0, 0, 1], fields, SINF].concat()
    }

    #[test]
    fn boxes_follow_the_fields_of_each_kind() {
        let quicktime = [&[0, 1][..], &[0; 34]].concat();
        let strings = b"http://www.w3.org/ns/ttml\0\0text/plain\0";
        for (kind, fields) in [
            (b"encv", &[0; 70][..]),
            (b"enca", &[0; 20]),
            (b"enca", &quicktime),
            (b"enct", b""),
            (b"encs", &strings[..]),
            (b"encs", b"utf-8\0"),
        ] {
            let stsd = entry(kind, fields);
            let read = read_all(Span::whole(&stsd)).unwrap();
            assert_eq!(read[0].kind, *kind);
            assert_eq!(read[0].protection.as_ref().unwrap().codec, Some(*b"wvtt"), "{kind:?} {fields:?}");
        }
    }

    #[test]
    fn clear_and_truncated_entries() {
        let clear = entry(b"avc1", &[]);
        assert_eq!(read_all(Span::whole(&clear)).unwrap()[0].protection, None);
        assert!(read_all(Span::whole(&entry(b"encv", &[0; 9]))).is_err());
        assert!(read_all(Span::whole(&entry(b"encs", b"no end")[..30])).is_err());
    }
}
