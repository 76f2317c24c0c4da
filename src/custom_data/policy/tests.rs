use super::*;
use crate::json::parse;

const NOW: i64 = 1_700_000_000; // 2023-11-14T22:13:20Z

fn policy(text: &str) -> Result<String, String> {
    policy_json(&parse(text).unwrap(), false, NOW).map_err(|error| error.message())
}

#[test]
fn the_version_alone_is_a_policy_with_all_defaults() {
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
        r#""digital_audio_protection_level":301,"require_hdcp_type_1":true,"enable_license_cipher":true},"fairplay":{"hdcp_enforcement":-1,"allow_airplay":true,"#,
        r#""allow_av_adapter":false},"ncg":{"allow_mobile_abnormal_device":false,"allow_external_display":true,"control_hdcp":2},"#,
        r#""wiseplay":{"security_level":3,"output_control":0}}],"external_key":{"mpeg_cenc":[{"track_type":"ALL","#,
        r#""key_id":"00112233445566778899aabbccddeeff","key":"00112233445566778899AABBCCDDEEFF","iv":"00112233445566778899aabbccddeeff"}],"#,
        r#""hls_aes":[{"track_type":"HD","key":"00112233445566778899aabbccddeeff"}],"#,
        r#""ncg":{"track_type":"SD","cek":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}}}"#
    );
    assert_eq!(policy(text).unwrap(), text);
}

#[test]
fn mutually_exclusive_fields_are_refused() {
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
fn an_expired_license_is_not_issued() {
    assert_eq!(
        policy(r#"{"playback_policy":{"expire_date":"2023-11-14T22:13:20Z"}}"#),
        Err("The policy is invalid: playback_policy.expire_date is in the past.".into())
    );
    assert!(policy(r#"{"playback_policy":{"expire_date":"2023-11-14T22:13:21Z"}}"#).is_ok());
}

#[test]
fn the_fields_of_the_vendors_newest_samples_are_known() {
    for text in [
        r#"{"policy_version":2,"security_policy":[{"playready":{"enable_license_cipher":false}}]}"#,
        r#"{"policy_version":2,"security_policy":[{"widevine":{"required_hdcp_version":"HDCP_V2_3"}}]}"#,
        r#"{"policy_version":2,"playback_policy":{"license_duration":"3600","renewal_duration":"60"}}"#,
        r#"{"policy_version":2,"playback_policy":{"persistent":true,"rental_duration":"0","playback_duration":"007"}}"#,
        concat!(
            r#"{"policy_version":2,"external_key":{"mpeg_cenc":[{"track_type":"ALL","key_id":"00112233445566778899aabbccddeeff","#,
            r#""key":"00112233445566778899aabbccddeeff","iv":null}],"hls_aes":[]}}"#
        ),
        r#"{"policy_version":2,"security_policy":[],"external_key":{"mpeg_cenc":[],"hls_aes":[]}}"#,
    ] {
        assert_eq!(policy(text).as_deref(), Ok(text));
    }
}

#[test]
fn mistakes_of_the_samples_are_refused_with_the_right_name() {
    for (text, message) in [
        (r#"{"external_policy":{}}"#, "external_policy is not known; did you mean \"external_key\"?"),
        (
            r#"{"security_policy":[{"playready":{"require_hdcp_type1":true}}]}"#,
            "security_policy[0].playready.require_hdcp_type1 is not known; did you mean \"require_hdcp_type_1\"?",
        ),
        (
            r#"{"security_policy":[{},{"fairplay":{"allow_airpaly":true}}]}"#,
            "security_policy[1].fairplay.allow_airpaly is not known; did you mean \"allow_airplay\"?",
        ),
    ] {
        assert_eq!(policy(text), Err(["The policy is invalid: ", message].concat()));
    }
}

#[test]
fn an_error_names_the_field_and_the_allowed_values() {
    for (text, message) in [
        ("[]", "it is not an object."),
        (r#"{"policy_version":1}"#, "policy_version must be one of 2."),
        (r#"{"policy_version":"2"}"#, "policy_version must be one of 2."),
        (r#"{"playback_policy":null}"#, "playback_policy is not an object."),
        (r#"{"security_policy":{}}"#, "security_policy must be a list."),
        (r#"{"security_policy":[1]}"#, "security_policy[0] is not an object."),
        (r#"{"playback_policy":{"persistent":"true"}}"#, "playback_policy.persistent must be true or false."),
        (
            r#"{"playback_policy":{"license_duration":-1}}"#,
            "playback_policy.license_duration must be a whole number of 0 or more, or that number as text.",
        ),
        (
            r#"{"playback_policy":{"license_duration":"+1"}}"#,
            "playback_policy.license_duration must be a whole number of 0 or more, or that number as text.",
        ),
        (
            r#"{"playback_policy":{"renewal_duration":" 60"}}"#,
            "playback_policy.renewal_duration must be a whole number of 0 or more, or that number as text.",
        ),
        (
            r#"{"playback_policy":{"license_duration":1.5}}"#,
            "playback_policy.license_duration must be a whole number of 0 or more, or that number as text.",
        ),
        (
            r#"{"playback_policy":{"license_duration":""}}"#,
            "playback_policy.license_duration must be a whole number of 0 or more, or that number as text.",
        ),
        (r#"{"playback_policy":{"max_stream_per_user":"3"}}"#, "playback_policy.max_stream_per_user must be a whole number of 0 or more."),
        (
            r#"{"playback_policy":{"expire_date":"2030-02-30T00:00:00Z"}}"#,
            "playback_policy.expire_date must be a GMT time of the form yyyy-mm-ddThh:mm:ssZ.",
        ),
        (
            r#"{"playback_policy":{"allowed_track_types":"sd_hd"}}"#,
            "playback_policy.allowed_track_types must be one of ALL, SD_ONLY, SD_HD, SD_UHD1, SD_UHD2; did you mean \"SD_HD\"?",
        ),
        (
            r#"{"security_policy":[{"widevine":{"security_level":6}}]}"#,
            "security_policy[0].widevine.security_level must be one of 1, 2, 3, 4, 5.",
        ),
        (
            r#"{"security_policy":[{"fairplay":{"hdcp_enforcement":"-1"}}]}"#,
            "security_policy[0].fairplay.hdcp_enforcement must be one of -1, 0, 1.",
        ),
        (r#"{"external_key":{"ncg":{}}}"#, "external_key.ncg.cek is missing."),
        (r#"{"external_key":{"ncg":{"cek":"5ec4e7"}}}"#, "external_key.ncg.cek must be 32 bytes in hex."),
        (r#"{"external_key":{"hls_aes":[{"track_type":"ALL","key":null}]}}"#, "external_key.hls_aes[0].key must be 16 bytes in hex."),
        (
            concat!(
                r#"{"external_key":{"hls_aes":[{"track_type":"ALL","key":"00112233445566778899aabbccddeeff"},"#,
                r#"{"track_type":"ALL","key":"00112233445566778899aabbccddeeff","iv":"5ec4e7"}]}}"#
            ),
            "external_key.hls_aes[1].iv must be 16 bytes in hex, or null.",
        ),
    ] {
        assert_eq!(policy(text), Err(["The policy is invalid: ", message].concat()), "{text}");
    }
}

#[test]
fn the_first_policy_version_is_another_format() {
    // What the tutorial of 2019 shows: `limit` and `duration` are fields of version 1.
    let message = policy(r#"{"playback_policy":{"limit":true,"persistent":false,"duration":3600}}"#).unwrap_err();
    assert!(message.starts_with("The policy is invalid: playback_policy.limit is not known"), "{message}");
}

#[test]
fn allow_unknown_accepts_new_fields_and_values() {
    for text in [
        r#"{"policy_version":2,"playback_policy":{"brand_new":1}}"#,
        r#"{"policy_version":3}"#,
        r#"{"policy_version":2,"playback_policy":{"allowed_track_types":"UHD3"},"brand_new":{"deep":[null]}}"#,
        r#"{"policy_version":2,"security_policy":[{"widevine":{"security_level":6,"required_hdcp_version":"HDCP_V3"}}]}"#,
    ] {
        let value = parse(text).unwrap();
        assert!(policy_json(&value, false, NOW).is_err(), "{text}");
        assert_eq!(policy_json(&value, true, NOW).as_deref(), Ok(text));
    }
    // Known fields are still checked.
    for text in [
        r#"{"brand_new":1,"playback_policy":{"persistent":1}}"#,
        r#"{"security_policy":[{"widevine":{"security_level":"6"}}]}"#,
        r#"{"security_policy":[{"widevine":{"required_hdcp_version":3}}]}"#,
    ] {
        assert!(policy_json(&parse(text).unwrap(), true, NOW).is_err(), "{text}");
    }
}

/// `js/server/policy.ts` is this text. With `UPDATE_TYPES=1` in the environment the file is written instead.
#[test]
fn the_types_in_typescript_are_these() {
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/js/server/policy.ts");
    let config = ts_rs::Config::default();
    macro_rules! declarations {
        ($($name:ident)+) => { [$([$name::docs().unwrap_or_default(), "export ".into(), $name::decl(&config)].concat()),+] };
    }
    let declarations = declarations!(
        Policy PlaybackPolicy SecurityPolicy WidevineSecurity PlayReadySecurity FairPlaySecurity NcgSecurity WiseplaySecurity
        ExternalKey CencKey AesKey NcgKey PolicyTrackType AllowedTrackTypes HdcpVersion CgmsFlags HdcpSrmRule
    );
    let head = "// Generated from src/custom_data/policy.rs: UPDATE_TYPES=1 cargo test --features server the_types_in_typescript\n\n";
    let text = declarations.join("\n\n").replace("/**\n * ", "/** ").replace("\n */\n", " */\n").replace(", };", ",\n};");
    // Members are indented, and end as they do in the other files.
    let mut is_inside = false;
    let mut expected = String::from(head);
    for line in text.lines().map(str::trim_end) {
        is_inside &= line != "};";
        let member = if is_inside { line.strip_suffix(',').map(|line| [line, ";"].concat()) } else { None };
        expected.push_str(if is_inside { "  " } else { "" });
        expected.push_str(member.as_deref().unwrap_or(line));
        expected.push('\n');
        is_inside |= line.ends_with('{');
    }
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::write(FILE, &expected).unwrap();
    }
    assert!(std::fs::read_to_string(FILE).unwrap() == expected, "js/server/policy.ts is not up to date: see its first line");
}
