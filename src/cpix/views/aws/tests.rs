use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};
use crate::json::Value;

const SPEKE: &str = r#""url":"https://kms.pallycon.com/cpix/getKey?enc-token=t""#;
const SPEKE2: &str = r#""url":"https://kms.example/speke?enc-token=t","roleArn":"arn:aws:iam::1:role/r""#;

fn with(base: &str, rest: &str) -> String {
    format!("{{{base},{rest}}}")
}

fn convert(pack: &Value, rest: &str) -> Result<String, String> {
    view("mediaconvert", pack, &with(SPEKE, rest)).map(|value| value.to_json())
}

fn package(pack: &Value, rest: &str) -> Result<String, String> {
    view("mediapackage", pack, &with(SPEKE2, rest)).map(|value| value.to_json())
}

#[test]
fn mediaconvert_output_groups() {
    let keys = pack(&[entry('1', &[WIDEVINE, PLAYREADY])]);
    assert_eq!(
        convert(&keys, r#""output":"dash""#).unwrap(),
        concat!(
            r#"{"PlaybackDeviceCompatibility":"CENC_V1","SpekeKeyProvider":{"ResourceId":"film","SystemIds":["#,
            r#""edef8ba9-79d6-4ace-a3c8-27dcd51d21ed","9a04f079-9840-4286-ab92-e65be0885f95"],"Url":"https://kms.pallycon.com/cpix/getKey?enc-token=t"}}"#
        )
    );
    let none = Value::object([]);
    for (rest, method) in [
        (r#""output":"hls","contentId":"c","systems":["fairplay"]"#, r#""EncryptionMethod":"SAMPLE_AES""#),
        (r#""output":"hls","contentId":"c","systems":["ncg-hls-aes-128"]"#, r#""EncryptionMethod":"AES128""#),
        (r#""output":"cmaf","contentId":"c","systems":["widevine","playready"]"#, r#""EncryptionMethod":"AES_CTR""#),
        (r#""output":"smooth","contentId":"c","systems":["playready"]"#, r#""SystemIds":["9a04f079-9840-4286-ab92-e65be0885f95"]"#),
    ] {
        assert!(convert(&none, rest).unwrap().contains(method), "{rest}");
    }
    let cbcs = r#"{"url":"https://k.example/cbcs?enc-token=t","output":"cmaf","contentId":"c","systems":["widevine","fairplay"]}"#;
    let cmaf = view("mediaconvert", &none, cbcs).unwrap().to_json();
    for part in [
        r#""EncryptionMethod":"SAMPLE_AES""#,
        r#""DashSignaledSystemIds":["edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"]"#,
        r#""HlsSignaledSystemIds":["94ce86fb-07ff-4f43-adb8-93d2fa968ca2"]"#,
    ] {
        assert!(cmaf.contains(part), "{part}\n{cmaf}");
    }
}

#[test]
fn cbcs_in_cmaf_needs_the_key_servers_own_url() {
    let none = Value::object([]);
    for (rest, fits) in [
        (r#""output":"cmaf","contentId":"c","systems":["widevine","playready","fairplay"]"#, false),
        (r#""output":"cmaf","contentId":"c","systems":["widevine"],"method":"cbcs""#, false),
        (r#""output":"cmaf","contentId":"c","systems":["widevine"],"method":"cenc""#, true),
    ] {
        let settings = convert(&none, rest);
        assert_eq!(settings.is_ok(), fits, "{rest}");
        assert!(fits || settings.unwrap_err().contains("the key server's own for CBCS"), "{rest}");
    }
    let own = r#"{"url":"https://kms.example/cbcs/getKey?enc-token=t","output":"cmaf","contentId":"c","systems":["fairplay"]}"#;
    assert!(view("mediaconvert", &none, own).unwrap().to_json().contains("SAMPLE_AES"));
    let live = |url: &str| {
        let role = r#""roleArn":"arn:aws:iam::1:role/r","contentId":"c","systems":["fairplay"]"#;
        let v1 = view("mediapackage-v1", &none, &format!(r#"{{"url":"{url}",{role},"output":"cmaf"}}"#));
        let v2 = view("mediapackage", &none, &format!(r#"{{"url":"{url}",{role},"container":"cmaf","method":"cbcs"}}"#));
        [v1.is_ok(), v2.is_ok()]
    };
    assert_eq!(live("https://kms.pallycon.com/cpix/getKey?enc-token=t"), [false, false]);
    assert_eq!(live("https://kms.example/cbcs?enc-token=t"), [true, true]);
}

fn live_v1(url: &str, rest: &str) -> Result<String, String> {
    let options = format!(r#"{{"url":"{url}","roleArn":"arn:aws:iam::1:role/r","contentId":"channel",{rest}}}"#);
    view("mediapackage-v1", &Value::object([]), &options).map(|value| value.to_json())
}

#[test]
fn mediapackage_live_v1_endpoints() {
    let url = "https://kms.pallycon.com/cpix/getKey?enc-token=t";
    assert_eq!(
        live_v1(url, r#""output":"dash","systems":["widevine","playready"]"#).unwrap(),
        concat!(
            r#"{"DashPackage":{"Encryption":{"KeyRotationIntervalSeconds":0,"SpekeKeyProvider":{"ResourceId":"channel","#,
            r#""RoleArn":"arn:aws:iam::1:role/r","SystemIds":["edef8ba9-79d6-4ace-a3c8-27dcd51d21ed","9a04f079-9840-4286-ab92-e65be0885f95"],"#,
            r#""Url":"https://kms.pallycon.com/cpix/getKey?enc-token=t"}}}}"#
        ),
        "without an interval it would rotate every 60 seconds"
    );
    for (rest, part) in [
        (r#""output":"hls","systems":["fairplay"]"#, r#"{"HlsPackage":{"Encryption":{"EncryptionMethod":"SAMPLE_AES""#),
        (r#""output":"hls","systems":["ncg-hls-aes-128"]"#, r#"{"HlsPackage":{"Encryption":{"EncryptionMethod":"AES_128""#),
        (r#""output":"cmaf","systems":["widevine"]"#, r#"{"CmafPackage":{"Encryption":{"EncryptionMethod":"AES_CTR""#),
        (r#""output":"mss","systems":["playready"]"#, r#"{"MssPackage":{"Encryption":{"SpekeKeyProvider""#),
    ] {
        let package = live_v1(url, rest).unwrap();
        assert!(package.starts_with(part), "{package}");
    }
    let presets = r#""presets":{"audio":"PRESET_AUDIO_1","video":"PRESET_VIDEO_2"}"#;
    let v2 = live_v1("https://k.example/speke?enc-token=t", &format!(r#""output":"dash","systems":["widevine"],{presets}"#)).unwrap();
    assert!(
        v2.contains(r#""EncryptionContractConfiguration":{"PresetSpeke20Audio":"PRESET_AUDIO_1","PresetSpeke20Video":"PRESET_VIDEO_2"}"#)
    );
}

#[test]
fn the_rotation_of_live_v1_agrees_with_the_url() {
    let (still, rotating) = ("https://k.example/s?enc-token=t", "https://k.example/s?enc-token=t&key-rotation=true");
    let dash = |interval: u32| format!(r#""output":"dash","systems":["widevine"],"keyRotationInterval":{interval}"#);
    assert!(live_v1(rotating, &dash(60)).unwrap().contains(r#""KeyRotationIntervalSeconds":60"#));
    assert!(live_v1(still, &dash(0)).unwrap().contains(r#""KeyRotationIntervalSeconds":0"#));
    for (url, interval) in [(still, 60), (rotating, 0)] {
        assert!(live_v1(url, &dash(interval)).unwrap_err().contains("must agree with the URL"));
    }
    let mss = live_v1(rotating, r#""output":"mss","systems":["playready"],"keyRotationInterval":60"#);
    assert!(mss.unwrap_err().contains("Smooth Streaming has no key rotation"));
}

#[test]
fn live_v1s_rules() {
    let url = "https://k.example/s?enc-token=t";
    for (rest, what) in [
        (r#""output":"dash","systems":["fairplay"]"#, "DASH takes Widevine and PlayReady"),
        (r#""output":"hls","systems":["fairplay"],"method":"cbcs""#, "method is for CMAF only"),
        (r#""output":"cmaf","systems":["fairplay"],"method":"cenc""#, "scheme must be cbcs"),
        (r#""output":"hls","systems":["fairplay"],"presets":{"audio":"SHARED","video":"SHARED"}"#, "presets are for DASH and CMAF only"),
    ] {
        assert!(live_v1(url, rest).unwrap_err().contains(what), "{rest}");
    }
    let two = pack(&[entry('1', &[WIDEVINE]), entry('2', &[WIDEVINE])]);
    let options = r#"{"url":"https://k.example/s","roleArn":"arn:aws:iam::1:role/r","output":"dash"}"#;
    assert!(view("mediapackage-v1", &two, options).unwrap_err().contains("SPEKE v1 has one key"));
    assert!(
        live_v1("https://kms.pallycon.com/v2/cpix/pallycon/getKey/t", r#""output":"dash","systems":["widevine"]"#)
            .unwrap_err()
            .contains("must be a SPEKE key server")
    );
}

#[test]
fn a_check_list_has_the_roles_to_copy() {
    let steps = |options: &str| view("aws-checklist", &Value::Null, options).unwrap().to_json();
    let convert = steps(r#"{"service":"mediaconvert","bucket":"films"}"#);
    for part in ["MediaConvert-role", "mediaconvert.amazonaws.com", "arn:aws:s3:::films/*", "execute-api:Invoke", "separate outputs"] {
        assert!(convert.contains(part), "{part}\n{convert}");
    }
    for (service, parts) in [
        ("mediapackage-v1", ["SPEKEAccess", "encryption of the output group off", "a second endpoint"]),
        ("mediapackage", ["mediapackage.amazonaws.com", "has no DASH", "add two endpoints"]),
    ] {
        let list = steps(&format!(r#"{{"service":"{service}"}}"#));
        assert!(parts.iter().all(|part| list.contains(part)), "{list}");
    }
    let hostile = view("aws-checklist", &Value::Null, r#"{"service":"mediaconvert","bucket":"a/*"}"#);
    assert!(hostile.unwrap_err().contains("not the name of an S3 bucket"));
}

#[test]
fn mediaconverts_rules() {
    let two = pack(&[entry('1', &[WIDEVINE]), entry('2', &[WIDEVINE])]);
    assert!(convert(&two, r#""output":"dash""#).unwrap_err().contains("SPEKE v1, which has one key"));
    let none = Value::object([]);
    for (rest, what) in [
        (r#""output":"dash","contentId":"c","systems":["fairplay"]"#, "DASH takes Widevine and PlayReady"),
        (r#""output":"hls","contentId":"c","systems":["widevine"]"#, "HLS takes one"),
        (r#""output":"hls","contentId":"c","systems":["fairplay","ncg-hls-aes-128"]"#, "HLS takes one"),
        (r#""output":"smooth","contentId":"c","systems":["widevine"]"#, "Smooth Streaming takes PlayReady"),
        (r#""output":"dash","contentId":"c","systems":[]"#, "must be a list of at least one text"),
        (r#""output":"dash","contentId":"c","systems":["x"]"#, "names or ids"),
        (r#""output":"dash","systems":["widevine"]"#, "contentId is missing"),
    ] {
        assert!(convert(&none, rest).unwrap_err().contains(what), "{rest}");
    }
    assert!(view("mediaconvert", &two, r#"{"url":"http://k.example/","output":"dash"}"#).unwrap_err().contains("must be https"));
}

#[test]
fn mediapackage_with_a_shared_key_and_rotation() {
    let keys = pack(&[entry('1', &[WIDEVINE, PLAYREADY, FAIRPLAY])]);
    assert_eq!(
        package(&keys, r#""container":"cmaf","method":"cbcs""#).unwrap(),
        concat!(
            r#"{"EncryptionMethod":{"CmafEncryptionMethod":"CBCS"},"SpekeKeyProvider":{"DrmSystems":["FAIRPLAY","PLAYREADY","WIDEVINE"],"#,
            r#""EncryptionContractConfiguration":{"PresetSpeke20Audio":"SHARED","PresetSpeke20Video":"SHARED"},"ResourceId":"film","#,
            r#""RoleArn":"arn:aws:iam::1:role/r","Url":"https://kms.example/speke?enc-token=t"}}"#
        )
    );
    let rotating = |interval: &str| {
        let base = SPEKE2.replace("enc-token=t", "enc-token=t&key-rotation=true");
        view("mediapackage", &keys, &with(&base, &format!(r#""container":"cmaf","method":"cbcs"{interval}"#)))
    };
    assert!(rotating(r#","keyRotationInterval":300"#).unwrap().to_json().contains(r#""KeyRotationIntervalSeconds":300"#));
    assert!(rotating(r#","keyRotationInterval":299"#).unwrap_err().contains("at least 300 seconds"));
    assert!(rotating("").unwrap_err().contains("must agree with the URL"));
    assert!(package(&keys, r#""container":"cmaf","method":"cbcs","keyRotationInterval":300"#).unwrap_err().contains("must agree"));
    let tracked = rotating(r#","keyRotationInterval":300,"tracks":["AUDIO","HD"]"#);
    assert!(tracked.unwrap_err().contains("must be 0 where tracks have keys of their own"));
}

#[test]
fn mediapackages_presets_follow_from_the_tracks() {
    let keys = |tracks: &[&str]| {
        let entries: Vec<_> =
            tracks.iter().zip('1'..).map(|(track, digit)| entry(digit, &[&format!(r#""track_type":"{track}""#), WIDEVINE])).collect();
        package(&pack(&entries), r#""container":"cmaf","method":"cenc""#)
    };
    for (tracks, video) in [
        (&["AUDIO", "HD"][..], "PRESET_VIDEO_1"),
        (&["AUDIO", "SD", "HD"], "PRESET_VIDEO_2"),
        (&["AUDIO", "SD", "HD", "UHD1"], "PRESET_VIDEO_3"),
        (&["AUDIO", "SD", "HD", "UHD1", "UHD2"], "PRESET_VIDEO_4"),
    ] {
        let settings = keys(tracks).unwrap();
        assert!(settings.contains(r#""PresetSpeke20Audio":"PRESET_AUDIO_1""#) && settings.contains(video), "{settings}");
    }
    assert!(keys(&["HD", "UHD1"]).unwrap_err().contains("no preset of SPEKE v2 follows"));
}

#[test]
fn mediapackages_rules() {
    let none = Value::object([]);
    for (rest, what) in [
        (r#""container":"ts","method":"cenc","contentId":"c","systems":["widevine"]"#, "must be aes-128 or sample-aes for TS"),
        (r#""container":"ts","method":"sample-aes","contentId":"c","systems":["widevine"]"#, "TS with Sample-AES takes FairPlay"),
        (r#""container":"ts","method":"aes-128","contentId":"c","systems":["playready"]"#, "TS with AES-128 takes"),
        (r#""container":"cmaf","method":"cenc","contentId":"c","systems":["fairplay"]"#, "CMAF with CENC takes PlayReady and Widevine"),
        (r#""container":"cmaf","method":"aes-128","contentId":"c","systems":["widevine"]"#, "must be cenc or cbcs for CMAF"),
        (r#""container":"cmaf","method":"cenc","contentId":"a/b","systems":["widevine"]"#, "ResourceId allows nothing else"),
        (
            r#""container":"cmaf","method":"cenc","contentId":"c","systems":["widevine"],"presets":{"audio":"SHARED","video":"PRESET_VIDEO_1"}"#,
            "SHARED for both audio and video, or for neither",
        ),
        (
            r#""container":"cmaf","method":"cenc","contentId":"c","systems":["widevine"],"presets":{"audio":"UNENCRYPTED","video":"UNENCRYPTED"}"#,
            "leave everything unencrypted",
        ),
    ] {
        let message = package(&none, rest).unwrap_err();
        assert!(message.contains(what), "{rest}: {message}");
    }
    let ts = package(&none, r#""container":"ts","method":"aes-128","contentId":"c","systems":["ncg-hls-aes-128"]"#).unwrap();
    assert!(ts.contains("AES_128") && ts.contains("CLEAR_KEY_AES_128"), "{ts}");
    let no_role = view(
        "mediapackage",
        &none,
        r#"{"url":"https://k.example/","roleArn":"r","container":"cmaf","method":"cenc","contentId":"c","systems":["widevine"]}"#,
    );
    assert!(no_role.unwrap_err().contains("is not an ARN"));
}
