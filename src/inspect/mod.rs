//! Identifies and reads anything related to DRM: init data and its parts, segments, manifests, license tokens,
//! challenges, licenses, error bodies, CPIX, URLs. Layers of encoding are removed one at a time (hex, base64, data
//! URIs, base64 in base64), and several items in a row are separated.
//!
//! This is the interface to JavaScript: readers return typed structs, a [`Finding`] contains their JSON. Content keys
//! are never shown, only their key ids; those in a URL are masked before anything is read. Input that is recognized but
//! unreadable is named, with the `error` of its reader.

mod damaged;
mod documents;
mod json_places;
mod keys;
mod messages;
pub mod ranges;
mod tokens;

use crate::bytes::{Span, steps};
use crate::init_data::{self, InitData, InitDataType, Options, looks_like_object};
use crate::isobmff::{is_type, next_box};
use crate::json::{Object, Writer};
use crate::manifest::{self, data_uri, secret};
use crate::system;
use crate::text::{self, hex, swap_guid, to_base64};

/// Layers of encoding: pasted input has two, three at most.
const MAX_LAYERS: usize = 5;
/// Consecutive items.
const MAX_PIECES: usize = 64;

/// The identified input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `cenc`, `widevine-data`, `segment`, `license-token`, … or `unknown`.
    pub kind: &'static str,
    /// Its content as JSON. Bytes are `[offset, length]` of `bytes`, or of the input if `bytes` is absent.
    pub value: String,
    /// The layers of encoding, outermost first.
    pub layers: Vec<&'static str>,
    /// The decoded bytes, without content keys, if they differ from the input.
    pub bytes: Option<Vec<u8>>,
}

impl Finding {
    fn new(kind: &'static str, value: String) -> Self {
        Self { kind, value, layers: Vec::new(), bytes: None }
    }

    fn object(kind: &'static str, fill: impl FnOnce(&mut Object<'_>)) -> Self {
        let mut out = Writer::new();
        out.object(fill);
        Self::new(kind, out.finish())
    }

    fn in_layer(mut self, layer: &'static str, bytes: Option<Vec<u8>>) -> Self {
        self.layers.insert(0, layer);
        self.bytes = self.bytes.or(bytes);
        self
    }

    fn is_unknown(&self) -> bool {
        self.kind == "unknown"
    }

    /// `{kind, value, layers?, bytes?}`, the bytes in base64.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| self.write(o));
        out.finish()
    }

    fn write(&self, o: &mut Object<'_>) {
        o.string("kind", self.kind);
        o.raw("value", &self.value);
        if !self.layers.is_empty() {
            o.strings("layers", &self.layers);
        }
        o.optional_string("bytes", self.bytes.as_deref().map(to_base64).as_deref());
    }
}

/// Identifies bytes.
pub fn bytes(data: &[u8]) -> Finding {
    without_keys(data, |data| of_bytes(data, MAX_LAYERS))
}

/// Identifies a text.
pub fn text(input: &str) -> Finding {
    // Masked text is text.
    without_keys(input.as_bytes(), |data| of_text(str::from_utf8(data).unwrap_or_default(), MAX_LAYERS))
}

/// Masks content keys, and adjusts the finding's places to the masked text.
fn without_keys(data: &[u8], read: impl Fn(&[u8]) -> Finding) -> Finding {
    let Some(masked) = secret::masked(data) else { return read(data) };
    let mut found = read(&masked);
    found.bytes = found.bytes.or(Some(masked));
    found
}

/// The content of a layer of encoding.
fn inside(layer: &'static str, data: Vec<u8>, layers: usize) -> Finding {
    let data = secret::masked(&data).unwrap_or(data);
    of_bytes(&data, layers.saturating_sub(1)).in_layer(layer, Some(data))
}

fn unknown(size: usize) -> Finding {
    Finding::object("unknown", |o| o.number("size", size as u64))
}

fn of_bytes(data: &[u8], layers: usize) -> Finding {
    steps::count();
    if data.is_empty() || layers == 0 {
        return unknown(data.len());
    }
    if let Some(found) = segment(data).or_else(|| messages::binary(data)) {
        return found;
    }
    let wide = text::from_utf16_le(data);
    let xml = wide.as_deref().map(str::trim_start).filter(|text| text.starts_with('<'));
    if let Some(found) = xml.and_then(documents::read) {
        return found;
    }
    let read = init_data::parse(data, Options::default()).ok();
    let damaged = read.as_ref().is_none_or(InitData::is_damaged);
    if damaged && let Some(found) = pieces_of_bytes(data, layers) {
        return found;
    }
    let text = str::from_utf8(data).ok().filter(|text| text.chars().all(|c| !c.is_control() || c.is_whitespace()));
    match (read, text) {
        (Some(read), _) => of_init_data(data, &read),
        // JSON, XML, playlists, base64 and the like, given as bytes.
        (None, Some(text)) => of_text(text, layers.saturating_sub(1)),
        (None, None) => damaged::bytes(data).unwrap_or_else(|| unknown(data.len())),
    }
}

fn of_init_data(data: &[u8], read: &InitData<'_>) -> Finding {
    let kind = match read.boxes.first() {
        _ if !read.is_bare() => read.kind.as_str(),
        Some(pssh) if pssh.header.system_id == system::WIDEVINE => "widevine-data",
        _ if looks_like_object(data) => "playready-object",
        _ => "playready-header",
    };
    Finding::new(kind, read.to_json())
}

/// A file or fragment, recognized by its first box.
fn segment(data: &[u8]) -> Option<Finding> {
    let kind = data.get(4..8)?;
    if !matches!(kind, b"ftyp" | b"styp" | b"moov" | b"moof" | b"sidx" | b"emsg" | b"prft" | b"mdat") {
        return None;
    }
    Some(match init_data::segment::parse(data) {
        Ok(read) => Finding::new("segment", read.to_json()),
        Err(error) => damaged::finding("segment", &error),
    })
}

fn of_text(input: &str, layers: usize) -> Finding {
    steps::count();
    let text = input.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\0']);
    if text.is_empty() || layers == 0 {
        return unknown(input.len());
    }
    known_text(text, layers)
        .or_else(|| wrapped(text, layers))
        .or_else(|| pieces_of_text(text, layers))
        .or_else(|| damaged::text(text))
        .unwrap_or_else(|| unknown(input.len()))
}

/// Texts that need no decoding.
fn known_text(text: &str, layers: usize) -> Option<Finding> {
    if text.starts_with("#EXT") {
        let kind = if text.contains('\n') { "hls" } else { "hls-key" };
        return manifest::parse(text).ok().map(|read| Finding::new(kind, read.to_json()));
    }
    if text.starts_with("METHOD=") {
        let line = ["#EXT-X-KEY:", text].concat();
        return manifest::parse(&line).ok().map(|read| Finding::new("hls-key", read.to_json()));
    }
    if text.starts_with('<') {
        return documents::read(text);
    }
    if text.starts_with(['{', '[']) {
        return messages::json(text);
    }
    if text.starts_with("skd:") {
        let options = Options { kind: Some(InitDataType::Skd), strict: false };
        let read = init_data::parse(text.as_bytes(), options);
        return Some(read.map_or_else(|error| damaged::finding("skd", &error), |read| Finding::new("skd", read.to_json())));
    }
    if let Some(data) = data_uri::decode(text) {
        return Some(inside("data-uri", data, layers));
    }
    if let Some(spc) = text.strip_prefix("spc=") {
        let spc = spc.split('&').next().unwrap_or_default();
        let bytes = data_uri::percent_decode(spc);
        let bytes = text::from_base64(str::from_utf8(&bytes).ok()?)?;
        return Some(inside("form", bytes, layers));
    }
    tokens::url(text).or_else(|| tokens::jwt(text)).or_else(|| key_id(text))
}

/// A key id on its own, in both byte orders.
fn key_id(text: &str) -> Option<Finding> {
    let base64 = || text::from_base64(text).filter(|_| text.len() == 24).and_then(|id| id.try_into().ok());
    let id: [u8; 16] = text::key_id(text).or_else(base64)?;
    Some(Finding::object("key-id", |o| {
        o.string("keyId", &hex(&id));
        o.string("inGuidOrder", &hex(&swap_guid(id)));
        o.string("base64", &to_base64(&id));
    }))
}

/// Custom data, or bytes in hex or base64.
fn wrapped(text: &str, layers: usize) -> Option<Finding> {
    if let Some(found) = tokens::custom_data(text) {
        return Some(found);
    }
    // In the encoding of a URL's query.
    if text.contains('%') && !text.contains(char::is_whitespace) {
        let data = data_uri::percent_decode(text);
        let found = (data != text.as_bytes()).then(|| inside("url-encoded", data, layers)).filter(|found| !found.is_unknown());
        if found.is_some() {
            return found;
        }
    }
    let (layer, data) = text::from_hex(text).map(|data| ("hex", data)).or_else(|| text::from_base64(text).map(|data| ("base64", data)))?;
    let found = inside(layer, data, layers);
    (!found.is_unknown()).then_some(found)
}

fn pieces(found: Vec<Finding>) -> Option<Finding> {
    let known = found.len() > 1 && found.iter().all(|piece| !piece.is_unknown());
    known.then(|| Finding::object("pieces", |o| o.objects("pieces", &found, |o, piece| piece.write(o))))
}

/// Boxes and PlayReady Objects, one after the other. Each has its own bytes.
fn pieces_of_bytes(data: &[u8], layers: usize) -> Option<Finding> {
    let mut reader = Span::whole(data).reader();
    let mut found = Vec::new();
    while !reader.is_empty() {
        let rest = { reader }.rest();
        let mut ahead = reader;
        let length = match next_box(&mut ahead) {
            Ok(Some(found)) if is_type(&found.kind) => found.size,
            _ if looks_like_object(rest.bytes) => { reader }.u32_le().ok()? as usize,
            _ => return None,
        };
        let piece = reader.span(length).ok()?;
        if found.len() >= MAX_PIECES || length == data.len() {
            return None;
        }
        found.push(of_bytes(piece.bytes, layers.saturating_sub(1)).in_layer("piece", Some(piece.bytes.to_vec())));
    }
    pieces(found)
}

/// Texts separated by whitespace, commas or the padding of base64.
fn pieces_of_text(text: &str, layers: usize) -> Option<Finding> {
    let mut found = Vec::new();
    for part in text.split([' ', '\t', '\r', '\n', ',', ';']).flat_map(|part| part.split_inclusive('=')) {
        // The second sign of `==` is a part of its own.
        if part.is_empty() || part == "=" {
            continue;
        }
        if found.len() >= MAX_PIECES {
            return None;
        }
        let piece = of_text(part, layers.saturating_sub(1));
        if piece.is_unknown() {
            return None;
        }
        found.push(piece);
    }
    pieces(found)
}

#[cfg(test)]
mod tests;
