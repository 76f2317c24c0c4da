//! The license policy, version 2: what a token allows the viewer's DRM to do (`docs/protocol.md`, "License token").
//!
//! ```text
//! { "policy_version": 2,
//!   "playback_policy": { persistent, license_duration | expire_date, rental_duration, playback_duration, … },
//!   "security_policy": [ { track_type, widevine {…}, playready {…}, fairplay {…}, ncg {…}, wiseplay {…} } ],
//!   "external_key":    { mpeg_cenc [ {track_type, key_id, key, iv} ], hls_aes [ {track_type, key, iv} ], ncg { cek } } }
//! ```
//!
//! Ranges and mutually exclusive fields are those of PallyCon's License Token Guide (policy specification 2.0) and of
//! its newest samples. These structs are the only list of the fields: serde reads by them, errors name them, and a test
//! writes the TypeScript types (`js/server/policy.ts`) from them.

use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::numbers;
use crate::typed::scalar::{Count, Date, Hex, HexOrNull, Seconds};
use crate::typed::{self, Rules};
use serde::Deserialize;
#[cfg(test)]
use ts_rs::TS;

/// One of the vendor's samples has the wrong name.
const SLIPS: &[(&str, &str)] = &[("external_policy", "external_key")];

/// The license policy, version 2. `{}` means all defaults.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Policy {
    /// 2, and put in front where it is missing
    pub policy_version: Option<PolicyVersion>,
    /// how long and how often
    pub playback_policy: Option<PlaybackPolicy>,
    /// requirements for the device, by track type
    pub security_policy: Option<Vec<SecurityPolicy>>,
    /// keys that PallyCon does not manage
    pub external_key: Option<ExternalKey>,
}

/// How long and how often a license is good for.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct PlaybackPolicy {
    /// an offline license
    pub persistent: Option<bool>,
    /// seconds; 0 is unlimited; not together with `expire_date`
    pub license_duration: Option<Seconds>,
    /// GMT, `yyyy-mm-ddThh:mm:ssZ`
    pub expire_date: Option<Date>,
    /// seconds; needs `persistent`
    pub rental_duration: Option<Seconds>,
    /// seconds; needs `persistent`
    pub playback_duration: Option<Seconds>,
    /// which tracks are licensed
    pub allowed_track_types: Option<AllowedTrackTypes>,
    /// streams at the same time
    pub max_stream_per_user: Option<Count>,
    /// seconds; reaches the player in a response of format `json` only
    pub renewal_duration: Option<Seconds>,
}

/// Requirements for a device, for one track type.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct SecurityPolicy {
    /// default `ALL`
    pub track_type: Option<PolicyTrackType>,
    /// Google Widevine
    pub widevine: Option<WidevineSecurity>,
    /// Microsoft PlayReady
    pub playready: Option<PlayReadySecurity>,
    /// Apple FairPlay
    pub fairplay: Option<FairPlaySecurity>,
    /// INKA NCG
    pub ncg: Option<NcgSecurity>,
    /// Huawei WisePlay
    pub wiseplay: Option<WiseplaySecurity>,
}

/// Of Widevine.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct WidevineSecurity {
    /// 1 is software crypto (L3), 5 is all in hardware (L1)
    pub security_level: Option<WidevineLevel>,
    /// of the display's connection
    pub required_hdcp_version: Option<HdcpVersion>,
    /// analog copy protection
    pub required_cgms_flags: Option<CgmsFlags>,
    /// no picture over analog outputs
    pub disable_analog_output: Option<bool>,
    /// whether the list of revoked displays must be current
    pub hdcp_srm_rule: Option<HdcpSrmRule>,
    /// licenses revoked devices, too
    pub override_device_revocation: Option<bool>,
    /// encrypts the license itself
    pub enable_license_cipher: Option<bool>,
    /// licenses test devices, too
    pub allow_test_device: Option<bool>,
}

/// Of PlayReady.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct PlayReadySecurity {
    /// 3000 is all in hardware (SL3000)
    pub security_level: Option<PlayReadyLevel>,
    /// output protection of compressed and uncompressed digital video
    pub digital_video_protection_level: Option<DigitalVideoLevel>,
    /// output protection of analog video
    pub analog_video_protection_level: Option<AnalogVideoLevel>,
    /// output protection of digital audio
    pub digital_audio_protection_level: Option<DigitalAudioLevel>,
    /// HDCP 2.2 for UHD
    pub require_hdcp_type_1: Option<bool>,
    /// encrypts the license itself
    pub enable_license_cipher: Option<bool>,
}

/// Of FairPlay.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct FairPlaySecurity {
    /// -1 means none, 0 type 0, 1 type 1
    pub hdcp_enforcement: Option<HdcpEnforcement>,
    /// whether it may be sent to other devices
    pub allow_airplay: Option<bool>,
    /// whether it may be shown over Apple's AV adapter
    pub allow_av_adapter: Option<bool>,
}

/// Of NCG.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct NcgSecurity {
    /// rooted and jailbroken devices
    pub allow_mobile_abnormal_device: Option<bool>,
    /// displays outside the device
    pub allow_external_display: Option<bool>,
    /// 0 means none
    pub control_hdcp: Option<NcgHdcp>,
}

/// Of WisePlay.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct WiseplaySecurity {
    /// 1 is software, 3 is hardware
    pub security_level: Option<WiseplayLevel>,
    /// of the display's connection
    pub output_control: Option<WiseplayOutput>,
}

/// Keys that PallyCon does not manage, in hex.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct ExternalKey {
    /// for Widevine, PlayReady and FairPlay
    pub mpeg_cenc: Option<Vec<CencKey>>,
    /// for HLS with AES-128 or SAMPLE-AES
    pub hls_aes: Option<Vec<AesKey>>,
    /// for NCG
    pub ncg: Option<NcgKey>,
}

/// A key of common encryption.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct CencKey {
    /// the tracks that it decrypts
    pub track_type: PolicyTrackType,
    /// 16 bytes in hex
    pub key_id: Hex<16>,
    /// 16 bytes in hex
    pub key: Hex<16>,
    /// 16 bytes in hex
    pub iv: Option<HexOrNull<16>>,
}

/// A key of HLS. The guide asks for `iv`; newer samples of the vendor give `key_id` instead.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct AesKey {
    /// the tracks that it decrypts
    pub track_type: PolicyTrackType,
    /// 16 bytes in hex
    pub key_id: Option<Hex<16>>,
    /// 16 bytes in hex
    pub key: Hex<16>,
    /// 16 bytes in hex
    pub iv: Option<HexOrNull<16>>,
}

/// A key of NCG.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct NcgKey {
    /// the tracks that it decrypts
    pub track_type: Option<PolicyTrackType>,
    /// 32 bytes in hex
    pub cek: Hex<32>,
}

numbers! {
    /// The version of the policy specification.
    PolicyVersion: 2;
    /// Of Widevine, from software crypto to all in hardware.
    WidevineLevel: 1 | 2 | 3 | 4 | 5;
    /// Of PlayReady.
    PlayReadyLevel: 150 | 2000 | 3000;
    /// Output protection levels of PlayReady.
    DigitalVideoLevel: 100 | 250 | 270 | 300 | 301;
    /// Output protection levels of PlayReady.
    AnalogVideoLevel: 100 | 150 | 200 | 201;
    /// Output protection levels of PlayReady.
    DigitalAudioLevel: 100 | 250 | 300 | 301;
    /// Of FairPlay.
    HdcpEnforcement: -1 | 0 | 1;
    /// Of NCG.
    NcgHdcp: 0 | 1 | 2;
    /// Of WisePlay.
    WiseplayLevel: 1 | 2 | 3;
    /// Of WisePlay.
    WiseplayOutput: 0 | 1 | 2 | 3;
}

/// Which tracks a policy or a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the wire's own names")]
pub enum PolicyTrackType {
    All,
    AllVideo,
    Audio,
    Sd,
    Hd,
    Uhd1,
    Uhd2,
}

/// Which tracks are licensed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the wire's own names")]
pub enum AllowedTrackTypes {
    All,
    SdOnly,
    SdHd,
    SdUhd1,
    SdUhd2,
}

/// Requirements for the display's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the wire's own names")]
pub enum HdcpVersion {
    HdcpNone,
    HdcpV1,
    HdcpV2,
    #[serde(rename = "HDCP_V2_1")]
    HdcpV21,
    #[serde(rename = "HDCP_V2_2")]
    HdcpV22,
    #[serde(rename = "HDCP_V2_3")]
    HdcpV23,
    HdcpNoDigitalOutput,
}

/// Analog copy protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the wire's own names")]
pub enum CgmsFlags {
    CgmsNone,
    CopyFree,
    CopyOnce,
    CopyNever,
}

/// Whether the list of revoked displays must be current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the wire's own names")]
pub enum HdcpSrmRule {
    HdcpSrmRuleNone,
    CurrentSrm,
}

/// Checks a policy. `now` is in seconds: a license that is over before it is issued is refused.
pub fn check(policy: &Value, allow_unknown: bool, now: i64) -> Result<Policy, Error> {
    let checked: Policy = typed::read(policy, Code::PolicyInvalid, Rules { allow_unknown, slips: SLIPS })?;
    checked.playback_policy.iter().try_for_each(|playback| check_playback(playback, now))?;
    Ok(checked)
}

/// Checks a policy and returns the JSON that goes into a token: the caller's own fields, in their order.
/// `policy_version` is put in front where it is missing.
pub fn policy_json(policy: &Value, allow_unknown: bool, now: i64) -> Result<String, Error> {
    let checked = check(policy, allow_unknown, now)?;
    let Value::Object(fields) = policy else {
        return Err(Error::because(Code::PolicyInvalid, Reason::SchemaRoot));
    };
    let mut fields = fields.clone();
    if checked.policy_version.is_none() {
        fields.insert(0, ("policy_version".into(), Value::Number("2".into())));
    }
    Ok(Value::Object(fields).to_json())
}

fn check_playback(playback: &PlaybackPolicy, now: i64) -> Result<(), Error> {
    let refuse = |reason| Error::because(Code::PolicyInvalid, reason);
    let limits = |duration: Option<Seconds>| duration.is_some_and(|Seconds(seconds)| seconds > 0);
    if let Some(Date(date)) = playback.expire_date {
        if limits(playback.license_duration) {
            return Err(refuse(Reason::PolicyTwoEnds));
        }
        if date <= now as f64 * 1000.0 {
            return Err(refuse(Reason::PolicyOver));
        }
    }
    for (name, duration) in [("rental_duration", playback.rental_duration), ("playback_duration", playback.playback_duration)] {
        if limits(duration) && playback.persistent != Some(true) {
            return Err(refuse(Reason::PolicyOfflineOnly).with(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
