//! What init data ask a DRM for, so that equal init data are recognised in any order and any form.
//!
//! One word a key: its id in hex, CENC's byte order. Where no key id is named, one word stands for all: `?` and the hex
//! of the asset id, of the DRM's own boxes, or of the bytes themselves.

use crate::init_data::{self, InitData, InitDataType, Options};
use crate::system::{self, Drm};
use crate::text;

/// What one DRM's CDM reads in init data: its own boxes, or else all that there are. What cannot be read stands for itself.
pub fn wanted(drm: Drm, kind: InitDataType, data: &[u8]) -> String {
    let own = parse(kind, data).map(|read| own_boxes(drm, &read, data)).unwrap_or_default();
    let data = if own.is_empty() { data } else { &own };
    let read = parse(kind, data);
    let ids = sorted(read.iter().flat_map(|read| read.key_ids.iter().map(|id| &id[..])));
    let words: Vec<_> = ids.iter().map(|id| text::hex(id)).collect();
    if words.is_empty() { ["?", &text::hex(&name(read, data))].concat() } else { words.join(" ") }
}

fn parse(kind: InitDataType, data: &[u8]) -> Option<InitData<'_>> {
    init_data::parse(data, Options { kind: Some(kind), strict: false }).ok()
}

/// The boxes that are the DRM's own, one after the other.
fn own_boxes(drm: Drm, read: &InitData<'_>, data: &[u8]) -> Vec<u8> {
    let system_id = match drm {
        Drm::Widevine => system::WIDEVINE,
        Drm::PlayReady => system::PLAYREADY,
        Drm::FairPlay => system::FAIRPLAY,
        Drm::ClearKey => system::COMMON,
    };
    let own = read.boxes.iter().filter(|pssh| pssh.system_id == system_id);
    sorted(own.filter_map(|pssh| data.get(pssh.offset..pssh.offset.checked_add(pssh.size)?))).concat()
}

fn name(read: Option<InitData<'_>>, data: &[u8]) -> Vec<u8> {
    let asset_id = read.and_then(|read| read.fairplay).and_then(|fairplay| fairplay.asset_id);
    asset_id.map_or_else(|| data.into(), String::into_bytes)
}

/// In order, each once. By insertion: the standard library's sort weighs more in wasm than all of this module.
fn sorted<'a>(all: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::new();
    for one in all {
        if let Err(place) = out.binary_search_by(|known| known[..].cmp(one)) {
            out.insert(place, one.into());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIDEO: &str = "7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1";
    const AUDIO: &str = "c2fb3fe4519a4df7b0bf2e6dfbc8a94e";
    /// pssh, Widevine: key id
    const WIDEVINE_VIDEO: &str = "00000032 70737368 00000000 edef8ba9-79d6-4ace-a3c8-27dcd51d21ed 00000012 1210";
    /// pssh version 1, Common: two key ids
    const COMMON: &str = "00000044 70737368 01000000 1077efec-c0b2-4d02-ace3-3c1e52e2fb4b 00000002";

    fn cenc(drm: Drm, boxes: &[&str]) -> String {
        wanted(drm, InitDataType::Cenc, &text::from_hex(&boxes.concat()).unwrap())
    }

    fn common(first: &str, second: &str) -> String {
        [COMMON, first, second, "00000000"].concat()
    }

    #[test]
    fn a_drm_sees_its_own_boxes_in_any_order() {
        let widevine = [WIDEVINE_VIDEO, VIDEO].concat();
        let (both, turned) = (common(VIDEO, AUDIO), common(AUDIO, VIDEO));
        for boxes in [&[&widevine[..], &both][..], &[&turned, &widevine], &[&widevine, &widevine]] {
            assert_eq!(cenc(Drm::Widevine, boxes), VIDEO);
        }
        for boxes in [&[&both[..]][..], &[&turned], &[&widevine, &turned]] {
            assert_eq!(cenc(Drm::ClearKey, boxes), [VIDEO, AUDIO].join(" "));
        }
        assert_eq!(cenc(Drm::PlayReady, &[&widevine, &both]), [VIDEO, AUDIO].join(" "), "no box of its own: all of them");
    }

    #[test]
    fn a_box_without_key_ids_stands_for_itself() {
        // pssh, Widevine: provider "a" or "b"
        let named = |letter| ["00000023 70737368 00000000 edef8ba9-79d6-4ace-a3c8-27dcd51d21ed 00000003 1a01", letter].concat();
        let (a, b) = (cenc(Drm::Widevine, &[&named("61")]), cenc(Drm::Widevine, &[&named("62")]));
        assert!(a.starts_with('?') && a != b, "{a} {b}");
        let empty = [&common(VIDEO, AUDIO), &named("61")[..]];
        assert_eq!(cenc(Drm::Widevine, &empty), a, "another system's key ids are not asked for");
        let (first, second) = (&named("61")[..], &named("62")[..]);
        assert_eq!(cenc(Drm::Widevine, &[first, second]), cenc(Drm::Widevine, &[second, first]));
    }

    #[test]
    fn the_type_does_not_matter_where_key_ids_are_named() {
        let id = "01bfdc0fef9e4a7bbff8d3e2f4fbe1c6";
        assert_eq!(wanted(Drm::FairPlay, InitDataType::Skd, b"skd://Ab/cD++eSnu/+NPi9Pvhxg=="), id);
        assert_eq!(wanted(Drm::FairPlay, InitDataType::Keyids, br#"{"kids":["Ab_cD--eSnu_-NPi9Pvhxg"]}"#), id);
        assert_eq!(wanted(Drm::ClearKey, InitDataType::Webm, &[0xab, 1]), "ab01");
    }

    #[test]
    fn without_key_ids_the_asset_id_or_the_bytes_decide() {
        let live = |uri: &[u8]| wanted(Drm::FairPlay, InitDataType::Skd, uri);
        let utf16 = text::to_utf16_le("skd://cid0000000000000001");
        assert_eq!(live(b"skd://cid0000000000000001"), live(&utf16));
        assert_ne!(live(b"skd://cid0000000000000001"), live(b"skd://cid0000000000000002"));
        assert_eq!(wanted(Drm::Widevine, InitDataType::Cenc, b"\xff\x01"), "?ff01");
    }
}
