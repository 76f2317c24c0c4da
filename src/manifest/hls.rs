//! HLS playlists: EXT-X-KEY and EXT-X-SESSION-KEY (RFC 8216, 4.3.2.4 and 4.3.4.5) by the grammar of attribute lists (4.2).
//!
//! ```text
//! #EXT-X-KEY:METHOD=SAMPLE-AES,URI="…",KEYID=0x…,KEYFORMAT="…",KEYFORMATVERSIONS="1"
//!   name = A–Z 0–9 -     value = "quoted, commas and all" or anything up to the next comma
//! ```
//!
//! | KEYFORMAT | URI |
//! |---|---|
//! | `urn:uuid:` and a system id | data URI with a PSSH box, or PlayReady's object |
//! | `com.microsoft.playready` | data URI with a PlayReady Object or a WRMHEADER |
//! | `com.widevine` (before 2018) | data URI with JSON: `provider`, `content_id`, `key_ids` in hex |
//! | `com.apple.streamingkeydelivery` | `skd:` and more, see the `skd` module |
//! | `org.w3.clearkey` | data URI with a key id, or `keyids` JSON |
//! | `identity`, or none | where the key itself is |

use super::{Protection, data_uri, system_of_urn};
use crate::bytes::steps;
use crate::init_data::InitDataType;
use crate::system::{self, Scheme};
use crate::{json, text};

/// Every key tag, in order. Other lines are skipped: playlists hold many tags, and new ones every year.
pub fn parse(playlist: &str) -> Vec<Protection> {
    let mut out = Vec::new();
    for (number, line) in (1_u64..).zip(playlist.lines()) {
        steps::count();
        let line = line.trim_matches(['\u{feff}', ' ', '\t']);
        let list = line.strip_prefix("#EXT-X-KEY:").or_else(|| line.strip_prefix("#EXT-X-SESSION-KEY:"));
        if let Some(list) = list {
            out.push(key(list, number));
        }
    }
    out
}

/// The attributes of a list: names and values without quotes. The list ends where the grammar is not followed.
pub fn attributes(list: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = list;
    std::iter::from_fn(move || {
        steps::count();
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_start_matches([',', ' ', '\t']).trim_end();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return None;
        }
        let value = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"')?;
                rest = after.trim_start().strip_prefix(',').unwrap_or_default();
                value
            }
            None => {
                let (value, after) = after.split_once(',').unwrap_or((after, ""));
                rest = after;
                value.trim()
            }
        };
        Some((name, value))
    })
}

fn key(list: &str, line: u64) -> Protection {
    let mut out = Protection { line, ..Protection::default() };
    for (name, value) in attributes(list) {
        let slot = match name {
            "METHOD" => &mut out.method,
            "URI" => &mut out.uri,
            "KEYID" => &mut out.key_id_text,
            "KEYFORMAT" => &mut out.key_format,
            _ => continue,
        };
        slot.get_or_insert_with(|| value.into());
    }
    out.scheme = match out.method.as_deref() {
        Some("SAMPLE-AES") => Some(Scheme::Cbcs),
        Some("SAMPLE-AES-CTR" | "SAMPLE-AES-CENC") => Some(Scheme::Cenc),
        _ => None,
    };
    let named = out.key_id_text.as_deref().and_then(text::from_hex).filter(|id| !id.is_empty());
    out.key_ids.extend(named);
    out.read_uri();
    let ids = std::mem::take(&mut out.key_ids);
    for id in ids {
        // A handful: PSSH boxes in playlists name one key, rarely one for each track.
        if out.key_ids.len() >= 64 || !out.key_ids.contains(&id) {
            out.key_ids.push(id);
        }
    }
    out
}

impl Protection {
    fn read_uri(&mut self) {
        let format = self.key_format.as_deref().unwrap_or("identity");
        self.system_id = match format {
            "com.apple.streamingkeydelivery" => Some(system::FAIRPLAY),
            "com.microsoft.playready" => Some(system::PLAYREADY),
            "com.widevine" => Some(system::WIDEVINE),
            "org.w3.clearkey" => Some(system::CLEARKEY),
            _ => system_of_urn(format),
        };
        let Some(uri) = self.uri.as_deref() else { return };
        let data = data_uri::decode(uri);
        if format == "com.apple.streamingkeydelivery" && data.is_none() {
            self.init_data = Some((uri.as_bytes().to_vec(), Some(InitDataType::Skd)));
        } else if self.system_id == Some(system::CLEARKEY) && data.as_ref().is_some_and(|id| id.len() == 16) {
            self.init_data = data.map(|id| (id, Some(InitDataType::Webm)));
        } else if let Some(ids) = data.as_deref().filter(|_| format == "com.widevine").and_then(widevine_json) {
            self.key_ids.extend(ids);
            return;
        } else if self.system_id.is_some() {
            self.init_data = data.map(|data| (data, None));
        }
        self.look_inside();
    }
}

/// `{"provider":"…","content_id":"base64","key_ids":["hex"…]}`
fn widevine_json(data: &[u8]) -> Option<Vec<Vec<u8>>> {
    let value = json::parse(str::from_utf8(data).ok()?)?;
    value.get("key_ids")?.items()?.iter().map(|id| text::from_hex(id.as_str()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Protection {
        let mut read = parse(line);
        assert_eq!(read.len(), 1, "{line}");
        read.remove(0)
    }

    #[test]
    fn attribute_lists() {
        let read: Vec<_> = attributes("METHOD=SAMPLE-AES,URI=\"skd://a,b=c\" , KEYID=0xAB,X-COM=\"\",IV=0x1").collect();
        assert_eq!(read, [("METHOD", "SAMPLE-AES"), ("URI", "skd://a,b=c"), ("KEYID", "0xAB"), ("X-COM", ""), ("IV", "0x1")]);
        assert_eq!(attributes("A=\"open").count(), 0);
        assert_eq!(attributes("A=1,b c=2,D=3").count(), 1);
        assert_eq!(attributes("").count(), 0);
    }

    #[test]
    fn keys_of_every_format() {
        let pssh = "data:text/plain;base64,AAAANHBzc2gBAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAEBAQEBAQEBAQEBAQEBAQEBAAAAAA==";
        let widevine = one(&[
            "#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"",
            pssh,
            "\",KEYID=0x01010101010101010101010101010101,KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"",
        ]
        .concat());
        assert_eq!(
            (widevine.system_id, widevine.scheme, widevine.key_ids),
            (Some(system::WIDEVINE), Some(Scheme::Cenc), vec![vec![1; 16]])
        );
        let fairplay = one(
            "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"skd://AAAAAAAAAAAAAAAAAAAAAQ==\",KEYFORMAT=\"com.apple.streamingkeydelivery\",KEYFORMATVERSIONS=\"1\"",
        );
        assert_eq!((fairplay.scheme, fairplay.key_ids[0][15]), (Some(Scheme::Cbcs), 1));
        let clearkey = one("#EXT-X-KEY:METHOD=SAMPLE-AES,KEYFORMAT=\"org.w3.clearkey\",URI=\"data:;base64,AgICAgICAgICAgICAgICAg==\"");
        assert_eq!(clearkey.key_ids, [[2; 16]]);
        let json = "{\"provider\":\"x\",\"key_ids\":[\"03030303030303030303030303030303\"]}";
        let old = one(&[
            "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"data:text/plain;base64,",
            &text::to_base64(json.as_bytes()),
            "\",KEYFORMAT=\"com.widevine\"",
        ]
        .concat());
        assert_eq!((old.system_id, old.key_ids), (Some(system::WIDEVINE), vec![vec![3; 16]]));
        let aes = one("#EXT-X-KEY:METHOD=AES-128,URI=\"https://a.test/key\"");
        assert_eq!((aes.system_id, aes.init_data, aes.key_ids.len(), aes.method.as_deref()), (None, None, 0, Some("AES-128")));
    }

    #[test]
    fn rotation_over_a_playlist() {
        let playlist = "#EXTM3U\r\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a0000000000000001\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\r\n#EXTINF:4,\r\n1.m4s\r\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a0000000000000002\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\r\n2.m4s\r\n#EXT-X-KEY:METHOD=NONE\r\n";
        let read = parse(playlist);
        assert_eq!(read.iter().map(|key| key.line).collect::<Vec<_>>(), [2, 5, 7]);
        let period = |at: usize| read[at].read_init_data().unwrap().unwrap().key_period_index;
        assert_eq!((period(0), period(1)), (Some(1), Some(2)));
        assert_eq!(read[2].method.as_deref(), Some("NONE"));
    }

    #[test]
    fn work_is_linear() {
        for piece in
            ["#EXT-X-KEY:METHOD=NONE\n", "#EXT-X-KEY:", "A=1,", "\n", "#EXT-X-KEY:URI=\"data:;base64,AAAA\",KEYFORMAT=\"com.widevine\"\n"]
        {
            let work = |count: usize| {
                let playlist = ["#EXT-X-KEY:", &piece.repeat(count)].concat();
                steps::of(|| parse(&playlist).len()).0
            };
            let (small, large) = (work(1000), work(10_000));
            assert!(large <= small * 11 + 1000, "{piece}: {small} then {large}");
        }
    }
}
