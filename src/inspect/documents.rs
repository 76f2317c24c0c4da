//! XML, identified by its root element: PlayReady's messages and headers, CPIX, manifests and their elements.

use super::ranges::{FieldRange, Ranges, Step};
use super::{Finding, damaged, json_places};
use crate::bytes::place_of;
use crate::error::{Error, ParseError};
use crate::init_data::playready::parse_header;
use crate::init_data::{self, Options};
use crate::json::Object;
use crate::license::playready::{fault, unwrap};
use crate::manifest::{self, secret, smooth};
use crate::system;
use crate::text::{from_base64, hex, key_id, uuid};
use crate::xml::{Event, Reader};
use std::borrow::Cow;

/// Identifies an XML document; `None` if its root element is unknown.
pub fn read(document: &str) -> Option<Finding> {
    let mut reader = Reader::new(document);
    let root = match reader.event() {
        Ok(Some(Event::Start(root))) => root,
        _ => return html(document),
    };
    match root.name {
        "WRMHEADER" => {
            let read = init_data::parse(document.as_bytes(), Options::default());
            Some(read_or("playready-header", read.map(|read| read.to_json())))
        }
        "PlayReadyKeyMessage" => {
            let challenge = match unwrap(document.as_bytes()) {
                Ok(challenge) => challenge,
                Err(error) => return Some(damaged::finding("playready-challenge", &error)),
            };
            let body = secret::masked(&challenge.body).unwrap_or_else(|| challenge.body.to_vec());
            let soap = str::from_utf8(&body).ok()?;
            Some(Finding::object("playready-challenge", |o| {
                let headers: Vec<_> = challenge.headers.iter().map(|(name, value)| [name, ": ", value].concat()).collect();
                o.strings("headers", &headers);
                o.number("bytes", challenge.body.len() as u64);
                headers_in(soap, o);
            }))
        }
        "Envelope" => soap(document),
        "CPIX" => Some(cpix(document).unwrap_or_else(|error| {
            Finding::object("cpix", |o| {
                o.nested("error", |o| {
                    o.string("message", error.reason.as_str());
                    o.number("offset", error.offset as u64);
                });
            })
        })),
        "MPD" | "ContentProtection" | "Period" | "AdaptationSet" | "Representation" => {
            let kind = if root.name == "ContentProtection" { "content-protection" } else { "dash" };
            Some(read_or(kind, manifest::parse(document).map(|read| read.to_json())))
        }
        "SmoothStreamingMedia" => Some(read_or("smooth", smooth::parse(document).map(|read| read.to_json()))),
        _ => html(document),
    }
}

fn read_or(kind: &'static str, read: Result<String, Error>) -> Finding {
    read.map_or_else(|error| damaged::finding(kind, &error), |value| Finding::new(kind, value))
}

fn html(document: &str) -> Option<Finding> {
    let start: String = document.chars().take(256).collect::<String>().to_ascii_lowercase();
    let page = ["<!doctype html", "<html"].iter().any(|tag| start.contains(tag));
    page.then(|| Finding::object("html", |o| o.number("size", document.len() as u64)))
}

fn soap(document: &str) -> Option<Finding> {
    if let Some(fault) = fault(document) {
        return Some(Finding::object("playready-fault", |o| {
            o.optional_string("statusCode", fault.status_code.as_deref());
            o.optional_string("faultString", fault.fault_string.as_deref());
            o.optional_string("message", fault.message.as_deref());
        }));
    }
    let mut reader = Reader::new(document);
    while let Ok(Some(event)) = reader.event() {
        let Event::Start(element) = event else { continue };
        match element.name {
            "AcquireLicense" => return Some(Finding::object("playready-challenge", |o| headers_in(document, o))),
            "AcquireLicenseResponse" => return Some(Finding::object("playready-license", |o| o.number("size", document.len() as u64))),
            _ => {}
        }
    }
    Some(Finding::object("soap", |o| o.number("size", document.len() as u64)))
}

/// The content headers that a challenge repeats.
fn headers_in(soap: &str, o: &mut Object<'_>) {
    let mut found = Vec::new();
    let mut reader = Reader::new(soap);
    while let Ok(Some(event)) = reader.event() {
        if matches!(event, Event::Start(element) if element.name == "WRMHEADER") {
            let start = reader.offset();
            let end = reader.skip().map(|()| reader.end());
            let header = end.ok().and_then(|end| soap.get(start..end));
            found.extend(header.and_then(|header| parse_header(header).ok()));
        }
    }
    o.objects("headersInside", &found, |o, header| header.write(o));
}

/// The lists of a CPIX finding.
const KEYS: &str = "contentKeys";
const SYSTEMS: &str = "systems";

#[derive(Default)]
struct ContentKey {
    key_id: Option<[u8; 16]>,
    scheme: Option<String>,
    has_key: bool,
}

#[derive(Default)]
struct DrmSystem {
    system_id: Option<[u8; 16]>,
    key_id: Option<[u8; 16]>,
    pssh: Option<String>,
    uri: Option<String>,
}

/// The content of a CPIX document without its keys, which are secrets.
#[derive(Default)]
struct Cpix {
    content_id: Option<String>,
    keys: Vec<ContentKey>,
    systems: Vec<DrmSystem>,
    places: Vec<FieldRange>,
    /// Where keys are.
    secrets: Vec<(usize, usize)>,
}

impl Cpix {
    /// Records the place of a field: of the document, or of the latest key or system.
    fn place(&mut self, document: &str, list: Option<&str>, name: &str, part: &str) {
        let Some((offset, length)) = place_of(document.as_bytes(), part.as_bytes()) else { return };
        let mut path = Vec::new();
        if let Some(list) = list {
            let count = if list == KEYS { self.keys.len() } else { self.systems.len() };
            let Some(latest) = count.checked_sub(1) else { return };
            path.extend([list.into(), latest.into()]);
        }
        path.extend(Some(name).filter(|name| !name.is_empty()).map(Step::from));
        self.places.push(FieldRange { path, offset, length });
    }

    fn read(document: &str) -> Result<Self, ParseError> {
        let mut out = Self::default();
        let mut reader = Reader::new(document);
        while let Some(event) = reader.event()? {
            let Event::Start(element) = event else { continue };
            let id = |name| element.attribute(name).and_then(|id| key_id(&id));
            let tag = document.get(reader.offset()..reader.end()).unwrap_or_default();
            let start = reader.end();
            match element.name {
                "CPIX" => {
                    let name = if element.attribute("id").is_some() { "id" } else { "contentId" };
                    out.content_id = element.attribute(name).map(Cow::into_owned);
                    out.place(document, None, "contentId", element.raw_attribute(name));
                }
                "ContentKey" => {
                    let scheme = element.attribute("commonEncryptionScheme").map(Cow::into_owned);
                    out.keys.push(ContentKey { key_id: id("kid"), scheme, has_key: false });
                    out.place(document, Some(KEYS), "", tag);
                    if id("kid").is_some() {
                        out.place(document, Some(KEYS), "keyId", element.raw_attribute("kid"));
                    }
                    out.place(document, Some(KEYS), "scheme", element.raw_attribute("commonEncryptionScheme"));
                }
                "PlainValue" | "EncryptedValue" => {
                    reader.skip()?;
                    out.keys.last_mut().into_iter().for_each(|key| key.has_key = true);
                    let secret = document.get(start..reader.offset()).unwrap_or_default();
                    out.place(document, Some(KEYS), "hasKey", secret);
                    out.secrets.extend(place_of(document.as_bytes(), secret.as_bytes()));
                }
                "DRMSystem" => {
                    out.systems.push(DrmSystem { system_id: id("systemId"), key_id: id("kid"), ..DrmSystem::default() });
                    out.place(document, Some(SYSTEMS), "", tag);
                    for (field, name) in [("systemId", "systemId"), ("keyId", "kid")] {
                        if id(name).is_some() {
                            out.place(document, Some(SYSTEMS), field, element.raw_attribute(name));
                        }
                    }
                }
                "PSSH" | "URIExtXKey" => {
                    let text = reader.text()?;
                    let (name, text) = match element.name {
                        "PSSH" => ("psshBase64", Some(text.trim().into())),
                        _ => ("uri", from_base64(&text).and_then(|uri| String::from_utf8(uri).ok())),
                    };
                    if text.is_some() {
                        out.place(document, Some(SYSTEMS), name, document.get(start..reader.offset()).unwrap_or_default().trim());
                    }
                    if let Some(system) = out.systems.last_mut() {
                        *if name == "uri" { &mut system.uri } else { &mut system.pssh } = text;
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }
}

fn cpix(document: &str) -> Result<Finding, ParseError> {
    let Cpix { content_id, keys, systems, .. } = Cpix::read(document)?;
    Ok(Finding::object("cpix", |o| {
        o.optional_string("contentId", content_id.as_deref());
        o.objects(KEYS, &keys, |o, key| {
            o.optional_string("keyId", key.key_id.map(|id| hex(&id)).as_deref());
            o.optional_string("scheme", key.scheme.as_deref());
            o.boolean("hasKey", key.has_key);
        });
        o.objects(SYSTEMS, &systems, |o, drm| {
            o.optional_string("systemId", drm.system_id.as_ref().map(uuid).as_deref());
            o.optional_string("system", drm.system_id.as_ref().and_then(system::name));
            o.optional_string("keyId", drm.key_id.map(|id| hex(&id)).as_deref());
            o.optional_string("psshBase64", drm.pssh.as_deref());
            o.optional_string("uri", drm.uri.as_deref());
        });
    }))
}

/// Where the fields of a CPIX document are, in the document with its keys masked.
pub fn cpix_ranges(data: &[u8]) -> Ranges {
    let text = str::from_utf8(data).unwrap_or_default();
    let document = text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\0']);
    let shift = place_of(data, document.as_bytes()).map_or(0, |(offset, _)| offset);
    let moved = |(offset, length): (usize, usize)| (offset.saturating_add(shift), length);
    let Ok(mut read) = Cpix::read(document) else { return Ranges { fields: Vec::new(), bytes: Some(vec![b'*'; data.len()]) } };
    read.places.iter_mut().for_each(|place| (place.offset, place.length) = moved((place.offset, place.length)));
    let secrets: Vec<_> = read.secrets.into_iter().map(moved).collect();
    Ranges { fields: read.places, bytes: json_places::masked(data, &secrets) }
}
