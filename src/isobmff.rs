//! Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2).
//!
//! ```text
//! size:u32  type:4  [largesize:u64 if size = 1]  body…        size 0: to the end of the input
//! ```

use crate::bytes::{Reader, Span};
use crate::error::{ParseError, Reason};

/// How a box states its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeForm {
    /// In 32 bits.
    Plain,
    /// In 64 bits.
    Long,
    /// As 0: it extends to the end of its container.
    ToEnd,
}

/// One box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mp4Box<'a> {
    /// Its four characters.
    pub kind: [u8; 4],
    /// Offset of its first byte in the input.
    pub offset: usize,
    /// All of its bytes, including the header.
    pub size: usize,
    /// Its content.
    pub body: Span<'a>,
    /// How the size was written.
    pub form: SizeForm,
}

/// The next box; `None` at the end. After an error the reader is where the box began.
#[inline(never)]
pub fn next_box<'a>(reader: &mut Reader<'a>) -> Result<Option<Mp4Box<'a>>, ParseError> {
    if reader.is_empty() {
        return Ok(None);
    }
    let start = *reader;
    let result = read(reader).map(Some);
    if result.is_err() {
        *reader = start;
    }
    result
}

fn read<'a>(reader: &mut Reader<'a>) -> Result<Mp4Box<'a>, ParseError> {
    let offset = reader.offset();
    let available = reader.remaining();
    let mut size = reader.be(4) as usize;
    let kind = reader.be(4).to_be_bytes();
    let mut form = SizeForm::Plain;
    let mut high = 0;
    if size == 0 {
        (form, size) = (SizeForm::ToEnd, available);
    } else if size == 1 {
        form = SizeForm::Long;
        high = reader.be(4);
        size = reader.be(4) as usize;
    }
    reader.check().map_err(|_| ParseError::new(Reason::BoxHeaderCutOff, offset))?;
    if high > 0 || size > available {
        return Err(ParseError::new(Reason::BoxTooLong, offset));
    }
    let header = available.wrapping_sub(reader.remaining());
    let body = size.checked_sub(header).ok_or(ParseError::new(Reason::BoxTooShort, offset))?;
    Ok(Mp4Box { kind, offset, size, body: reader.span(body)?, form })
}

/// Passes every box of a list to a reader of bodies, which returns `None` if one cannot be read. `None` as well if a
/// box is truncated.
pub fn each<'a>(mut boxes: Reader<'a>, visit: &mut dyn FnMut(&[u8; 4], Reader<'a>) -> Option<()>) -> Option<()> {
    while let Some(found) = next_box(&mut boxes).ok()? {
        visit(&found.kind, found.body.reader())?;
    }
    Some(())
}

/// Whether four characters can be a box's type: some letters, digits and spaces, in files also a `©`.
pub fn is_type(kind: &[u8]) -> bool {
    kind.iter().all(|byte| matches!(byte, b' '..=b'~' | 0xa9))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(bytes: &[u8]) -> Result<Option<Mp4Box<'_>>, ParseError> {
        next_box(&mut Reader::new(bytes))
    }

    #[test]
    fn sizes_in_every_form() {
        // size 9, "free", one byte; then a stray byte
        let plain = one(b"\0\0\0\x09freeXY").unwrap().unwrap();
        assert_eq!((plain.size, plain.body, plain.form), (9, Span { offset: 8, bytes: b"X" }, SizeForm::Plain));
        // size 1, then 17 in 64 bits
        let long = one(b"\0\0\0\x01free\0\0\0\0\0\0\0\x11XY").unwrap().unwrap();
        assert_eq!((long.size, long.body, long.form), (17, Span { offset: 16, bytes: b"X" }, SizeForm::Long));
        let to_end = one(b"\0\0\0\0freeXY").unwrap().unwrap();
        assert_eq!((to_end.size, to_end.body.bytes, to_end.form), (10, &b"XY"[..], SizeForm::ToEnd));
        assert_eq!(one(b""), Ok(None));
    }

    #[test]
    fn errors_have_the_place_of_the_box() {
        for bytes in [
            &b"\0\0\0"[..],
            b"\0\0\0\x09fre",
            b"\0\0\0\x09free",
            b"\0\0\0\x07free",
            b"\0\0\0\x01free\0\0",
            b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            let mut reader = Reader::new(bytes);
            assert_eq!(next_box(&mut reader).unwrap_err().offset, 0, "{bytes:?}");
            assert_eq!(reader.remaining(), bytes.len());
        }
        let long_too_short = one(b"\0\0\0\x01free\0\0\0\0\0\0\0\x0f");
        assert_eq!(long_too_short.unwrap_err().reason, Reason::BoxTooShort);
    }
}
