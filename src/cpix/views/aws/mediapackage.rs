//! MediaPackage live: the `Encryption` of an origin endpoint, by SPEKE v1 with one key (live v1) or SPEKE v2 with a key
//! for each track (live v2).
//!
//! Shapes: the AWS Elemental MediaPackage API reference, "Origin_endpoints" (live v1); MediaPackage V2 Live API,
//! `Encryption`, `SpekeKeyProvider` and `EncryptionContractConfiguration` (docs.aws.amazon.com/mediapackage); PallyCon,
//! "AWS Elemental Integration".
//!
//! ```text
//! live v1   { DashPackage | CmafPackage | HlsPackage | MssPackage: { Encryption: {
//!               EncryptionMethod?, KeyRotationIntervalSeconds, SpekeKeyProvider { ResourceId, RoleArn, SystemIds, Url,
//!               EncryptionContractConfiguration? } } } }
//! live v2   { EncryptionMethod { CmafEncryptionMethod | TsEncryptionMethod }, KeyRotationIntervalSeconds?,
//!             SpekeKeyProvider { DrmSystems, EncryptionContractConfiguration, ResourceId, RoleArn, Url } }
//! ```
//!
//! Without an interval live v1 rotates keys every 60 seconds, so it is always written, and 0 means no rotation. Live v2
//! rotates keys only if there is an interval, of 300 seconds or more.

use super::*;

const YEAR: i64 = 31_536_000;

/// An origin endpoint of live v1.
pub const V1: View = View {
    name: "mediapackage-v1",
    function: "toSpeke",
    title: "The package of an origin endpoint of AWS Elemental MediaPackage live v1.",
    options: &[
        required("url", Kind::Text).doc("of kind speke; speke-cbcs for CMAF in cbcs; speke-v2 with presets"),
        ROLE,
        required("output", Kind::OneOf(&["dash", "cmaf", "hls", "mss"])).doc("the type of the endpoint"),
        optional("method", Kind::OneOf(&["cenc", "cbcs"])).doc("for CMAF; default cbcs with FairPlay, else cenc"),
        CONTENT_ID,
        SYSTEMS,
        optional("keyRotationInterval", Kind::Integer(0, YEAR)).doc("seconds; must agree with the URL's `key-rotation`"),
        PRESETS,
    ],
    make: Make::Settings(v1),
    #[cfg(test)]
    types: crate::cpix::views::typescript::Types { options: "MediaPackageV1Options", returns: "Record<string, unknown>", declarations: "" },
};

/// An origin endpoint of live v2.
pub const V2: View = View {
    name: "mediapackage",
    function: "toSpeke",
    title: "`Encryption` of a segment of AWS Elemental MediaPackage live v2.",
    options: &[
        required("url", Kind::Text).doc("of kind speke-v2"),
        ROLE,
        required("container", Kind::OneOf(&["cmaf", "ts"])).doc("the container type"),
        required("method", Kind::OneOf(&["cenc", "cbcs", "aes-128", "sample-aes"])).doc("cenc or cbcs for CMAF, the others for TS"),
        CONTENT_ID,
        SYSTEMS,
        optional("tracks", Kind::Texts).doc("the tracks with their own keys; default: those of the pack info"),
        optional("keyRotationInterval", Kind::Integer(0, YEAR)).doc("seconds, from 300; must agree with the URL's `key-rotation`"),
        PRESETS,
    ],
    make: Make::Settings(v2),
    #[cfg(test)]
    types: crate::cpix::views::typescript::Types { options: "MediaPackageOptions", returns: "Record<string, unknown>", declarations: "" },
};

fn v1(pack: &Value, options: &Value) -> Result<Value, Error> {
    let job = Job::new(pack, options)?;
    check_resource_id(job.content_id)?;
    let role = check_role(options)?;
    let output = options.field("output").unwrap_or_default();
    if options.get("method").is_some() && output != "cmaf" {
        return Err(CHECK.refuse(Reason::ViewAwsMethod));
    }
    let has_fairplay = job.systems.contains(&FAIRPLAY);
    let (package, method) = match output {
        "dash" => {
            job.systems_are(&[WIDEVINE, PLAYREADY], 2, Reason::ViewAwsDash)?;
            ("DashPackage", None)
        }
        "mss" => {
            job.systems_are(&[PLAYREADY], 1, Reason::ViewAwsSmooth)?;
            ("MssPackage", None)
        }
        "hls" => {
            job.systems_are(&[FAIRPLAY, NCG_HLS_AES, NCG_HLS_SAMPLE_AES], 1, Reason::ViewAwsHls)?;
            ("HlsPackage", Some(if job.systems.contains(&NCG_HLS_AES) { "AES_128" } else { "SAMPLE_AES" }))
        }
        _ => {
            job.systems_are(&[WIDEVINE, PLAYREADY, FAIRPLAY], 3, Reason::ViewAwsCmaf)?;
            let is_cbcs = options.field("method").map_or(has_fairplay, |method| method == "cbcs");
            if has_fairplay && !is_cbcs {
                return Err(CHECK.refuse(Reason::ViewSchemeFairplay));
            }
            if is_cbcs {
                check_cbcs_url(job.url)?;
            }
            ("CmafPackage", Some(if is_cbcs { "SAMPLE_AES" } else { "AES_CTR" }))
        }
    };
    let interval = rotation(job.url, options)?;
    if output == "mss" && interval > 0 {
        return Err(CHECK.refuse(Reason::ViewAwsRotationMss));
    }
    // The contract selects SPEKE v2; live v1 supports it for DASH and CMAF.
    let contract = options.get("presets").map(|_| presets(&job, options)).transpose()?;
    if contract.is_some() && !matches!(output, "dash" | "cmaf") {
        return Err(CHECK.refuse(Reason::ViewAwsPresetsOutput));
    }
    if contract.is_none() && pack.get("content_key_list").and_then(Value::items).is_some_and(|keys| keys.len() > 1) {
        return Err(CHECK.refuse(Reason::ViewAwsOneKeyV1));
    }
    if contract.is_some() && interval > 0 {
        return Err(CHECK.refuse(Reason::ViewAwsRotationTracks));
    }
    let provider = Value::object([])
        .with("EncryptionContractConfiguration", contract.map(|(audio, video)| contract_of(audio, video)))
        .with("ResourceId", Some(Value::string(job.content_id)))
        .with("RoleArn", Some(Value::string(role)))
        .with("SystemIds", Some(job.ids(|_| true)))
        .with("Url", Some(Value::string(job.url)));
    let rotation = u64::try_from(interval).ok().filter(|_| output != "mss").map(number);
    let encryption = Value::object([])
        .with("EncryptionMethod", method.map(Value::string))
        .with("KeyRotationIntervalSeconds", rotation)
        .with("SpekeKeyProvider", Some(provider));
    Ok(Value::object([(package, Value::object([("Encryption", encryption)]))]))
}

fn contract_of(audio: &str, video: &str) -> Value {
    Value::object([("PresetSpeke20Audio", Value::string(audio)), ("PresetSpeke20Video", Value::string(video))])
}

fn v2(pack: &Value, options: &Value) -> Result<Value, Error> {
    let job = Job::new(pack, options)?;
    check_resource_id(job.content_id)?;
    let role = check_role(options)?;
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
            check_cbcs_url(job.url)?;
            (("CmafEncryptionMethod", "CBCS"), drm_names(&job.systems))
        }
        (Some("ts"), _) => return Err(CHECK.refuse(Reason::ViewAwsMethodTs)),
        _ => return Err(CHECK.refuse(Reason::ViewAwsMethodCmaf)),
    };
    let interval = rotation(job.url, options)?;
    let (audio, video) = presets(&job, options)?;
    if (1..300).contains(&interval) {
        return Err(CHECK.refuse(Reason::ViewAwsRotationShort));
    }
    if interval > 0 && (audio, video) != ("SHARED", "SHARED") {
        return Err(CHECK.refuse(Reason::ViewAwsRotationTracks));
    }
    let provider = Value::object([
        ("DrmSystems", texts(names)),
        ("EncryptionContractConfiguration", contract_of(audio, video)),
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
