//! The one cursor: every length in every format is checked here and nowhere else.
//!
//! A [`Reader`] walks a slice and knows where in the caller's input that slice lies, so that an error or a payload can
//! be identified by its offset in the input, however deeply it is nested.

use crate::error::{ParseError, Reason};

/// A slice that knows its place in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span<'a> {
    /// Offset of the first byte in the input.
    pub offset: usize,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Span<'a> {
    /// The whole of an input.
    pub fn whole(bytes: &'a [u8]) -> Self {
        Self { offset: 0, bytes }
    }

    /// A cursor over this slice.
    pub fn reader(self) -> Reader<'a> {
        Reader { rest: self.bytes, offset: self.offset, short: None }
    }
}

/// Where a part lies in the input. `None` if it is not part of it: a constant, or decoded text.
pub fn place_of(input: &[u8], part: &[u8]) -> Option<(usize, usize)> {
    let offset = part.as_ptr().addr().checked_sub(input.as_ptr().addr())?;
    let end = offset.checked_add(part.len())?;
    (!part.is_empty() && end <= input.len()).then_some((offset, part.len()))
}

/// A cursor over bytes. Copies are cheap, so a look ahead is a copy.
///
/// There are two ways to read. Functions that return a `Result` consume nothing if too few bytes are left.
/// [`Reader::get`] and [`Reader::be`] return nothing then, and the reader remembers the failure, so that a header of
/// many fields is read without a check at each one and checked once, by [`Reader::check`].
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
    /// Where the first read began that found too few bytes.
    short: Option<usize>,
}

impl<'a> Reader<'a> {
    /// A cursor at the start of an input.
    pub fn new(bytes: &'a [u8]) -> Self {
        Span::whole(bytes).reader()
    }

    /// Where in the input the next byte lies.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `count` bytes.
    #[inline(never)]
    pub fn span(&mut self, count: usize) -> Result<Span<'a>, ParseError> {
        steps::count();
        let Some((head, rest)) = self.rest.split_at_checked(count) else {
            return Err(ParseError::new(Reason::EndsEarly, self.offset));
        };
        let span = Span { offset: self.offset, bytes: head };
        self.rest = rest;
        // Cannot wrap: `count` is at most the length of a slice that lies in the input.
        self.offset = self.offset.wrapping_add(count);
        Ok(span)
    }

    /// The next `count` bytes, or an empty slice.
    #[inline(never)]
    pub fn part(&mut self, count: usize) -> Span<'a> {
        self.span(count).unwrap_or_else(|fault| {
            self.short = self.short.or(Some(fault.offset));
            self.rest = &[];
            Span::default()
        })
    }

    /// The next `count` bytes, or an empty slice, where their place does not matter.
    pub fn get(&mut self, count: usize) -> &'a [u8] {
        self.part(count).bytes
    }

    /// The next `count` bytes as a big-endian number, or 0; of more than four the lowest count.
    #[inline(never)]
    pub fn be(&mut self, count: usize) -> u32 {
        self.get(count).iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    /// The next byte, or 0.
    #[inline(never)]
    pub fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((byte, rest)) => {
                steps::count();
                self.rest = rest;
                self.offset = self.offset.wrapping_add(1);
                *byte
            }
            None => self.part(1).bytes.first().copied().unwrap_or_default(),
        }
    }

    /// The next two bytes as a little-endian number, or 0.
    pub fn le16(&mut self) -> u32 {
        self.be(2).swap_bytes() >> 16
    }

    /// The next four bytes as a little-endian number, or 0.
    pub fn le32(&mut self) -> u32 {
        self.be(4).swap_bytes()
    }

    /// The next 16 bytes, or zeros.
    #[inline(never)]
    pub fn id(&mut self) -> [u8; 16] {
        self.get(16).try_into().unwrap_or_default()
    }

    /// Whether every [`Reader::get`] and [`Reader::be`] found enough bytes.
    #[inline(never)]
    pub fn check(&self) -> Result<(), ParseError> {
        self.short.map_or(Ok(()), |offset| Err(ParseError::new(Reason::EndsEarly, offset)))
    }

    /// The next `count` bytes, where their place does not matter.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], ParseError> {
        Ok(self.span(count)?.bytes)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ParseError> {
        let offset = self.offset;
        self.take(N)?.try_into().map_err(|_| ParseError::new(Reason::EndsEarly, offset))
    }

    /// All that is left.
    #[inline(never)]
    pub fn rest(&mut self) -> Span<'a> {
        let span = Span { offset: self.offset, bytes: self.rest };
        self.offset = self.offset.wrapping_add(self.rest.len());
        self.rest = &[];
        span
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, ParseError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// A big-endian 16-bit number (ISO base media files).
    pub fn u16_be(&mut self) -> Result<u16, ParseError> {
        self.array().map(u16::from_be_bytes)
    }

    /// A big-endian 32-bit number.
    pub fn u32_be(&mut self) -> Result<u32, ParseError> {
        self.array().map(u32::from_be_bytes)
    }

    /// A little-endian 16-bit number (PlayReady, FairPlay's legacy init data).
    pub fn u16_le(&mut self) -> Result<u16, ParseError> {
        self.array().map(u16::from_le_bytes)
    }

    /// A little-endian 32-bit number.
    pub fn u32_le(&mut self) -> Result<u32, ParseError> {
        self.array().map(u32::from_le_bytes)
    }
}

/// Counts the work of a parser in tests, so that "linear in the input's length" is proved without a clock.
pub mod steps {
    #[cfg(test)]
    std::thread_local! {
        static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }

    /// One unit of work: a read from the cursor, a character examined, a node created.
    #[inline(always)]
    pub fn count() {
        #[cfg(test)]
        STEPS.with(|steps| steps.set(steps.get().saturating_add(1)));
    }

    /// Many units at once: a stretch of the input that was searched.
    #[inline(always)]
    pub fn add(_count: usize) {
        #[cfg(test)]
        STEPS.with(|steps| steps.set(steps.get().saturating_add(_count as u64)));
    }

    /// How many steps `work` took on this thread.
    #[cfg(test)]
    pub fn of<T>(work: impl FnOnce() -> T) -> (u64, T) {
        let before = STEPS.with(std::cell::Cell::get);
        let value = work();
        (STEPS.with(std::cell::Cell::get).saturating_sub(before), value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_byte_orders_and_keeps_its_place() {
        let mut reader = Reader::new(&[0, 0, 0, 1, 2, 0, 9, 8, 7]);
        assert_eq!(reader.u32_be(), Ok(1));
        assert_eq!(reader.u16_le(), Ok(2));
        assert_eq!(reader.span(2), Ok(Span { offset: 6, bytes: &[9, 8] }));
        assert_eq!(reader.remaining(), 1);
    }

    #[test]
    fn a_read_past_the_end_reports_its_place_and_consumes_nothing() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u32_be(), Err(ParseError::new(Reason::EndsEarly, 1)));
        assert_eq!(reader.take(usize::MAX), Err(ParseError::new(Reason::EndsEarly, 1)));
        assert_eq!(reader.u16_be(), Ok(0x0203));
    }

    #[test]
    fn a_failed_read_is_remembered_and_later_reads_are_empty() {
        let mut reader = Reader::new(&[1, 2, 3, 4, 5]);
        assert_eq!((reader.be(2), reader.le16(), reader.check()), (0x0102, 0x0403, Ok(())));
        assert_eq!((reader.id(), reader.be(1), reader.is_empty()), ([0; 16], 0, true));
        assert_eq!(reader.check(), Err(ParseError::new(Reason::EndsEarly, 4)));
    }

    #[test]
    fn a_slice_of_the_input_has_a_place_and_anything_else_has_none() {
        let input = [1, 2, 3, 4];
        assert_eq!(place_of(&input, &input[1..3]), Some((1, 2)));
        assert_eq!(place_of(&input, &input), Some((0, 4)));
        assert_eq!(place_of(&input[..2], &input[1..3]), None);
        assert_eq!(place_of(&input[2..], &input[1..3]), None);
        assert_eq!(place_of(&input, b"\x02\x03"), None);
        assert_eq!(place_of(&input, &input[2..2]), None);
    }

    #[test]
    fn a_nested_cursor_counts_from_the_start_of_the_input() {
        let mut outer = Reader::new(&[0, 1, 2, 3, 4]);
        outer.take(2).unwrap();
        let mut inner = outer.span(2).unwrap().reader();
        inner.u8().unwrap();
        assert_eq!(inner.offset(), 3);
        assert_eq!(inner.u16_be(), Err(ParseError::new(Reason::EndsEarly, 3)));
        assert_eq!(outer.rest(), Span { offset: 4, bytes: &[4] });
        assert!(outer.is_empty());
    }
}
