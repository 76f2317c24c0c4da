//! PSSH boxes and `skd` URIs.

use super::*;
use crate::system::{COMMON, FAIRPLAY, NCG, WIDEVINE};
use crate::text;

const KEY: [u8; 16] = *b"KKKKKKKKKKKKKKKK";
const OTHER: [u8; 16] = *b"LLLLLLLLLLLLLLLL";

/// Content id, key period and key ids.
type Found = (Option<String>, Option<u32>, Vec<[u8; 16]>);

/// What boxes identify.
fn cenc(data: &[u8]) -> Option<Found> {
    identified(InitDataType::Cenc, data).map(|found| (found.content_id, found.key_period_index, found.key_ids))
}

fn widevine(data: &[u8]) -> Option<Found> {
    cenc(&pssh(WIDEVINE, &[], data))
}

#[test]
fn every_kind_of_box() {
    let fields = [
        &b"\x08\x01"[..],               // 1 algorithm: AESCTR
        b"\x12\x10KKKKKKKKKKKKKKKK",    // 2 key id
        b"\x12\x10LLLLLLLLLLLLLLLL",    // 2 another
        b"\x1a\x0cinkaentworks",        // 3 provider
        b"\x22\x13cid0000000000000080", // 4 content id: the CID and the period's 16 digits
        b"\x2a\x02HD",                  // 5 track type
        b"\x32\x00",                    // 6 policy
        b"\x38\x80\x01",                // 7 key period: 128
        b"\x48\xe3\xdc\x95\x9b\x06",    // 9 scheme: cenc
        b"\x50\x3c",                    // 10 period's length
    ]
    .concat();
    let all = [
        pssh(COMMON, &[OTHER, KEY], b""),
        pssh(WIDEVINE, &[], &fields),
        playready("<WRMHEADER><DATA><KID>TU1NTU1NTU1NTU1NTU1NTQ==</KID></DATA></WRMHEADER>"),
        pssh(FAIRPLAY, &[[7; 16]], b""),
    ];
    let expected = (Some("cid".into()), Some(128), vec![OTHER, KEY, [b'M'; 16], [7; 16]]);
    assert_eq!(cenc(&all.concat()), Some(expected));
    assert_eq!(cenc(b""), Some((None, None, vec![])));
    assert_eq!(cenc(&pssh(NCG, &[KEY], b"")), Some((None, None, vec![KEY])));
}

#[test]
fn of_more_boxes_the_first_content_and_the_first_period_count() {
    let boxes = |first: &[u8], second: &[u8]| cenc(&[pssh(WIDEVINE, &[], first), pssh(WIDEVINE, &[], second)].concat());
    assert_eq!(boxes(b"\x22\x01a\x38\x01", b"\x22\x01b\x38\x02"), Some((Some("a".into()), Some(1), vec![])));
    assert_eq!(boxes(b"\x22\x01a", b"\x38\x02"), Some((Some("a".into()), Some(2), vec![])));
    // The period that takes the digits off may stand in the other box.
    let live = b"\x22\x11c0000000000000005";
    assert_eq!(boxes(live, b"\x38\x05"), Some((Some("c".into()), Some(5), vec![])));
    assert_eq!(boxes(live, b"\x38\x06"), Some((Some("c0000000000000005".into()), Some(6), vec![])));
}

#[test]
fn of_fields_that_stand_twice_the_last_counts() {
    let fields = b"\x08\x01\x08\x00\x22\x01a\x38\x01\x12\x10KKKKKKKKKKKKKKKK\x38\x02\x22\x01b\x12\x10LLLLLLLLLLLLLLLL";
    assert_eq!(widevine(fields), Some((Some("b".into()), Some(2), vec![KEY, OTHER])));
}

#[test]
fn boxes_that_are_left() {
    let good = pssh(COMMON, &[KEY], b"");
    let change = |at: usize, byte: u8| {
        let mut changed = good.clone();
        changed[at] = byte;
        changed
    };
    assert!(cenc(&good).is_some());
    for (why, data) in [
        ("a size of 0", change(3, 0)),
        ("a size in 64 bits", change(3, 1)),
        ("a size without room for itself", change(3, 3)),
        ("a size that cuts the box", change(3, 51)),
        ("a size past the end", change(3, 53)),
        ("not a pssh box", change(4, b'f')),
        ("a version that is not known", change(8, 2)),
        ("flags", change(11, 1)),
        ("more keys than room", change(31, 2)),
        ("no data size", good[..48].to_vec()),
        ("data past the end", change(51, 1)),
        ("padding", [&change(3, 53)[..], &[0]].concat()),
        ("bytes behind the box", [&good[..], &[0]].concat()),
        ("a system whose data are another's matter", pssh(FAIRPLAY, &[], b"x")),
        ("the common system, with data", pssh(COMMON, &[KEY], b"x")),
        ("no PlayReady Object", pssh(crate::system::PLAYREADY, &[], b"x")),
        ("more keys than a title has", pssh(COMMON, &(0..64).map(|id| [id; 16]).collect::<Vec<_>>(), b"")),
    ] {
        assert_eq!(cenc(&data), None, "{why}");
    }
    assert!(cenc(&pssh(COMMON, &(0..63).map(|id| [id; 16]).collect::<Vec<_>>(), b"")).is_some());
    assert!(cenc(&pssh(COMMON, &[KEY; 500], b"")).is_some(), "each counts once");
}

#[test]
fn numbers_of_widevine_s_data() {
    assert_eq!(widevine(b"\x38\xff\xff\xff\xff\x0f"), Some((None, Some(u32::MAX), vec![])));
    assert_eq!(widevine(b"\x38\x81\x80\x80\x80\x00"), Some((None, Some(1), vec![])), "longer than it needs to be");
    for (why, data) in [
        ("2³²", &b"\x38\x80\x80\x80\x80\x10"[..]),
        ("six bytes", b"\x38\x81\x80\x80\x80\x80\x00"),
        ("cut off", b"\x38\x80"),
        ("no number at all", b"\x38"),
    ] {
        assert_eq!(widevine(data), None, "{why}");
    }
}

#[test]
fn fields_of_widevine_s_data_that_are_left() {
    for (why, data) in [
        ("a key id of 15 bytes", &b"\x12\x0fKKKKKKKKKKKKKKK"[..]),
        ("a key id in hex", b"\x12\x204b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"),
        ("a field that runs past the end", b"\x12\x11KKKKKKKKKKKKKKKK"),
        ("a content id that is no text", b"\x22\x01\xff"),
        ("an empty content id", b"\x22\x00"),
        ("a period with another wire type", b"\x3a\x01\x01"),
        ("a key id with another wire type", b"\x10\x01"),
        ("a grouped license", b"\x42\x01a"),
        ("what kind of box it is", b"\x58\x01"),
        ("a key sequence", b"\x60\x01"),
        ("a group id", b"\x6a\x10KKKKKKKKKKKKKKKK"),
        ("an entitled key", b"\x72\x00"),
        ("a video feature", b"\x7a\x00"),
        ("a tag of two bytes", b"\xa2\x06\x04abcd"),
        ("four bytes", b"\x0dabcd"),
        ("a group", b"\x0b\x0c"),
        ("field 0", b"\x00\x00"),
    ] {
        assert_eq!(widevine(data), None, "{why}");
    }
}

#[test]
fn objects_that_are_left() {
    let header = to_utf16_le("<WRMHEADER/>");
    let good = object(&header);
    let cenc = |object: &[u8]| cenc(&pssh(crate::system::PLAYREADY, &[], object));
    assert!(cenc(&good).is_some());
    let change = |at: usize, byte: u8| {
        let mut changed = good.clone();
        changed[at] = byte;
        cenc(&changed)
    };
    for (why, found) in [
        ("another length", change(0, 35)),
        ("no record", change(4, 0)),
        ("two records", change(4, 2)),
        ("licenses", change(6, 3)),
        ("another size", change(8, 23)),
        ("big-endian", change(10, 0)),
        ("a character above U+00FF", change(13, 1)),
        ("a character above U+007F", change(12, 0xe9)),
        ("only the length", cenc(&[4, 0, 0, 0])),
        ("only numbers", cenc(&object(b""))),
        ("half a character", cenc(&object(&[&header[..], b"\0"].concat()))),
        ("a zero at the end", cenc(&object(&[&header[..], b"\0\0"].concat()))),
        ("a byte order mark", cenc(&object(&[b"\xff\xfe", &header[..]].concat()))),
        ("UTF-8", cenc(&object(b"<WRMHEADER/>"))),
        ("the header without its object", cenc(&header)),
    ] {
        assert_eq!(found, None, "{why}");
    }
}

#[test]
fn skd_in_pallycons_two_forms() {
    let skd = |uri: &str| identified(InitDataType::Skd, uri.as_bytes());
    let key_ids = vec![text::from_hex("12ea753c23e7bc024474b2b976c43beb").unwrap().try_into().unwrap()];
    assert_eq!(skd("skd://Eup1PCPnvAJEdLK5dsQ76w=="), Some(Identity { key_ids, ..Identity::default() }));
    let live = Identity { content_id: Some("cpix-test-cid".into()), key_period_index: Some(128), key_ids: vec![] };
    assert_eq!(skd("skd://cpix-test-cid0000000000000080"), Some(live));
    for nothing in ["skd://", "skd://abc", "skd://a/b?c=d", "skd://0000000000000080", "skd://cid1000000000000080"] {
        assert_eq!(skd(nothing), Some(Identity::default()), "{nothing}");
    }
}

#[test]
fn uris_that_are_left() {
    let utf16 = to_utf16_le("skd://abc");
    for (why, uri) in [
        ("UTF-16", &utf16[..]),
        ("no UTF-8", b"skd://\xff"),
        ("nothing", b""),
        ("another scheme", b"https://a"),
        ("capitals", b"SKD://abc"),
        ("no slashes", b"skd:abc"),
        ("white space", b"skd://abc\n"),
        ("zeros", b"skd://abc\0"),
        ("above ASCII", "skd://é".as_bytes()),
        ("as long as hex", b"skd://f93d4e700d7ddde90529a27735d9e7cb"),
        ("as long as a UUID in braces", b"skd://{b99ed9e5-c641-49d1-bfa8-43692b686ddb}"),
        ("as long as base64 of a key id, and none", b"skd://Eup1PCPnvAJEdLK5dsQ7.w=="),
        ("base64 with three signs at its end", b"skd://Eup1PCPnvAJEdLK5dsQ76==="),
    ] {
        assert_eq!(identified(InitDataType::Skd, uri), None, "{why}");
    }
}

#[test]
fn other_types_are_left() {
    for kind in [InitDataType::Keyids, InitDataType::Webm, InitDataType::Sinf] {
        assert_eq!(identified(kind, br#"{"kids":["AQI"]}"#), None);
    }
    assert_eq!(super::super::identify(None, &pssh(COMMON, &[KEY], b"")), None);
}
