//! Finds content keys in a manifest and masks them.
//!
//! ```text
//! …rightsmanager.asmx?cfg=(kid:…,ck:BASE64,…)      Microsoft's PlayReady test server: also contentkey: and keyseed:, or JSON
//! #EXT-X-KEY:METHOD=AES-128,URI="data:;base64,…"   the key itself where a URI belongs
//! {"keys":[{"k":"…"}]}                             a JSON Web Key set
//! ```
//! A mask is as long as the key, so that no place in the text or the bytes moves.

use crate::bytes::steps;
use crate::json;
use crate::text::nibble;
use std::borrow::Cow;

/// Parameters of the test server that contain a key or a key seed ("PlayReady Test License Server").
const NAMES: [&str; 3] = ["ck", "contentkey", "keyseed"];
/// Characters of base64: the shortest key has 16 bytes, which is 22 of them.
const SHORTEST: usize = 16;
const MASK: u8 = b'*';

/// Text or bytes of any kind, with text in UTF-8 and UTF-16LE, without the keys in URLs of the test server.
pub fn masked(data: &[u8]) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    for width in [1, 2] {
        let mut at = 0;
        while at < data.len() {
            steps::count();
            at = match value(data, at, width) {
                Some((from, to)) if to.saturating_sub(from) >= SHORTEST.saturating_mul(width) => {
                    let out = out.get_or_insert_with(|| data.to_vec());
                    out.get_mut(from..to).unwrap_or_default().chunks_mut(width).filter_map(<[u8]>::first_mut).for_each(|byte| *byte = MASK);
                    to
                }
                _ => at.saturating_add(1),
            };
        }
    }
    out
}

/// The text itself, if there is nothing to mask.
pub fn masked_text(text: &str) -> Cow<'_, str> {
    // Only whole characters were replaced.
    masked(text.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether a key is masked in it.
pub fn is_masked(data: &[u8]) -> bool {
    [1, 2]
        .into_iter()
        .any(|width| (0..data.len()).any(|at| end_of_name(data, at, width).is_some_and(|from| unit(data, from, width) == Some(MASK))))
}

/// A character, in one byte or two.
fn unit(data: &[u8], at: usize, width: usize) -> Option<u8> {
    let byte = *data.get(at)?;
    let whole = width == 1 || data.get(at.saturating_add(1)) == Some(&0);
    whole.then_some(byte)
}

/// The range of a key after a parameter separator at `at`.
fn value(data: &[u8], at: usize, width: usize) -> Option<(usize, usize)> {
    let from = end_of_name(data, at, width)?;
    let mut to = from;
    while unit(data, to, width).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%'))
    {
        to = to.saturating_add(width);
    }
    steps::add(to.saturating_sub(from));
    Some((from, to))
}

/// One of the names and its colon, after a separator at `at`.
fn end_of_name(data: &[u8], at: usize, width: usize) -> Option<usize> {
    let separates = match unit(data, at, width)? {
        b'(' | b',' | b'&' | b'?' | b';' | b' ' | b'"' => true,
        // The last digit of an escape: %28, %2C and so on.
        digit => nibble(digit).is_some() && at.checked_sub(width.saturating_mul(2)).and_then(|at| unit(data, at, width)) == Some(b'%'),
    };
    separates.then_some(())?;
    let behind = |from: usize, text: &str| {
        text.bytes().try_fold(from, |at, letter| {
            let same = unit(data, at, width)?.eq_ignore_ascii_case(&letter);
            same.then_some(at.saturating_add(width))
        })
    };
    let start = at.saturating_add(width);
    let name = NAMES.iter().find_map(|name| behind(start, name))?;
    [":", "=", "%3a", "%3d", "\":\"", "\": \""].iter().find_map(|sign| behind(name, sign))
}

/// Whether it is a set of keys: JSON Web Keys with their values.
pub fn is_key_set(data: &[u8]) -> bool {
    let value = str::from_utf8(data).ok().and_then(json::parse);
    let keys = value.as_ref().and_then(|value| value.get("keys")).and_then(json::Value::items);
    keys.is_some_and(|keys| keys.iter().any(|key| key.get("k").is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::to_utf16_le;

    const KEY: &str = "W31bfVt9W31bfVt9W31bfQ==";

    #[test]
    fn keys_in_urls_of_the_test_server() {
        for (before, after) in [
            ("http://test.playready.microsoft.com/service/rightsmanager.asmx?cfg=(kid:header,ck:", ",sl:2000)"),
            ("?cfg=(contentkey:", ")"),
            ("?cfg=(CK:", ")"),
            ("?cfg=%28ck%3A", "%29"),
            ("?ck=", "&x=1"),
            ("a&amp;keyseed:", ""),
            ("{\"kid\":\"x\",\"ck\":\"", "\"}"),
            ("cfg=(kid:header, contentkey:", ")"),
        ] {
            let text = [before, KEY, after].concat();
            let expected = [before, &"*".repeat(KEY.len()), after].concat();
            // An escape after a key may be its end.
            let expected = if after == "%29" { [before, &"*".repeat(KEY.len() + 3)].concat() } else { expected };
            assert_eq!(masked_text(&text), expected);
            assert_eq!(masked(&to_utf16_le(&text)).unwrap(), to_utf16_le(&expected), "{text}");
            let odd = [b"x", &to_utf16_le(&text)[..]].concat();
            assert_eq!(masked(&odd).unwrap()[1..], to_utf16_le(&expected));
            assert!(is_masked(expected.as_bytes()) && is_masked(&to_utf16_le(&expected)) && !is_masked(text.as_bytes()));
        }
    }

    #[test]
    fn other_texts_are_unchanged() {
        for text in [
            "",
            "<ck:Laurl xmlns:ck='http://dashif.org/guidelines/clearKey'>",
            "?cfg=(ckt:aescbc,sl:150)",
            "?ck=short",
            "(block:AAAAAAAAAAAAAAAAAAAAAAAA)",
        ] {
            assert_eq!(masked(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn sets_of_keys() {
        assert!(is_key_set(br#"{"keys":[{"kty":"oct","kid":"AA","k":"AA"}]}"#));
        assert!(!is_key_set(br#"{"kids":["AA"]}"#) && !is_key_set(br#"{"keys":[{"kid":"AA"}]}"#) && !is_key_set(b"\xff"));
    }

    #[test]
    fn work_is_linear() {
        for piece in ["(ck:", "(ck:AAAAAAAAAAAAAAAAAAAAAA", "%28ck:", "A", "(", "c"] {
            let work = |count: usize| steps::of(|| masked(piece.repeat(count).as_bytes()).is_some()).0;
            assert!(work(3000) <= work(300) * 11 + 3000, "{piece}");
        }
    }
}
