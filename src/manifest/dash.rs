//! DASH MPDs: ContentProtection at every level (ISO/IEC 23009-1, 5.8.4.1; DASH-IF IOP part 6).
//!
//! ```text
//! MPD / Period / AdaptationSet / Representation / SubRepresentation
//!   ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="uuid…"
//!   ContentProtection schemeIdUri="urn:uuid:…" [ref= refId=]
//!     cenc:pssh   base64 of PSSH boxes          dashif:Laurl  license URL (also Laurl, laurl, @licenseUrl)
//!     mspr:pro    base64 of a PlayReady Object  mas:MarlinContentId  urn:marlin:kid:hex
//! ```
//!
//! The order of an element's children does not matter. A level applies to everything below it. So a DRM's element
//! without its own keys applies to the keys that default_KID names on its level and below, or else to those of the
//! nearest level above.

use super::{Found, Protection, Warning, Wrapping, checks, data_uri, secret, system_of_urn};
use crate::error::{Code, ParseError, Reason};
use crate::init_data::KeyIds;
use crate::system::{self, Scheme};
use crate::text;
use crate::xml::{Element, Event, Reader};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The levels that can carry protection, outermost first.
const LEVELS: [&str; 5] = ["MPD", "Period", "AdaptationSet", "Representation", "SubRepresentation"];
/// There are a dozen DRM systems; more elements than this on one level would make keys × elements too large.
const MAX_PER_LEVEL: usize = 32;

/// One open level.
#[derive(Debug, Default)]
struct Level {
    /// Keys named on it, and later also those named below.
    key_ids: Vec<Vec<u8>>,
    scheme: Option<Scheme>,
    /// Protections on this level.
    own: Vec<usize>,
}

/// The keys that apply to the protections of a level.
#[derive(Debug, Default)]
struct Applied {
    protections: Vec<usize>,
    key_ids: BTreeSet<Vec<u8>>,
}

/// Every ContentProtection element, in order.
pub fn parse(mpd: &str) -> Result<Found, ParseError> {
    let mut reader = Reader::new(mpd);
    let mut out: Vec<Protection> = Vec::new();
    let mut warnings: Vec<Warning> = Vec::new();
    let mut applied: Vec<Applied> = Vec::new();
    // The outermost level is for a single element without an MPD around it.
    let mut levels = vec![Level::default()];
    let mut lines = Lines::default();
    let mut references: Vec<(String, usize)> = Vec::new();
    let mut anchors: Vec<(String, usize)> = Vec::new();
    let mut begun = false;
    while let Some(event) = reader.event()? {
        if let Event::Start(root) = &event
            && !begun
        {
            begun = root.name == "ContentProtection" || LEVELS.contains(&root.name);
            if !begun {
                return Err(ParseError::new(Reason::NotAnMpd, reader.offset()));
            }
        }
        match event {
            Event::Start(element) if element.name == "ContentProtection" => {
                let offset = reader.offset();
                let line = lines.of(mpd, offset);
                let head = Protection { line, offset, ..Protection::default() };
                let mut read = content_protection(head, mpd, &element, &mut reader, &mut warnings)?;
                read.place("", mpd, mpd.get(offset..reader.end()).unwrap_or_default());
                let Some(level) = levels.last_mut() else { continue };
                if level.own.len() >= MAX_PER_LEVEL {
                    return Err(ParseError::new(Reason::TooManyProtections, offset));
                }
                let text = |name| element.attribute(name).map(Cow::into_owned);
                references.extend(text("ref").map(|name| (name, out.len())));
                anchors.extend(text("refId").map(|name| (name, out.len())));
                if read.system_id.is_none() {
                    level.scheme = level.scheme.or(read.scheme);
                    level.key_ids.extend(read.key_ids.iter().cloned());
                }
                level.own.push(out.len());
                out.push(read);
            }
            Event::Start(element) if is_level(&element, levels.len()) => levels.push(Level::default()),
            Event::End(_) if reader.depth().saturating_add(1) < levels.len() => applied.extend(close(&mut levels, &mut out)),
            _ => {}
        }
    }
    while levels.len() > 1 {
        applied.extend(close(&mut levels, &mut out));
    }
    resolve(&mut out, references, anchors, mpd.len().saturating_mul(16), &mut warnings)?;
    for level in applied {
        let own = level.protections.into_iter().filter_map(|at| out.get(at));
        own.for_each(|protection| checks::key_ids(protection, &level.key_ids, "default_KID", &mut warnings));
    }
    Ok(Found { protections: out, warnings })
}

/// Levels nest in their order, so there are never more than five open.
fn is_level(element: &Element<'_>, open: usize) -> bool {
    LEVELS.get(open.saturating_sub(1)) == Some(&element.name)
}

fn close(levels: &mut Vec<Level>, out: &mut [Protection]) -> Option<Applied> {
    let level = levels.pop()?;
    let above = levels.iter().rev().find(|above| !above.key_ids.is_empty());
    let ids = if level.key_ids.is_empty() { above.map_or(&[][..], |above| &above.key_ids) } else { &level.key_ids };
    let ids: KeyIds = ids.iter().collect();
    let scheme = level.scheme.or_else(|| levels.iter().rev().find_map(|above| above.scheme));
    for at in &level.own {
        if let Some(protection) = out.get_mut(*at) {
            protection.scheme = protection.scheme.or(scheme);
            if protection.key_ids.is_empty() {
                protection.key_ids = ids.iter().map(Vec::from).collect();
            }
        }
    }
    if let Some(above) = levels.last_mut() {
        above.key_ids.extend(level.key_ids);
    }
    Some(Applied { protections: level.own, key_ids: ids.iter().map(Vec::from).collect() })
}

/// An element with `ref` inherits missing parts from the one with that `refId`. A hostile MPD could refer to a large
/// element a million times: `budget` is how many bytes may be copied.
fn resolve(
    out: &mut [Protection],
    references: Vec<(String, usize)>,
    mut anchors: Vec<(String, usize)>,
    mut budget: usize,
    warnings: &mut Vec<Warning>,
) -> Result<(), ParseError> {
    anchors.sort();
    for (name, at) in references {
        let anchor = anchors.get(anchors.partition_point(|(other, _)| *other < name)).filter(|(other, _)| *other == name);
        let Some(source) = anchor.and_then(|(_, at)| out.get(*at)) else {
            warnings.extend(out.get(at).map(|target| Warning::of(target, Code::ManifestRef).with(&name)));
            continue;
        };
        budget = budget.checked_sub(source.size()).ok_or(ParseError::new(Reason::TooManyReferences, 0))?;
        let source = source.clone();
        if let Some(target) = out.get_mut(at) {
            target.system_id = target.system_id.or(source.system_id);
            target.scheme_id_uri = target.scheme_id_uri.take().or(source.scheme_id_uri);
            target.value = target.value.take().or(source.value);
            target.scheme = target.scheme.or(source.scheme);
            if target.init_data.is_none() {
                (target.init_data, target.wrapping) = (source.init_data, source.wrapping);
            }
            target.has_content_key |= source.has_content_key;
            target.playready_object = target.playready_object.take().or(source.playready_object);
            target.license_url = target.license_url.take().or(source.license_url);
            if target.key_ids.is_empty() {
                target.key_ids = source.key_ids;
            }
        }
    }
    Ok(())
}

/// Reads a ContentProtection element, after its start, to its end.
fn content_protection(
    mut out: Protection,
    mpd: &str,
    element: &Element<'_>,
    reader: &mut Reader<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Protection, ParseError> {
    let text = |name| element.attribute(name).map(Cow::into_owned);
    (out.scheme_id_uri, out.value, out.license_url) = (text("schemeIdUri"), text("value"), text("licenseUrl"));
    let attributes = [("schemeIdUri", "schemeIdUri"), ("value", "value"), ("licenseUrl", "licenseUrl"), ("keyIds", "default_KID")];
    attributes.iter().for_each(|(field, name)| out.place(field, mpd, element.raw_attribute(name)));
    out.system_id = out.scheme_id_uri.as_deref().and_then(system_of_urn);
    if out.system_id.is_none() {
        let value = out.value.as_deref().and_then(|value| <[u8; 4]>::try_from(value.as_bytes()).ok());
        out.scheme = value.and_then(|value| Scheme::from_fourcc(value.map(|byte| byte.to_ascii_lowercase())));
    }
    // DASH-IF allows several, and packagers write them with and without dashes.
    let named = text("default_KID").unwrap_or_default();
    out.key_ids = named.split_ascii_whitespace().filter_map(text::key_id).map(Vec::from).collect();
    let depth = reader.depth();
    while let Some(event) = reader.event()? {
        match event {
            Event::End(_) if reader.depth() < depth => break,
            Event::Start(child) => {
                let start = reader.end();
                out.child(&child, reader, warnings)?;
                let field = match child.name {
                    "pssh" => "initData",
                    "pro" => "playreadyObject",
                    "Laurl" | "laurl" | "LaUrl" => "licenseUrl",
                    "MarlinContentId" => "keyIds",
                    _ => continue,
                };
                let attribute = if field == "licenseUrl" { child.raw_attribute("licenseUrl") } else { "" };
                let text = mpd.get(start..reader.offset()).unwrap_or_default().trim();
                out.place(field, mpd, if attribute.is_empty() { text } else { attribute });
            }
            _ => {}
        }
    }
    out.wrapping = Wrapping::Box;
    if out.init_data.is_none() {
        out.wrapping = Wrapping::Object;
        out.init_data = out.playready_object.take().map(|bytes| (bytes, None));
        out.places.iter_mut().filter(|(name, ..)| *name == "playreadyObject").for_each(|(name, ..)| *name = "initData");
    }
    checks::key_ids(&out, &out.key_ids.iter().cloned().collect(), "default_KID", warnings);
    out.look_inside();
    out.key_ids = out.key_ids.iter().collect::<KeyIds>().iter().map(Vec::from).collect();
    Ok(out)
}

impl Protection {
    /// The approximate size of a copy in bytes.
    fn size(&self) -> usize {
        let texts = [&self.scheme_id_uri, &self.value, &self.license_url].into_iter().flatten().map(String::len);
        let bytes = self.init_data.iter().map(|(bytes, _)| bytes.len()).chain(self.playready_object.iter().map(Vec::len));
        texts.chain(bytes).chain(self.key_ids.iter().map(Vec::len)).fold(64, usize::saturating_add)
    }

    fn child(&mut self, child: &Element<'_>, reader: &mut Reader<'_>, warnings: &mut Vec<Warning>) -> Result<(), ParseError> {
        match child.name {
            "pssh" | "pro" => {
                let text = reader.text()?;
                let Some(bytes) = text::from_base64(&text) else {
                    warnings.push(Warning::of(self, Code::ManifestInitData).with(Reason::ManifestNotBase64.as_str()));
                    return Ok(());
                };
                let bytes = self.without_keys(bytes);
                match &mut self.init_data {
                    _ if bytes.is_empty() => {}
                    _ if child.name == "pro" => self.playready_object = Some(bytes),
                    // Each of several boxes may have its own element.
                    Some((all, _)) => all.extend(bytes),
                    None => self.init_data = Some((bytes, None)),
                }
            }
            "Laurl" | "laurl" | "LaUrl" => {
                let attribute = child.attribute("licenseUrl").map(Cow::into_owned);
                let text = reader.text()?;
                let url = attribute.unwrap_or_else(|| text.trim().into());
                let url = Some(url).filter(|url| !url.is_empty()).map(|url| self.license_url_without_keys(url));
                self.license_url = self.license_url.take().or(url);
            }
            "MarlinContentId" => {
                let text = reader.text()?;
                let id = text.trim().strip_prefix("urn:marlin:kid:").and_then(text::key_id);
                self.key_ids.extend(id.map(Vec::from));
                self.system_id = self.system_id.or(Some(system::MARLIN_URN));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Protection {
    /// ClearKey's URL may be the license itself, in a data URI.
    fn license_url_without_keys(&mut self, url: String) -> String {
        if !data_uri::decode(&url).is_some_and(|data| secret::is_key_set(&data)) {
            return url;
        }
        self.has_content_key = true;
        data_uri::without_data(&url)
    }
}

/// Counts lines incrementally, so that all of them together need one pass.
#[derive(Debug, Default)]
pub(super) struct Lines {
    offset: usize,
    line: u64,
}

impl Lines {
    pub(super) fn of(&mut self, text: &str, offset: usize) -> u64 {
        let passed = text.get(self.offset..offset).unwrap_or_default();
        let breaks = passed.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.line = self.line.saturating_add(breaks);
        self.offset = offset;
        self.line.saturating_add(1)
    }
}

#[cfg(test)]
#[path = "dash_tests.rs"]
mod tests;
