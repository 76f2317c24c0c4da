//! What a manifest says about protection: an HLS playlist or a DASH MPD, or a piece of one.

pub mod dash;
pub mod data_uri;
pub mod hls;

use crate::bytes::Fault;
use crate::error::{Error, Phase};
use crate::init_data::{self, InitDataType, KeyIds, Options};
use crate::json::{Object, Writer, decimal};
use crate::system::{self, Scheme};
use crate::text::{hex, to_base64, uuid};

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTTP Live Streaming.
    Hls,
    /// Dynamic Adaptive Streaming over HTTP.
    Dash,
}

/// Something in a manifest that says how content is protected: a key tag, or a ContentProtection element.
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
    /// DASH: the PlayReady Object of `mspr:pro`, where a PSSH box stands beside it.
    pub playready_object: Option<Vec<u8>>,
    /// A license URL.
    pub license_url: Option<String>,
    /// The line on which it begins, from 1.
    pub line: u64,
}

impl Protection {
    /// The init data, read.
    pub fn read_init_data(&self) -> Option<Result<init_data::InitData, Error>> {
        let (bytes, kind) = self.init_data.as_ref()?;
        Some(init_data::parse(bytes, Options { kind: *kind, strict: false }))
    }

    /// Takes the keys that the init data names, and the system of a payload without a box.
    fn look_inside(&mut self) {
        let Some(Ok(read)) = self.read_init_data() else { return };
        let ids: Vec<Vec<u8>> = read.key_ids.iter().map(Vec::from).collect();
        let system_id = read.systems.first().copied();
        self.key_ids.extend(ids);
        self.system_id = self.system_id.or(system_id);
    }

    fn write(&self, o: &mut Object<'_>) {
        o.optional_string("system", self.system_id.as_ref().and_then(system::name));
        o.optional_string("systemId", self.system_id.as_ref().map(uuid).as_deref());
        o.optional_string("keyFormat", self.key_format.as_deref());
        o.optional_string("schemeIdUri", self.scheme_id_uri.as_deref());
        o.optional_string("value", self.value.as_deref());
        o.optional_string("method", self.method.as_deref());
        o.optional_string("scheme", self.scheme.map(Scheme::as_str));
        o.strings("keyIds", &self.key_ids.iter().map(|id| hex(id)).collect::<Vec<_>>());
        o.optional_string("keyIdText", self.key_id_text.as_deref());
        o.optional_string("uri", self.uri.as_deref());
        if let (Some((bytes, _)), Some(read)) = (&self.init_data, self.read_init_data()) {
            // Spans in `initData` are of these bytes.
            o.string("initDataBase64", &to_base64(bytes));
            match read {
                Ok(read) => o.nested("initData", |o| read.write(o)),
                Err(error) => o.string("initDataError", &error.message),
            }
        }
        o.optional_string("playreadyObject", self.playready_object.as_deref().map(to_base64).as_deref());
        o.optional_string("licenseUrl", self.license_url.as_deref());
        o.number("line", self.line);
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
        (Kind::Hls, Err(Fault::new("it begins neither with #EXT as a playlist nor with < as an MPD", 0)))
    };
    let protections = protections.map_err(|fault| {
        let message = ["The manifest cannot be read: ", fault.what, " (byte ", &decimal(fault.offset as u64), ")."].concat();
        let hint = "Hand over the text of the playlist or MPD as the server sent it, or one whole tag or element of it.";
        Error::new("manifest-invalid", Phase::Manifest, message, hint).at(fault.offset)
    })?;
    let ids = protections.iter().flat_map(|protection| &protection.key_ids);
    let key_ids = ids.collect::<KeyIds>().iter().map(Vec::from).collect();
    Ok(Manifest { kind, protections, key_ids })
}

impl Manifest {
    /// The JSON of the public type. Bytes of `initData` are spans of `initDataBase64`, decoded.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| {
            o.string("kind", if self.kind == Kind::Hls { "hls" } else { "dash" });
            o.objects("protections", &self.protections, |o, protection| protection.write(o));
            o.strings("keyIds", &self.key_ids.iter().map(|id| hex(id)).collect::<Vec<_>>());
        });
        out.finish()
    }
}

/// `urn:uuid:` and a UUID, in either case.
fn system_of_urn(urn: &str) -> Option<[u8; 16]> {
    let (prefix, uuid) = urn.split_at_checked(9)?;
    if prefix.eq_ignore_ascii_case("urn:uuid:") { crate::text::key_id(uuid) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_manifest() {
        for text in ["", "hello", "{\"kids\":[]}", "\u{feff} AAAA"] {
            assert_eq!(parse(text).unwrap_err().code, "manifest-invalid", "{text:?}");
        }
        assert_eq!(parse("<MPD><Period></MPD>").unwrap_err().offset, Some(13));
    }

    #[test]
    fn urns_of_systems() {
        assert_eq!(system_of_urn("URN:UUID:EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED"), Some(system::WIDEVINE));
        assert_eq!(system_of_urn("urn:mpeg:dash:mp4protection:2011"), None);
    }
}
