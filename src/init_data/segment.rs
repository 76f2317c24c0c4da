//! fMP4 init and media segments: the protection of every track, and PSSH boxes, read from the box tree and never by
//! searching for bytes (ISO/IEC 14496-12; ISO/IEC 23001-7, 6 and 8; Microsoft, "Protected Interoperable File Format").
//!
//! ```text
//! moov                                   moof
//!   pssh…                                  pssh…
//!   trak                                   traf
//!     tkhd  track id                         tfhd  track id
//!     mdia/hdlr  kind of track               sgpd  "seig": other keys for groups of samples
//!     mdia/minf/stbl/stsd  sample entries
//!     mdia/minf/stbl/sgpd  "seig"
//! ```
//!
//! PIFF has the same in uuid boxes: `d08a4f18…` is pssh without a list of keys, `8974dbce…` is tenc.

mod json_form;

use super::collect::Collector;
use super::sinf::{self, TrackEncryption};
use super::visitor::{Report, Visitor, Warning};
use super::{InitDataType, KeyIds, PsshBox, pssh, sample_entry};
use crate::bytes::{Reader, Span};
use crate::error::{Code, Error, ParseError, Reason};
use crate::isobmff::{Mp4Box, next_box};
use crate::system::Scheme;

const PIFF_PSSH: [u8; 16] = *b"\xd0\x8a\x4f\x18\x10\xf3\x4a\x82\xb6\xc8\x32\xd8\xab\xa1\x83\xd3";

/// One track.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Track<'a> {
    /// Its number.
    pub track_id: u32,
    /// The handler's four characters: `vide`, `soun`, `subt`…
    pub handler: Option<[u8; 4]>,
    /// The codec's four characters.
    pub codec: Option<[u8; 4]>,
    /// Its encryption.
    pub scheme: Option<Scheme>,
    /// The sample entry's own four characters.
    pub sample_entry: Option<[u8; 4]>,
    /// The defaults of its samples.
    pub default: Option<TrackEncryption<'a>>,
    /// Groups of samples with their own values.
    pub groups: Vec<TrackEncryption<'a>>,
    /// The places of fields whose values are copies, by their names in the public type.
    pub places: Vec<(&'static str, Span<'a>)>,
}

/// The protection in a segment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Segment<'a> {
    /// Every track that moov or moof names, clear ones too.
    pub tracks: Vec<Track<'a>>,
    /// Every PSSH box in moov and moof.
    pub boxes: Vec<PsshBox<'a>>,
    /// Keys of tracks, groups and boxes, without repeats.
    pub key_ids: KeyIds,
    /// Deviations from the specifications.
    pub warnings: Vec<Warning>,
}

/// Reads a segment. It has to be complete: a truncated one is an error.
pub fn parse(data: &[u8]) -> Result<Segment<'_>, Error> {
    let invalid = |error| Error::unreadable(Code::SegmentInvalid, error);
    if data.is_empty() {
        return Err(invalid(ParseError::new(Reason::Empty, 0)));
    }
    let mut collector = Collector::default();
    let tracks = read(data, &mut collector).map_err(invalid)?;
    let boxes = collector.finished();
    let mut key_ids = KeyIds::default();
    for track in &tracks {
        let groups = track.groups.iter().filter(|group| group.is_protected);
        track.default.iter().chain(groups).for_each(|defaults| key_ids.add(&defaults.key_id));
    }
    boxes.key_ids.iter().for_each(|id| key_ids.add(id));
    key_ids.finish();
    Ok(Segment { tracks, boxes: boxes.boxes, key_ids, warnings: boxes.warnings })
}

/// Reads a segment and reports its boxes to a visitor.
pub fn read<'a, V: Visitor<'a>>(data: &'a [u8], visitor: &mut V) -> Result<Vec<Track<'a>>, ParseError> {
    let mut walk = Walk { tracks: Vec::new(), boxes: Report::new(visitor) };
    walk.read(Reader::new(data))?;
    walk.boxes.finish(InitDataType::Cenc);
    Ok(walk.tracks)
}

/// A segment while it is read.
struct Walk<'a, 'v, V> {
    tracks: Vec<Track<'a>>,
    boxes: Report<'a, 'v, V>,
}

impl<'a, V: Visitor<'a>> Walk<'a, '_, V> {
    fn read(&mut self, mut reader: Reader<'a>) -> Result<(), ParseError> {
        while let Some(found) = next_box(&mut reader)? {
            if matches!(&found.kind, b"moov" | b"moof") {
                let mut children = found.body.reader();
                while let Some(child) = next_box(&mut children)? {
                    self.child(child)?;
                }
            }
        }
        Ok(())
    }

    fn child(&mut self, child: Mp4Box<'a>) -> Result<(), ParseError> {
        match &child.kind {
            b"pssh" => self.pssh(&child),
            b"uuid" if child.body.bytes.starts_with(&PIFF_PSSH) => {
                let mut body = child.body.reader();
                body.take(16)?;
                self.pssh(&Mp4Box { kind: *b"pssh", body: body.rest(), ..child });
            }
            b"trak" => self.trak(child.body)?,
            b"traf" => self.traf(child.body)?,
            _ => {}
        }
        Ok(())
    }

    /// A bad box loses neither the tracks nor the other boxes.
    fn pssh(&mut self, found: &Mp4Box<'a>) {
        if let Err(error) = pssh::read(found, false, &mut self.boxes) {
            pssh::leave_out(error, &mut self.boxes);
        }
    }

    fn trak(&mut self, trak: Span<'a>) -> Result<(), ParseError> {
        let mut track = Track { places: vec![("", trak)], ..Track::default() };
        each(trak, &mut |child| {
            match &child.kind {
                b"tkhd" => {
                    let mut body = child.body.reader();
                    let times = if body.u32_be()? >> 24 == 0 { 8 } else { 16 };
                    body.take(times)?;
                    track.places.push(("trackId", { body }.span(4)?));
                    track.track_id = body.u32_be()?;
                }
                b"mdia" => each(child.body, &mut |child| {
                    match &child.kind {
                        b"hdlr" => {
                            let mut body = child.body.reader();
                            body.take(8)?;
                            track.places.push(("type", { body }.span(4)?));
                            track.handler = Some(body.array()?);
                        }
                        b"minf" => each(child.body, &mut |child| {
                            if &child.kind == b"stbl" {
                                each(child.body, &mut |child| track.sample_table(child))?;
                            }
                            Ok(())
                        })?,
                        _ => {}
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        self.tracks.push(track);
        Ok(())
    }

    fn traf(&mut self, traf: Span<'a>) -> Result<(), ParseError> {
        let mut track_id = 0;
        let mut groups = Vec::new();
        each(traf, &mut |child| {
            match &child.kind {
                b"tfhd" => {
                    let mut body = child.body.reader();
                    body.u32_be()?;
                    track_id = body.u32_be()?;
                }
                b"sgpd" => groups.extend(sample_groups(child.body)?),
                _ => {}
            }
            Ok(())
        })?;
        // Fragments have tracks in the same order, so the track is usually the last one.
        match self.tracks.iter_mut().rev().take(64).find(|track| track.track_id == track_id) {
            Some(track) => track.groups.extend(groups),
            None => self.tracks.push(Track { track_id, groups, ..Track::default() }),
        }
        Ok(())
    }
}

impl<'a> Track<'a> {
    fn sample_table(&mut self, child: Mp4Box<'a>) -> Result<(), ParseError> {
        match &child.kind {
            b"stsd" => {
                let entries = sample_entry::read_all(child.body)?;
                // A clear beginning has its own entry besides the encrypted one.
                let encrypted = entries.iter().find(|entry| entry.protection.is_some());
                if let Some(entry) = encrypted.or(entries.first()) {
                    self.sample_entry = Some(entry.kind);
                    let protection = entry.protection.unwrap_or_default();
                    self.codec = protection.codec.or(Some(entry.kind));
                    self.scheme = protection.scheme();
                    self.default = protection.tenc;
                }
            }
            b"sgpd" => self.groups.extend(sample_groups(child.body)?),
            _ => {}
        }
        Ok(())
    }
}

fn each<'a>(boxes: Span<'a>, visit: &mut dyn FnMut(Mp4Box<'a>) -> Result<(), ParseError>) -> Result<(), ParseError> {
    let mut reader = boxes.reader();
    while let Some(child) = next_box(&mut reader)? {
        visit(child)?;
    }
    Ok(())
}

/// `version/flags:u32 type:4 [length:u32 if version 1] [index:u32 if version 2] count:u32 count × ([length:u32] entry)`
fn sample_groups<'a>(sgpd: Span<'a>) -> Result<Vec<TrackEncryption<'a>>, ParseError> {
    let mut body = sgpd.reader();
    let version = body.u32_be()? >> 24;
    let kind: [u8; 4] = body.array()?;
    let mut groups = Vec::new();
    if &kind != b"seig" {
        return Ok(groups);
    }
    let default_length = if version >= 1 { body.u32_be()? } else { 0 };
    if version >= 2 {
        body.u32_be()?;
    }
    for _ in 0..body.u32_be()? {
        let mut entry = body;
        if version >= 1 {
            let length = if default_length == 0 { body.u32_be()? } else { default_length };
            entry = body.span(length as usize)?.reader();
        }
        let at = entry.offset();
        groups.push(sinf::encryption(&mut entry, 1).ok_or(ParseError::new(Reason::SampleGroupCutOff, at))?);
        if version == 0 {
            body = entry;
        }
    }
    Ok(groups)
}

#[cfg(test)]
#[path = "segment_tests.rs"]
mod tests;
