//! Init data: what EME's `encrypted` event, a manifest or a packager hands out, as facts.
//!
//! | type | module | what it is |
//! |---|---|---|
//! | `cenc` | [`pssh`] | PSSH boxes; what is in them: [`payload`], [`widevine`], [`playready`], [`fairplay`] |
//! | `keyids`, `webm` | [`keyids`] | key ids in JSON, or one alone |
//! | `skd` | [`skd`] | the URI of an HLS key |
//! | `sinf` | [`sinf`] | a track's protection, in JSON |
//!
//! With the feature `inspect` also `segment`: protection and PSSH boxes of fMP4 segments.
//!
//! Nothing is copied: payloads are [`Span`]s of the input. [`from_text`] takes what people paste.

#[cfg(feature = "server")]
pub mod checksum;
pub mod fairplay;
mod from_text;
pub mod keyids;
pub mod payload;
pub mod playready;
pub mod protobuf;
pub mod pssh;
#[cfg(feature = "inspect")]
mod sample_entry;
#[cfg(feature = "inspect")]
pub mod segment;
pub mod sinf;
pub mod skd;
mod to_json;
pub(crate) mod unique;
pub mod widevine;

pub use from_text::from_text;
pub use payload::Payload;
pub use protobuf::Field;
pub use pssh::PsshBox;

use crate::bytes::{Fault, Span};
use crate::error::{Error, Phase};
use crate::isobmff::is_type;
use crate::json;
use crate::system::{self, Scheme};
use sinf::Protection;
use std::borrow::Cow;

/// EME's types of init data, and Safari's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitDataType {
    /// PSSH boxes.
    Cenc,
    /// Key ids in JSON.
    Keyids,
    /// One key id.
    Webm,
    /// The URI of an HLS key.
    Skd,
    /// A track's protection in JSON.
    Sinf,
}

impl InitDataType {
    /// As EME spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cenc => "cenc",
            Self::Keyids => "keyids",
            Self::Webm => "webm",
            Self::Skd => "skd",
            Self::Sinf => "sinf",
        }
    }

    /// From EME's spelling.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Cenc, Self::Keyids, Self::Webm, Self::Skd, Self::Sinf].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// What it is; detected where absent (`webm` cannot be).
    pub kind: Option<InitDataType>,
    /// By the rules of EME and Chromium: any malformed box refuses the whole.
    pub strict: bool,
}

/// Something that was read although it is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Stable and kebab-case.
    pub code: &'static str,
    /// For a person.
    pub message: &'static str,
    /// Where in the input.
    pub offset: usize,
}

/// What FairPlay's forms of init data say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FairPlay {
    /// The skd URI.
    pub uri: Option<String>,
    /// All behind `skd://`.
    pub asset_id: Option<String>,
    /// The tracks of `sinf`, or of FairPlay's PSSH box.
    pub tracks: Vec<Protection>,
}

/// Init data, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitData<'a> {
    /// Its type.
    pub kind: InitDataType,
    /// One per PSSH box.
    pub boxes: Vec<PsshBox<'a>>,
    /// All key ids that any part names, in order of appearance, without repeats.
    pub key_ids: Vec<Cow<'a, [u8]>>,
    /// PallyCon's CID.
    pub content_id: Option<String>,
    /// The key period of rotating keys.
    pub key_period_index: Option<u32>,
    /// FairPlay's.
    pub fairplay: Option<FairPlay>,
    /// What is not as it should be.
    pub warnings: Vec<Warning>,
}

const HINT: &str = "Hand over the bytes of the encrypted event or of the manifest unchanged; if they are, the packager wrote them so.";
const HINT_TEXT: &str = "Hand it over as a string: then it is decoded.";
const HINT_SEGMENT: &str = "Hand over the pssh boxes alone: parseSegment of pallycon-drm/inspect finds them.";

fn invalid(fault: Fault, hint: &'static str) -> Error {
    let message = ["The init data cannot be read: ", fault.what, " (byte ", &json::decimal(fault.offset as u64), ")."].concat();
    Error::new("init-data-invalid", Phase::InitData, message, hint).at(fault.offset)
}

/// Reads init data, or a payload without its box: Widevine's data, a PlayReady Object, a WRMHEADER.
pub fn parse(data: &[u8], options: Options) -> Result<InitData<'_>, Error> {
    let mut out = InitData {
        kind: InitDataType::Cenc,
        boxes: Vec::new(),
        key_ids: Vec::new(),
        content_id: None,
        key_period_index: None,
        fairplay: None,
        warnings: Vec::new(),
    };
    match out.read(data, options) {
        Ok(()) => Ok(out),
        Err(fault) => Err(invalid(fault, hint(data, options.kind))),
    }
}

impl<'a> InitData<'a> {
    fn read(&mut self, data: &'a [u8], options: Options) -> Result<(), Fault> {
        let Some(kind) = options.kind.or_else(|| detect(data)) else {
            self.bare(data, options)?;
            self.gather();
            return Ok(());
        };
        self.kind = kind;
        match kind {
            InitDataType::Cenc => pssh::read_all(Span::whole(data), options.strict, &mut self.boxes, &mut self.warnings)?,
            InitDataType::Webm => {
                if data.is_empty() || data.len() > keyids::MAX_KEY_ID {
                    return Err(Fault::new("a webm key id is not 1 to 512 bytes long", 0));
                }
                self.key_ids.push(Cow::Borrowed(data));
            }
            InitDataType::Keyids => self.key_ids = keyids::read(&json_of(data)?)?.into_iter().map(Cow::Owned).collect(),
            InitDataType::Sinf => {
                // Children of a sinf box, or the box, stand for themselves where there is no JSON.
                let tracks = if is_sinf(data) {
                    vec![sinf::read(Span::whole(data))?]
                } else {
                    sinf::read_json(&json_of(data)?, options.strict, &mut self.warnings)?
                };
                self.fairplay = Some(FairPlay { tracks, ..FairPlay::default() });
            }
            InitDataType::Skd => {
                let skd = skd::read(data).ok_or(Fault::new("there is no URI", 0))?;
                self.key_ids.extend(skd.key_id.map(owned));
                (self.content_id, self.key_period_index) = skd.live.unzip();
                self.fairplay = Some(FairPlay { uri: Some(skd.uri), asset_id: skd.asset_id, tracks: Vec::new() });
            }
        }
        self.gather();
        Ok(())
    }

    /// A payload without its box.
    fn bare(&mut self, data: &'a [u8], options: Options) -> Result<(), Fault> {
        let mut pssh = PsshBox::bare(Span::whole(data));
        // An object comes first: its length may begin as XML does.
        if looks_like_object(data) {
            payload::read(&system::PLAYREADY, pssh.data, options.strict, &mut pssh.payload)?;
        } else if let Some(header) = playready::header_text(data) {
            let mut object = Box::default();
            playready::read_header(&mut object, &header, 0)?;
            pssh.payload = Payload::PlayReady(object);
        } else if is_text(data) {
            return Err(Fault::new("it looks like text, perhaps base64 or hex, and not like bytes", 0));
        } else {
            let read = widevine::read(pssh.data).unwrap_or_default();
            // Bytes that mean something else may pass for fields with unknown numbers.
            if !read.fields.iter().any(|field| field.known) {
                return Err(Fault::new("it is neither pssh boxes nor a payload of one", 0));
            }
            pssh.payload = Payload::Widevine(read);
        }
        pssh.system_id = if matches!(pssh.payload, Payload::Widevine(_)) { system::WIDEVINE } else { system::PLAYREADY };
        pssh::note(&pssh, &mut self.warnings);
        self.boxes.push(pssh);
        Ok(())
    }

    /// From the boxes and tracks: key ids, content id, key period.
    fn gather(&mut self) {
        let mut ids = std::mem::take(&mut self.key_ids);
        key_ids_of(&self.boxes, &mut ids);
        let mut content_id = None;
        for pssh in &self.boxes {
            match &pssh.payload {
                Payload::Widevine(data) => {
                    self.key_period_index = self.key_period_index.or(data.crypto_period_index());
                    content_id = content_id.or(data.content_id_text());
                }
                Payload::PlayReady(object) => self.key_period_index = self.key_period_index.or(object.key_period_index),
                Payload::FairPlay(data) => {
                    let tracks = &mut self.fairplay.get_or_insert_default().tracks;
                    for request in &data.requests {
                        let tenc = sinf::TrackEncryption { key_id: request.key_id, ..Default::default() };
                        tracks.push(Protection { codec: None, scheme_type: data.scheme.map(Scheme::fourcc), tenc: Some(tenc) });
                    }
                }
                Payload::Other(_) | Payload::None => {}
            }
        }
        for track in self.fairplay.iter().flat_map(|fairplay| &fairplay.tracks) {
            track.tenc.iter().for_each(|tenc| ids.push(owned(tenc.key_id)));
        }
        self.key_ids = unique::unique(ids);
        if let Some(id) = content_id {
            // The period's digits are taken off only where a period says that they are one.
            let period = skd::period(id).filter(|(_, index)| Some(*index) == self.key_period_index);
            self.content_id = Some(period.map_or(id, |(cid, _)| cid).into());
        }
    }
}

/// The keys that boxes and their payloads name, repeats included.
fn key_ids_of<'a>(boxes: &[PsshBox<'a>], ids: &mut Vec<Cow<'a, [u8]>>) {
    for pssh in boxes {
        pssh.key_ids().for_each(|id| ids.push(Cow::Borrowed(id)));
        match &pssh.payload {
            Payload::Widevine(data) => {
                data.key_ids().for_each(|id| ids.push(widevine::normalized(id.bytes)));
                data.entitled_key_ids().for_each(|id| ids.push(Cow::Borrowed(id.bytes)));
            }
            Payload::PlayReady(object) => object.keys.iter().for_each(|key| ids.push(owned(key.key_id))),
            Payload::FairPlay(data) => data.requests.iter().for_each(|request| ids.push(owned(request.key_id))),
            Payload::Other(details) => details.key_ids.iter().for_each(|id| ids.push(owned(*id))),
            Payload::None => {}
        }
    }
}

fn owned<'a>(id: [u8; 16]) -> Cow<'a, [u8]> {
    Cow::Owned(id.into())
}

fn json_of(data: &[u8]) -> Result<json::Value, Fault> {
    let text = str::from_utf8(data).map_err(|error| Fault::new("it is not UTF-8", error.valid_up_to()))?;
    json::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).ok_or(Fault::new("it is not JSON", 0))
}

/// The type of init data, where the bytes say it.
fn detect(data: &[u8]) -> Option<InitDataType> {
    if data.get(4..8) == Some(b"pssh") {
        return Some(InitDataType::Cenc);
    }
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data).trim_ascii_start();
    // A PlayReady Object may begin with the same byte, but holds zeros.
    if text.first() == Some(&b'{') && !text.contains(&0) {
        let keyids = json_of(data).is_ok_and(|value| value.get("kids").is_some());
        return Some(if keyids { InitDataType::Keyids } else { InitDataType::Sinf });
    }
    if skd::is(data) {
        return Some(InitDataType::Skd);
    }
    if is_sinf(data) {
        return Some(InitDataType::Sinf);
    }
    let boxed = data.first() == Some(&0) && data.get(4..8).is_some_and(is_type);
    boxed.then_some(InitDataType::Cenc)
}

fn is_sinf(data: &[u8]) -> bool {
    matches!(data.get(4..8), Some(b"sinf" | b"frma" | b"schm"))
}

/// A PlayReady Object's length is its own or nearly so, and behind the count stands a record of a known type.
pub(crate) fn looks_like_object(data: &[u8]) -> bool {
    matches!(data, [_, _, _, 0, count, 0, 1..=3, 0, ..] if *count > 0)
}

fn is_text(data: &[u8]) -> bool {
    !data.is_empty() && data.iter().all(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~'))
}

/// What to do about init data that cannot be read.
fn hint(data: &[u8], named: Option<InitDataType>) -> &'static str {
    match data.get(4..8) {
        Some(b"ftyp" | b"styp" | b"moov" | b"moof" | b"sidx") => HINT_SEGMENT,
        _ if is_text(data) && matches!(named, None | Some(InitDataType::Cenc)) && !data.starts_with(b"{") => HINT_TEXT,
        _ => HINT,
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
