//! AWS Elemental: settings with which MediaConvert and MediaPackage call the key server themselves. They hold no key.
//!
//! Shapes: MediaConvert, "SPEKE encryption parameters" and "Encrypting content" (docs.aws.amazon.com/mediaconvert);
//! MediaPackage V2 Live API, `Encryption`, `SpekeKeyProvider` and `EncryptionContractConfiguration`
//! (docs.aws.amazon.com/mediapackage); PallyCon, "AWS Elemental Integration".
//!
//! ```text
//! MediaConvert, SPEKE v1, one key     DASH_ISO  { SpekeKeyProvider { ResourceId, SystemIds, Url },
//! PlaybackDeviceCompatibility }
//!                                     HLS       { EncryptionMethod, Type: SPEKE, SpekeKeyProvider { …one SystemIds } }
//!                                     CMAF      { EncryptionMethod, Type: SPEKE, SpekeKeyProvider {
//! DashSignaledSystemIds, HlsSignaledSystemIds, … } } MediaPackage live v2, SPEKE v2      { EncryptionMethod { Cmaf… |
//! Ts… }, KeyRotationIntervalSeconds?,
//!                                       SpekeKeyProvider { DrmSystems, EncryptionContractConfiguration, ResourceId,
//! RoleArn, Url } }
//! ```

use super::{CHECK, number};
use crate::cpix::system_id;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::schema::{Field, Kind, integer, optional, required};
use crate::system::{AES_128, FAIRPLAY, NCG_HLS_AES, PLAYREADY, WIDEVINE};
use crate::text;

const MEDIACONVERT: &[Field] = &[
    required("url", Kind::Text),
    required("output", Kind::OneOf(&["dash", "hls", "cmaf", "smooth"])),
    optional("contentId", Kind::Text),
    optional("systems", Kind::Any),
];
const MEDIAPACKAGE: &[Field] = &[
    required("url", Kind::Text),
    required("roleArn", Kind::Text),
    required("container", Kind::OneOf(&["cmaf", "ts"])),
    required("method", Kind::OneOf(&["cenc", "cbcs", "aes-128", "sample-aes"])),
    optional("contentId", Kind::Text),
    optional("systems", Kind::Any),
    optional("tracks", Kind::Any),
    optional("keyRotationInterval", Kind::Integer(0, 86_400)),
    optional("presets", Kind::Group(PRESETS)),
];
const PRESETS: &[Field] = &[
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
    /// From the options; what they leave out comes from the pack info.
    fn new(pack: &'a Value, options: &'a Value) -> Result<Self, Error> {
        let url = options.field("url").unwrap_or_default();
        if !url.starts_with("https://") {
            return Err(CHECK.refuse(Reason::ViewAwsUrl));
        }
        let content_id = options.field("contentId").or(pack.field("content_id")).or(pack.field("contentId"));
        let content_id = content_id.ok_or_else(|| CHECK.refuse(Reason::SchemaMissing).with("contentId"))?;
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
        let tracks = match options.get("tracks") {
            Some(tracks) => tracks.items().unwrap_or_default().iter().filter_map(Value::as_str).collect(),
            None => keys.iter().filter_map(|key| key.field("track_type")).collect(),
        };
        Ok(Self { url, content_id, systems, tracks })
    }

    fn ids(&self, only: impl Fn(&[u8; 16]) -> bool) -> Value {
        Value::Array(self.systems.iter().filter(|id| only(id)).map(|id| Value::string(text::uuid(id))).collect())
    }

    /// Whether the DRMs are some of these, and at most so many.
    fn systems_are(&self, allowed: &[[u8; 16]], most: usize, reason: Reason) -> Result<(), Error> {
        let fits = !self.systems.is_empty() && self.systems.len() <= most && self.systems.iter().all(|id| allowed.contains(id));
        if fits { Ok(()) } else { Err(CHECK.refuse(reason)) }
    }
}

/// MediaConvert's `Encryption` of an output group.
pub fn mediaconvert(pack: &Value, options: &Value) -> Result<Value, Error> {
    CHECK.object(options, MEDIACONVERT)?;
    let job = Job::new(pack, options)?;
    if pack.get("content_key_list").and_then(Value::items).is_some_and(|keys| keys.len() > 1) {
        return Err(CHECK.refuse(Reason::ViewAwsOneKey));
    }
    let provider = Value::object([("ResourceId", Value::string(job.content_id))]);
    let url = Some(Value::string(job.url));
    let has_fairplay = job.systems.contains(&FAIRPLAY);
    let simple = |provider: Value| provider.with("SystemIds", Some(job.ids(|_| true))).with("Url", url.clone());
    let speke = |method: &str, provider: Value| {
        Value::object([("EncryptionMethod", Value::string(method)), ("Type", Value::string("SPEKE")), ("SpekeKeyProvider", provider)])
    };
    Ok(match options.field("output").unwrap_or_default() {
        "dash" => {
            job.systems_are(&[WIDEVINE, PLAYREADY], 2, Reason::ViewAwsDash)?;
            Value::object([("PlaybackDeviceCompatibility", Value::string("CENC_V1")), ("SpekeKeyProvider", simple(provider))])
        }
        "smooth" => {
            job.systems_are(&[PLAYREADY], 1, Reason::ViewAwsSmooth)?;
            Value::object([("SpekeKeyProvider", simple(provider))])
        }
        "hls" => {
            job.systems_are(&[FAIRPLAY, NCG_HLS_AES], 1, Reason::ViewAwsHls)?;
            speke(if has_fairplay { "SAMPLE_AES" } else { "AES128" }, simple(provider))
        }
        _ => {
            job.systems_are(&[WIDEVINE, PLAYREADY, FAIRPLAY], 3, Reason::ViewAwsCmaf)?;
            // Sample-AES is what MediaConvert calls cbcs; FairPlay is signalled in HLS, the others in DASH.
            let ids = |provider: Value, name: &str, ids: Value| {
                provider.with(name, Some(ids).filter(|ids| ids.items().is_some_and(|ids| !ids.is_empty())))
            };
            let provider = ids(provider, "DashSignaledSystemIds", job.ids(|id| *id != FAIRPLAY));
            let provider = ids(provider, "HlsSignaledSystemIds", job.ids(|id| *id == FAIRPLAY));
            speke(if has_fairplay { "SAMPLE_AES" } else { "AES_CTR" }, provider.with("Url", url.clone()))
        }
    })
}

/// MediaPackage live v2's `Encryption` of a segment.
pub fn mediapackage(pack: &Value, options: &Value) -> Result<Value, Error> {
    CHECK.object(options, MEDIAPACKAGE)?;
    let job = Job::new(pack, options)?;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !job.content_id.bytes().all(is_word) {
        return Err(CHECK.refuse(Reason::ViewAwsResourceId));
    }
    let role = options.field("roleArn").unwrap_or_default();
    if !role.starts_with("arn:") {
        return Err(CHECK.refuse(Reason::ViewAwsRole));
    }
    let (method, names) = match (options.field("container"), options.field("method")) {
        (Some("ts"), Some("aes-128")) => {
            job.systems_are(&[AES_128, NCG_HLS_AES], 1, Reason::ViewAwsTsAes)?;
            (("TsEncryptionMethod", "AES_128"), vec!["CLEAR_KEY_AES_128"])
        }
        (Some("ts"), Some("sample-aes")) => {
            job.systems_are(&[FAIRPLAY], 1, Reason::ViewAwsTsSampleAes)?;
            (("TsEncryptionMethod", "SAMPLE_AES"), vec!["FAIRPLAY"])
        }
        (Some("cmaf"), Some("cenc")) => {
            job.systems_are(&[WIDEVINE, PLAYREADY], 2, Reason::ViewAwsCenc)?;
            (("CmafEncryptionMethod", "CENC"), drm_names(&job.systems))
        }
        (Some("cmaf"), Some("cbcs")) => {
            job.systems_are(&[WIDEVINE, PLAYREADY, FAIRPLAY], 3, Reason::ViewAwsCbcs)?;
            (("CmafEncryptionMethod", "CBCS"), drm_names(&job.systems))
        }
        (Some("ts"), _) => return Err(CHECK.refuse(Reason::ViewAwsMethodTs)),
        _ => return Err(CHECK.refuse(Reason::ViewAwsMethodCmaf)),
    };
    let interval = options.get("keyRotationInterval").and_then(integer).unwrap_or(0);
    let rotates = job.url.split(['?', '&']).any(|part| part == "key-rotation=true");
    if rotates != (interval > 0) {
        return Err(CHECK.refuse(Reason::ViewAwsRotation));
    }
    let (audio, video) = presets(&job, options)?;
    if rotates && (audio, video) != ("SHARED", "SHARED") {
        return Err(CHECK.refuse(Reason::ViewAwsRotationTracks));
    }
    let contract = Value::object([("PresetSpeke20Audio", Value::string(audio)), ("PresetSpeke20Video", Value::string(video))]);
    let provider = Value::object([
        ("DrmSystems", Value::Array(names.into_iter().map(Value::string).collect())),
        ("EncryptionContractConfiguration", contract),
        ("ResourceId", Value::string(job.content_id)),
        ("RoleArn", Value::string(role)),
        ("Url", Value::string(job.url)),
    ]);
    let rotation = u64::try_from(interval).ok().filter(|interval| *interval > 0).map(number);
    Ok(Value::object([("EncryptionMethod", Value::object([(method.0, Value::string(method.1))]))])
        .with("KeyRotationIntervalSeconds", rotation)
        .with("SpekeKeyProvider", Some(provider)))
}

fn drm_names(systems: &[[u8; 16]]) -> Vec<&'static str> {
    let known = [(FAIRPLAY, "FAIRPLAY"), (PLAYREADY, "PLAYREADY"), (WIDEVINE, "WIDEVINE")];
    known.into_iter().filter(|(id, _)| systems.contains(id)).map(|(_, name)| name).collect()
}

/// SPEKE v2's presets for the tracks that have keys of their own.
fn presets<'a>(job: &Job<'a>, options: &'a Value) -> Result<(&'a str, &'a str), Error> {
    let (audio, video) = match options.get("presets") {
        Some(presets) => (presets.field("audio").unwrap_or_default(), presets.field("video").unwrap_or_default()),
        None => {
            let videos: Vec<&str> = ["SD", "HD", "UHD1", "UHD2"].into_iter().filter(|track| job.tracks.contains(track)).collect();
            let has_audio = job.tracks.contains(&"AUDIO");
            match (has_audio, videos.as_slice()) {
                (false, []) => ("SHARED", "SHARED"),
                (true, [_]) => ("PRESET_AUDIO_1", "PRESET_VIDEO_1"),
                (true, ["SD", "HD"]) => ("PRESET_AUDIO_1", "PRESET_VIDEO_2"),
                (true, ["SD", "HD", "UHD1"]) => ("PRESET_AUDIO_1", "PRESET_VIDEO_3"),
                (true, ["SD", "HD", "UHD1", "UHD2"]) => ("PRESET_AUDIO_1", "PRESET_VIDEO_4"),
                _ => return Err(CHECK.refuse(Reason::ViewAwsPresets)),
            }
        }
    };
    if (audio == "SHARED") != (video == "SHARED") {
        return Err(CHECK.refuse(Reason::ViewAwsPresetsShared));
    }
    if audio == "UNENCRYPTED" && video == "UNENCRYPTED" {
        return Err(CHECK.refuse(Reason::ViewAwsPresetsClear));
    }
    Ok((audio, video))
}

#[cfg(test)]
mod tests;
