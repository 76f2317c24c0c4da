//! What init data ask a DRM for, in words that are equal for equal init data, in any order and any form.
//!
//! A word is a key id in hex, CENC's byte order; or, where none is named, `?` and what stands for it. The description
//! that goes in is made from init data as they were read:
//!
//! ```text
//! KEYID KEYID…                             of keyids, webm, sinf, skd; "?ASSETID" where they name no key
//! @SYSTEMID OFFSET SIZE KEYID KEYID…       of cenc: a line for each box, and where it lies
//! ```

use crate::system::{self, Drm};
use crate::text;

/// A box's line.
struct Line<'a> {
    system_id: &'a str,
    words: Vec<String>,
}

/// What the DRM's CDM reads: its own boxes, or else all that there are. What could not be read stands for itself.
pub fn wanted(drm: Drm, description: &str, init_data: &[u8]) -> Vec<String> {
    let boxes: Vec<_> = description.lines().filter_map(|line| line_of(line, init_data)).collect();
    let own = text::uuid(&match drm {
        Drm::Widevine => system::WIDEVINE,
        Drm::PlayReady => system::PLAYREADY,
        Drm::FairPlay => system::FAIRPLAY,
        Drm::ClearKey => system::COMMON,
    });
    let has_own = boxes.iter().any(|line| line.system_id == own);
    let mut out = Vec::new();
    for line in boxes.into_iter().filter(|line| !has_own || line.system_id == own) {
        line.words.into_iter().for_each(|word| add(&mut out, word));
    }
    if !description.starts_with('@') {
        description.split_ascii_whitespace().for_each(|word| add(&mut out, word.into()));
    }
    if out.is_empty() {
        out.push(itself(init_data));
    }
    out
}

fn line_of<'a>(line: &'a str, init_data: &[u8]) -> Option<Line<'a>> {
    let mut parts = line.strip_prefix('@')?.split_ascii_whitespace();
    let (system_id, offset, size) = (parts.next()?, number(parts.next()?)?, number(parts.next()?)?);
    let mut words: Vec<_> = parts.map(String::from).collect();
    if words.is_empty() {
        words.push(itself(init_data.get(offset..offset.checked_add(size)?)?));
    }
    Some(Line { system_id, words })
}

/// By hand, as the standard library's way drags its errors' texts along.
fn number(digits: &str) -> Option<usize> {
    digits.chars().try_fold(0_usize, |sum, digit| sum.checked_mul(10)?.checked_add(digit.to_digit(10)? as usize))
}

fn itself(bytes: &[u8]) -> String {
    ["?", &text::hex(bytes)].concat()
}

/// In order, each once. By insertion: the standard library's sort weighs more in wasm than all of this module.
fn add(words: &mut Vec<String>, word: String) {
    if let Err(place) = words.binary_search(&word) {
        words.insert(place, word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDEVINE: &str = "@edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
    const COMMON: &str = "@1077efec-c0b2-4d02-ace3-3c1e52e2fb4b";

    fn cenc(drm: Drm, lines: &[String]) -> String {
        wanted(drm, &lines.join("\n"), &[0, 1, 2, 3, 4, 5]).join(" ")
    }

    fn line(system_id: &str, rest: &str) -> String {
        [system_id, " ", rest].concat()
    }

    #[test]
    fn a_drm_sees_its_own_boxes_in_any_order() {
        let (widevine, both, turned) = (line(WIDEVINE, "0 2 aa"), line(COMMON, "2 2 aa bb"), line(COMMON, "2 2 bb aa"));
        for boxes in [vec![widevine.clone(), both.clone()], vec![turned.clone(), widevine.clone()], vec![widevine.clone(); 2]] {
            assert_eq!(cenc(Drm::Widevine, &boxes), "aa");
        }
        for boxes in [vec![both.clone()], vec![turned.clone()], vec![widevine.clone(), turned], vec![both.clone(), both.clone()]] {
            assert_eq!(cenc(Drm::ClearKey, &boxes), "aa bb");
        }
        assert_eq!(cenc(Drm::PlayReady, &[widevine, both]), "aa bb", "no box of its own: all of them");
    }

    #[test]
    fn a_box_without_key_ids_stands_for_itself() {
        let (a, b) = (line(WIDEVINE, "0 3"), line(WIDEVINE, "3 3"));
        assert_eq!(cenc(Drm::Widevine, &[a.clone(), line(COMMON, "0 0 aa")]), "?000102", "another's key ids are not asked for");
        assert_eq!(cenc(Drm::Widevine, &[a.clone(), b.clone()]), cenc(Drm::Widevine, &[b, a]));
    }

    #[test]
    fn words_are_taken_as_they_are_and_sorted() {
        assert_eq!(wanted(Drm::FairPlay, "bb aa bb", b""), ["aa", "bb"]);
        assert_eq!(wanted(Drm::FairPlay, "?cid0000000000000001", b"skd"), ["?cid0000000000000001"]);
    }

    #[test]
    fn what_cannot_be_read_stands_for_itself() {
        assert_eq!(wanted(Drm::Widevine, "", &[0xff, 1]), ["?ff01"]);
        let past =
            [line(WIDEVINE, "4 3"), line(WIDEVINE, "x 3"), line(WIDEVINE, "99999999999999999999 1"), line(WIDEVINE, "1"), "@".into()];
        for wrong in past {
            assert_eq!(cenc(Drm::Widevine, &[wrong]), "?000102030405");
        }
    }
}
