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
    let cmaf = convert(&none, r#""output":"cmaf","contentId":"c","systems":["widevine","fairplay"]"#).unwrap();
    for part in [
        r#""EncryptionMethod":"SAMPLE_AES""#,
        r#""DashSignaledSystemIds":["edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"]"#,
        r#""HlsSignaledSystemIds":["94ce86fb-07ff-4f43-adb8-93d2fa968ca2"]"#,
    ] {
        assert!(cmaf.contains(part), "{part}\n{cmaf}");
    }
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
        (r#""output":"dash","contentId":"c","systems":[]"#, "do not fit"),
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
        (r#""container":"cmaf","method":"cenc","contentId":"a/b","systems":["widevine"]"#, "ResourceId takes nothing else"),
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
