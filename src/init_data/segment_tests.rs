//! Segments built from boxes by hand.

#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::bytes::steps;
use crate::system;

const K: &[u8; 16] = b"KKKKKKKKKKKKKKKK";
const L: &[u8; 16] = b"LLLLLLLLLLLLLLLL";

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, &body].concat()
}

fn pssh(system_id: [u8; 16], data: &[u8]) -> Vec<u8> {
    boxed(b"pssh", &[&[0; 4], &system_id, &(data.len() as u32).to_be_bytes(), data])
}

fn sinf(codec: &[u8; 4], scheme: &[u8; 4], inner: &[u8]) -> Vec<u8> {
    boxed(b"sinf", &[&boxed(b"frma", &[codec]), &boxed(b"schm", &[&[0; 4], scheme, &[0, 1, 0, 0]]), &boxed(b"schi", &[inner])])
}

fn tenc(version: u8, pattern: u8, iv_size: u8, iv: &[u8]) -> Vec<u8> {
    boxed(b"tenc", &[&[version, 0, 0, 0, 0, pattern, 1, iv_size], K, iv])
}

fn trak(id: u8, handler: &[u8; 4], entries: &[&[u8]], table: &[u8]) -> Vec<u8> {
    let stsd = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, entries.len() as u8], &entries.concat()]);
    let tkhd = boxed(b"tkhd", &[&[0; 12], &[0, 0, 0, id], &[0; 64]]);
    let hdlr = boxed(b"hdlr", &[&[0; 8], handler, &[0; 13]]);
    boxed(b"trak", &[&tkhd, &boxed(b"mdia", &[&hdlr, &boxed(b"minf", &[&boxed(b"stbl", &[&stsd, table])])])])
}

fn seig(version: u8, key_id: &[u8; 16]) -> Vec<u8> {
    let entry = [&[0, 0x19, 1, 0][..], key_id, &[2, 7, 7]].concat();
    let length = if version == 1 { &[0, 0, 0, 23][..] } else { &[] };
    boxed(b"sgpd", &[&[version, 0, 0, 0], b"seig", length, &[0, 0, 0, 1], &entry])
}

#[test]
fn an_init_segment_of_two_tracks() {
    let video = boxed(b"encv", &[&[0; 78], &sinf(b"avc1", b"cbcs", &tenc(1, 0x19, 0, b"\x08IVIVIVIV"))]);
    let clear = boxed(b"avc1", &[&[0; 78]]);
    let audio = boxed(b"mp4a", &[&[0; 28]]);
    let moov = boxed(
        b"moov",
        &[
            &trak(1, b"vide", &[&clear, &video], &seig(1, L)),
            &trak(2, b"soun", &[&audio], b""),
            &pssh(system::WIDEVINE, b"\x12\x10MMMMMMMMMMMMMMMM"),
        ],
    );
    // The pssh in the mdat is not a box.
    let data = [boxed(b"ftyp", &[b"iso6"]), moov, boxed(b"mdat", &[&pssh(system::PLAYREADY, b"")])].concat();
    let read = parse(&data).unwrap();
    let track = &read.tracks[0];
    assert_eq!((track.track_id, track.handler, track.codec, track.scheme), (1, Some(*b"vide"), Some(*b"avc1"), Some(Scheme::Cbcs)));
    let default = track.default.as_ref().unwrap();
    assert_eq!((default.key_id, default.pattern, default.constant_iv), (*K, Some((1, 9)), Some(&b"IVIVIVIV"[..])));
    assert_eq!((track.groups[0].key_id, track.groups[0].constant_iv), (*L, Some(&[7, 7][..])));
    assert_eq!((read.tracks[1].codec, read.tracks[1].scheme), (Some(*b"mp4a"), None));
    assert_eq!(read.boxes.len(), 1);
    assert_eq!(read.key_ids.iter().collect::<Vec<_>>(), [&K[..], L, b"MMMMMMMMMMMMMMMM"]);
    let json: serde_json::Value = serde_json::from_str(&read.to_json()).unwrap();
    assert_eq!((&json["tracks"][0]["type"], &json["tracks"][0]["pattern"][1]), (&"video".into(), &9.into()));
    assert_eq!(json["tracks"][1], serde_json::json!({"trackId": 2, "type": "audio", "codec": "mp4a", "sampleEntry": "mp4a"}));
}

#[test]
fn a_media_segment_with_rotated_keys() {
    for version in [0, 1] {
        let traf = boxed(b"traf", &[&boxed(b"tfhd", &[&[0, 0, 0, 0, 0, 0, 0, 5]]), &seig(version, L)]);
        let moof = boxed(b"moof", &[&pssh(system::COMMON, b""), &traf]);
        let data = [moof, boxed(b"mdat", &[b"media"])].concat();
        let read = parse(&data).unwrap();
        assert_eq!((read.tracks[0].track_id, read.tracks[0].groups[0].key_id, read.boxes.len()), (5, *L, 1));
    }
}

#[test]
fn piff_has_the_same_in_uuid_boxes() {
    let tenc = boxed(b"uuid", &[b"\x89\x74\xdb\xce\x7b\xe7\x4c\x51\x84\xf9\x71\x48\xf9\x88\x25\x54\0\0\0\0\0\0\x01\x08", K]);
    let entry = boxed(b"enca", &[&[0; 28], &sinf(b"mp4a", b"piff", &tenc)]);
    let header = boxed(b"uuid", &[&PIFF_PSSH, &[0; 4], &system::PLAYREADY, &[0, 0, 0, 2], b"no"]);
    let data = boxed(b"moov", &[&header, &trak(1, b"soun", &[&entry], b"")]);
    let read = parse(&data).unwrap();
    assert_eq!((read.tracks[0].scheme, read.tracks[0].default.as_ref().unwrap().iv_size), (Some(Scheme::Cenc), 8));
    let json = read.to_json();
    assert_eq!(read.boxes.iter().map(|pssh| pssh.header.system_id).collect::<Vec<_>>(), [system::PLAYREADY]);
    assert!(json.contains(r#""offset":8"#), "{json}");
    assert_eq!(read.key_ids.iter().collect::<Vec<_>>(), [&K[..]]);
}

#[test]
fn a_bad_pssh_loses_nothing_else() {
    let mut bad = pssh(system::WIDEVINE, b"data");
    bad[31] = 9;
    let mut future = pssh(system::WIDEVINE, b"");
    future[8] = 2;
    let data = boxed(b"moov", &[&bad, &future, &pssh(system::COMMON, b"")]);
    let read = parse(&data).unwrap();
    assert_eq!(read.boxes.len(), 1);
    let json: serde_json::Value = serde_json::from_str(&read.to_json()).unwrap();
    let warnings: Vec<_> = json["warnings"].as_array().unwrap().iter().map(|warning| (&warning["code"], &warning["offset"])).collect();
    assert_eq!(warnings, [(&"box-left-out".into(), &8.into()), (&"pssh-version".into(), &44.into())]);
}

#[test]
fn truncated_data_is_an_error_with_its_place() {
    let entry = boxed(b"encv", &[&[0; 78], &sinf(b"avc1", b"cenc", &tenc(0, 0, 8, b""))]);
    let data = [boxed(b"ftyp", &[b"iso6"]), boxed(b"moov", &[&trak(1, b"vide", &[&entry], b"")])].concat();
    for cut in 0..data.len() {
        match parse(&data[..cut]) {
            // Between two boxes.
            Ok(read) => assert_eq!((cut, read.to_json()), (12, Segment::default().to_json())),
            Err(error) => {
                assert_eq!(error.code, Code::SegmentInvalid);
                assert_eq!(error.offset, Some(if cut < 12 { 0 } else { 12 }), "{cut}");
            }
        }
    }
    assert_eq!(parse(&[0; 32]).unwrap().to_json(), Segment::default().to_json());
}

#[test]
fn work_is_linear() {
    for piece in [
        boxed(b"moof", &[&boxed(b"traf", &[&boxed(b"tfhd", &[&[0; 8]]), &seig(0, K)])]),
        boxed(b"moov", &[&pssh([1; 16], b"")]),
        boxed(b"moov", &[&trak(1, b"vide", &[], b"")]),
    ] {
        let work = |count: usize| {
            let data = piece.repeat(count);
            steps::of(|| parse(&data).unwrap().tracks.len()).0
        };
        let (small, large) = (work(100), work(1000));
        assert!(large <= small * 11, "{small} then {large}");
    }
}
