//! AWS Elemental: settings with which MediaConvert and MediaPackage call the key server themselves. They contain no
//! key, but the URL contains the KMS token.
//!
//! | view | service | key server |
//! |---|---|---|
//! | [`mediaconvert`] | MediaConvert: video on demand | SPEKE v1, one key |
//! | [`mediapackage`] `V1` | MediaPackage live v1 | SPEKE v1, one key; v2 with presets |
//! | [`mediapackage`] `V2` | MediaPackage live v2 | SPEKE v2, a key for each track |
//! | [`checklist`] | steps that need the console | |

pub mod checklist;
pub mod mediaconvert;
pub mod mediapackage;

use super::{CHECK, CONTENT_ID, Make, SYSTEMS, View, number, texts};
use crate::cpix::kms::Service;
use crate::cpix::system_id;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::schema::{Field, Kind, integer, optional, required};
use crate::system::{AES_128, FAIRPLAY, NCG_HLS_AES, NCG_HLS_SAMPLE_AES, PLAYREADY, WIDEVINE};
use crate::text;

const ROLE: Field = required("roleArn", Kind::Text).doc("the role that may call the key server (SPEKEAccess)");
const PRESETS: Field = optional("presets", Kind::Group(PRESET_FIELDS)).doc("of SPEKE v2, if none follows from the tracks");
const PRESET_FIELDS: &[Field] = &[
    required("audio", Kind::OneOf(&["PRESET_AUDIO_1", "PRESET_AUDIO_2", "PRESET_AUDIO_3", "SHARED", "UNENCRYPTED"])),
    required(
        "video",
        Kind::OneOf(&[
            "PRESET_VIDEO_1",
            "PRESET_VIDEO_2",
            "PRESET_VIDEO_3",
            "PRESET_VIDEO_4",
            "PRESET_VIDEO_5",
            "PRESET_VIDEO_6",
            "PRESET_VIDEO_7",
            "PRESET_VIDEO_8",
            "SHARED",
            "UNENCRYPTED",
        ]),
    ),
];

/// The settings of both services.
struct Job<'a> {
    url: &'a str,
    content_id: &'a str,
    systems: Vec<[u8; 16]>,
    tracks: Vec<&'a str>,
}

impl<'a> Job<'a> {
    /// From the options; values that they omit come from the pack info.
    fn new(pack: &'a Value, options: &'a Value) -> Result<Self, Error> {
        let url = options.field("url").unwrap_or_default();
        if !url.starts_with("https://") {
            return Err(CHECK.refuse(Reason::ViewAwsUrl));
        }
        if Service::from_url(url).is_some_and(|service| !service.is_speke()) {
            return Err(CHECK.refuse(Reason::ViewAwsSpeke));
        }
        let content_id = super::content_id(pack, options)?;
        let keys = pack.get("content_key_list").and_then(Value::items).unwrap_or_default();
        let systems = match options.get("systems").or(pack.get("systems")) {
            Some(names) => {
                let names = names.items().unwrap_or_default().iter();
                let ids: Option<Vec<_>> = names.map(|name| name.as_str().and_then(system_id)).collect();
                ids.ok_or_else(|| CHECK.refuse(Reason::ViewAwsSystems))?
            }
            None => {
                let named = [("widevine", WIDEVINE), ("playready", PLAYREADY), ("fairplay", FAIRPLAY)].into_iter();
                named.filter(|(name, _)| keys.iter().any(|key| key.get(name).is_some())).map(|(_, id)| id).collect()
            }
        };
        let tracks = match options.get("tracks").or(pack.get("tracks")) {
            Some(tracks) => tracks.items().unwrap_or_default().iter().filter_map(Value::as_str).collect(),
            None => keys.iter().filter_map(|key| key.field("track_type")).collect(),
        };
        Ok(Self { url, content_id, systems, tracks })
    }

    fn ids(&self, only: impl Fn(&[u8; 16]) -> bool) -> Value {
        Value::Array(self.systems.iter().filter(|id| only(id)).map(|id| Value::string(text::uuid(id))).collect())
    }

    /// Whether all DRMs are in this list, and there are at most so many.
    fn systems_are(&self, allowed: &[[u8; 16]], most: usize, reason: Reason) -> Result<(), Error> {
        let fits = !self.systems.is_empty() && self.systems.len() <= most && self.systems.iter().all(|id| allowed.contains(id));
        if fits { Ok(()) } else { Err(CHECK.refuse(reason)) }
    }
}

/// For cbcs in CMAF the key server has a URL of its own, never the default one of SPEKE v1.
fn check_cbcs_url(url: &str) -> Result<(), Error> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    if path.trim_end_matches('/').ends_with("/cpix/getKey") { Err(CHECK.refuse(Reason::ViewAwsCbcsUrl)) } else { Ok(()) }
}

/// `key-rotation=true` in the URL and the endpoint's interval have to agree. Returns the interval; 0 means no rotation.
fn rotation(url: &str, options: &Value) -> Result<i64, Error> {
    let interval = options.get("keyRotationInterval").and_then(integer).unwrap_or(0);
    let rotates = url.split(['?', '&']).any(|part| part == "key-rotation=true");
    if rotates == (interval > 0) { Ok(interval) } else { Err(CHECK.refuse(Reason::ViewAwsRotation)) }
}

fn check_role(options: &Value) -> Result<&str, Error> {
    let role = options.field("roleArn").unwrap_or_default();
    if role.starts_with("arn:") { Ok(role) } else { Err(CHECK.refuse(Reason::ViewAwsRole)) }
}

/// The characters that a MediaPackage ResourceId may contain.
fn check_resource_id(content_id: &str) -> Result<(), Error> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if content_id.bytes().all(is_word) { Ok(()) } else { Err(CHECK.refuse(Reason::ViewAwsResourceId)) }
}

#[cfg(test)]
mod tests;
