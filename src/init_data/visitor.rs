//! The visitor that readers of init data report to.
//!
//! A reader walks the bytes and reports what it finds, in the order in which it finds it; it stores nothing. Three
//! visitors
//! exist: [`super::collect`] fills the typed structs of this crate, [`super::record`] writes what crosses into
//! JavaScript, and the inspect module's notes where each field is. Most values are slices of the input and so have a
//! place; the places of the others ([`Visitor::place`], [`Visitor::place_in_xml`]) are reported only to a visitor that
//! needs them, and compiled only for it.

use super::sinf::Protection;
use super::{InitDataType, KeyIds, skd};
use crate::bytes::Span;
use crate::error::{Code, ParseError, Reason};
use crate::isobmff::SizeForm;
use crate::record::Field;
use std::borrow::Cow;

/// The fields of a PSSH box, except those of its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PsshHeader<'a> {
    /// The DRM system.
    pub system_id: [u8; 16],
    /// 0 or 1.
    pub version: u32,
    /// 24 bits; 0 in every known box.
    pub flags: u32,
    /// The box's own list: 16 bytes each.
    pub key_ids: Span<'a>,
    /// The data for the DRM.
    pub data: Span<'a>,
    /// Where it begins in the input.
    pub offset: usize,
    /// Its bytes, including the header.
    pub size: usize,
    /// Not a box at all but a payload without one.
    pub bare: bool,
    /// How the size was written.
    pub form: SizeForm,
    /// The field with the data's size is missing.
    pub no_data_size: bool,
    /// Bytes after the data.
    pub padding: Span<'a>,
}

impl<'a> PsshHeader<'a> {
    /// A payload that has no box around it.
    pub fn bare(system_id: [u8; 16], data: Span<'a>) -> Self {
        Self {
            system_id,
            version: 0,
            flags: 0,
            key_ids: Span::default(),
            data,
            offset: data.offset,
            size: data.bytes.len(),
            bare: true,
            form: SizeForm::Plain,
            no_data_size: false,
            padding: Span::default(),
        }
    }
}

/// A deviation from the specification that was read nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Stable.
    pub code: Code,
    /// Why, if the code has several reasons.
    pub reason: Option<Reason>,
    /// Byte offset in the input.
    pub offset: usize,
}

/// A value of a field: from the input (`'a`), or decoded (`'t`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a, 't> {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(u32),
    /// Bytes of the input.
    Bytes(Span<'a>),
    /// An id of the input, shown in hex.
    Id(&'a [u8]),
    /// An id that was decoded.
    DecodedId(&'t [u8]),
    /// Text of the input, or a constant.
    Text(&'a str),
    /// Text that was decoded.
    DecodedText(&'t str),
}

/// A position in the report, to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    visitor: usize,
    key_ids: (usize, usize),
}

/// Receives a reader's reports.
pub trait Visitor<'a> {
    /// Whether it wants to know where fields are.
    const PLACES: bool = false;
    /// The place of the next field, if its value has none.
    fn place(&mut self, _at: Span<'a>) {}
    /// The XML that follows, in the input's encoding and decoded. Places in it are slices of the text.
    fn xml(&mut self, _input: Span<'a>, _text: &str) {}
    /// Where the next field is in the XML.
    fn place_in_xml(&mut self, _part: &str) {}
    /// A box begins. Everything up to [`Visitor::end_box`] belongs to it.
    fn begin_box(&mut self, header: &PsshHeader<'a>);
    /// The data of the box could not be read; the box itself is fine.
    fn payload_error(&mut self, error: ParseError);
    /// The box ends.
    fn end_box(&mut self);
    /// A track, of the init data as a whole.
    fn track(&mut self, track: &Protection<'_>);
    /// Something odd, in the init data as a whole.
    fn warning(&mut self, warning: Warning);
    /// A field of the open object.
    fn field(&mut self, field: Field, value: Value<'a, '_>);
    /// An object, or a member of a list of objects, begins.
    fn open(&mut self, field: Field);
    /// A list that may stay empty.
    fn open_list(&mut self, field: Field);
    /// An object ends.
    fn close(&mut self);
    /// The current position in the report.
    fn mark(&self) -> usize;
    /// Discards the reports about the open box's data since then.
    fn rewind(&mut self, mark: usize);
    /// All has been read.
    fn finish(&mut self, summary: Summary<'a>);
}

/// The combined content of all parts of init data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary<'a> {
    /// The type.
    pub kind: InitDataType,
    /// All key ids that any part names, in order of appearance, without repeats.
    pub key_ids: KeyIds,
    /// PallyCon's CID.
    pub content_id: Option<Cow<'a, str>>,
    /// The key period of rotating keys.
    pub key_period_index: Option<u32>,
}

/// A reading in progress: the visitor, and the combined content so far.
#[derive(Debug)]
pub struct Report<'a, 'v, V> {
    /// Receives every report.
    pub visitor: &'v mut V,
    /// The combined content.
    pub summary: Summary<'a>,
    /// How many boxes were found.
    pub boxes: usize,
}

impl<'a, 'v, V: Visitor<'a>> Report<'a, 'v, V> {
    /// Nothing was read yet.
    pub fn new(visitor: &'v mut V) -> Self {
        Self { visitor, summary: Summary::default(), boxes: 0 }
    }

    /// A key.
    pub fn key_id(&mut self, id: &[u8]) {
        self.summary.key_ids.add(id);
    }

    /// The content id: the first counts.
    pub fn content_id(&mut self, id: Cow<'a, str>) {
        self.summary.content_id.get_or_insert(id);
    }

    /// The key period: the first counts.
    pub fn key_period(&mut self, index: u32) {
        self.summary.key_period_index.get_or_insert(index);
    }

    /// A field that is present or not.
    pub fn optional(&mut self, field: Field, text: Option<&str>) {
        if let Some(text) = text {
            self.visitor.field(field, Value::DecodedText(text));
        }
    }

    /// A warning with a code alone.
    #[inline(never)]
    pub fn warn(&mut self, code: Code, offset: usize) {
        self.visitor.warning(Warning { code, reason: None, offset });
    }

    /// A warning with a reason.
    #[inline(never)]
    pub fn warn_because(&mut self, code: Code, reason: Reason, offset: usize) {
        self.visitor.warning(Warning { code, reason: Some(reason), offset });
    }

    /// Begins a box, and counts its own keys.
    pub fn begin_box(&mut self, header: &PsshHeader<'a>) {
        self.boxes = self.boxes.saturating_add(1);
        self.visitor.begin_box(header);
        header.key_ids.bytes.chunks_exact(16).for_each(|id| self.key_id(id));
    }

    /// Adds a track, and its key.
    pub fn track(&mut self, track: &Protection<'_>) {
        if let Some(tenc) = &track.tenc {
            self.key_id(&tenc.key_id);
        }
        self.visitor.track(track);
    }

    /// The current position in the report.
    pub fn mark(&self) -> Mark {
        Mark { visitor: self.visitor.mark(), key_ids: self.summary.key_ids.mark() }
    }

    /// Discards the reports about the open box's data since then.
    pub fn rewind(&mut self, mark: Mark) {
        self.visitor.rewind(mark.visitor);
        self.summary.key_ids.rewind(mark.key_ids);
    }

    /// Reports the combined content. The period's digits are removed from the content id only if a period confirms
    /// them.
    pub fn finish(mut self, kind: InitDataType) {
        self.summary.kind = kind;
        self.summary.key_ids.finish();
        let Summary { content_id, key_period_index, .. } = &mut self.summary;
        if let Some((cid, index)) = content_id.as_deref().and_then(skd::period)
            && Some(index) == *key_period_index
        {
            let length = cid.len();
            match content_id {
                Some(Cow::Owned(text)) => text.truncate(length),
                Some(Cow::Borrowed(text)) => *text = text.get(..length).unwrap_or(text),
                None => {}
            }
        }
        self.visitor.finish(self.summary);
    }
}
