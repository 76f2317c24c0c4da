//! The request to the key server: one `ContentKey` for each track type and key period, one `DRMSystem` for each of
//! them and each DRM.
//!
//! Two tracks for three DRMs make two keys, six systems and two usage rules. The key ids that a request carries are
//! placeholders: the server responds with its own. They are derived from content, track and period, so that equal
//! options always give the same text.

use super::document::Document;
use super::kms::Service;
use super::track::{Scheme, TrackType};
use super::{CPIX_NAMESPACE, NAMED_SYSTEMS, PSKC_NAMESPACE, SPEKE_NAMESPACE, invalid, response, system_id};
use crate::custom_data::token;
use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::schema::{Check, Field, Kind, indexed, integer, nearest, optional, required};
use crate::text::decimal;
use crate::{system, text};
use sha2::{Digest, Sha256};

const OPTIONS: &[Field] = &[
    required("contentId", token::CONTENT_ID),
    required("systems", Kind::Any),
    optional("scheme", Kind::OneOf(&Scheme::NAMES)),
    optional("tracks", Kind::Any),
    optional("keyPeriods", Kind::Any),
    optional("keyId", Kind::Text),
    optional("kind", Kind::OneOf(&Service::NAMES)),
    optional("hardwareDrm", Kind::Boolean),
];
const TRACK: &[Field] = &[
    required("type", Kind::OneOf(&TrackType::NAMES)),
    optional("keyId", Kind::Text),
    optional("minPixels", Kind::Integer(0, i64::MAX)),
    optional("maxPixels", Kind::Integer(0, i64::MAX)),
];
const PERIOD: &[Field] = &[optional("id", Kind::Line(200)), required("index", Kind::Integer(0, i64::MAX))];
const CHECK: Check = Check { code: Code::CpixOptionsInvalid, allow_unknown: false };

#[derive(Clone)]
struct Track {
    kind: TrackType,
    key_id: Option<[u8; 16]>,
    pixels: Option<(u64, u64)>,
}

#[derive(Clone)]
struct Period {
    id: String,
    index: u64,
}

/// Writes a request.
pub fn build(options: &Value) -> Result<String, Error> {
    CHECK.object(options, OPTIONS)?;
    let content_id = options.field("contentId").unwrap_or_default();
    let service = options.field("kind").and_then(Service::from_name).unwrap_or(Service::V2);
    if service == Service::Ateme {
        return Err(CHECK.refuse(Reason::RequestAteme));
    }
    let systems = systems(options)?;
    let scheme = scheme(options, service, &systems)?;
    let tracks = tracks(options)?;
    let periods = periods(options)?;
    let single = options.field("keyId").map(|id| key_id(id, "keyId")).transpose()?;
    if single.is_some() && !tracks.is_empty() {
        return Err(CHECK.refuse(Reason::RequestKeyIdTracks));
    }
    if periods.len() > 1 && (single.is_some() || tracks.iter().any(|track| track.key_id.is_some())) {
        return Err(CHECK.refuse(Reason::RequestKeyIdPeriods));
    }
    check_keys(options, service, &tracks)?;

    // One key for each pair; content without tracks, or without periods, counts as having one.
    let mut keys = Vec::new();
    for track in some_or_none(&tracks) {
        for period in some_or_none(&periods) {
            let given = track.as_ref().and_then(|track| track.key_id).or(single);
            keys.push((given.unwrap_or_else(|| placeholder(content_id, track.as_ref(), period.as_ref())), track.clone(), period));
        }
    }
    let mut out = Xml::start(content_id, service);
    out.list("ContentKeyList", |out| {
        for (id, ..) in &keys {
            out.element("ContentKey", &[("kid", &text::uuid(id)), ("commonEncryptionScheme", scheme.map_or("", Scheme::as_str))], &[]);
        }
    });
    out.list("DRMSystemList", |out| {
        for (id, ..) in &keys {
            for system in &systems {
                out.element("DRMSystem", &[("kid", &text::uuid(id)), ("systemId", &text::uuid(system))], requested(service, system));
            }
        }
    });
    if !periods.is_empty() {
        out.list("ContentKeyPeriodList", |out| {
            for period in &periods {
                out.element("ContentKeyPeriod", &[("id", &period.id), ("index", &decimal(period.index))], &[]);
            }
        });
    }
    if !(tracks.is_empty() && periods.is_empty()) {
        out.list("ContentKeyUsageRuleList", |out| {
            for (id, track, period) in &keys {
                out.rule(id, track.as_ref(), period.as_ref());
            }
        });
    }
    Ok(out.finish())
}

fn some_or_none<T: Clone>(items: &[T]) -> Vec<Option<T>> {
    if items.is_empty() { vec![None] } else { items.iter().cloned().map(Some).collect() }
}

fn key_id(text: &str, path: &str) -> Result<[u8; 16], Error> {
    text::from_hex(text).and_then(|id| id.try_into().ok()).ok_or_else(|| CHECK.refuse(Reason::SchemaUuid).with(path))
}

fn systems(options: &Value) -> Result<Vec<[u8; 16]>, Error> {
    let names = options.get("systems").and_then(Value::items).filter(|names| !names.is_empty());
    let names = names.ok_or_else(|| CHECK.refuse(Reason::RequestSystems))?;
    let mut systems = Vec::new();
    for name in names {
        let name = name.as_str().unwrap_or_default();
        let id = system_id(name).ok_or_else(|| {
            let known = NAMED_SYSTEMS.map(|(name, _)| name);
            match nearest(name, known.into_iter()) {
                Some(near) => CHECK.refuse(Reason::RequestSystemNear).with(near),
                None => CHECK.refuse(Reason::RequestSystemUnknown).with(&known.join(", ")),
            }
        })?;
        if !systems.contains(&id) {
            systems.push(id);
        }
    }
    Ok(systems)
}

fn scheme(options: &Value, service: Service, systems: &[[u8; 16]]) -> Result<Option<Scheme>, Error> {
    let scheme = options.field("scheme").and_then(Scheme::from_name);
    let is_other = scheme.is_some_and(|scheme| scheme != Scheme::Cbcs);
    if is_other && systems == [system::FAIRPLAY] {
        return Err(CHECK.refuse(Reason::RequestSchemeFairplay));
    }
    if is_other && service == Service::SpekeCbcs {
        return Err(CHECK.refuse(Reason::RequestSchemeSpekeCbcs));
    }
    // SPEKE v2 requires the attribute; everywhere else its absence means cenc.
    Ok(scheme.or(match service {
        Service::SpekeV2 => Some(Scheme::Cenc),
        Service::SpekeCbcs => Some(Scheme::Cbcs),
        _ => None,
    }))
}

fn list<'a>(options: &'a Value, name: &str) -> Result<&'a [Value], Error> {
    match options.get(name) {
        None => Ok(&[]),
        Some(value) => value.items().ok_or_else(|| CHECK.refuse(Reason::SchemaList).with(name)),
    }
}

fn tracks(options: &Value) -> Result<Vec<Track>, Error> {
    let mut tracks: Vec<Track> = Vec::new();
    for (at, given) in list(options, "tracks")?.iter().enumerate() {
        let path = indexed("tracks", at);
        // A bare name is shorthand for an object with a type.
        let object = given.as_str().map(|name| Value::object([("type", Value::string(name))]));
        let object = object.as_ref().unwrap_or(given);
        CHECK.object_at(&path, object, TRACK)?;
        let Some(kind) = object.field("type").and_then(TrackType::from_name) else { continue };
        if tracks.iter().any(|track| track.kind == kind) {
            return Err(CHECK.refuse(Reason::RequestTrackTwice).with(kind.as_str()));
        }
        let number = |name| object.get(name).and_then(integer).and_then(|number| u64::try_from(number).ok());
        let (low, high) = (number("minPixels"), number("maxPixels"));
        if kind == TrackType::Audio && (low.is_some() || high.is_some()) {
            return Err(CHECK.refuse(Reason::RequestAudioPixels));
        }
        let pixels = kind.pixels().map(|(least, most)| (low.unwrap_or(least), high.unwrap_or(most)));
        if pixels.is_some_and(|(low, high)| low > high) {
            return Err(CHECK.refuse(Reason::RequestPixelOrder).with(kind.as_str()));
        }
        let key_id = object.field("keyId").map(|id| key_id(id, &[&path, ".keyId"].concat())).transpose()?;
        tracks.push(Track { kind, key_id, pixels });
    }
    Ok(tracks)
}

fn periods(options: &Value) -> Result<Vec<Period>, Error> {
    let mut periods: Vec<Period> = Vec::new();
    for (at, given) in list(options, "keyPeriods")?.iter().enumerate() {
        let object = integer(given).map(|_| Value::object([("index", given.clone())]));
        let object = object.as_ref().unwrap_or(given);
        CHECK.object_at(&indexed("keyPeriods", at), object, PERIOD)?;
        let index = object.get("index").and_then(integer).and_then(|index| u64::try_from(index).ok()).unwrap_or_default();
        let id = object.field("id").map_or_else(|| ["keyPeriod_", &decimal(index)].concat(), String::from);
        if periods.iter().any(|period| period.id == id) {
            return Err(CHECK.refuse(Reason::RequestPeriodTwice));
        }
        periods.push(Period { id, index });
    }
    Ok(periods)
}

fn check_keys(options: &Value, service: Service, tracks: &[Track]) -> Result<(), Error> {
    if tracks.len() > 1 && service.has_one_key() {
        return Err(CHECK.refuse(Reason::RequestOneKey));
    }
    let has = |audio: bool| tracks.iter().any(|track| (track.kind == TrackType::Audio) == audio);
    if options.get("hardwareDrm") == Some(&Value::Boolean(true)) && !(has(true) && has(false)) {
        return Err(CHECK.refuse(Reason::RequestHardware));
    }
    Ok(())
}

/// A UUID (RFC 9562, version 8) derived from the content, the track and the period.
fn placeholder(content_id: &str, track: Option<&Track>, period: Option<&Period>) -> [u8; 16] {
    let mut digest = Sha256::new();
    for part in ["cpix", content_id, track.map_or("", |track| track.kind.as_str()), period.map_or("", |period| &period.id)] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let [a, b, c, d, e, f, g, h, i, rest @ ..]: [u8; 32] = digest.finalize().into();
    let [j, k, l, m, n, o, p, ..] = rest;
    [a, b, c, d, e, f, (g & 0x0f) | 0x80, h, (i & 0x3f) | 0x80, j, k, l, m, n, o, p]
}

/// The elements that a SPEKE request names for each DRM. PallyCon's own API returns all of them unasked.
fn requested(service: Service, system: &[u8; 16]) -> &'static [&'static str] {
    match (service, *system) {
        (Service::SpekeV2, _) => &[
            "cpix:PSSH",
            "cpix:ContentProtectionData",
            "cpix:HLSSignalingData playlist=\"media\"",
            "cpix:HLSSignalingData playlist=\"master\"",
        ],
        (service, _) if !service.is_speke() => &[],
        (_, system::FAIRPLAY | system::NCG_HLS_AES | system::NCG_HLS_SAMPLE_AES) => {
            &["cpix:URIExtXKey", "speke:KeyFormat", "speke:KeyFormatVersions"]
        }
        (_, system::PLAYREADY) => &["cpix:PSSH", "cpix:ContentProtectionData", "speke:ProtectionHeader"],
        _ => &["cpix:PSSH", "cpix:ContentProtectionData"],
    }
}

/// A document under construction.
struct Xml {
    out: String,
}

impl Xml {
    fn start(content_id: &str, service: Service) -> Self {
        let mut xml = Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cpix:CPIX".into() };
        xml.attribute("id", content_id);
        if service == Service::SpekeV2 {
            // SPEKE v2 moved the id to another attribute and made the version one.
            xml.attribute("contentId", content_id);
            xml.attribute("version", "2.3");
        }
        for (name, value) in [("xmlns:cpix", CPIX_NAMESPACE), ("xmlns:pskc", PSKC_NAMESPACE), ("xmlns:speke", SPEKE_NAMESPACE)] {
            xml.attribute(name, value);
        }
        xml.out.push_str(">\n");
        xml
    }

    fn finish(mut self) -> String {
        self.out.push_str("</cpix:CPIX>\n");
        self.out
    }

    fn list(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.out.push_str(&["  <cpix:", name, ">\n"].concat());
        fill(self);
        self.out.push_str(&["  </cpix:", name, ">\n"].concat());
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], children: &[&str]) {
        self.out.push_str(&["    <cpix:", name].concat());
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            self.attribute(name, value);
        }
        if children.is_empty() {
            self.out.push_str("/>\n");
            return;
        }
        self.out.push_str(">\n");
        for child in children {
            self.out.push_str(&["      <", child, "/>\n"].concat());
        }
        self.out.push_str(&["    </cpix:", name, ">\n"].concat());
    }

    fn rule(&mut self, id: &[u8; 16], track: Option<&Track>, period: Option<&Period>) {
        let mut filters = Vec::new();
        if let Some(period) = period {
            filters.push(["cpix:KeyPeriodFilter periodId=\"", &escape(&period.id), "\""].concat());
        }
        if let Some((low, high)) = track.and_then(|track| track.pixels) {
            let low = if low > 0 { [" minPixels=\"", &decimal(low), "\""].concat() } else { String::new() };
            filters.push(["cpix:VideoFilter", &low, " maxPixels=\"", &decimal(high), "\""].concat());
        }
        let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
        let track_type = track.map_or("", |track| track.kind.as_str());
        self.element("ContentKeyUsageRule", &[("kid", &text::uuid(id)), ("intendedTrackType", track_type)], &filters);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push_str(&[" ", name, "=\"", &escape(value), "\""].concat());
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Whether the key server at this URL can answer a request with this text.
pub fn check_for(url: &str, xml: &str) -> Result<(), Error> {
    let document = Document::parse(xml)?;
    let one_key = Service::from_url(url).is_some_and(Service::has_one_key);
    let mut tracks: Vec<&str> = document.rules.iter().filter_map(|rule| rule.track_type.as_deref()).collect();
    tracks.sort_unstable();
    tracks.dedup();
    if one_key && tracks.len() > 1 {
        return Err(CHECK.refuse(Reason::RequestOneKey));
    }
    Ok(())
}

/// The same as [`read`], from bytes: UTF-8 or UTF-16.
pub fn read_bytes(xml: &[u8]) -> Result<Value, Error> {
    let text = response::decode(xml).ok_or_else(|| invalid(Reason::CpixEncoding))?;
    read(&text)
}

/// The options that make a request, for people and tests.
pub fn read(xml: &str) -> Result<Value, Error> {
    let document = Document::parse(xml)?;
    let id = |id: &[u8; 16]| Value::string(text::uuid(id));
    let name = |id: &[u8; 16]| {
        let named = NAMED_SYSTEMS.iter().find(|(_, known)| known == id).map(|(name, _)| Value::string(*name));
        named.unwrap_or_else(|| Value::string(text::uuid(id)))
    };
    let mut systems = Vec::new();
    for system in document.systems.iter().map(|system| name(&system.system_id)) {
        if !systems.contains(&system) {
            systems.push(system);
        }
    }
    let number = |number: Option<u64>| number.map(|number| Value::Number(decimal(number)));
    let tracks: Vec<Value> = document
        .rules
        .iter()
        .filter_map(|rule| {
            let (low, high) = rule.pixels.unwrap_or_default();
            let track = Value::object([("type", Value::string(rule.track_type.as_deref()?)), ("keyId", id(&rule.key_id))]);
            Some(track.with("minPixels", number(low)).with("maxPixels", number(high)))
        })
        .collect();
    let periods =
        document.periods.iter().map(|period| Value::object([("id", Value::string(&period.id))]).with("index", number(period.index)));
    let list = |items: Vec<Value>| if items.is_empty() { None } else { Some(Value::Array(items)) };
    Ok(Value::object([])
        .with("contentId", document.content_id.as_deref().map(Value::string))
        .with("systems", Some(Value::Array(systems)))
        .with("scheme", document.keys.iter().find_map(|key| key.scheme).map(|scheme| Value::string(scheme.as_str())))
        .with("keyIds", Some(Value::Array(document.keys.iter().map(|key| id(&key.id)).collect())))
        .with("tracks", list(tracks))
        .with("keyPeriods", list(periods.collect())))
}

#[cfg(test)]
mod tests;
