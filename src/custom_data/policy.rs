//! The license policy, version 2: what a token allows the viewer's DRM to do (`docs/protocol.md`, "License token").
//!
//! ```text
//! { "policy_version": 2,
//!   "playback_policy": { persistent, license_duration | expire_date, rental_duration, playback_duration, … },
//!   "security_policy": [ { track_type, widevine {…}, playready {…}, fairplay {…}, ncg {…}, wiseplay {…} } ],
//!   "external_key":    { mpeg_cenc [ {track_type, key_id, key, iv} ], hls_aes [ {track_type, key, iv} ], ncg { cek } } }
//! ```
//!
//! Ranges and the fields that exclude each other are those of PallyCon's License Token Guide (policy specification 2.0).

use super::time::parse_timestamp;
use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::schema::{Check, Field, Kind, integer, optional, required};

const TRACKS: Kind = Kind::OneOf(&["ALL", "ALL_VIDEO", "AUDIO", "SD", "HD", "UHD1", "UHD2"]);
const SECONDS: Kind = Kind::Integer(0, i64::MAX);

const POLICY: &[Field] = &[
    optional("policy_version", Kind::Integer(2, 2)),
    optional("playback_policy", Kind::Group(PLAYBACK)),
    optional("security_policy", Kind::List(SECURITY)),
    optional("external_key", Kind::Group(EXTERNAL_KEY)),
];
const PLAYBACK: &[Field] = &[
    optional("persistent", Kind::Boolean),
    optional("license_duration", SECONDS),
    optional("expire_date", Kind::Date),
    optional("rental_duration", SECONDS),
    optional("playback_duration", SECONDS),
    optional("allowed_track_types", Kind::OneOf(&["ALL", "SD_ONLY", "SD_HD", "SD_UHD1", "SD_UHD2"])),
    optional("max_stream_per_user", SECONDS),
    optional("renewal_duration", SECONDS),
];
const SECURITY: &[Field] = &[
    optional("track_type", TRACKS),
    optional("widevine", Kind::Group(WIDEVINE)),
    optional("playready", Kind::Group(PLAYREADY)),
    optional("fairplay", Kind::Group(FAIRPLAY)),
    optional("ncg", Kind::Group(NCG)),
    optional("wiseplay", Kind::Group(WISEPLAY)),
];
const WIDEVINE: &[Field] = &[
    optional("security_level", Kind::Integer(1, 5)),
    optional(
        "required_hdcp_version",
        Kind::OneOf(&["HDCP_NONE", "HDCP_V1", "HDCP_V2", "HDCP_V2_1", "HDCP_V2_2", "HDCP_NO_DIGITAL_OUTPUT"]),
    ),
    optional("required_cgms_flags", Kind::OneOf(&["CGMS_NONE", "COPY_FREE", "COPY_ONCE", "COPY_NEVER"])),
    optional("disable_analog_output", Kind::Boolean),
    optional("hdcp_srm_rule", Kind::OneOf(&["HDCP_SRM_RULE_NONE", "CURRENT_SRM"])),
    optional("override_device_revocation", Kind::Boolean),
    optional("enable_license_cipher", Kind::Boolean),
    optional("allow_test_device", Kind::Boolean),
];
const PLAYREADY: &[Field] = &[
    optional("security_level", Kind::OneOfNumber(&[150, 2000, 3000])),
    optional("digital_video_protection_level", Kind::OneOfNumber(&[100, 250, 270, 300, 301])),
    optional("analog_video_protection_level", Kind::OneOfNumber(&[100, 150, 200, 201])),
    optional("digital_audio_protection_level", Kind::OneOfNumber(&[100, 250, 300, 301])),
    optional("require_hdcp_type_1", Kind::Boolean),
];
const FAIRPLAY: &[Field] = &[
    optional("hdcp_enforcement", Kind::OneOfNumber(&[-1, 0, 1])),
    optional("allow_airplay", Kind::Boolean),
    optional("allow_av_adapter", Kind::Boolean),
];
const NCG: &[Field] = &[
    optional("allow_mobile_abnormal_device", Kind::Boolean),
    optional("allow_external_display", Kind::Boolean),
    optional("control_hdcp", Kind::Integer(0, 2)),
];
const WISEPLAY: &[Field] = &[optional("security_level", Kind::Integer(1, 3)), optional("output_control", Kind::Integer(0, 3))];
const EXTERNAL_KEY: &[Field] = &[
    optional("mpeg_cenc", Kind::List(CENC_KEY)),
    optional("hls_aes", Kind::List(AES_KEY)),
    optional("ncg", Kind::Group(&[required("cek", Kind::Hex(32))])),
];
const CENC_KEY: &[Field] =
    &[required("track_type", TRACKS), required("key_id", Kind::Hex(16)), required("key", Kind::Hex(16)), optional("iv", Kind::Hex(16))];
// The guide asks for `iv`; newer samples of the vendor give `key_id` instead.
const AES_KEY: &[Field] =
    &[required("track_type", TRACKS), optional("key_id", Kind::Hex(16)), required("key", Kind::Hex(16)), optional("iv", Kind::Hex(16))];

/// Checks a policy and gives the JSON that goes into a token. `policy_version` is put in front where it is missing.
/// `now` is in seconds: a license that is over before it is issued is refused.
pub fn policy_json(policy: &Value, allow_unknown: bool, now: i64) -> Result<String, Error> {
    let check = Check { code: Code::PolicyInvalid, allow_unknown };
    check.object(policy, POLICY)?;
    if let Some(playback) = policy.get("playback_policy") {
        check_playback(&check, playback, now)?;
    }
    let Value::Object(fields) = policy else {
        return Err(check.refuse(Reason::SchemaRoot));
    };
    let mut fields = fields.clone();
    if policy.get("policy_version").is_none() {
        fields.insert(0, ("policy_version".into(), Value::Number("2".into())));
    }
    Ok(Value::Object(fields).to_json())
}

fn check_playback(check: &Check, playback: &Value, now: i64) -> Result<(), Error> {
    let number = |name| playback.get(name).and_then(integer).unwrap_or(0);
    if let Some(date) = playback.get("expire_date").and_then(Value::as_str) {
        if number("license_duration") > 0 {
            return Err(check.refuse(Reason::PolicyTwoEnds));
        }
        if parse_timestamp(date).is_some_and(|date| date <= now as f64 * 1000.0) {
            return Err(check.refuse(Reason::PolicyOver));
        }
    }
    for name in ["rental_duration", "playback_duration"] {
        if number(name) > 0 && playback.get("persistent") != Some(&Value::Boolean(true)) {
            return Err(check.refuse(Reason::PolicyOfflineOnly).with(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    const NOW: i64 = 1_700_000_000; // 2023-11-14T22:13:20Z

    fn policy(text: &str) -> Result<String, String> {
        policy_json(&parse(text).unwrap(), false, NOW).map_err(|error| error.message())
    }

    #[test]
    fn the_version_alone_means_all_defaults() {
        assert_eq!(policy("{}").unwrap(), r#"{"policy_version":2}"#);
        assert_eq!(policy(r#"{"policy_version":2}"#).unwrap(), r#"{"policy_version":2}"#);
    }

    #[test]
    fn keeps_every_field_of_the_guide_in_its_order() {
        let text = concat!(
            r#"{"policy_version":2,"playback_policy":{"persistent":true,"license_duration":86400,"rental_duration":1,"playback_duration":2,"#,
            r#""allowed_track_types":"SD_UHD2","max_stream_per_user":3,"renewal_duration":60},"security_policy":[{"track_type":"UHD1","#,
            r#""widevine":{"security_level":5,"required_hdcp_version":"HDCP_V2_2","required_cgms_flags":"COPY_NEVER","disable_analog_output":true,"#,
            r#""hdcp_srm_rule":"CURRENT_SRM","override_device_revocation":false,"enable_license_cipher":true,"allow_test_device":false},"#,
            r#""playready":{"security_level":3000,"digital_video_protection_level":301,"analog_video_protection_level":201,"#,
            r#""digital_audio_protection_level":301,"require_hdcp_type_1":true},"fairplay":{"hdcp_enforcement":-1,"allow_airplay":true,"#,
            r#""allow_av_adapter":false},"ncg":{"allow_mobile_abnormal_device":false,"allow_external_display":true,"control_hdcp":2},"#,
            r#""wiseplay":{"security_level":3,"output_control":0}}],"external_key":{"mpeg_cenc":[{"track_type":"ALL","#,
            r#""key_id":"00112233445566778899aabbccddeeff","key":"00112233445566778899AABBCCDDEEFF","iv":"00112233445566778899aabbccddeeff"}],"#,
            r#""hls_aes":[{"track_type":"HD","key":"00112233445566778899aabbccddeeff"}],"#,
            r#""ncg":{"cek":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}}}"#
        );
        assert_eq!(policy(text).unwrap(), text);
    }

    #[test]
    fn fields_that_exclude_each_other() {
        assert_eq!(
            policy(r#"{"playback_policy":{"license_duration":60,"expire_date":"2030-01-01T00:00:00Z"}}"#),
            Err("The policy is invalid: playback_policy has both license_duration and expire_date; give one of them.".into())
        );
        assert!(policy(r#"{"playback_policy":{"license_duration":0,"expire_date":"2030-01-01T00:00:00Z"}}"#).is_ok());
        assert_eq!(
            policy(r#"{"playback_policy":{"rental_duration":60}}"#),
            Err("The policy is invalid: playback_policy.rental_duration is for offline licenses and needs persistent: true.".into())
        );
        assert_eq!(
            policy(r#"{"playback_policy":{"persistent":false,"playback_duration":60}}"#),
            Err("The policy is invalid: playback_policy.playback_duration is for offline licenses and needs persistent: true.".into())
        );
    }

    #[test]
    fn a_license_that_is_over_is_not_issued() {
        assert_eq!(
            policy(r#"{"playback_policy":{"expire_date":"2023-11-14T22:13:20Z"}}"#),
            Err("The policy is invalid: playback_policy.expire_date is in the past.".into())
        );
        assert!(policy(r#"{"playback_policy":{"expire_date":"2023-11-14T22:13:21Z"}}"#).is_ok());
    }

    #[test]
    fn the_name_that_one_sample_has_wrong_finds_the_right_one() {
        assert!(policy(r#"{"external_policy":{}}"#).unwrap_err().contains("external_policy is not known"));
        assert!(
            policy(r#"{"security_policy":[{"fairplay":{"allow_airpaly":true}}]}"#).unwrap_err().contains("did you mean \"allow_airplay\"")
        );
        assert!(policy(r#"{"security_policy":{}}"#).unwrap_err().contains("must be a list"));
    }

    #[test]
    fn the_first_policy_version_is_another_format() {
        // What the tutorial of 2019 shows: `limit` and `duration` are fields of version 1.
        let message = policy(r#"{"playback_policy":{"limit":true,"persistent":false,"duration":3600}}"#).unwrap_err();
        assert!(message.starts_with("The policy is invalid: playback_policy.limit is not known"), "{message}");
    }

    #[test]
    fn new_fields_pass_when_asked_for() {
        let value = parse(r#"{"playback_policy":{"brand_new":1}}"#).unwrap();
        assert!(policy_json(&value, false, NOW).is_err());
        assert_eq!(policy_json(&value, true, NOW).unwrap(), r#"{"policy_version":2,"playback_policy":{"brand_new":1}}"#);
    }
}
