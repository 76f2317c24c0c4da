//! What a manifest says about protection: an HLS playlist or a DASH MPD, or a piece of one.

pub mod dash;
pub mod data_uri;
pub mod hls;
mod json_form;

use crate::error::{Code, Error, ParseError, Reason};
use crate::init_data::{self, InitData, InitDataType, KeyIds, Options};
use crate::system::Scheme;

/// HLS or DASH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTTP Live Streaming.
    Hls,
    /// Dynamic Adaptive Streaming over HTTP.
    Dash,
}

/// A key tag or a ContentProtection element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Protection {
    /// The DRM system, where it is one.
    pub system_id: Option<[u8; 16]>,
    /// HLS: `KEYFORMAT`.
    pub key_format: Option<String>,
    /// DASH: `schemeIdUri`.
    pub scheme_id_uri: Option<String>,
    /// DASH: `value`.
    pub value: Option<String>,
    /// HLS: `METHOD`.
    pub method: Option<String>,
    /// How media is encrypted.
    pub scheme: Option<Scheme>,
    /// The keys that it is about.
    pub key_ids: Vec<Vec<u8>>,
    /// HLS: `KEYID` as it is written.
    pub key_id_text: Option<String>,
    /// HLS: `URI`.
    pub uri: Option<String>,
    /// Init data that it carries, and its type.
    pub init_data: Option<(Vec<u8>, Option<InitDataType>)>,
    /// DASH: the PlayReady Object of `mspr:pro`, where there is a PSSH box as well.
    pub playready_object: Option<Vec<u8>>,
    /// A license URL.
    pub license_url: Option<String>,
    /// The line on which it begins, from 1.
    pub line: u64,
}

impl Protection {
    /// The init data, read.
    pub fn read_init_data(&self) -> Option<Result<InitData<'_>, Error>> {
        let (bytes, kind) = self.init_data.as_ref()?;
        Some(init_data::parse(bytes, Options { kind: *kind, strict: false }))
    }

    /// Adds the keys that the init data names, and the system of a payload without a box.
    fn look_inside(&mut self) {
        let Some(Ok(read)) = self.read_init_data() else { return };
        let ids: Vec<Vec<u8>> = read.key_ids.iter().map(Vec::from).collect();
        let system_id = read.boxes.first().map(|pssh| pssh.header.system_id);
        self.key_ids.extend(ids);
        self.system_id = self.system_id.or(system_id);
    }
}

/// What a manifest says about protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// HLS or DASH.
    pub kind: Kind,
    /// In their order.
    pub protections: Vec<Protection>,
    /// All keys, without repeats.
    pub key_ids: Vec<Vec<u8>>,
}

/// Reads a playlist, an MPD, a single key tag or a single ContentProtection element.
pub fn parse(text: &str) -> Result<Manifest, Error> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let (kind, protections) = if start.starts_with('<') {
        (Kind::Dash, dash::parse(text))
    } else if start.starts_with("#EXT") {
        (Kind::Hls, Ok(hls::parse(text)))
    } else {
        (Kind::Hls, Err(ParseError::new(Reason::NotAManifest, 0)))
    };
    let protections = protections.map_err(|error| Error::unreadable(Code::ManifestInvalid, error))?;
    let ids = protections.iter().flat_map(|protection| &protection.key_ids);
    let key_ids = ids.collect::<KeyIds>().iter().map(Vec::from).collect();
    Ok(Manifest { kind, protections, key_ids })
}

/// `urn:uuid:` and a UUID, in either case.
fn system_of_urn(urn: &str) -> Option<[u8; 16]> {
    let (prefix, uuid) = urn.split_at_checked(9)?;
    if prefix.eq_ignore_ascii_case("urn:uuid:") { crate::text::key_id(uuid) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system;

    #[test]
    fn what_is_no_manifest() {
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
