//! Init data from EME's `encrypted` event, a manifest or a packager.
//!
//! | type | module | what it is |
//! |---|---|---|
//! | `cenc` | [`pssh`] | PSSH boxes; what is in them: [`payload`], [`widevine`], [`playready`], [`fairplay`] |
//! | `keyids`, `webm` | [`keyids`] | key ids in JSON, or one alone |
//! | `skd` | [`skd`] | the URI of an HLS key |
//! | `sinf` | [`sinf`] | a track's protection, in JSON |
//!
//! There is one reader per format, and it reports to a [`visitor`]. [`parse`] collects the reports into the typed
//! structs of [`collect`], which borrow from the input; [`record`] writes them for JavaScript. [`from_text`] reads
//! pasted text. With the feature `inspect` there is also `segment`: protection and PSSH boxes of fMP4 segments.
//!
//! ```
//! use pallycon_drm::init_data::{self, Options, Payload};
//!
//! // A Widevine box with one key id and the content id "film".
//! let data = b"\0\0\0\x38pssh\0\0\0\0\xed\xef\x8b\xa9\x79\xd6\x4a\xce\xa3\xc8\x27\xdc\xd5\x1d\x21\xed\0\0\0\x18\
//!     \x12\x10KKKKKKKKKKKKKKKK\x22\x04film";
//! let read = init_data::parse(data, Options::default())?;
//! assert_eq!(read.content_id.as_deref(), Some("film"));
//! let Some(Payload::Widevine(widevine)) = &read.boxes[0].payload else { panic!("a Widevine box") };
//! assert_eq!(*widevine.key_ids[0], *b"KKKKKKKKKKKKKKKK");
//! # Ok::<(), pallycon_drm::error::Error>(())
//! ```

#[cfg(feature = "server")]
pub mod checksum;
pub mod collect;
pub mod fairplay;
mod from_text;
#[cfg(any(test, feature = "inspect"))]
mod json_form;
pub mod keyids;
pub mod payload;
pub mod playready;
pub mod protobuf;
pub mod pssh;
pub mod record;
#[cfg(feature = "inspect")]
mod sample_entry;
#[cfg(feature = "inspect")]
pub mod segment;
pub mod sinf;
pub mod skd;
#[cfg(test)]
pub(crate) mod test_support;
pub(crate) mod unique;
pub mod visitor;
pub mod widevine;

pub use collect::{Details, FairPlay, FairPlayData, InitData, Payload, PlayReadyObject, PsshBox, WidevineData};
pub use from_text::from_text;
pub use unique::KeyIds;

use crate::bytes::Span;
use crate::error::{Code, Error, ParseError, Reason};
use crate::isobmff::is_type;
use crate::json;
use crate::record::Field;
use crate::system;
use visitor::{PsshHeader, Report, Visitor};

/// EME's types of init data, and Safari's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
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

/// How to read init data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The type; detected if absent (`webm` cannot be).
    pub kind: Option<InitDataType>,
    /// Apply the rules of EME and Chromium: any malformed box invalidates the whole.
    pub strict: bool,
}

/// Reads init data, or a payload without its box (Widevine's data, a PlayReady Object, a WRMHEADER), into typed
/// structs.
pub fn parse(data: &[u8], options: Options) -> Result<InitData<'_>, Error> {
    let mut collector = collect::Collector::default();
    read(data, options, &mut collector)?;
    Ok(collector.finished())
}

/// Reads the same and reports to a visitor.
#[inline(never)]
pub fn read<'a, V: Visitor<'a>>(data: &'a [u8], options: Options, visitor: &mut V) -> Result<(), Error> {
    let mut out = Report::new(visitor);
    let kind = options.kind.or_else(|| detect(data));
    let result = match kind {
        Some(kind) => of_type(kind, data, options.strict, &mut out),
        None => bare(data, options.strict, &mut out),
    };
    result.map_err(|error| invalid(explained(error, data, options.kind)))?;
    out.finish(kind.unwrap_or_default());
    Ok(())
}

fn of_type<'a, V: Visitor<'a>>(kind: InitDataType, data: &'a [u8], strict: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    match kind {
        InitDataType::Cenc => pssh::read_all(Span::whole(data), strict, out),
        InitDataType::Webm if data.is_empty() || data.len() > keyids::MAX_KEY_ID => Err(ParseError::new(Reason::KidLength, 0)),
        InitDataType::Webm => {
            out.key_id(data);
            Ok(())
        }
        InitDataType::Keyids => keyids::read(&json_of(data)?, out),
        // Without JSON, it is a sinf box or its children.
        InitDataType::Sinf if is_sinf(data) => {
            out.track(&sinf::read(Span::whole(data))?);
            Ok(())
        }
        InitDataType::Sinf => sinf::read_json(&json_of(data)?, strict, out),
        InitDataType::Skd => {
            if V::PLACES {
                out.visitor.place(Span::whole(data));
            }
            skd::read(&skd::uri(data).ok_or(ParseError::new(Reason::NoUri, 0))?, out);
            Ok(())
        }
    }
}

/// A payload without its box.
fn bare<'a, V: Visitor<'a>>(data: &'a [u8], strict: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    let mut pssh = PsshHeader::bare(system::PLAYREADY, Span::whole(data));
    // Objects are tried first: their length may begin as XML does.
    let object = looks_like_object(data);
    let header = if object { None } else { playready::header_text(data) };
    if header.is_none() && !object {
        if is_text(data) {
            return Err(ParseError::new(Reason::LooksLikeText, 0));
        }
        pssh.system_id = system::WIDEVINE;
    }
    out.begin_box(&pssh);
    match header {
        Some(header) => {
            out.visitor.open(Field::PlayReady);
            if V::PLACES {
                out.visitor.xml(Span::whole(data), &header);
            }
            playready::read_header(&header, 0, false, out)?;
            out.visitor.close();
        }
        None => payload::read(&pssh, strict, out)?,
    }
    out.visitor.end_box();
    Ok(())
}

fn invalid(error: ParseError) -> Error {
    Error::unreadable(Code::InitDataInvalid, error)
}

/// The error, or the kind of data that it is instead, if that is more helpful.
#[inline(never)]
fn explained(error: ParseError, data: &[u8], named: Option<InitDataType>) -> ParseError {
    let reason = match data.get(4..8) {
        Some(b"ftyp" | b"styp" | b"moov" | b"moof" | b"sidx") => Reason::LooksLikeSegment,
        // JSON and XML in text are not decoded: passed as a string they would fail again.
        _ if is_text(data) && matches!(named, None | Some(InitDataType::Cenc)) && !matches!(data.trim_ascii_start(), [b'{' | b'<', ..]) => {
            Reason::LooksLikeText
        }
        _ => return error,
    };
    ParseError { reason, ..error }
}

fn json_of(data: &[u8]) -> Result<json::Value, ParseError> {
    let text = str::from_utf8(data).map_err(|error| ParseError::new(Reason::NotUtf8, error.valid_up_to()))?;
    json::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).ok_or(ParseError::new(Reason::NotJson, 0))
}

/// The type of init data, if the bytes show it.
#[inline(never)]
fn detect(data: &[u8]) -> Option<InitDataType> {
    if data.get(4..8) == Some(b"pssh") {
        return Some(InitDataType::Cenc);
    }
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data).trim_ascii_start();
    // A PlayReady Object may begin with the same byte, but contains zeros.
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

/// A sinf box or its children. JSON after two spaces has `sinf` in the same place, but no box is as large as its size
/// would be.
fn is_sinf(data: &[u8]) -> bool {
    data.split_at_checked(4)
        .is_some_and(|(size, rest)| [b"sinf", b"frma", b"schm"].iter().any(|kind| rest.starts_with(&kind[..])) && !is_text(size))
}

/// A PlayReady Object: its length is exact or nearly so, and the count is followed by a record of a known type.
pub(crate) fn looks_like_object(data: &[u8]) -> bool {
    matches!(data, [_, _, _, 0, count, 0, 1..=3, 0, ..] if *count > 0)
}

fn is_text(data: &[u8]) -> bool {
    !data.is_empty() && data.iter().all(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~'))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
