//! The places of fields in findings that were read from JSON, and of content keys in it, which are masked.

use super::ranges::{FieldRange, Ranges, Step};
use crate::bytes::place_of;
use crate::json::{self, Places};

/// A path in the document, and the same value's path in the finding; `*` is any index. An empty second path is a
/// content key.
type Mapping = (&'static [&'static str], &'static [&'static str]);

const TOKEN: [Mapping; 7] = [
    (&["drm_type"], &["drmType"]),
    (&["site_id"], &["siteId"]),
    (&["user_id"], &["userId"]),
    (&["cid"], &["contentId"]),
    (&["timestamp"], &["issuedAt"]),
    (&["response_format"], &["responseFormat"]),
    (&["key_rotation"], &["keyRotation"]),
];
const PACK_INFO: [Mapping; 7] = [
    (&["content_id"], &["contentId"]),
    (&["content_key_list", "*", "key_id_hex"], &["contentKeys", "*", "keyId"]),
    (&["content_key_list", "*", "key_id_b64"], &["contentKeys", "*", "keyId"]),
    (&["content_key_list", "*", "track_type"], &["contentKeys", "*", "trackType"]),
    (&["content_key_list", "*", "common_encryption_scheme"], &["contentKeys", "*", "scheme"]),
    (&["content_key_list", "*", "key_hex"], &[]),
    (&["content_key_list", "*", "key_b64"], &[]),
];
const NGINX: [Mapping; 2] = [(&["*", "key_id"], &["contentKeys", "*", "keyId"]), (&["*", "key"], &[])];
const CLEARKEY: [Mapping; 2] = [(&["keys", "*", "kid"], &["keyIds", "*"]), (&["keys", "*", "k"], &[])];
const KEYIDS: [Mapping; 1] = [(&["kids", "*"], &["keyIds", "*"])];
const ERROR: [Mapping; 4] = [
    (&["errorCode"], &["serverCode"]),
    (&["error_code"], &["serverCode"]),
    (&["message"], &["serverMessage"]),
    (&["error_message"], &["serverMessage"]),
];

fn mappings(kind: &str) -> &'static [Mapping] {
    match kind {
        "license-token" | "auth-data" => &TOKEN,
        "pack-info" => &PACK_INFO,
        "nginx-vod-drm" => &NGINX,
        "clearkey-license" => &CLEARKEY,
        "keyids" => &KEYIDS,
        "error" => &ERROR,
        _ => &[],
    }
}

/// Collects the places of a finding's fields.
struct Collected<'m> {
    mappings: &'m [Mapping],
    length: usize,
    offset: usize,
    path: Vec<Step>,
    fields: Vec<FieldRange>,
    keys: Vec<(usize, usize)>,
}

impl Places for &mut Collected<'_> {
    fn enter(&mut self, name: Option<&str>, index: usize) {
        self.path.push(name.map_or(Step::Index(index), Step::from));
    }

    fn leave(&mut self, before: usize, behind: usize) {
        let range = (self.length.saturating_sub(before).saturating_add(self.offset), before.saturating_sub(behind));
        let found = self.mappings.iter().find(|(from, _)| matches(from, &self.path));
        match found {
            Some((_, [])) => self.keys.push(range),
            Some((_, to)) => {
                let mut indexes = self.path.iter().filter(|step| matches!(step, Step::Index(_)));
                let path: Vec<Step> = to
                    .iter()
                    .map(|name| if *name == "*" { indexes.next().cloned().unwrap_or(Step::Index(0)) } else { Step::from(*name) })
                    .collect();
                // The last of repeated names counts.
                self.fields.retain(|field| field.path != path);
                self.fields.push(FieldRange { path, offset: range.0, length: range.1 });
            }
            None => {}
        }
        self.path.pop();
    }
}

fn matches(pattern: &[&str], path: &[Step]) -> bool {
    pattern.len() == path.len()
        && pattern.iter().zip(path).all(|(pattern, step)| match step {
            Step::Name(name) => name == pattern,
            Step::Index(_) => *pattern == "*",
        })
}

/// The places of a finding of this kind in the JSON document that it was read from. Its `bytes` contain no content
/// keys.
pub fn of(kind: &str, data: &[u8]) -> Ranges {
    let text = str::from_utf8(data).unwrap_or_default();
    let document = text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\0']);
    let Some((offset, length)) = place_of(data, document.as_bytes()) else { return Ranges::default() };
    let mut out = Collected { mappings: mappings(kind), length, offset, path: Vec::new(), fields: Vec::new(), keys: Vec::new() };
    if json::parse_with(document, &mut out).is_none() {
        return Ranges::default();
    }
    let Collected { fields, keys, .. } = out;
    Ranges { fields, bytes: masked(data, &keys) }
}

/// The same bytes with the keys masked; quotes are kept.
pub fn masked(data: &[u8], keys: &[(usize, usize)]) -> Option<Vec<u8>> {
    if keys.is_empty() {
        return None;
    }
    let mut out = data.to_vec();
    for (offset, length) in keys {
        let key = out.get_mut(*offset..offset.saturating_add(*length)).unwrap_or_default();
        key.iter_mut().filter(|byte| **byte != b'"').for_each(|byte| *byte = b'*');
    }
    Some(out)
}
