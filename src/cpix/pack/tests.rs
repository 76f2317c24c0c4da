use super::*;
use crate::cpix::response;
use crate::json::parse;

const KID: &str = "e2b281ba-fba5-8760-cfa6-5ae6f3ddd630";
const KEY: &str = "xgjCQm5OdSC4tQ8Lgl9uUg==";
/// A Widevine box of 12 bytes of payload.
const PSSH: &str = "AAAALHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAwBAgMEBQYHCAkKCww=";

fn system(kid: &str, system_id: &str, inner: &str) -> String {
    format!("<DRMSystem kid='{kid}' systemId='{system_id}'>{inner}</DRMSystem>")
}

fn key(kid: &str, attributes: &str) -> String {
    format!("<ContentKey kid='{kid}' {attributes}><Data><Secret><PlainValue>{KEY}</PlainValue></Secret></Data></ContentKey>")
}

fn read(keys: &str, systems: &str, rest: &str) -> Pack {
    let xml = format!("<CPIX id='film'><ContentKeyList>{keys}</ContentKeyList><DRMSystemList>{systems}</DRMSystemList>{rest}</CPIX>");
    response::read(200, xml.as_bytes()).unwrap()
}

#[test]
fn one_key_for_three_drms_matches_the_official_clients() {
    let systems = [
        system(KID, "94ce86fb-07ff-4f43-adb8-93d2fa968ca2", "<URIExtXKey>c2tkOi8vYSs=</URIExtXKey>"),
        system(KID, "9A04F079-9840-4286-AB92-E65BE0885F95", &format!("<PSSH>{PSSH}</PSSH>")),
        system(KID, "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", &format!("<PSSH>{PSSH}</PSSH>")),
    ];
    let pack = read(&key(KID, "explicitIV='MDEyMzQ1Njc4OWFiY2RlZg=='"), &systems.concat(), "");
    assert_eq!(
        pack.to_value().to_json(),
        format!(
            concat!(
                r#"{{"content_id":"film","content_key_list":[{{"key_id_hex":"e2b281bafba58760cfa65ae6f3ddd630","#,
                r#""key_id_b64":"4rKBuvulh2DPplrm893WMA==","key_hex":"c608c2426e4e7520b8b50f0b825f6e52","key_b64":"{key}","#,
                r#""iv_hex":"30313233343536373839616263646566","iv_b64":"MDEyMzQ1Njc4OWFiY2RlZg==","#,
                r#""widevine":{{"pssh":"{pssh}","pssh_payload_only":"AQIDBAUGBwgJCgsM"}},"#,
                r#""playready":{{"pssh":"{pssh}","pssh_payload_only":"AQIDBAUGBwgJCgsM"}},"fairplay":{{"key_uri":"skd://a+"}}}}]}}"#
            ),
            key = KEY,
            pssh = PSSH
        )
    );
}

#[test]
fn live_responses_have_track_period_and_signalling() {
    let inner = "<HLSSignalingData>I0VYVC1YLUtFWTpNRVRIT0Q9Tk9ORQ==</HLSSignalingData><HLSSignalingData playlist='master'>I0VYVC1Y...DU=</HLSSignalingData>";
    let rest = format!(
        "<ContentKeyPeriodList><ContentKeyPeriod id='p' index='128'/></ContentKeyPeriodList><ContentKeyUsageRuleList>\
         <ContentKeyUsageRule kid='{KID}' intendedTrackType='HD'><KeyPeriodFilter periodId='p'/></ContentKeyUsageRule></ContentKeyUsageRuleList>"
    );
    let pack = read(&key(KID, "commonEncryptionScheme='CBCS'"), &system(KID, "94ce86fb-07ff-4f43-adb8-93d2fa968ca2", inner), &rest);
    let value = pack.to_value();
    let entry = &value.get("content_key_list").unwrap().items().unwrap()[0];
    assert_eq!(entry.field("track_type"), Some("HD"));
    assert_eq!(entry.field("common_encryption_scheme"), Some("cbcs"));
    assert_eq!(entry.get("period").unwrap().to_json(), r#"{"id":"p","index":128}"#);
    assert_eq!(
        entry.get("fairplay").unwrap().to_json(),
        r##"{"hls_signaling":{"media":"#EXT-X-KEY:METHOD=NONE","master":"I0VYVC1Y...DU="}}"##
    );
    assert_eq!(entry.get("iv_hex"), None);
}

#[test]
fn systems_are_matched_to_keys_unless_there_is_only_one_key() {
    let other = "00112233-4455-6677-8899-aabbccddeeff";
    let systems = [KID, other]
        .map(|kid| system(kid, "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", &format!("<ContentProtectionData>{kid}</ContentProtectionData>")));
    let pack = read(&[key(KID, ""), key(other, "")].concat(), &systems.concat(), "");
    for (entry, kid) in pack.keys.iter().zip([KID, other]) {
        assert_eq!(entry.systems.len(), 1);
        assert_eq!(entry.systems[0].content_protection.as_deref(), Some(kid));
    }
    // One key: a system that still names the request's id belongs to it nevertheless.
    let pack = read(&key(KID, ""), &system(other, "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", ""), "");
    assert_eq!(pack.keys[0].systems.len(), 1);
}

#[test]
fn systems_that_the_clients_do_not_print_are_kept() {
    let pack = read(&key(KID, ""), &system(KID, "81376844-f976-481e-a84e-cc25d39b0b33", "<URIExtXKey>aHR0cHM6Ly9h</URIExtXKey>"), "");
    let value = pack.to_value();
    let others = value.get("content_key_list").unwrap().items().unwrap()[0].get("other_systems").unwrap();
    assert_eq!(
        others.to_json(),
        r#"[{"system_id":"81376844-f976-481e-a84e-cc25d39b0b33","name":"NCG HLS AES-128","key_uri":"https://a"}]"#
    );
}

#[test]
fn the_json_form_round_trips() {
    let inner = format!("<PSSH>{PSSH}</PSSH><ContentProtectionData>AA==</ContentProtectionData>");
    let systems =
        [system(KID, "9a04f079-9840-4286-ab92-e65be0885f95", &inner), system(KID, "81376844-f976-481e-a84e-cc25d39b0b33", &inner)];
    let value = read(&key(KID, "explicitIV='MDEyMzQ1Njc=' commonEncryptionScheme='cenc'"), &systems.concat(), "").to_value();
    assert_eq!(Pack::from_value(&parse(&value.to_json()).unwrap()).unwrap().to_value(), value);
    for text in [
        "{}",
        r#"{"content_key_list":[]}"#,
        r#"{"content_key_list":[{}]}"#,
        r#"{"content_key_list":[{"key_id_hex":"00112233445566778899aabbccddeeff"}]}"#,
    ] {
        assert_eq!(Pack::from_value(&parse(text).unwrap()).unwrap_err().code, Code::PackInfoInvalid);
    }
}

#[test]
fn a_request_has_no_keys() {
    let error =
        response::read(200, format!("<CPIX><ContentKeyList><ContentKey kid='{KID}'/></ContentKeyList></CPIX>").as_bytes()).unwrap_err();
    assert_eq!(error.code, Code::CpixNoKey);
    assert_eq!(error.message(), "The CPIX document contains no key for e2b281ba-fba5-8760-cfa6-5ae6f3ddd630.");
    assert_eq!(response::read(200, b"<CPIX/>").unwrap_err().code, Code::CpixNoKey);
}

#[test]
fn payloads_of_boxes() {
    // size 24+8+16+4+2 = 0x36, version 1, one key id
    let v1 = "00000036 70737368 01000000 edef8ba979d64acea3c827dcd51d21ed 00000001 00112233445566778899aabbccddeeff 00000002 abcd";
    assert_eq!(payload(&text::from_hex(v1).unwrap()), Some(&[0xab, 0xcd][..]));
    let v0 = "00000022 70737368 00000000 edef8ba979d64acea3c827dcd51d21ed 00000002 abcd";
    assert_eq!(payload(&text::from_hex(v0).unwrap()), Some(&[0xab, 0xcd][..]));
    // A size that is not the input's, another box, a payload that is cut, two boxes.
    for wrong in [
        &[v0, v0].concat(),
        &v0.replace("22 70", "23 70"),
        &v0.replace("70737368", "6d6f6f76"),
        &v0.replace("00000002 abcd", "00000003 abcd"),
        "00",
    ] {
        assert_eq!(payload(&text::from_hex(wrong).unwrap()), None, "{wrong}");
    }
}

#[test]
fn a_document_of_five_megabytes_is_read() {
    let entities = "&#65;".repeat(200_000);
    let comment = "x".repeat(2_000_000);
    let kids: String = (0..10_000)
        .map(|n| system(KID, &format!("00000000-0000-0000-0000-{n:012}"), "<PSSH/><unknown a='1'><PSSH>no</PSSH></unknown>"))
        .collect();
    let rest = format!("<!--{comment}--><ContentProtectionData>{entities}</ContentProtectionData>");
    let pack = read(&key(KID, ""), &kids, &rest);
    assert!(comment.len() + kids.len() + entities.len() > 4_000_000);
    assert_eq!(pack.keys[0].systems.len(), 10_000);
}

#[test]
fn debug_output_contains_no_key() {
    let shown = format!("{:?}", read(&key(KID, ""), "", ""));
    assert!(shown.contains(KID) && !shown.contains("198, 8") && !shown.contains("c608c2"), "{shown}");
}

/// One key with n systems and n rules would give n entries of n systems each.
#[test]
fn rules_of_a_key_are_bounded() {
    let document = |systems: usize, rules: usize| {
        let systems = system(KID, "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "").repeat(systems);
        let rules = format!("<ContentKeyUsageRule kid='{KID}' intendedTrackType='HD'/>").repeat(rules);
        format!(
            "<CPIX><ContentKeyList>{}</ContentKeyList><DRMSystemList>{systems}</DRMSystemList><ContentKeyUsageRuleList>{rules}</ContentKeyUsageRuleList></CPIX>",
            key(KID, "")
        )
    };
    let pack = response::read(200, document(64, 64).as_bytes()).unwrap();
    assert_eq!((pack.keys.len(), pack.keys[63].systems.len()), (64, 64));
    let error = response::read(200, document(1, 65).as_bytes()).unwrap_err();
    assert_eq!((error.code, error.message().contains("64")), (Code::CpixInvalid, true));
}

#[test]
fn a_repeated_key_has_its_rules_once() {
    let other = "00000000-0000-0000-0000-000000000001";
    let rules = format!(
        "<ContentKeyUsageRuleList>{}</ContentKeyUsageRuleList>",
        format!("<ContentKeyUsageRule kid='{KID}' intendedTrackType='SD'/>").repeat(3)
    );
    let pack = read(&[key(KID, ""), key(KID, ""), key(other, "")].concat(), "", &rules);
    let tracks: Vec<Option<&str>> = pack.keys.iter().map(|key| key.track_type.as_deref()).collect();
    assert_eq!(tracks, [Some("SD"), Some("SD"), Some("SD"), None, None]);
}

#[test]
fn filters_distinguish_the_keys_for_packagers() {
    let key = |digit: &str| {
        let kid = [digit.repeat(8), digit.repeat(4), digit.repeat(4), digit.repeat(4), digit.repeat(12)].join("-");
        (
            format!("<ContentKey kid='{kid}'><Data><Secret><PlainValue>AAAAAAAAAAAAAAAAAAAAAA==</PlainValue></Secret></Data></ContentKey>"),
            kid,
        )
    };
    let ((video, video_id), (audio, audio_id)) = (key("1"), key("2"));
    let document = format!(
        "<CPIX><ContentKeyList>{video}{audio}</ContentKeyList><ContentKeyUsageRuleList><ContentKeyUsageRule kid='{video_id}'><VideoFilter/>\
         </ContentKeyUsageRule><ContentKeyUsageRule kid='{audio_id}'><AudioFilter/></ContentKeyUsageRule></ContentKeyUsageRuleList></CPIX>"
    );
    let pack = Pack::from_document(&Document::parse(&document).unwrap()).unwrap();
    assert_eq!(pack.keys.iter().map(|key| key.track_type.as_deref()).collect::<Vec<_>>(), [Some("VIDEO"), Some("AUDIO")]);
    let view = |name: &str| crate::cpix::views::make(name, &pack.to_value(), &Value::object([])).unwrap().to_json();
    assert!(view("shaka-packager").contains("label=VIDEO:key_id=11111111111111111111111111111111:key="));
    assert!(view("shaka-packager").contains(",label=AUDIO:key_id=22222222222222222222222222222222:key="));
    assert!(view("bitmovin").contains("\"track_type\":\"VIDEO\",\"cencDrm\":{"));
}

/// Each, in a place where only `allowed` is valid.
#[test]
fn control_characters_in_signalling_are_refused() {
    let fairplay = |inner: &str| {
        let systems = system(KID, "94ce86fb-07ff-4f43-adb8-93d2fa968ca2", inner);
        let xml = format!("<CPIX><ContentKeyList>{}</ContentKeyList><DRMSystemList>{systems}</DRMSystemList></CPIX>", key(KID, ""));
        response::read(200, xml.as_bytes()).map_err(|error| error.message())
    };
    for (name, text) in [
        ("URIExtXKey", "skd://a\nURI=b"),
        ("URIExtXKey", "skd://a\r"),
        ("URIExtXKey", "skd://\0a"),
        ("URIExtXKey", "skd://\u{9b}2J"),
        ("HLSSignalingData", "#EXT-X-KEY:\0"),
        ("HLSSignalingData", "#EXT-X-KEY:\u{1b}[2J"),
    ] {
        let refused = fairplay(&format!("<{name}>{}</{name}>", text::to_base64(text.as_bytes()))).unwrap_err();
        assert_eq!(refused, format!("The CPIX document cannot be read: {name} contains a control character."), "{text:?}");
    }
    let refused = fairplay("<URIExtXKey>skd://a&#10;b</URIExtXKey>").unwrap_err();
    assert_eq!(refused, "The CPIX document cannot be read: URIExtXKey contains a control character.");
    assert!(fairplay(&format!("<HLSSignalingData>{}</HLSSignalingData>", text::to_base64(b"#EXT-X-KEY:A\r\n#EXT-X-KEY:B\n"))).is_ok());
    assert!(fairplay("<PSSH>AAAA\n AAAA</PSSH>").is_ok(), "wrapped base64");
}

#[test]
fn control_characters_in_pack_info_are_refused() {
    let entry = |rest: &str| {
        let text = format!(r#"{{"content_key_list":[{{"key_id_hex":"{0}","key_hex":"{0}",{rest}}}]}}"#, "00".repeat(16));
        Pack::from_value(&parse(&text).unwrap()).map_err(|error| error.message())
    };
    for (rest, name) in [
        (r#""fairplay":{"key_uri":"skd://a\nb"}"#, "URIExtXKey"),
        (r#""widevine":{"hls_signaling":{"media":"\u0000"}}"#, "HLSSignalingData"),
        (r#""track_type":"HD\n""#, "track_type"),
        (r#""period":{"id":"\t","index":1}"#, "period.id"),
    ] {
        assert_eq!(entry(rest).unwrap_err(), format!("This is not pack info: {name} contains a control character."), "{rest}");
    }
    assert!(entry(r#""fairplay":{"key_uri":"skd://a"}"#).is_ok());
}

#[test]
fn fields_of_newer_documents_are_kept() {
    let inner = "<ContentProtectionData>AQIDBA==</ContentProtectionData>\
        <SmoothStreamingProtectionHeaderData>BQYH</SmoothStreamingProtectionHeaderData>";
    let pack = read(&key(KID, "commonEncryptionScheme='SAMPLE-AES'"), &system(KID, "9A04F079-9840-4286-AB92-E65BE0885F95", inner), "");
    let value = pack.to_value();
    let entry = &value.get("content_key_list").unwrap().items().unwrap()[0];
    assert_eq!(entry.field("common_encryption_scheme"), Some("SAMPLE-AES"));
    let expected = concat!(
        r#"{"pssh_payload_only":"AQIDBA==","content_protection_data":"AQIDBA==","#,
        r#""smooth_streaming_protection_header_data":"BQYH"}"#
    );
    assert_eq!(entry.get("playready").unwrap().to_json(), expected);
    assert_eq!(Pack::from_value(&value).unwrap().to_value(), value, "it can be read again");
    // Elements of a manifest are not a payload.
    let inner = format!("<ContentProtectionData>{}</ContentProtectionData>", text::to_base64(b"<pssh>AAAA</pssh>"));
    let pack = read(&key(KID, ""), &system(KID, "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", &inner), "");
    assert!(pack.keys[0].systems[0].pssh_payload().is_none());
}
