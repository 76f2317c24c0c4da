//! HLS playlists: EXT-X-KEY and EXT-X-SESSION-KEY (RFC 8216, 4.3.2.4 and 4.3.4.5) by the grammar of attribute lists
//! (4.2).
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
//! | `identity`, or none | the URL of the key itself, or the key in a data URI |
//!
//! `#EXT-X-PLAYREADYHEADER:` with base64 of a PlayReady Object was the form before KEYFORMAT had PlayReady (Microsoft's
//! HLS of Azure Media Services and Silverlight).

use super::{Found, Protection, Warning, Wrapping, checks, data_uri, quotes, secret, system_of_urn};
use crate::bytes::steps;
use crate::error::{Code, Reason};
use crate::init_data::InitDataType;
use crate::system::{self, Scheme};
use crate::{json, text};

/// Every key tag, in order. Other lines are skipped: playlists contain many tags, and new ones every year.
pub fn parse(playlist: &str) -> Found {
    let mut found = Found::default();
    let mut offset = 0;
    for (number, whole) in (1_u64..).zip(playlist.split_inclusive('\n')) {
        steps::count();
        let line = whole.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let head = Protection { line: number, offset, ..Protection::default() };
        offset = offset.saturating_add(whole.len());
        let list = line.strip_prefix("#EXT-X-KEY:").or_else(|| line.strip_prefix("#EXT-X-SESSION-KEY:"));
        if let Some(list) = list {
            found.protections.push(key(head, playlist, line, list, &mut found.warnings));
        } else if let Some(object) = line.strip_prefix("#EXT-X-PLAYREADYHEADER:") {
            found.protections.push(playready_header(head, playlist, line, object, &mut found.warnings));
        }
    }
    found
}

fn playready_header(head: Protection, playlist: &str, line: &str, object: &str, warnings: &mut Vec<Warning>) -> Protection {
    let mut out = Protection { system_id: Some(system::PLAYREADY), wrapping: Wrapping::Object, ..head };
    let (object, _, typographic) = quotes::quoted(object).unwrap_or((object, "", false));
    out.place("", playlist, line);
    out.place("initData", playlist, object);
    if typographic {
        warnings.push(Warning::of(&out, Code::ManifestQuotes));
    }
    match text::from_base64(object) {
        Some(bytes) => out.init_data = Some((out.without_keys(bytes), None)),
        None => warnings.push(Warning::of(&out, Code::ManifestInitData).with(Reason::ManifestNotBase64.as_str())),
    }
    out.look_inside();
    out
}

/// An attribute: its name, its value without quotes, and whether the quotes are typographic.
type Attribute<'a> = (&'a str, &'a str, bool);

/// The attributes of a list, which ends where the grammar is violated; typographic quotes are read as quotes.
pub fn attributes(list: &str) -> impl Iterator<Item = Attribute<'_>> {
    let mut rest = list;
    std::iter::from_fn(move || {
        steps::count();
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_start_matches([',', ' ', '\t']).trim_end();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return None;
        }
        if after.starts_with(|first| first == '"' || quotes::is_typographic(first)) {
            let (value, after, typographic) = quotes::quoted(after)?;
            rest = after.trim_start().strip_prefix(',').unwrap_or_default();
            return Some((name, value, typographic));
        }
        let (value, after) = after.split_once(',').unwrap_or((after, ""));
        rest = after;
        Some((name, value.trim(), false))
    })
}

fn key(head: Protection, playlist: &str, line: &str, list: &str, warnings: &mut Vec<Warning>) -> Protection {
    let mut out = head;
    out.place("", playlist, line);
    let mut typographic = false;
    for (name, value, quotes) in attributes(list) {
        typographic |= quotes;
        let (field, slot) = match name {
            "METHOD" => ("method", &mut out.method),
            "URI" => ("uri", &mut out.uri),
            "KEYID" => ("keyIdText", &mut out.key_id_text),
            "KEYFORMAT" => ("keyFormat", &mut out.key_format),
            _ => continue,
        };
        if slot.is_none() {
            *slot = Some(value.into());
            out.place(field, playlist, value);
        }
    }
    if typographic {
        warnings.push(Warning::of(&out, Code::ManifestQuotes));
    }
    out.scheme = match out.method.as_deref() {
        Some("SAMPLE-AES") => Some(Scheme::Cbcs),
        Some("SAMPLE-AES-CTR" | "SAMPLE-AES-CENC") => Some(Scheme::Cenc),
        _ => None,
    };
    let named = out.key_id_text.as_deref().and_then(text::from_hex).filter(|id| !id.is_empty());
    out.key_ids.extend(named);
    out.read_uri();
    let named = out.key_id_text.as_deref().and_then(text::from_hex).filter(|id| !id.is_empty()).into_iter().collect();
    checks::key_ids(&out, &named, "KEYID", warnings);
    if out.init_data.is_none() && out.is_data_uri_unreadable() {
        warnings.push(Warning::of(&out, Code::ManifestInitData).with(Reason::ManifestNotBase64.as_str()));
    }
    let ids = std::mem::take(&mut out.key_ids);
    for id in ids {
        // Few: PSSH boxes in playlists name one key, rarely one for each track.
        if out.key_ids.len() >= 64 || !out.key_ids.contains(&id) {
            out.key_ids.push(id);
        }
    }
    out
}

impl Protection {
    fn read_uri(&mut self) {
        let format = self.key_format.clone().unwrap_or_else(|| "identity".into());
        self.system_id = match &format[..] {
            "com.apple.streamingkeydelivery" => Some(system::FAIRPLAY),
            "com.microsoft.playready" => Some(system::PLAYREADY),
            "com.widevine" => Some(system::WIDEVINE),
            "org.w3.clearkey" => Some(system::CLEARKEY),
            _ => system_of_urn(&format),
        };
        self.wrapping = match (&format[..], self.system_id) {
            ("com.microsoft.playready", _) => Wrapping::Object,
            // Under PlayReady's id both a box and an object are in use.
            (_, Some(system::WIDEVINE | system::COMMON | system::NAGRA | system::MARLIN)) if format != "com.widevine" => Wrapping::Box,
            _ => Wrapping::Any,
        };
        let Some(uri) = self.uri.take() else { return };
        let data = data_uri::decode(&uri);
        // Whole segments are encrypted with the key that is at the URI, unless a DRM is in between.
        let whole = self.system_id.is_none() && self.method.as_deref().is_some_and(|method| method.starts_with("AES-"));
        let plain = whole || format == "identity" || matches!(self.system_id, Some(system::AES_128 | system::SAMPLE_AES));
        if plain && is_data(&uri) || data.as_deref().is_some_and(secret::is_key_set) {
            self.has_content_key = true;
            self.uri = Some(data_uri::without_data(&uri));
            return;
        }
        let masked = data.as_deref().and_then(secret::masked);
        self.has_content_key |= masked.is_some();
        let uri = self.uri.insert(masked.as_deref().map_or(uri.clone(), |masked| data_uri::with_data(&uri, masked)));
        let data = masked.or(data);
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

    /// A DRM's data URI with invalid base64.
    fn is_data_uri_unreadable(&self) -> bool {
        let uri = self.uri.as_deref().filter(|uri| is_data(uri) && !self.has_content_key && self.system_id.is_some());
        uri.is_some_and(|uri| data_uri::decode(uri).is_none())
    }
}

fn is_data(uri: &str) -> bool {
    uri.split_at_checked(5).is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("data:"))
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
        let mut read = parse(line).protections;
        assert_eq!(read.len(), 1, "{line}");
        read.remove(0)
    }

    #[test]
    fn attribute_lists() {
        let read: Vec<_> = attributes("METHOD=SAMPLE-AES,URI=\"skd://a,b=c\" , KEYID=0xAB,X-COM=\"\",IV=0x1")
            .map(|(name, value, _)| (name, value))
            .collect();
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
        let read = parse(playlist).protections;
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
                steps::of(|| parse(&playlist).protections.len()).0
            };
            let (small, large) = (work(1000), work(10_000));
            assert!(large <= small * 11 + 1000, "{piece}: {small} then {large}");
        }
    }
}
