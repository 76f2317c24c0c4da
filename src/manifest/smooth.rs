//! Smooth Streaming manifests (Microsoft, MS-SSTR 2.2.2.8, "ProtectionElement").
//!
//! ```text
//! SmoothStreamingMedia / Protection / ProtectionHeader SystemID="9A04F079-…"   base64 of a PlayReady Object
//! ```

use super::{Found, Kind, Manifest, Protection, Warning, Wrapping, checks, read_xml, secret};
use crate::error::{Code, Error, ParseError, Reason};
use crate::text;
use crate::xml::{Event, Reader};
use std::borrow::Cow;

/// Reads a manifest. Content keys are masked first.
pub fn parse(manifest: &str) -> Result<Manifest, Error> {
    read_xml(&secret::masked_text(manifest), Kind::Smooth, headers)
}

/// Every ProtectionHeader, in order.
fn headers(manifest: &str) -> Result<Found, ParseError> {
    let mut found = Found::default();
    let mut reader = Reader::new(manifest);
    let mut lines = super::dash::Lines::default();
    while let Some(event) = reader.event()? {
        let Event::Start(element) = event else { continue };
        if reader.depth() == 1 && element.name != "SmoothStreamingMedia" {
            return Err(ParseError::new(Reason::NotAManifest, reader.offset()));
        }
        if element.name != "ProtectionHeader" {
            continue;
        }
        let offset = reader.offset();
        let id = element.attribute("SystemID").map(Cow::into_owned);
        let uuid = id.as_deref().map(|id| id.trim().trim_matches(['{', '}']));
        let mut out = Protection {
            offset,
            line: lines.of(manifest, offset),
            system_id: uuid.and_then(|uuid| checks::misspelled(uuid).map(|(id, _)| id).or_else(|| text::key_id(uuid))),
            // In the form of the other formats, so that the same checks apply.
            scheme_id_uri: uuid.map(|uuid| ["urn:uuid:", uuid].concat()),
            wrapping: Wrapping::Object,
            ..Protection::default()
        };
        out.place("systemId", manifest, element.raw_attribute("SystemID"));
        let start = reader.end();
        let object = reader.text()?;
        out.place("initData", manifest, manifest.get(start..reader.offset()).unwrap_or_default().trim());
        out.place("", manifest, manifest.get(offset..reader.end()).unwrap_or_default());
        match text::from_base64(&object) {
            Some(bytes) => out.init_data = Some((out.without_keys(bytes), None)),
            None => found.warnings.push(Warning::of(&out, Code::ManifestInitData).with(Reason::ManifestNotBase64.as_str())),
        }
        out.look_inside();
        found.protections.push(out);
    }
    Ok(found)
}
