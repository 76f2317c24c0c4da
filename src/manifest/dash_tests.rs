//! Small MPDs.

use super::*;
use crate::bytes::steps;
use crate::manifest;

const A: &str = "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a";
const B: &str = "0b0b0b0b-0b0b-0b0b-0b0b-0b0b0b0b0b0b";
const WIDEVINE: &str = "<ContentProtection schemeIdUri=\"urn:uuid:EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED\"/>";

/// The protections alone.
fn parse(mpd: &str) -> Result<Vec<Protection>, ParseError> {
    super::parse(mpd).map(|found| found.protections)
}

fn kid(kid: &str, value: &str) -> String {
    ["<ContentProtection schemeIdUri='urn:mpeg:dash:mp4protection:2011' value='", value, "' cenc:default_KID='", kid, "'/>"].concat()
}

fn keys(protection: &Protection) -> Vec<u8> {
    protection.key_ids.iter().map(|id| id[0]).collect()
}

#[test]
fn keys_are_inherited_both_ways() {
    let below = [
        "<MPD><Period><AdaptationSet>",
        WIDEVINE,
        "<Representation>",
        &kid(A, "cbcs"),
        "</Representation><Representation>",
        &kid(B, "cbcs"),
        "</Representation></AdaptationSet></Period></MPD>",
    ]
    .concat();
    let read = parse(&below).unwrap();
    assert_eq!((read[0].system_id, keys(&read[0])), (Some(system::WIDEVINE), vec![10, 11]));
    let above = ["<MPD><Period>", &kid(A, "cenc"), "<AdaptationSet>", WIDEVINE, "</AdaptationSet></Period></MPD>"].concat();
    let read = parse(&above).unwrap();
    assert_eq!((keys(&read[1]), read[1].scheme), (vec![10], Some(Scheme::Cenc)));
    let beside = [
        "<MPD><Period><AdaptationSet>",
        &kid(A, "CENC"),
        WIDEVINE,
        "</AdaptationSet><AdaptationSet>",
        &kid(&[A, " ", B].concat(), "cenc"),
        WIDEVINE,
        "</AdaptationSet></Period></MPD>",
    ]
    .concat();
    let read = parse(&beside).unwrap();
    assert_eq!(read.iter().map(keys).collect::<Vec<_>>(), [vec![10], vec![10], vec![10, 11], vec![10, 11]]);
}

#[test]
fn the_content_of_each_drms_element() {
    let pssh = "AAAANHBzc2gBAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAEBAQEBAQEBAQEBAQEBAQEBAAAAAA==";
    let element = ["<ContentProtection xmlns:c='urn:mpeg:cenc:2013' schemeIdUri='urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed' value='Widevine'>\n<c:pssh>\n  ", pssh, "\n</c:pssh><dashif:Laurl xmlns:dashif='https://dashif.org/CPS'> https://a.test/?a&amp;b </dashif:Laurl></ContentProtection>"].concat();
    let read = parse(&element).unwrap();
    assert_eq!((keys(&read[0]), read[0].license_url.as_deref(), read[0].line), (vec![1], Some("https://a.test/?a&b"), 1));
    let attribute = "<ContentProtection schemeIdUri='urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e'><ck:Laurl xmlns:ck='x' Lic_type='EME-1.0' licenseUrl='https://b.test'/></ContentProtection>";
    assert_eq!(parse(attribute).unwrap()[0].license_url.as_deref(), Some("https://b.test"));
    let marlin = "<ContentProtection schemeIdUri='urn:uuid:5E629AF5-38DA-4063-8977-97FFBD9902D4'><mas:MarlinContentIds><mas:MarlinContentId>urn:marlin:kid:0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c</mas:MarlinContentId></mas:MarlinContentIds></ContentProtection>";
    assert_eq!(keys(&parse(marlin).unwrap()[0]), [12]);
    let header = text::to_utf16_le("<WRMHEADER><DATA><KID>DQ0NDQ0NDQ0NDQ0NDQ0NDQ==</KID></DATA></WRMHEADER>");
    let object = [&(header.len() as u32 + 10).to_le_bytes()[..], &[1, 0, 1, 0], &(header.len() as u16).to_le_bytes(), &header].concat();
    let pro = [
        "<ContentProtection schemeIdUri='urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95'><mspr:pro>",
        &text::to_base64(&object),
        "</mspr:pro></ContentProtection>",
    ]
    .concat();
    let read = manifest::parse(&pro).unwrap();
    assert_eq!((keys(&read.protections[0]), read.key_ids.len()), (vec![13], 1));
    assert!(read.to_json().contains("\"bare\":true"));
}

#[test]
fn references_to_an_element_elsewhere() {
    let mpd = ["<MPD>\n<ContentProtection refId='w' schemeIdUri='urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed'><Laurl>https://a.test</Laurl></ContentProtection>\n<Period><AdaptationSet>\n<ContentProtection ref='w'/><ContentProtection ref='none'/>", &kid(A, "cenc"), "</AdaptationSet></Period></MPD>"].concat();
    let read = parse(&mpd).unwrap();
    assert_eq!(
        (read[1].system_id, read[1].license_url.as_deref(), keys(&read[1]), read[1].line),
        (Some(system::WIDEVINE), Some("https://a.test"), vec![10], 4)
    );
    assert_eq!(read[2].system_id, None);
}

#[test]
fn references_do_not_multiply_endlessly() {
    let large = ["<ContentProtection refId='w'><Laurl>", &"a".repeat(100_000), "</Laurl></ContentProtection>"].concat();
    let mpd = [
        "<MPD>",
        &large,
        "<Period>",
        &["<AdaptationSet>", &"<ContentProtection ref='w'/>".repeat(32), "</AdaptationSet>"].concat().repeat(20),
        "</Period></MPD>",
    ]
    .concat();
    assert_eq!(parse(&mpd).unwrap_err().reason, Reason::TooManyReferences);
}

#[test]
fn unreadable_init_data_lose_nothing_else() {
    let mpd = "<ContentProtection schemeIdUri='urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed'><pssh>AAAA</pssh></ContentProtection>";
    let json: serde_json::Value = serde_json::from_str(&manifest::parse(mpd).unwrap().to_json()).unwrap();
    let protection = &json["protections"][0];
    assert!(protection["initDataError"].as_str().unwrap().starts_with("The init data cannot be read"));
    assert_eq!((&protection["system"], &protection["initDataBase64"]), (&"Widevine".into(), &"AAAA".into()));
}

#[test]
fn a_level_with_too_many_elements_is_refused() {
    let mpd = ["<MPD>", &WIDEVINE.repeat(33), "</MPD>"].concat();
    assert!(parse(&mpd).is_err());
}

#[test]
fn work_is_linear_over_megabytes() {
    let mpd = |count: usize| {
        let one = [
            "<AdaptationSet><SegmentTemplate><SegmentTimeline>",
            &"<S t='1' d='2'/>".repeat(20),
            "</SegmentTimeline></SegmentTemplate>",
            &kid(A, "cenc"),
            WIDEVINE,
            "</AdaptationSet>\n",
        ]
        .concat();
        ["<MPD><Period>", &one.repeat(count), "</Period></MPD>"].concat()
    };
    let (small, _) = steps::of(|| parse(&mpd(200)).unwrap());
    let large = mpd(2000);
    assert!(large.len() > 1_000_000);
    let (steps, read) = steps::of(|| parse(&large).unwrap());
    assert_eq!(read.len(), 4000);
    assert!(steps <= small * 11, "{small} then {steps}");
}

#[test]
fn other_documents_are_refused() {
    for document in ["<html></html>", "<a/>", "<!-- -->", "<CPIX/>"] {
        assert!(parse(document).is_err(), "{document}");
    }
    assert!(parse("<SubRepresentation/>").is_ok());
}
