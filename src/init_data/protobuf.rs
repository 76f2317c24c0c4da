//! Protocol buffers on the wire (protobuf.dev, "Encoding"): a tag, then a value by its wire type.
//!
//! ```text
//! tag:varint = number << 3 | wire    0 varint   1 eight bytes   2 length:varint bytes   5 four bytes
//! ```
//!
//! Groups (wire types 3 and 4) have been deprecated since 2008 and have never been in DRM data: they are rejected.

use crate::bytes::{Reader, Span};
use crate::error::{ParseError, Reason};

/// The wire type of numbers.
pub const VARINT: u8 = 0;
/// The wire type of bytes, texts and messages.
pub const BYTES: u8 = 2;

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its number, 1 to 2²⁹−1.
    pub number: u32,
    /// Its wire type: 0, 1, 2 or 5.
    pub wire: u8,
    /// Its value as it is written, without the length.
    pub value: Span<'a>,
    /// The value of a varint; 0 for the rest.
    pub varint: u64,
    /// Where its tag begins in the input.
    pub offset: usize,
}

/// The fields of a message, one after the other. They end at the first that cannot be read, which [`Fields::check`]
/// reports.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    reader: Reader<'a>,
    error: Option<ParseError>,
}

impl<'a> Fields<'a> {
    /// All fields of a message.
    pub fn new(message: Span<'a>) -> Self {
        Self { reader: message.reader(), error: None }
    }

    /// Whether all fields could be read.
    pub fn check(&self) -> Result<(), ParseError> {
        self.error.map_or(Ok(()), Err)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline(never)]
    fn next(&mut self) -> Option<Field<'a>> {
        if self.reader.is_empty() {
            return None;
        }
        let field = field(&mut self.reader);
        self.error = field.err();
        if self.error.is_some() {
            self.reader.rest();
        }
        field.ok()
    }
}

fn field<'a>(reader: &mut Reader<'a>) -> Result<Field<'a>, ParseError> {
    let offset = reader.offset();
    let error = |reason| ParseError::new(reason, offset);
    let tag = varint(reader)?;
    let number = u32::try_from(tag).map_or(0, |tag| tag >> 3);
    if number == 0 {
        return Err(error(Reason::FieldNumber));
    }
    let wire = (tag & 7) as u8;
    let mut ahead = *reader;
    let mut varint_value = 0;
    let length = match wire {
        VARINT => {
            varint_value = varint(&mut ahead)?;
            reader.remaining().wrapping_sub(ahead.remaining())
        }
        1 => 8,
        BYTES => usize::try_from(varint(reader)?).unwrap_or(usize::MAX),
        5 => 4,
        _ => return Err(error(Reason::FieldWireType)),
    };
    let value = reader.span(length).map_err(|_| error(Reason::FieldTooLong))?;
    Ok(Field { number, wire, value, varint: varint_value, offset })
}

/// A number in groups of seven bits, lowest first, at most ten of them.
#[inline(never)]
fn varint(reader: &mut Reader<'_>) -> Result<u64, ParseError> {
    let start = reader.offset();
    let mut value = 0_u64;
    for group in 0..10_u32 {
        let byte = u32::from(reader.byte());
        // The tenth byte holds one bit.
        if group == 9 && byte > 1 {
            break;
        }
        value |= u64::from(byte & 0x7f).wrapping_shl(group.wrapping_mul(7));
        if byte < 0x80 {
            reader.check()?;
            return Ok(value);
        }
    }
    Err(ParseError::new(Reason::VarintTooLong, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(message: Span<'_>) -> Result<Vec<Field<'_>>, ParseError> {
        let mut fields = Fields::new(message);
        let read = fields.by_ref().collect();
        fields.check().map(|()| read)
    }

    #[test]
    fn every_wire_type() {
        let read = fields(Span::whole(b"\x08\xac\x02\x12\x01x\x1d1234\x2112345678")).unwrap();
        let flat: Vec<_> =
            read.iter().map(|field| (field.number, field.wire, field.value.offset, field.value.bytes.len(), field.varint)).collect();
        assert_eq!(flat, [(1, 0, 1, 2, 300), (2, 2, 5, 1, 0), (3, 5, 7, 4, 0), (4, 1, 12, 8, 0)]);
    }

    #[test]
    fn the_largest_numbers() {
        let read = fields(Span::whole(b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")).unwrap();
        assert_eq!(read[0].varint, u64::MAX);
        let read = fields(Span::whole(b"\xf8\xff\xff\xff\x0f\x00")).unwrap();
        assert_eq!(read[0].number, (1 << 29) - 1);
    }

    #[test]
    fn refusals() {
        for (bytes, offset) in [
            (&b"\x00\x00"[..], 0),                                    // number 0
            (b"\x08", 1),                                             // no value
            (b"\x08\x80", 2),                                         // cut
            (b"\x12\x05abc", 0),                                      // length past the end
            (b"\x12\xfa\xff\xff\xff\x0f", 0),                         // −6 to a signed reader
            (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0),     // 2⁶⁴−1
            (b"\x08\x01\x0b\x0c", 2),                                 // a group
            (b"\x0e\x00", 0),                                         // wire type 6
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 1),     // 65 bits
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 1), // eleven bytes
            (b"\xf8\xff\xff\xff\x1f\x00", 0),                         // number 2³⁰−1
        ] {
            assert_eq!(fields(Span::whole(bytes)).unwrap_err().offset, offset, "{bytes:?}");
        }
    }
}
