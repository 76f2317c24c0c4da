//! The protection in a manifest: an HLS playlist or a DASH MPD, or a part of one.
//!
//! | module | what |
//! |---|---|
//! | [`hls`], [`dash`], [`smooth`] | one reader per format |
//! | [`checks`] | deviations, in each of them |
//! | [`secret`] | content keys, which are masked before anything is read |

pub mod checks;
pub mod dash;
pub mod data_uri;
pub mod hls;
mod json_form;
pub mod quotes;
pub mod secret;
pub mod smooth;

pub use checks::Warning;

use crate::error::{Code, Error, ParseError, Reason};
use crate::init_data::{self, InitData, InitDataType, KeyIds, Options};
use crate::system::Scheme;

/// The format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTTP Live Streaming.
    Hls,
    /// Dynamic Adaptive Streaming over HTTP.
    Dash,
    /// Smooth Streaming: see [`smooth`].
    Smooth,
}

/// The format that belongs where the init data were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wrapping {
    /// Either, or another format.
    #[default]
    Any,
    /// PSSH boxes.
    Box,
    /// A PlayReady Object without a box.
    Object,
}

/// A key tag or a ContentProtection element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Protection {
    /// The DRM system, if it is one.
    pub system_id: Option<[u8; 16]>,
    /// HLS: `KEYFORMAT`.
    pub key_format: Option<String>,
    /// DASH: `schemeIdUri`.
    pub scheme_id_uri: Option<String>,
    /// DASH: `value`.
    pub value: Option<String>,
    /// HLS: `METHOD`.
    pub method: Option<String>,
    /// The encryption scheme of the media.
    pub scheme: Option<Scheme>,
    /// The keys that it applies to.
    pub key_ids: Vec<Vec<u8>>,
    /// HLS: `KEYID`, verbatim.
    pub key_id_text: Option<String>,
    /// HLS: `URI`.
    pub uri: Option<String>,
    /// The init data in it, and their type.
    pub init_data: Option<(Vec<u8>, Option<InitDataType>)>,
    /// The expected format.
    pub wrapping: Wrapping,
    /// DASH: the PlayReady Object of `mspr:pro`, if there is a PSSH box as well.
    pub playready_object: Option<Vec<u8>>,
    /// A license URL.
    pub license_url: Option<String>,
    /// Whether it contained a content key, which is masked.
    pub has_content_key: bool,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The byte at which it begins.
    pub offset: usize,
    /// The places of its fields, by their names in the public type (empty: the whole): offset and length in bytes.
    pub places: Vec<Place>,
}

/// A field's name, its offset and its length.
pub type Place = (&'static str, usize, usize);

impl Protection {
    /// Records the place of a field whose value is a slice of the document.
    fn place(&mut self, name: &'static str, document: &str, part: &str) {
        let place = crate::bytes::place_of(document.as_bytes(), part.as_bytes());
        self.places.extend(place.map(|(offset, length)| (name, offset, length)));
    }

    /// Reads the init data.
    pub fn read_init_data(&self) -> Option<Result<InitData<'_>, Error>> {
        let (bytes, kind) = self.init_data.as_ref()?;
        let read = init_data::parse(bytes, Options { kind: *kind, strict: false });
        Some(read.map_err(|error| {
            let boxed = bytes.get(4..8) == Some(b"pssh");
            // An error about the payload does not help if the box is missing.
            if self.wrapping == Wrapping::Box && !boxed { Error::because(Code::InitDataInvalid, Reason::NotABox).at(0) } else { error }
        }))
    }

    /// Adds the keys that the init data names, and the system of a payload without a box.
    fn look_inside(&mut self) {
        let mut ids: Vec<Vec<u8>> = Vec::new();
        let mut system_id = None;
        if let Some(Ok(read)) = self.read_init_data() {
            ids.extend(read.key_ids.iter().map(Vec::from));
            system_id = read.boxes.first().map(|pssh| pssh.header.system_id);
        }
        if let Some(Ok(read)) = self.playready_object.as_deref().map(|object| init_data::parse(object, Options::default())) {
            ids.extend(read.key_ids.iter().map(Vec::from));
        }
        self.key_ids.extend(ids);
        self.system_id = self.system_id.or(system_id);
    }

    /// Decoded bytes without the content keys in them.
    fn without_keys(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let masked = secret::masked(&bytes);
        self.has_content_key |= masked.is_some();
        masked.unwrap_or(bytes)
    }
}

/// The protection in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The format.
    pub kind: Kind,
    /// In document order.
    pub protections: Vec<Protection>,
    /// All keys, without repeats.
    pub key_ids: Vec<Vec<u8>>,
    /// Deviations from the specifications, by place.
    pub warnings: Vec<Warning>,
}

/// The result of one format's reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// In document order.
    pub protections: Vec<Protection>,
    /// Warnings that only the reader can raise.
    pub warnings: Vec<Warning>,
}

/// Reads a playlist, an MPD, a single key tag or a single ContentProtection element. Content keys are masked first.
pub fn parse(text: &str) -> Result<Manifest, Error> {
    let text = secret::masked_text(text);
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if start.starts_with('<') {
        read_xml(&text, Kind::Dash, dash::parse)
    } else if start.starts_with("#EXT") {
        Ok(Manifest::new(Kind::Hls, hls::parse(&text)))
    } else {
        Err(unreadable(ParseError::new(Reason::NotAManifest, 0)))
    }
}

/// Reads an XML manifest. Typographic quotes around attributes are read as straight ones.
fn read_xml(text: &str, kind: Kind, read: impl Fn(&str) -> Result<Found, ParseError>) -> Result<Manifest, Error> {
    let found = read(text).or_else(|error| {
        let straight = quotes::straightened(text).filter(|_| error.reason == Reason::XmlMalformed).ok_or(error)?;
        let mut found = read(&straight).map_err(|_| error)?;
        // Typographic quotes are longer: places in the replaced text differ from those of the input.
        found.protections.iter_mut().for_each(|protection| protection.places.clear());
        let line = text.get(..error.offset).unwrap_or_default().bytes().filter(|byte| *byte == b'\n').count() as u64;
        found.warnings.push(Warning::new(Code::ManifestQuotes, error.offset, line.saturating_add(1)));
        Ok(found)
    });
    Ok(Manifest::new(kind, found.map_err(unreadable)?))
}

fn unreadable(error: ParseError) -> Error {
    Error::unreadable(Code::ManifestInvalid, error)
}

impl Manifest {
    fn new(kind: Kind, Found { protections, mut warnings }: Found) -> Self {
        protections.iter().for_each(|protection| checks::protection(protection, &mut warnings));
        warnings.sort_by_key(|warning| warning.offset);
        // An element of a DRM is compared with its own default_KID and with that of its level.
        warnings.dedup_by(|one, other| {
            (one.offset, one.problem.code) == (other.offset, other.problem.code) && one.problem.code == Code::ManifestKeyIds
        });
        let ids = protections.iter().flat_map(|protection| &protection.key_ids);
        let key_ids = ids.collect::<KeyIds>().iter().map(Vec::from).collect();
        Self { kind, protections, key_ids, warnings }
    }
}

/// `urn:uuid:` and a UUID, in either case. An id that is close to a known one is read as that one, and [`checks`]
/// warns.
fn system_of_urn(urn: &str) -> Option<[u8; 16]> {
    let uuid = uuid_of(urn)?;
    checks::misspelled(uuid).map(|(id, _)| id).or_else(|| crate::text::key_id(uuid))
}

/// The text after `urn:uuid:`.
fn uuid_of(urn: &str) -> Option<&str> {
    let (prefix, uuid) = urn.split_at_checked(9)?;
    prefix.eq_ignore_ascii_case("urn:uuid:").then_some(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system;

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "hello", "{\"kids\":[]}", "\u{feff} AAAA"] {
            assert_eq!(parse(text).unwrap_err().code, Code::ManifestInvalid, "{text:?}");
        }
        assert_eq!(parse("<MPD><Period></MPD>").unwrap_err().offset, Some(13));
    }

    #[test]
    fn urns_of_systems() {
        assert_eq!(system_of_urn("URN:UUID:EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED"), Some(system::WIDEVINE));
        assert_eq!(system_of_urn("urn:mpeg:dash:mp4protection:2011"), None);
    }
}
