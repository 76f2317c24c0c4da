//! The places of a finding's fields in its bytes: a path into the finding's value, and the range that it was read from.
//!
//! Init data and segments are read again by a [`Visitor`] that records places; manifests and CPIX documents record
//! those of their attributes and texts as they are read. Values that combine several (the key ids of all boxes) have no
//! place.

use super::{documents, json_places, messages, tokens};
use crate::bytes::{Span, place_of};
use crate::error::ParseError;
use crate::init_data::segment::{self, Track};
use crate::init_data::sinf::{Protection, TrackEncryption};
use crate::init_data::visitor::{PsshHeader, Summary, Value, Visitor, Warning};
use crate::init_data::{self, Options};
use crate::isobmff::SizeForm;
use crate::json::{Object, Writer};
use crate::manifest::{self, Manifest, smooth};
use crate::record::Field;
use crate::text::to_base64;

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A field of an object.
    Name(String),
    /// A member of a list.
    Index(usize),
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Self::Name(name.into())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A field and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRange {
    /// The path to it from the finding's value.
    pub path: Vec<Step>,
    /// Where it begins.
    pub offset: usize,
    /// Its length in bytes.
    pub length: usize,
}

/// The ranges of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranges {
    /// In the order in which they were read.
    pub fields: Vec<FieldRange>,
    /// The bytes that they refer to, if those are neither the finding's nor the input.
    pub bytes: Option<Vec<u8>>,
}

/// The ranges of a finding in `data`: the finding's bytes, or the input if it has none.
pub fn of(kind: &str, data: &[u8]) -> Ranges {
    let text = || str::from_utf8(data).unwrap_or_default();
    let fields = match kind {
        "segment" => of_segment(data),
        "hls" | "hls-key" | "dash" | "content-protection" => of_manifest(text(), manifest::parse),
        "smooth" => of_manifest(text(), smooth::parse),
        "cpix" => return documents::cpix_ranges(data),
        "license-token" | "auth-data" => return tokens::ranges(kind, data),
        "error" | "keyids" | "pack-info" | "nginx-vod-drm" | "clearkey-license" => return json_places::of(kind, data),
        "fairplay-challenge" => {
            messages::SPC_FIELDS.map(|(name, offset, length)| FieldRange { path: vec![name.into()], offset, length }).into()
        }
        "cenc" | "webm" | "skd" | "sinf" | "widevine-data" | "playready-object" | "playready-header" => of_init_data(data),
        _ => Vec::new(),
    };
    Ranges { fields, bytes: None }
}

impl Ranges {
    /// `{ranges: [{path, offset, length}], bytes?}`
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| {
            o.objects("ranges", &self.fields, |o, field| field.write(o));
            o.optional_string("bytes", self.bytes.as_deref().map(to_base64).as_deref());
        });
        out.finish()
    }
}

impl FieldRange {
    fn write(&self, o: &mut Object<'_>) {
        o.list("path", |o| {
            for step in &self.path {
                match step {
                    Step::Name(name) => o.text(name),
                    Step::Index(index) => o.count(*index as u64),
                }
            }
        });
        o.number("offset", self.offset as u64);
        o.number("length", self.length as u64);
    }
}

fn of_init_data(data: &[u8]) -> Vec<FieldRange> {
    let mut places = Places::new(data);
    if init_data::read(data, Options::default(), &mut places).is_err() {
        return Vec::new();
    }
    places.out
}

fn of_segment(data: &[u8]) -> Vec<FieldRange> {
    let mut places = Places::new(data);
    let Ok(tracks) = segment::read(data, &mut places) else { return Vec::new() };
    for (at, track) in tracks.iter().enumerate() {
        places.segment_track(at, track);
    }
    places.out
}

fn of_manifest<E>(text: &str, parse: impl Fn(&str) -> Result<Manifest, E>) -> Vec<FieldRange> {
    // Attributes without their tag are read as if the tag preceded them.
    let tag = if text.trim_start().starts_with("METHOD=") { "#EXT-X-KEY:" } else { "" };
    let Ok(read) = parse(&[tag, text].concat()) else { return Vec::new() };
    let mut out = Vec::new();
    for (at, protection) in read.protections.iter().enumerate() {
        for (name, offset, length) in &protection.places {
            let Some(offset) = offset.checked_sub(tag.len()) else { continue };
            let name = match *name {
                "initData" => match protection.read_init_data() {
                    Some(Ok(_)) => "initData",
                    Some(Err(_)) => "initDataError",
                    None => continue,
                },
                "playreadyObject" if protection.playready_object.is_none() => continue,
                "licenseUrl" if protection.license_url.is_none() => continue,
                name => name,
            };
            let mut path = vec!["protections".into(), at.into()];
            path.extend(Some(name).filter(|name| !name.is_empty()).map(Step::from));
            out.push(FieldRange { path, offset, length: *length });
        }
    }
    out
}

/// The XML of a PlayReady header that is being read.
#[derive(Debug)]
struct Xml {
    /// Where its first character is in the input.
    offset: usize,
    /// The text's address in memory and its length.
    text: (usize, usize),
    /// How many bytes of the input precede each byte of the text; `None` if the number is the same.
    widths: Option<Vec<usize>>,
}

impl Xml {
    fn new(input: Span<'_>, text: &str) -> Self {
        let wide = matches!(input.bytes, [b'<', 0, ..] | [0xff, 0xfe, ..]);
        let mark = if wide { b"\xff\xfe".len() } else { b"\xef\xbb\xbf".len() };
        let marked = input.bytes.starts_with(b"\xff\xfe") || input.bytes.starts_with(b"\xef\xbb\xbf");
        let widths = wide.then(|| {
            let mut widths = Vec::with_capacity(text.len().saturating_add(1));
            let mut at = 0_usize;
            for character in text.chars() {
                widths.resize(widths.len().saturating_add(character.len_utf8()), at);
                at = at.saturating_add(character.len_utf16().saturating_mul(2));
            }
            widths.push(at);
            widths
        });
        let offset = input.offset.saturating_add(if marked { mark } else { 0 });
        Self { offset, text: (text.as_ptr().addr(), text.len()), widths }
    }

    fn place(&self, part: &str) -> Option<(usize, usize)> {
        let from = part.as_ptr().addr().checked_sub(self.text.0)?;
        let to = from.checked_add(part.len())?;
        if part.is_empty() || to > self.text.1 {
            return None;
        }
        let at = |byte: usize| self.widths.as_ref().map_or(Some(byte), |widths| widths.get(byte).copied());
        let (from, to) = (at(from)?, at(to)?);
        Some((self.offset.checked_add(from)?, to.checked_sub(from)?))
    }
}

/// Records the places of fields.
#[derive(Debug)]
pub struct Places<'a> {
    input: &'a [u8],
    out: Vec<FieldRange>,
    path: Vec<Step>,
    /// The number of members of each open list, by name: one level for each open object.
    counts: Vec<Vec<(Field, usize)>>,
    boxes: usize,
    tracks: usize,
    next: Option<(usize, usize)>,
    xml: Option<Xml>,
}

/// As the public types spell it.
fn name(field: Field) -> String {
    match field {
        Field::PlayReady => "playready".into(),
        Field::FairPlay => "fairplay".into(),
        Field::FieldNumber => "field".into(),
        Field::FirstKey => "keys".into(),
        _ => {
            let name = format!("{field:?}");
            let (first, rest) = name.split_at_checked(1).unwrap_or_default();
            [&first.to_ascii_lowercase(), rest].concat()
        }
    }
}

fn is_list(field: Field) -> bool {
    field as u8 >= Field::KeyIds as u8
}

impl<'a> Places<'a> {
    fn new(input: &'a [u8]) -> Self {
        Self { input, out: Vec::new(), path: Vec::new(), counts: vec![Vec::new()], boxes: 0, tracks: 0, next: None, xml: None }
    }

    fn note(&mut self, steps: &[Step], (offset, length): (usize, usize)) {
        if length > 0 && offset.checked_add(length).is_some_and(|end| end <= self.input.len()) {
            self.out.push(FieldRange { path: [&self.path, steps].concat(), offset, length });
        }
    }

    fn span(&mut self, steps: &[Step], span: Span<'_>) {
        self.note(steps, (span.offset, span.bytes.len()));
    }

    /// The next index in a list of the open object.
    fn index(&mut self, field: Field) -> usize {
        // The key of a version 4.0 header is a member of the same list.
        let list = if field == Field::FirstKey { Field::Keys } else { field };
        let Some(counts) = self.counts.last_mut() else { return 0 };
        if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == list) {
            *count = count.saturating_add(1);
            return count.saturating_sub(1);
        }
        counts.push((list, 1));
        0
    }

    /// It goes to the front: the others move.
    fn make_room(&mut self) {
        let (depth, keys) = (self.path.len(), Step::from("keys"));
        for range in self.out.iter_mut().filter(|range| range.path.starts_with(&self.path) && range.path.get(depth) == Some(&keys)) {
            if let Some(Step::Index(index)) = range.path.get_mut(depth.saturating_add(1)) {
                *index = index.saturating_add(1);
            }
        }
    }

    fn encryption(&mut self, steps: &[Step], key_id: &str, of: &TrackEncryption<'_>) {
        let end = of.key_id_at.saturating_add(16);
        // A track of JSON has places in its own bytes.
        if self.input.get(of.key_id_at..end) == Some(&of.key_id[..]) {
            self.note(&[steps, &[key_id.into()]].concat(), (of.key_id_at, 16));
            if let Some(at) = of.key_id_at.checked_sub(1) {
                self.note(&[steps, &["ivSize".into()]].concat(), (at, 1));
            }
        }
        if let Some(place) = of.constant_iv.and_then(|iv| place_of(self.input, iv)) {
            self.note(&[steps, &["constantIv".into()]].concat(), place);
        }
    }

    fn segment_track(&mut self, at: usize, track: &Track<'a>) {
        let steps = ["tracks".into(), at.into()];
        for (name, span) in &track.places {
            let own = Some(Step::from(*name)).filter(|_| !name.is_empty());
            self.span(&[&steps[..], own.as_slice()].concat(), *span);
        }
        if let Some(default) = &track.default {
            self.encryption(&steps, "defaultKeyId", default);
        }
        for (group, of) in track.groups.iter().enumerate() {
            self.encryption(&[&steps[..], &["groups".into(), group.into()]].concat(), "keyId", of);
        }
    }
}

impl<'a> Visitor<'a> for Places<'a> {
    const PLACES: bool = true;

    fn place(&mut self, at: Span<'a>) {
        self.next = Some((at.offset, at.bytes.len()));
    }

    fn xml(&mut self, input: Span<'a>, text: &str) {
        self.xml = Some(Xml::new(input, text));
    }

    fn place_in_xml(&mut self, part: &str) {
        self.next = self.xml.as_ref().and_then(|xml| xml.place(part));
    }

    fn begin_box(&mut self, header: &PsshHeader<'a>) {
        self.path = vec!["boxes".into(), self.boxes.into()];
        self.boxes = self.boxes.saturating_add(1);
        self.counts.push(Vec::new());
        self.note(&[], (header.offset, header.size));
        if header.bare {
            return;
        }
        let uuid = self.input.get(header.offset.saturating_add(4)..header.offset.saturating_add(8)) == Some(b"uuid");
        let long = header.form == SizeForm::Long;
        let (size, plain) = if long { ((8, 8), 16) } else { ((0, 4), 8_usize) };
        let body = header.offset.saturating_add(plain).saturating_add(if uuid { 16 } else { 0 });
        for (name, from, length) in [("version", body, 1), ("flags", body.saturating_add(1), 3), ("systemId", body.saturating_add(4), 16)] {
            self.note(&[name.into()], (from, length));
        }
        self.note(&["size".into()], (header.offset.saturating_add(size.0), size.1));
        for (at, offset) in (header.key_ids.offset..).step_by(16).take(header.key_ids.bytes.len() / 16).enumerate() {
            self.note(&["keyIds".into(), at.into()], (offset, 16));
        }
        self.span(&["data".into()], header.data);
        self.span(&["padding".into()], header.padding);
    }

    fn payload_error(&mut self, _error: ParseError) {}

    fn end_box(&mut self) {
        self.path.clear();
        self.counts.truncate(1);
        self.next = None;
    }

    fn track(&mut self, track: &Protection<'_>) {
        let path = std::mem::take(&mut self.path);
        if let Some(tenc) = &track.tenc {
            self.encryption(&["fairplay".into(), "tracks".into(), self.tracks.into()], "keyId", tenc);
        }
        self.tracks = self.tracks.saturating_add(1);
        self.path = path;
    }

    fn warning(&mut self, _warning: Warning) {}

    fn field(&mut self, field: Field, value: Value<'a, '_>) {
        let told = self.next.take();
        let place = match value {
            Value::Bytes(span) => Some((span.offset, span.bytes.len())),
            Value::Id(id) => place_of(self.input, id),
            Value::Text(text) => place_of(self.input, text.as_bytes()).or(told),
            _ => told,
        };
        let mut steps = vec![Step::Name(name(field))];
        if is_list(field) {
            steps.push(self.index(field).into());
        }
        // Outside boxes there are only the fields of a key's URI.
        if self.path.is_empty() {
            steps.insert(0, "fairplay".into());
        }
        if let Some(place) = place {
            self.note(&steps, place);
        }
    }

    fn open(&mut self, field: Field) {
        if field == Field::FirstKey {
            self.make_room();
        }
        let index = is_list(field).then(|| self.index(field));
        let index = if field == Field::FirstKey { Some(0) } else { index };
        self.path.push(Step::Name(name(field)));
        self.path.extend(index.map(Step::from));
        self.counts.push(Vec::new());
    }

    fn open_list(&mut self, _field: Field) {}

    fn close(&mut self) {
        if let Some(Step::Index(_)) = self.path.pop() {
            self.path.pop();
        }
        self.counts.pop();
    }

    fn mark(&self) -> usize {
        self.out.len()
    }

    fn rewind(&mut self, mark: usize) {
        self.out.truncate(mark);
        self.path.truncate(2);
        self.counts.truncate(2);
        self.next = None;
    }

    fn finish(&mut self, _summary: Summary<'a>) {}
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
#[path = "ranges_tests.rs"]
mod tests;
