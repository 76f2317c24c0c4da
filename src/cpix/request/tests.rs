use super::*;
use crate::json::parse;

fn make(options: &str) -> Result<String, Error> {
    build(&parse(options).unwrap())
}

#[test]
fn one_key_for_one_drm() {
    let xml = make(r#"{"contentId":"a<b>&\"c","systems":["fairplay"],"keyId":"681e5b39-49f2-4dfa-b744-86573c22e6fb"}"#).unwrap();
    assert_eq!(
        xml,
        concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<cpix:CPIX id=\"a&lt;b&gt;&amp;&quot;c\" xmlns:cpix=\"urn:dashif:org:cpix\" xmlns:pskc=\"urn:ietf:params:xml:ns:keyprov:pskc\" ",
            "xmlns:speke=\"urn:aws:amazon:com:speke\">\n",
            "  <cpix:ContentKeyList>\n",
            "    <cpix:ContentKey kid=\"681e5b39-49f2-4dfa-b744-86573c22e6fb\"/>\n",
            "  </cpix:ContentKeyList>\n",
            "  <cpix:DRMSystemList>\n",
            "    <cpix:DRMSystem kid=\"681e5b39-49f2-4dfa-b744-86573c22e6fb\" systemId=\"94ce86fb-07ff-4f43-adb8-93d2fa968ca2\"/>\n",
            "  </cpix:DRMSystemList>\n",
            "</cpix:CPIX>\n"
        )
    );
}

#[test]
fn two_keys_for_three_drms_make_six_systems_and_two_rules() {
    let xml = make(r#"{"contentId":"c","systems":["widevine","playready","fairplay"],"tracks":["AUDIO","HD"],"scheme":"cbcs"}"#).unwrap();
    for (part, count) in [
        ("<cpix:ContentKey ", 2),
        ("commonEncryptionScheme=\"cbcs\"", 2),
        ("<cpix:DRMSystem ", 6),
        ("<cpix:ContentKeyUsageRule ", 2),
        ("intendedTrackType=\"AUDIO\"/>", 1),
        ("<cpix:VideoFilter minPixels=\"921600\" maxPixels=\"2073600\"/>", 1),
        ("<cpix:VideoFilter", 1),
        ("Period", 0),
    ] {
        assert_eq!(xml.matches(part).count(), count, "{part}\n{xml}");
    }
    let document = Document::parse(&xml).unwrap();
    assert_ne!(document.keys[0].id, document.keys[1].id);
    for key in &document.keys {
        assert_eq!(document.systems.iter().filter(|system| system.key_id == key.id).count(), 3);
        assert_eq!(document.rules.iter().filter(|rule| rule.key_id == key.id).count(), 1);
    }
}

#[test]
fn every_track_type_has_its_filter() {
    let xml = make(
        r#"{"contentId":"c","systems":["widevine"],"tracks":["SD","HD","UHD1",{"type":"UHD2","minPixels":9000000,"maxPixels":33177600}]}"#,
    )
    .unwrap();
    let document = Document::parse(&xml).unwrap();
    let filters: Vec<_> = document.rules.iter().map(|rule| rule.pixels.unwrap()).collect();
    assert_eq!(
        filters,
        [(None, Some(589_824)), (Some(921_600), Some(2_073_600)), (Some(2_073_601), Some(8_847_360)), (Some(9_000_000), Some(33_177_600))]
    );
}

#[test]
fn key_periods_multiply_the_keys() {
    let xml = make(r#"{"contentId":"c","systems":["widevine"],"tracks":["SD","HD"],"keyPeriods":[{"id":"a","index":7},8]}"#).unwrap();
    let document = Document::parse(&xml).unwrap();
    assert_eq!((document.keys.len(), document.systems.len(), document.rules.len()), (4, 4, 4));
    let periods: Vec<_> = document.periods.iter().map(|period| (period.id.as_str(), period.index)).collect();
    assert_eq!(periods, [("a", Some(7)), ("keyPeriod_8", Some(8))]);
    let rules: Vec<_> =
        document.rules.iter().map(|rule| (rule.track_type.as_deref().unwrap(), rule.period_id.as_deref().unwrap())).collect();
    assert_eq!(rules, [("SD", "a"), ("SD", "keyPeriod_8"), ("HD", "a"), ("HD", "keyPeriod_8")]);
    // Without tracks the rule still ties the key to its period.
    let xml = make(r#"{"contentId":"c","systems":["widevine"],"keyPeriods":[128]}"#).unwrap();
    assert!(xml.contains("<cpix:KeyPeriodFilter periodId=\"keyPeriod_128\"/>") && !xml.contains("intendedTrackType"), "{xml}");
}

#[test]
fn placeholders_are_stable_uuids() {
    let options = r#"{"contentId":"c","systems":["widevine"],"tracks":["SD","HD"]}"#;
    assert_eq!(make(options).unwrap(), make(options).unwrap());
    for key in Document::parse(&make(options).unwrap()).unwrap().keys {
        assert_eq!((key.id[6] >> 4, key.id[8] >> 6), (8, 2), "version and variant");
    }
}

#[test]
fn speke_names_the_elements_of_the_response() {
    let xml = make(r#"{"contentId":"c","systems":["playready","fairplay"],"kind":"speke"}"#).unwrap();
    for part in ["<speke:ProtectionHeader/>", "<cpix:URIExtXKey/>", "<speke:KeyFormatVersions/>", "<cpix:PSSH/>"] {
        assert_eq!(xml.matches(part).count(), 1, "{part}");
    }
    let xml = make(r#"{"contentId":"c","systems":["widevine"],"kind":"speke-v2"}"#).unwrap();
    for part in ["contentId=\"c\"", "version=\"2.3\"", "commonEncryptionScheme=\"cenc\"", "<cpix:HLSSignalingData playlist=\"master\"/>"] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
    assert!(make(r#"{"contentId":"c","systems":["widevine"],"kind":"speke-cbcs"}"#).unwrap().contains("commonEncryptionScheme=\"cbcs\""));
}

#[test]
fn invalid_requests_are_refused() {
    for (options, what) in [
        (r#"{"contentId":"c"}"#, "systems is missing"),
        (r#"{"contentId":"c","systems":[]}"#, "at least one DRM"),
        (r#"{"contentId":"c","systems":["widewine"]}"#, "did you mean \"widevine\"?"),
        (r#"{"contentId":"c","systems":[1]}"#, "neither a system id nor one of widevine"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":["AUDIO","HD"],"kind":"v1"}"#, "issues only one key"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":["AUDIO","HD"],"kind":"speke"}"#, "issues only one key"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":["HD","HD"]}"#, "names HD twice"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":["UHD"]}"#, "tracks[0].type must be one of AUDIO, SD, HD, UHD1, UHD2"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":[{"type":"HD","kid":"1"}]}"#, "tracks[0].kid is not known"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":[{"type":"HD","keyId":"1"}]}"#, "tracks[0].keyId is not a UUID"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":[{"type":"AUDIO","maxPixels":1}]}"#, "AUDIO a number of pixels"),
        (r#"{"contentId":"c","systems":["widevine"],"tracks":[{"type":"HD","maxPixels":1}]}"#, "gives HD a minPixels above its maxPixels"),
        (r#"{"contentId":"c","systems":["fairplay"],"scheme":"cenc"}"#, "must be cbcs for FairPlay"),
        (r#"{"contentId":"c","systems":["widevine"],"scheme":"cenc","kind":"speke-cbcs"}"#, "must be cbcs"),
        (r#"{"contentId":"c","systems":["widevine"],"hardwareDrm":true,"tracks":["HD"]}"#, "separate keys for audio and video"),
        (r#"{"contentId":"c","systems":["widevine"],"keyPeriods":[1,1]}"#, "names a period twice"),
        (r#"{"contentId":"c","systems":["widevine"],"keyPeriods":[{"id":"a"}]}"#, "keyPeriods[0].index is missing"),
        (
            r#"{"contentId":"c","systems":["widevine"],"keyId":"00112233445566778899aabbccddeeff","tracks":["HD"]}"#,
            "give each track its own",
        ),
        (
            r#"{"contentId":"c","systems":["widevine"],"keyId":"00112233445566778899aabbccddeeff","keyPeriods":[1,2]}"#,
            "cannot be the same in several key periods",
        ),
        (r#"{"contentId":"c","systems":["widevine"],"kind":"ateme"}"#, "ateme takes no request"),
        (r#"{"contentId":"c\n","systems":["widevine"]}"#, "control character"),
        (r#"{"content":"c","systems":["widevine"]}"#, "content is not known"),
    ] {
        let error = make(options).unwrap_err();
        assert_eq!(error.code, Code::CpixOptionsInvalid);
        assert!(error.message().contains(what), "{options}: {}", error.message());
    }
    let hardware = r#"{"contentId":"c","systems":["widevine"],"hardwareDrm":true,"tracks":["AUDIO","UHD1"]}"#;
    assert!(make(hardware).is_ok());
}

#[test]
fn a_single_key_server_gets_no_request_for_several_keys() {
    let xml = make(r#"{"contentId":"c","systems":["widevine"],"tracks":["AUDIO","HD"]}"#).unwrap();
    assert!(check_for("https://kms.pallycon.com/v1/cpix/pallycon/getKey/t", &xml).is_err());
    assert!(check_for("https://kms.pallycon.com/v2/cpix/pallycon/getKey/t", &xml).is_ok());
    assert!(check_for("https://own.example/keys", &xml).is_ok());
}

#[test]
fn a_request_round_trips() {
    let xml = make(r#"{"contentId":"c","systems":["widevine","1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"],"scheme":"cenc","tracks":["HD"],"keyPeriods":[128],"kind":"v2"}"#).unwrap();
    let value = read(&xml).unwrap();
    assert_eq!(value.field("contentId"), Some("c"));
    assert_eq!(value.field("scheme"), Some("cenc"));
    assert_eq!(value.get("systems").unwrap().to_json(), r#"["widevine","1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"]"#);
    let track = &value.get("tracks").unwrap().items().unwrap()[0];
    assert_eq!((track.field("type"), track.field("minPixels"), track.field("maxPixels")), (Some("HD"), Some("921600"), Some("2073600")));
    assert_eq!(value.get("keyPeriods").unwrap().to_json(), r#"[{"id":"keyPeriod_128","index":128}]"#);
}
