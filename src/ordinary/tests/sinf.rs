//! `sinf` init data.

use super::agreement::many;
use super::generate::{changed, inserted};
use super::*;
use crate::text::to_base64;
use proptest::prelude::*;
use proptest::sample::select;

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// version and flags, reserved, pattern 1:9, protected, size of each IV, key id, then size and bytes of the one IV
fn tenc(protected: u8, iv_size: u8, id: [u8; 16], one_iv: &[u8]) -> Vec<u8> {
    boxed(b"tenc", &[&[1, 0, 0, 0, 0, 0x19, protected, iv_size][..], &id, one_iv].concat())
}

/// Codec, scheme and its version, key.
fn children(tenc: &[u8]) -> Vec<u8> {
    [boxed(b"frma", b"avc1"), boxed(b"schm", b"\0\0\0\0cbcs\0\x01\0\0"), boxed(b"schi", tenc)].concat()
}

const ONE_IV: [u8; 9] = [8, 1, 2, 3, 4, 5, 6, 7, 8];

fn json(tracks: &[Vec<u8>]) -> String {
    let list: Vec<String> = tracks.iter().map(|track| format!("\"{}\"", to_base64(track))).collect();
    format!("{{\"sinf\":[{}]}}", list.join(","))
}

fn ids(data: &str) -> Option<Vec<[u8; 16]>> {
    identified(InitDataType::Sinf, data.as_bytes()).map(|identity| identity.key_ids)
}

#[test]
fn the_box_and_its_children_with_and_without_an_iv_of_each_sample() {
    let tracks = [
        children(&tenc(1, 0, [7; 16], &ONE_IV)),
        boxed(b"sinf", &children(&tenc(1, 8, [8; 16], b""))),
        boxed(b"schi", &tenc(0, 0, [7; 16], b"")),
    ];
    assert_eq!(ids(&json(&tracks)), Some(vec![[7; 16], [8; 16]]));
    // 0x3f, 0xff: base64 with slashes, as Safari escapes them.
    let escaped = json(&[children(&tenc(1, 8, [0xff; 16], b""))]).replace('/', "\\/");
    assert!(escaped.contains("\\/"));
    assert_eq!(ids(&escaped), Some(vec![[0xff; 16]]));
}

#[test]
fn what_is_left_to_the_full_reader() {
    let key = tenc(1, 8, [7; 16], b"");
    let good = json(&[children(&key)]);
    for other in [
        good.replace(":", ": "),
        good.replace("\"sinf\"", "\"\\u0073inf\""),
        good.replace("]}", ",\"\"]}"),
        good.replace("\"]}", "\\\"]}"),
        good.replace("\"]}", "\\n\"]}"),
        good.replace("\"]}", "\n\"]}"),
        "{\"sinf\":[\"\"]}".into(),
        json(&[children(b"")]),
        json(std::slice::from_ref(&key)),
        json(&[boxed(b"schi", &[&key[..], &key].concat())]),
        json(&[boxed(b"sinf", &boxed(b"sinf", &children(&key)))]),
        json(&[[children(&key), boxed(b"free", b"")].concat()]),
        json(&[boxed(b"schi", &tenc(1, 0, [7; 16], &[8, 1]))]),
        json(&[boxed(b"schi", &boxed(b"tenc", &[0; 23]))]),
    ] {
        assert_eq!(ids(&other), None, "{other}");
    }
    assert_eq!(identified(InitDataType::Sinf, &children(&key)), None, "without its JSON");
}

#[test]
fn the_full_reader_answers_the_same() {
    let key = (0..2_u8, select(vec![0, 8, 16]), any::<[u8; 16]>(), select(vec![&b""[..], &ONE_IV, &[0], &[2, 1]]));
    let key = key.prop_map(|(protected, size, id, iv)| tenc(protected, size, id, iv));
    let track = (key, any::<bool>()).prop_map(|(key, whole)| if whole { boxed(b"sinf", &children(&key)) } else { children(&key) });
    let tracks = proptest::collection::vec(changed(track), 1..4).prop_map(|tracks| json(&tracks));
    many(inserted(tracks, &["\"", "\\/", "\\", ",", "\",\"", " ", "/", "]}", "=", "\n", "é"]), 10, |text| ids(&text).is_some());
}
