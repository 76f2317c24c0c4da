//! Deviations in a manifest that could be read nevertheless: the reasons why a player fails where this
//! reader does not.

use super::{Protection, Wrapping, secret, uuid_of};
use crate::error::{Code, Problem, Reason};
use crate::init_data::{self, InitData, Options};
use crate::system::{self, Drm, SYSTEMS, Scheme};
use crate::text::{from_hex, hex, swap_guid, uuid};
use std::collections::BTreeSet;

/// Key ids that a message lists.
const MAX_LISTED: usize = 4;
/// A tag or element has a handful; a hostile one could have one for each of a million boxes.
const MAX_OF_ONE: usize = 32;

/// A problem that players fail on, or that exposes a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The code and reason.
    pub problem: Problem,
    /// Where the tag or element begins, in bytes.
    pub offset: usize,
    /// Its line, from 1.
    pub line: u64,
}

impl Warning {
    /// A warning with its place.
    pub fn new(code: Code, offset: usize, line: u64) -> Self {
        Self { problem: Problem { code, reason: None, parameters: Vec::new() }, offset, line }
    }

    /// A warning about a tag or element.
    pub fn of(protection: &Protection, code: Code) -> Self {
        Self::new(code, protection.offset, protection.line)
    }

    /// The same, with a reason.
    pub fn because(mut self, reason: Reason) -> Self {
        self.problem.reason = Some(reason);
        self
    }

    /// The same, with another parameter.
    pub fn with(mut self, parameter: &str) -> Self {
        self.problem.parameters.push(parameter.into());
        self
    }
}

/// Checks a single tag or element.
pub fn protection(protection: &Protection, warnings: &mut Vec<Warning>) {
    let mut own = Own { of: protection, warnings: Vec::new() };
    own.check();
    warnings.extend(own.warnings);
}

/// The warnings of one tag or element, each once.
struct Own<'p> {
    of: &'p Protection,
    warnings: Vec<Warning>,
}

impl Own<'_> {
    fn add(&mut self, warning: Warning) {
        if self.warnings.len() < MAX_OF_ONE && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn warn(&mut self, code: Code) {
        self.add(Warning::of(self.of, code));
    }

    fn unusable(&mut self, reason: Option<Reason>) {
        self.add(Warning::of(self.of, Code::ManifestInitData).with(reason.map_or("", Reason::as_str)));
    }

    fn wrapping(&mut self, reason: Reason) {
        self.add(Warning::of(self.of, Code::ManifestWrapping).because(reason));
    }

    fn misspelling(&mut self, written: &str) {
        let Some((id, reason)) = misspelled(written) else { return };
        let warning = Warning::of(self.of, Code::ManifestSystemId).because(reason);
        self.add(warning.with(written).with(system::name(&id).unwrap_or_default()).with(&uuid(&id)));
    }

    fn check(&mut self) {
        let of = self.of;
        let urn = of.scheme_id_uri.as_deref().or(of.key_format.as_deref());
        if let Some(uuid) = urn.and_then(uuid_of) {
            self.misspelling(uuid);
        }
        let mut urls = [&of.license_url, &of.uri].into_iter().flatten();
        if of.has_content_key || urls.any(|url| secret::is_masked(url.as_bytes())) {
            self.warn(Code::ContentKeyExposed);
        }
        if let Some(scheme) = of.scheme.filter(|scheme| of.system_id == Some(system::FAIRPLAY) && *scheme != Scheme::Cbcs) {
            let named = of.method.as_deref().unwrap_or(scheme.as_str());
            self.add(Warning::of(of, Code::ManifestScheme).with(Drm::FairPlay.title()).with(named));
        }
        match of.read_init_data() {
            Some(Ok(read)) => self.init_data(&read),
            Some(Err(error)) => self.unusable(error.reason),
            None => {}
        }
        match of.playready_object.as_deref().map(|object| (object, init_data::parse(object, Options::default()))) {
            Some((object, Ok(read))) => self.object(object, &read),
            Some((_, Err(error))) => self.unusable(error.reason),
            None => {}
        }
    }

    /// The bytes in the place of a PlayReady Object.
    fn object(&mut self, data: &[u8], read: &InitData<'_>) {
        if !read.is_bare() {
            self.wrapping(Reason::ManifestBoxed);
        } else if !init_data::looks_like_object(data) {
            self.wrapping(Reason::ManifestNoObject);
        }
    }

    fn init_data(&mut self, read: &InitData<'_>) {
        match (self.of.wrapping, &self.of.init_data) {
            (Wrapping::Box, _) if read.is_bare() => self.wrapping(Reason::ManifestNotBoxed),
            (Wrapping::Object, Some((data, _))) if !read.boxes.is_empty() => self.object(data, read),
            _ => {}
        }
        for pssh in &read.boxes {
            self.misspelling(&uuid(&pssh.header.system_id));
            if let Some(error) = pssh.payload_error {
                self.unusable(Some(error.reason));
            }
        }
        for found in &read.warnings {
            let problem = Problem { code: found.code, reason: found.reason, parameters: Vec::new() };
            self.add(Warning { problem, ..Warning::of(self.of, found.code) });
        }
    }
}

/// Checks that the init data is for one of the keys that the manifest names (in `place`): no other key can play.
pub fn key_ids(protection: &Protection, named: &BTreeSet<Vec<u8>>, place: &str, warnings: &mut Vec<Warning>) {
    if named.is_empty() {
        return;
    }
    let Some(Ok(read)) = protection.read_init_data() else { return };
    if read.key_ids.iter().next().is_none() || read.key_ids.iter().any(|id| named.contains(id)) {
        return;
    }
    let turned = |id: &[u8]| <[u8; 16]>::try_from(id).is_ok_and(|id| named.contains(&swap_guid(id)[..]));
    let reason = if read.key_ids.iter().any(turned) { Reason::ManifestKeyIdsTurned } else { Reason::ManifestKeyIdsDiffer };
    let (theirs, ours) = (listed(read.key_ids.iter()), listed(named.iter().map(Vec::as_slice)));
    warnings.push(Warning::of(protection, Code::ManifestKeyIds).because(reason).with(&theirs).with(place).with(&ours));
}

fn listed<'a>(ids: impl Iterator<Item = &'a [u8]>) -> String {
    let mut out: Vec<String> = ids.take(MAX_LISTED.saturating_add(1)).map(hex).collect();
    if let Some(more) = out.get_mut(MAX_LISTED) {
        *more = "…".into();
    }
    out.join(", ")
}

/// The known system id that an unknown one should be: in GUID byte order, as old packagers wrote it, or
/// with one digit added, missing, wrong or swapped with its neighbor. Ids are random, so this cannot be a coincidence.
pub(super) fn misspelled(written: &str) -> Option<([u8; 16], Reason)> {
    let digits: Vec<u8> = written.bytes().filter(u8::is_ascii_alphanumeric).take(40).map(|digit| digit.to_ascii_lowercase()).collect();
    let id = str::from_utf8(&digits).ok().and_then(from_hex).and_then(|id| <[u8; 16]>::try_from(id).ok());
    if id.is_some_and(|id| system::name(&id).is_some()) {
        return None;
    }
    let turned = id.map(swap_guid).filter(|id| system::name(id).is_some());
    turned.map(|id| (id, Reason::ManifestSystemTurned)).or_else(|| {
        let near = SYSTEMS.iter().find(|(known, ..)| is_near(&digits, hex(known).as_bytes()));
        near.map(|(known, ..)| (*known, Reason::ManifestSystemNear))
    })
}

/// One edit apart.
fn is_near(a: &[u8], b: &[u8]) -> bool {
    let from_start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let from_end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let rest = |text: &[u8]| text.len().saturating_sub(from_start.saturating_add(from_end));
    match (rest(a), rest(b)) {
        (1, 1) => true,
        (0 | 1, 0 | 1) => a.len() != b.len(),
        (2, 2) => {
            let pair = |text: &[u8]| Some((*text.get(from_start)?, *text.get(from_start.saturating_add(1))?));
            pair(a).map(|(first, second)| (second, first)) == pair(b)
        }
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
#[path = "checks_tests.rs"]
mod tests;
