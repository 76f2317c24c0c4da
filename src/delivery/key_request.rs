//! The keys that init data request from a DRM, as a list that is equal for equivalent init data, whatever their order
//! and form.
//!
//! An entry is a key id in hex, in CENC's byte order. If no key is named, it is `?` and another identifier of the init
//! data: the asset id of an `skd` URI, or the bytes in hex.

use crate::system::{self, Drm};
use crate::text;

/// One PSSH box of `cenc` init data.
#[derive(Debug, Clone, PartialEq)]
pub struct PsshKeys<'a> {
    /// The DRM system it is for.
    pub system_id: [u8; 16],
    /// The key ids that the box or its payload names.
    pub key_ids: Vec<String>,
    /// The whole box.
    pub bytes: &'a [u8],
}

/// The result of reading init data; empty if they could not be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Description<'a> {
    /// `cenc`.
    Boxes(&'a [PsshKeys<'a>]),
    /// `keyids`, `webm`, `sinf`, and `skd` where the URI names a key.
    KeyIds(&'a [String]),
    /// `skd` otherwise.
    AssetId(&'a str),
}

/// The keys that the DRM's CDM finds: those of its own boxes, or of all boxes if it has none. Unreadable init data are
/// identified by their bytes.
pub fn requested_keys(drm: Drm, description: Description<'_>, init_data: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    match description {
        Description::Boxes(boxes) => {
            let own = match drm {
                Drm::Widevine => system::WIDEVINE,
                Drm::PlayReady => system::PLAYREADY,
                Drm::FairPlay => system::FAIRPLAY,
                Drm::ClearKey => system::COMMON,
            };
            let has_own = boxes.iter().any(|pssh| pssh.system_id == own);
            for pssh in boxes.iter().filter(|pssh| !has_own || pssh.system_id == own) {
                pssh.key_ids.iter().for_each(|id| add(&mut out, id.clone()));
                if pssh.key_ids.is_empty() {
                    add(&mut out, identified_by_bytes(pssh.bytes));
                }
            }
        }
        Description::KeyIds(ids) => ids.iter().for_each(|id| add(&mut out, id.clone())),
        Description::AssetId(id) => out.push(text::concat(&["?", id])),
    }
    if out.is_empty() {
        out.push(identified_by_bytes(init_data));
    }
    out
}

fn identified_by_bytes(bytes: &[u8]) -> String {
    text::concat(&["?", &text::hex(bytes)])
}

/// Keeps the list sorted and without duplicates. By insertion: the standard library's sort is larger than this module.
fn add(keys: &mut Vec<String>, key: String) {
    if let Err(place) = keys.binary_search(&key) {
        keys.insert(place, key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INIT_DATA: &[u8] = &[0, 1, 2, 3, 4, 5];

    fn ids(list: &str) -> Vec<String> {
        list.split_ascii_whitespace().map(String::from).collect()
    }

    /// A box: system id, offset and size in `INIT_DATA`, key ids.
    type Box<'a> = ([u8; 16], usize, usize, &'a str);

    fn cenc(drm: Drm, boxes: &[Box<'_>]) -> String {
        let pssh = |&(system_id, offset, size, key_ids): &Box<'_>| PsshKeys {
            system_id,
            key_ids: ids(key_ids),
            bytes: &INIT_DATA[offset..][..size],
        };
        let boxes: Vec<_> = boxes.iter().map(pssh).collect();
        requested_keys(drm, Description::Boxes(&boxes), INIT_DATA).join(" ")
    }

    #[test]
    fn a_drm_reads_its_own_boxes_in_any_order() {
        let (widevine, both, turned) = ((system::WIDEVINE, 0, 2, "aa"), (system::COMMON, 2, 2, "aa bb"), (system::COMMON, 2, 2, "bb aa"));
        for boxes in [vec![widevine, both], vec![turned, widevine], vec![widevine; 2]] {
            assert_eq!(cenc(Drm::Widevine, &boxes), "aa");
        }
        for boxes in [vec![both], vec![turned], vec![widevine, turned], vec![both, both]] {
            assert_eq!(cenc(Drm::ClearKey, &boxes), "aa bb");
        }
        assert_eq!(cenc(Drm::PlayReady, &[widevine, both]), "aa bb", "no box of its own: all of them");
    }

    #[test]
    fn a_box_without_key_ids_is_identified_by_its_bytes() {
        let (a, b) = ((system::WIDEVINE, 0, 3, ""), (system::WIDEVINE, 3, 3, ""));
        assert_eq!(cenc(Drm::Widevine, &[a, (system::COMMON, 0, 0, "aa")]), "?000102", "the other box's key ids are not requested");
        assert_eq!(cenc(Drm::Widevine, &[a, b]), "?000102 ?030405");
        assert_eq!(cenc(Drm::Widevine, &[a, b]), cenc(Drm::Widevine, &[b, a]));
    }

    #[test]
    fn key_ids_are_sorted_and_the_asset_id_is_unchanged() {
        assert_eq!(requested_keys(Drm::FairPlay, Description::KeyIds(&ids("bb aa bb")), b""), ["aa", "bb"]);
        let asset_id = Description::AssetId("cid0000000000000001 ");
        assert_eq!(requested_keys(Drm::FairPlay, asset_id, b"skd"), ["?cid0000000000000001 "]);
    }

    #[test]
    fn unreadable_init_data_are_identified_by_their_bytes() {
        for nothing in [Description::Boxes(&[]), Description::KeyIds(&[])] {
            assert_eq!(requested_keys(Drm::Widevine, nothing, &[0xff, 1]), ["?ff01"]);
            assert_eq!(requested_keys(Drm::Widevine, nothing, INIT_DATA), ["?000102030405"]);
        }
    }
}
