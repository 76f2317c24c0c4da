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
pub(crate) mod unique;
pub mod widevine;

pub use from_text::from_text;
pub use pssh::PsshBox;
pub use unique::KeyIds;

use crate::bytes::{Fault, Span};
use crate::error::{Error, Phase};
use crate::isobmff::is_type;
use crate::json::{self, Writer};
use crate::system;
use sinf::Protection;

/// EME's types of init data, and Safari's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InitDataType {
    /// PSSH boxes.
    #[default]
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

/// Init data, read. Lists are JSON already, in the names of the public types: they are written while they are read, and go
/// nowhere but into JavaScript.
#[derive(Debug, Clone, Default)]
pub struct InitData {
    /// Its type.
    pub kind: InitDataType,
    /// Whose the boxes are.
    pub systems: Vec<[u8; 16]>,
    /// Not a box but a payload without one.
    pub bare: bool,
    /// A box could not be read and was left out.
    pub damaged: bool,
    /// All key ids that any part names, in order of appearance, without repeats.
    pub key_ids: KeyIds,
    /// PallyCon's CID.
    pub content_id: Option<String>,
    /// The key period of rotating keys.
    pub key_period_index: Option<u32>,
    /// One per PSSH box.
    pub boxes: Writer,
    /// Fields of FairPlay's: the skd URI, and all behind `skd://`.
    pub fairplay: Writer,
    /// The tracks of `sinf`, or of FairPlay's PSSH box.
    pub tracks: Writer,
    /// What is not as it should be.
    pub warnings: Writer,
}

const HINT: &str = "Hand over the bytes of the encrypted event or of the manifest unchanged; if they are, the packager wrote them so.";
const HINT_TEXT: &str = "Hand it over as a string: then it is decoded.";
const HINT_SEGMENT: &str = "Hand over the pssh boxes alone: parseSegment of pallycon-drm/inspect finds them.";

#[inline(never)]
fn invalid(fault: Fault, hint: &'static str) -> Error {
    let message = ["The init data cannot be read: ", fault.what, " (byte ", &json::decimal(fault.offset as u64), ")."];
    Error::of("init-data-invalid", Phase::InitData, &message, hint).at(fault.offset)
}

/// Reads init data, or a payload without its box: Widevine's data, a PlayReady Object, a WRMHEADER.
pub fn parse(data: &[u8], options: Options) -> Result<InitData, Error> {
    let mut out = InitData::default();
    match out.read(data, options) {
        Ok(()) => Ok(out),
        Err(fault) => Err(invalid(fault, hint(data, options.kind))),
    }
}

impl InitData {
    fn read(&mut self, data: &[u8], options: Options) -> Result<(), Fault> {
        let strict = options.strict;
        let Some(kind) = options.kind.or_else(|| detect(data)) else {
            self.bare(data, strict)?;
            self.take_period_off();
            return Ok(());
        };
        self.kind = kind;
        match kind {
            InitDataType::Cenc => pssh::read_all(Span::whole(data), strict, self)?,
            InitDataType::Webm => {
                if data.is_empty() || data.len() > keyids::MAX_KEY_ID {
                    return Err(Fault::new("a webm key id is not 1 to 512 bytes long", 0));
                }
                self.key_ids.add(data);
            }
            InitDataType::Keyids => keyids::read(&json_of(data)?, &mut self.key_ids)?,
            // Children of a sinf box, or the box, stand for themselves where there is no JSON.
            InitDataType::Sinf if is_sinf(data) => self.track(&sinf::read(Span::whole(data))?),
            InitDataType::Sinf => sinf::read_json(&json_of(data)?, strict, self)?,
            InitDataType::Skd => skd::read(&skd::uri(data).ok_or(Fault::new("there is no URI", 0))?, self),
        }
        self.take_period_off();
        Ok(())
    }

    /// A payload without its box.
    fn bare(&mut self, data: &[u8], strict: bool) -> Result<(), Fault> {
        self.bare = true;
        let mut pssh = PsshBox::bare(system::PLAYREADY, Span::whole(data));
        // An object comes first: its length may begin as XML does.
        let object = looks_like_object(data);
        let header = playready::header_text(data).filter(|_| !object);
        if header.is_none() && !object {
            if is_text(data) {
                return Err(Fault::new("it looks like text, perhaps base64 or hex, and not like bytes", 0));
            }
            pssh.system_id = system::WIDEVINE;
        }
        self.open(&pssh);
        match header {
            Some(header) => {
                self.boxes.key("playready");
                self.boxes.open(b'{');
                playready::read_header(&header, 0, false, self)?;
                self.boxes.close(b'}');
            }
            None => payload::read(&pssh, strict, self)?,
        }
        self.boxes.close(b'}');
        Ok(())
    }

    /// Begins a box: its own fields, and what they say.
    pub(crate) fn open(&mut self, pssh: &PsshBox<'_>) {
        self.systems.push(pssh.system_id);
        pssh.key_ids.bytes.chunks_exact(16).for_each(|id| self.key_ids.add(id));
        self.boxes.open(b'{');
        pssh.write(&mut self.boxes);
    }

    /// Adds a track.
    fn track(&mut self, track: &Protection<'_>) {
        if let Some(tenc) = &track.tenc {
            self.key_ids.add(&tenc.key_id);
        }
        self.tracks.object(|o| track.write(o));
    }

    /// Notes something that was read although it is not as it should be: `code` is stable, `message` for a person.
    #[inline(never)]
    pub(crate) fn warn(&mut self, code: &'static str, message: &'static str, offset: usize) {
        self.warnings.object(|o| {
            o.string("code", code);
            o.string("message", message);
            o.number("offset", offset as u64);
        });
    }

    /// Notes a box that could not be read.
    pub(crate) fn leave_out(&mut self, fault: Fault) {
        self.damaged = true;
        self.warn("box-left-out", fault.what, fault.offset);
    }

    /// The period's digits are taken off the content id only where a period says that they are one.
    fn take_period_off(&mut self) {
        let Some((cid, index)) = self.content_id.as_deref().and_then(skd::period) else { return };
        if Some(index) == self.key_period_index {
            self.content_id = Some(cid.into());
        }
    }

    /// The JSON of the public type `InitData`.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| self.write(o));
        out.finish()
    }

    /// Its fields, into an object that holds others as well.
    pub fn write(&self, o: &mut Writer) {
        o.string("type", self.kind.as_str());
        o.list("boxes", |o| o.append(&self.boxes));
        o.hexes("keyIds", &mut self.key_ids.iter());
        o.optional_string("contentId", self.content_id.as_deref());
        o.optional_number("keyPeriodIndex", self.key_period_index.map(u64::from));
        if !(self.fairplay.is_empty() && self.tracks.is_empty()) {
            o.nested("fairplay", |o| {
                o.append(&self.fairplay);
                o.list("tracks", |o| o.append(&self.tracks));
            });
        }
        o.list("warnings", |o| o.append(&self.warnings));
    }
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
    if skd::uri(data).is_some_and(|uri| uri.starts_with("skd:")) {
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
