//! Edits a PlayReady header in place: unchanged parts are not touched, including whitespace, prefixes and order.

use super::header::{Key, Wanted, canonical, element, guid, kid_element};
use super::invalid;
use crate::error::{Error, ParseError, Reason};
use crate::init_data::playready::{TEXTS, parse_header};
use crate::xml::{Element, Event, Reader, escape};
use std::ops::Range;

/// The place of an element.
#[derive(Debug, Clone)]
struct Place<'a> {
    start: Element<'a>,
    whole: Range<usize>,
    content: Range<usize>,
}

/// The places of a header that can change.
#[derive(Debug, Default)]
struct Places<'a> {
    data: Option<Place<'a>>,
    /// Children of DATA, and PROTECTINFO's ALGID.
    named: Vec<Place<'a>>,
    /// KID elements with attributes.
    kids: Vec<Place<'a>>,
}

impl<'a> Places<'a> {
    fn of(xml: &'a str) -> Result<Self, ParseError> {
        let mut out = Self::default();
        let mut reader = Reader::new(xml);
        while let Some(event) = reader.event()? {
            let Event::Start(start) = event else { continue };
            let depth = reader.depth();
            let (from, inside) = (reader.offset(), reader.end());
            let in_protection = reader.is_at(&["PROTECTINFO", start.name]) && depth == 4;
            let kid = in_protection && start.name == "KID" || reader.is_at(&["PROTECTINFO", "KIDS", "KID"]) && depth == 5;
            if depth == 2 && out.data.is_none() {
                // A second reader finds its end, because this one reads its children.
                let mut ahead = Reader::new(xml);
                while ahead.offset() < from && ahead.event()?.is_some() {}
                ahead.skip()?;
                out.data = Some(Place { start, whole: from..ahead.end(), content: inside..ahead.offset() });
                continue;
            }
            let child = depth == 3 && start.name != "PROTECTINFO" || in_protection && start.name == "ALGID";
            if !kid && !child {
                continue;
            }
            reader.skip()?;
            let place = Place { start, whole: from..reader.end(), content: inside..reader.offset() };
            if kid { out.kids.push(place) } else { out.named.push(place) }
        }
        Ok(out)
    }

    fn named(&self, name: &str) -> Option<&Place<'a>> {
        self.named.iter().find(|place| place.start.name == name)
    }
}

/// Changes to a text, by place in the old one.
#[derive(Debug, Default)]
struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Writes text, already escaped, into an element; a self-closing one is opened.
    fn fill(&mut self, place: &Place<'_>, text: String) {
        if place.content.end == place.whole.end {
            let name = place.start.qualified;
            self.0.push((place.whole.clone(), ["<", name, ">", &text, "</", name, ">"].concat()));
        } else {
            self.0.push((place.content.clone(), text));
        }
    }

    fn apply(mut self, old: &str) -> Result<String, Error> {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(old.len());
        let mut at = 0;
        for (range, text) in &self.0 {
            let kept = old.get(at..range.start).ok_or_else(|| invalid(Reason::WriteHeaderOverlap))?;
            out.push_str(kept);
            out.push_str(text);
            at = range.end;
        }
        out.push_str(old.get(at..).unwrap_or_default());
        Ok(out)
    }
}

/// The header `old`, edited to have the given fields.
pub fn header(old: &str, wanted: &Wanted) -> Result<String, Error> {
    let broken = |_| invalid(Reason::WriteHeaderXml);
    let now = read(old)?;
    if wanted.version.is_some() && wanted.version != now.version {
        return canonical(wanted);
    }
    let places = Places::of(old).map_err(broken)?;
    let mut edits = Edits::default();
    let mut added = String::new();
    let prefix = places.data.as_ref().map_or("", |data| data.start.qualified.trim_end_matches("DATA"));
    keys(&places, &now.keys, &wanted.keys, &mut edits)?;
    for (((name, ..), now), wanted) in TEXTS.iter().zip(&now.texts).zip(&wanted.texts) {
        let wanted = wanted.clone();
        if *now == wanted {
            continue;
        }
        // The content of CUSTOMATTRIBUTES is XML itself.
        let raw = *name == "CUSTOMATTRIBUTES";
        match (places.named(name), wanted) {
            (Some(place), Some(text)) => edits.fill(place, if raw { text } else { escape(&text) }),
            (Some(place), None) => edits.0.push((place.whole.clone(), String::new())),
            (None, Some(text)) => {
                let name = [prefix, name].concat();
                let new = if raw { ["<", &name, ">", &text, "</", &name, ">"].concat() } else { element(&name, &text) };
                added.push_str(&new);
            }
            (None, None) => {}
        }
    }
    if !added.is_empty() {
        let data = places.data.as_ref().filter(|data| data.content.end < data.whole.end);
        let data = data.ok_or_else(|| invalid(Reason::WriteHeaderData))?;
        edits.0.push((data.content.end..data.content.end, added));
    }
    let new = edits.apply(old)?;
    check(&new, wanted)?;
    Ok(new)
}

/// Whether a header has the given fields: one that is not well-formed XML would break it for players.
pub fn check(xml: &str, wanted: &Wanted) -> Result<(), Error> {
    let read = read(xml)?;
    if read.keys.len() == wanted.keys.len() { Ok(()) } else { Err(invalid(Reason::WriteHeaderKeys)) }
}

/// The fields of a header.
fn read(xml: &str) -> Result<Wanted, Error> {
    let header = parse_header(xml).map_err(|error| invalid(Reason::WriteHeaderBroken).with(error.reason.as_str()))?;
    Wanted::now(header)
}

fn keys(places: &Places<'_>, now: &[Key], wanted: &[Key], edits: &mut Edits) -> Result<(), Error> {
    let (mut now, mut wanted) = (now, wanted);
    if let Some(place) = places.named("KID") {
        // Version 4.0: one key in three elements.
        let (Some((old, rest)), Some((new, others))) = (now.split_first(), wanted.split_first()) else {
            return Err(invalid(Reason::WriteHeaderOneKey));
        };
        (now, wanted) = (rest, others);
        if old.key_id != new.key_id {
            edits.fill(place, guid(new));
        }
        for (name, old, new) in [("ALGID", &old.algorithm, &new.algorithm), ("CHECKSUM", &old.checksum, &new.checksum)] {
            match (places.named(name), new) {
                _ if old == new => {}
                (Some(place), Some(text)) => edits.fill(place, escape(text)),
                (Some(place), None) => edits.0.push((place.whole.clone(), String::new())),
                (None, Some(text)) => edits.0.push((place.whole.end..place.whole.end, element(name, text))),
                (None, None) => {}
            }
        }
    }
    let mut last = None;
    for (at, place) in places.kids.iter().enumerate() {
        match (now.get(at), wanted.get(at)) {
            (Some(old), Some(new)) if old != new => key(place, old, new, edits),
            (_, Some(_)) => {}
            (_, None) => edits.0.push((place.whole.clone(), String::new())),
        }
        last = Some(place);
    }
    let new = wanted.get(places.kids.len()..).unwrap_or_default();
    if let (Some(place), false) = (last, new.is_empty()) {
        let text = new.iter().map(|key| kid_element(place.start.qualified, key)).collect();
        edits.0.push((place.whole.end..place.whole.end, text));
    }
    Ok(())
}

/// Changes values of attributes; if one is added or removed, the element is written again.
fn key(place: &Place<'_>, old: &Key, new: &Key, edits: &mut Edits) {
    if old.algorithm.is_some() != new.algorithm.is_some() || old.checksum.is_some() != new.checksum.is_some() {
        edits.0.push((place.whole.clone(), kid_element(place.start.qualified, new)));
        return;
    }
    let values = [
        ("VALUE", (old.key_id != new.key_id).then(|| guid(new))),
        ("ALGID", new.algorithm.clone().filter(|_| old.algorithm != new.algorithm)),
        ("CHECKSUM", new.checksum.clone().filter(|_| old.checksum != new.checksum)),
    ];
    let tag = place.start.qualified;
    for (name, raw) in place.start.raw_attributes() {
        let changed = values.iter().find(|(wanted, _)| name == *wanted).and_then(|(_, value)| value.as_ref());
        if let Some(value) = changed {
            // Both are slices of the document; the tag's name begins one byte after the tag.
            let distance = (raw.as_ptr() as usize).wrapping_sub(tag.as_ptr() as usize);
            let start = place.whole.start.wrapping_add(1).wrapping_add(distance);
            edits.0.push((start..start.wrapping_add(raw.len()), escape(value)));
        }
    }
}
