//! Keys in the JSON shape that PallyCon's own CPIX clients print ("pack info"), which other tools already read.
//!
//! ```text
//! { "content_id", "content_key_list": [ {
//!     "track_type"?, "key_id_hex", "key_id_b64", "key_hex", "key_b64", "iv_hex", "iv_b64",
//!     "widevine"?:  { "pssh", "pssh_payload_only" },      base64 of the box, and of what is in it
//!     "playready"?: { "pssh", "pssh_payload_only" },
//!     "fairplay"?:  { "key_uri" } } ] }
//! ```
//!
//! Fields that the clients omit come after those, and only if the response has them: `common_encryption_scheme`,
//! `period` {`id`, `index`}, within a DRM `content_protection_data`, `smooth_streaming_protection_header_data` and
//! `hls_signaling` {`media`, `master`}, and `other_systems`.

use super::document::{Document, DrmSystem, Period};
use super::track::Scheme;
use super::{NAMED_SYSTEMS, invalid};
use crate::error::{Code, Error, Reason};
use crate::init_data::{self, InitDataType, Options};
use crate::json::Value;
use crate::schema::integer;
use crate::text::decimal;
use crate::{system, text};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The systems that the official clients print, in their order.
const CLIENT_SYSTEMS: usize = 3;
/// An entry is made for each rule of a key, with all of the key's systems: without a limit a document of a megabyte
/// would expand to gigabytes.
const MAX_RULES: usize = 64;

/// All keys of a content.
#[derive(Debug, Default)]
pub struct Pack {
    /// The content id, where the document names one.
    pub content_id: Option<String>,
    /// One entry for each key and track type.
    pub keys: Vec<PackKey>,
}

/// A key and how each DRM signals it.
#[derive(Default, Clone)]
pub struct PackKey {
    /// The key's id.
    pub id: [u8; 16],
    /// The key.
    pub key: Zeroizing<[u8; 16]>,
    /// The initialization vector: 8 or 16 bytes.
    pub iv: Option<Vec<u8>>,
    /// What it protects; absent where one key protects all.
    pub track_type: Option<String>,
    /// The scheme that the document names.
    pub scheme: Option<Scheme>,
    /// The key period of live content.
    pub period: Option<Period>,
    /// How each DRM signals it.
    pub systems: Vec<PackSystem>,
}

impl core::fmt::Debug for PackKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PackKey").field("id", &text::uuid(&self.id)).field("track_type", &self.track_type).finish_non_exhaustive()
    }
}

/// How a DRM signals a key.
#[derive(Debug, Default, Clone)]
pub struct PackSystem {
    /// Which DRM.
    pub system_id: [u8; 16],
    /// The PSSH box in base64, as it was sent.
    pub pssh: Option<String>,
    /// What goes into a DASH ContentProtection element, as it was sent.
    pub content_protection: Option<String>,
    /// What goes into a Smooth Streaming manifest, as it was sent.
    pub smooth_streaming: Option<String>,
    /// Lines for HLS media playlists.
    pub hls_media: Option<String>,
    /// Lines for the HLS master playlist.
    pub hls_master: Option<String>,
    /// The key's URI for EXT-X-KEY.
    pub key_uri: Option<String>,
}

impl Pack {
    /// From a response. A document without keys is a request.
    pub fn from_document(document: &Document) -> Result<Self, Error> {
        let refuse = |reason| Error::because(Code::CpixNoKey, reason);
        if document.keys.is_empty() {
            return Err(refuse(Reason::CpixNoContentKey));
        }
        // For a single-key request the server ignores the id that was sent, and its response may have that id in one
        // place and its own in another: with one key there is nothing to match.
        let alone = if let [only] = &document.keys[..] { Some(only.id) } else { None };
        let mut systems = by_key(&document.systems, alone, |system| system.key_id);
        let mut rules = by_key(&document.rules, alone, |rule| rule.key_id);
        if rules.values().any(|rules| rules.len() > MAX_RULES) {
            return Err(invalid(Reason::CpixRules));
        }
        let periods: BTreeMap<&str, &Period> = document.periods.iter().rev().map(|period| (period.id.as_str(), period)).collect();
        let mut keys = Vec::new();
        for content_key in &document.keys {
            let Some(key) = &content_key.key else {
                return Err(refuse(Reason::CpixWithoutKey).with(&text::uuid(&content_key.id)));
            };
            let entry = PackKey {
                id: content_key.id,
                key: key.clone(),
                iv: content_key.iv.clone(),
                scheme: content_key.scheme,
                systems: systems
                    .remove(&content_key.id)
                    .unwrap_or_default()
                    .into_iter()
                    .map(PackSystem::from_document)
                    .collect::<Result<_, _>>()?,
                ..PackKey::default()
            };
            let Some(rules) = rules.remove(&content_key.id) else {
                keys.push(entry);
                continue;
            };
            for rule in rules {
                let period = rule.period_id.as_ref().map(|id| {
                    let known = periods.get(id.as_str()).map(|period| (*period).clone());
                    known.unwrap_or_else(|| Period { id: id.clone(), index: None })
                });
                keys.push(PackKey { track_type: rule.track().map(String::from), period, ..entry.clone() });
            }
        }
        Ok(Self { content_id: document.content_id.clone(), keys })
    }

    /// The JSON shape above.
    pub fn to_value(&self) -> Value {
        let content_id = self.content_id.as_deref().map_or(Value::Null, Value::string);
        Value::object([("content_id", content_id), ("content_key_list", Value::Array(self.keys.iter().map(PackKey::to_value).collect()))])
    }

    /// From the JSON shape above, ours or an official client's.
    pub fn from_value(value: &Value) -> Result<Self, Error> {
        let list = value.get("content_key_list").and_then(Value::items).filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| pack_invalid(Reason::PackNoKeys))?;
        Ok(Self {
            content_id: value.get("content_id").and_then(Value::as_str).map(String::from),
            keys: list.iter().map(PackKey::from_value).collect::<Result<_, _>>()?,
        })
    }
}

/// The elements that belong to each key, in the document's order; a single key has all of them. If a key id is
/// twice in the list of keys, all is at its first place.
fn by_key<T>(all: &[T], alone: Option<[u8; 16]>, id: impl Fn(&T) -> [u8; 16]) -> BTreeMap<[u8; 16], Vec<&T>> {
    let mut found: BTreeMap<[u8; 16], Vec<&T>> = BTreeMap::new();
    for one in all {
        found.entry(alone.unwrap_or_else(|| id(one))).or_default().push(one);
    }
    found
}

fn pack_invalid(reason: Reason) -> Error {
    Error::because(Code::PackInfoInvalid, reason)
}

impl PackKey {
    /// How a DRM signals the key.
    pub fn system(&self, system_id: [u8; 16]) -> Option<&PackSystem> {
        self.systems.iter().find(|system| system.system_id == system_id)
    }

    fn to_value(&self) -> Value {
        let both = |bytes: &[u8]| (Value::string(text::hex(bytes)), Value::string(text::to_base64(bytes)));
        let ((id_hex, id_b64), (key_hex, key_b64)) = (both(&self.id), both(self.key.as_slice()));
        let mut out = Value::object([])
            .with("track_type", self.track_type.as_deref().map(Value::string))
            .with("key_id_hex", Some(id_hex))
            .with("key_id_b64", Some(id_b64))
            .with("key_hex", Some(key_hex))
            .with("key_b64", Some(key_b64));
        if let Some((iv_hex, iv_b64)) = self.iv.as_deref().map(both) {
            out = out.with("iv_hex", Some(iv_hex)).with("iv_b64", Some(iv_b64));
        }
        let named = NAMED_SYSTEMS.iter().take(CLIENT_SYSTEMS);
        for (name, id) in named {
            out = out.with(name, self.system(*id).map(PackSystem::to_value));
        }
        let is_named = |system: &&PackSystem| NAMED_SYSTEMS.iter().take(CLIENT_SYSTEMS).any(|(_, id)| *id == system.system_id);
        let others: Vec<Value> = self.systems.iter().filter(|system| !is_named(system)).map(PackSystem::to_other).collect();
        let period = self.period.as_ref().map(|period| {
            let index = period.index.map(|index| Value::Number(decimal(index)));
            Value::object([("id", Value::string(&period.id))]).with("index", index)
        });
        out.with("common_encryption_scheme", self.scheme.map(|scheme| Value::string(scheme.as_str())))
            .with("period", period)
            .with("other_systems", Some(Value::Array(others)).filter(|list| list.items().is_some_and(|items| !items.is_empty())))
    }

    fn from_value(value: &Value) -> Result<Self, Error> {
        let bytes = |name: &str| {
            let hex = value.field(&[name, "_hex"].concat()).and_then(text::from_hex);
            hex.or_else(|| text::from_base64(value.field(&[name, "_b64"].concat())?))
        };
        let sixteen = |name: &str| bytes(name).and_then(|bytes| bytes.try_into().ok());
        let id = sixteen("key_id").ok_or_else(|| pack_invalid(Reason::PackEntry).with("key_id_hex"))?;
        let key = sixteen("key").ok_or_else(|| pack_invalid(Reason::PackEntry).with("key_hex"))?;
        let named = NAMED_SYSTEMS.iter().filter_map(|(name, id)| Some(PackSystem::from_value(*id, value.get(name)?)));
        let others = value.get("other_systems").and_then(Value::items).unwrap_or_default().iter();
        let others = others.filter_map(|other| Some(PackSystem::from_value(super::system_id(other.field("system_id")?)?, other)));
        let period = value.get("period").and_then(|period| {
            let index = period.get("index").and_then(integer).and_then(|index| u64::try_from(index).ok());
            Some(Period { id: period.field("id")?.into(), index })
        });
        let track_type = value.get("track_type").and_then(Value::as_str).map(String::from);
        let names = [("track_type", track_type.as_deref()), ("period.id", period.as_ref().map(|period: &Period| period.id.as_str()))];
        if let Some((name, _)) = names.into_iter().find(|(_, text)| text.is_some_and(|text| text.chars().any(char::is_control))) {
            return Err(pack_invalid(Reason::PackControl).with(name));
        }
        Ok(Self {
            id,
            key: Zeroizing::new(key),
            iv: bytes("iv").filter(|iv| matches!(iv.len(), 8 | 16)),
            track_type,
            scheme: value.field("common_encryption_scheme").and_then(Scheme::from_name),
            period,
            systems: named.chain(others).map(PackSystem::checked).collect::<Result<_, _>>()?,
        })
    }
}

impl PackSystem {
    fn from_document(system: &DrmSystem) -> Result<Self, Error> {
        // Signalling is text in base64; the guide's examples are shortened and no longer base64, so they are passed
        // through.
        let decoded = |text: &Option<String>| text.as_deref().map(|text| decode(text).unwrap_or_else(|| text.into()));
        let decoded = Self {
            system_id: system.system_id,
            pssh: system.pssh.clone(),
            content_protection: system.content_protection.clone(),
            smooth_streaming: system.smooth_streaming.clone(),
            hls_media: decoded(&system.hls_media),
            hls_master: decoded(&system.hls_master),
            key_uri: decoded(&system.key_uri),
        };
        match decoded.with_control_character() {
            Some(name) => Err(invalid(Reason::CpixControl).with(name)),
            None => Ok(decoded),
        }
    }

    /// The element that contains a control character, by its name in CPIX. The text ends up in playlists and on command
    /// lines, where a key URI of several lines would be several attributes or arguments; only playlist lines may have
    /// line breaks.
    fn with_control_character(&self) -> Option<&'static str> {
        let is_bad = |text: &Option<String>, allowed: &[char]| {
            text.as_deref().is_some_and(|text| text.chars().any(|character| character.is_control() && !allowed.contains(&character)))
        };
        let lines = ['\r', '\n', '\t'];
        let fields: [(_, &Option<String>, &[char]); 6] = [
            ("URIExtXKey", &self.key_uri, &[]),
            ("HLSSignalingData", &self.hls_media, &lines),
            ("HLSSignalingData", &self.hls_master, &lines),
            // Base64, which may be wrapped.
            ("PSSH", &self.pssh, &lines),
            ("ContentProtectionData", &self.content_protection, &lines),
            ("SmoothStreamingProtectionHeaderData", &self.smooth_streaming, &lines),
        ];
        fields.into_iter().find(|(_, text, allowed)| is_bad(text, allowed)).map(|(name, ..)| name)
    }

    /// The payload of the PSSH box. Without a box, the ContentProtectionData is that payload.
    pub fn pssh_payload(&self) -> Option<Vec<u8>> {
        let Some(pssh) = &self.pssh else {
            let bytes = text::from_base64(self.content_protection.as_deref()?)?;
            // Other key servers put the elements of a manifest here.
            return Some(bytes).filter(|bytes| !bytes.trim_ascii_start().starts_with(b"<"));
        };
        payload(&text::from_base64(pssh)?).map(<[u8]>::to_vec)
    }

    fn to_value(&self) -> Value {
        let string = |text: &Option<String>| text.as_deref().map(Value::string);
        let hls = Value::object([]).with("media", string(&self.hls_media)).with("master", string(&self.hls_master));
        Value::object([])
            .with("pssh", string(&self.pssh))
            .with("pssh_payload_only", self.pssh_payload().map(|payload| Value::string(text::to_base64(&payload))))
            .with("key_uri", string(&self.key_uri))
            .with("content_protection_data", string(&self.content_protection))
            .with("smooth_streaming_protection_header_data", string(&self.smooth_streaming))
            .with("hls_signaling", Some(hls).filter(|hls| *hls != Value::object([])))
    }

    fn to_other(&self) -> Value {
        let head = Value::object([("system_id", Value::string(text::uuid(&self.system_id)))])
            .with("name", system::name(&self.system_id).map(Value::string));
        match (head, self.to_value()) {
            (Value::Object(mut head), Value::Object(rest)) => {
                head.extend(rest);
                Value::Object(head)
            }
            (head, _) => head,
        }
    }

    fn checked(self) -> Result<Self, Error> {
        match self.with_control_character() {
            Some(name) => Err(pack_invalid(Reason::PackControl).with(name)),
            None => Ok(self),
        }
    }

    fn from_value(system_id: [u8; 16], value: &Value) -> Self {
        let string = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(String::from);
        let hls = value.get("hls_signaling");
        Self {
            system_id,
            pssh: string(value, "pssh"),
            content_protection: string(value, "content_protection_data"),
            smooth_streaming: string(value, "smooth_streaming_protection_header_data"),
            hls_media: hls.and_then(|hls| string(hls, "media")),
            hls_master: hls.and_then(|hls| string(hls, "master")),
            key_uri: string(value, "key_uri"),
        }
    }
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(text::from_base64(text)?).ok()
}

/// The data of a PSSH box that is all of the input.
fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let read = init_data::parse(bytes, Options { kind: Some(InitDataType::Cenc), strict: false }).ok()?;
    let [only] = read.boxes.as_slice() else { return None };
    let whole = only.header.size == bytes.len() && !only.header.no_data_size;
    whole.then_some(only.header.data.bytes)
}

#[cfg(test)]
mod tests;
