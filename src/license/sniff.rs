//! A server's own text for a person: a body's text in any encoding, and one line of it without secrets. Nothing here
//! decides whether it is a license (`src/license/body.rs` does).

use crate::text::{find, from_utf16_le, owned, trim};

/// The maximum number of characters of a server's text that an error repeats.
const MAX_LINE: usize = 200;
/// A run of this many base64 characters counts as a token, a challenge or a key, and is not repeated.
const SECRET: usize = 40;
/// A key of 16 bytes has this many characters in base64url, which is its shortest spelling.
const KEY: usize = 22;

/// PallyCon's text as one line for a person: no control characters, bounded, and nothing that could be a token. It may
/// contain key ids.
pub fn one_line(text: &str) -> String {
    line(text, SECRET, SECRET)
}

/// The same for a text of unknown origin, which could contain a key.
pub fn quoted(text: &str) -> String {
    line(text, SECRET, KEY)
}

/// A text from the page itself, a content id for example, as one line for a person.
pub fn shown(text: &str) -> String {
    line(text, usize::MAX, usize::MAX)
}

#[inline(never)]
fn line(text: &str, secret: usize, key: usize) -> String {
    let mut out = String::new();
    // The number of characters, the length of the latest run of base64, and where the line may be cut.
    let (mut length, mut run, mut end) = (0_usize, 0_usize, 0);
    // Long words are words unless they have a digit.
    let (mut space, mut digit, mut hidden) = (false, false, false);
    for character in text.chars() {
        if matches!(character, '\0'..=' ' | '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}') {
            (space, run) = (!out.is_empty(), 0);
            continue;
        }
        // JSON escapes the slash.
        let in_run = character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | '-' | '_' | '%' | '\\');
        if !in_run || run == 0 {
            (run, digit, hidden) = (0, false, false);
        }
        if hidden {
            continue;
        }
        run = run.saturating_add(usize::from(in_run));
        digit |= character.is_ascii_digit();
        if core::mem::take(&mut space) {
            out.push(' ');
            length = length.saturating_add(1);
        }
        out.push(character);
        length = length.saturating_add(1);
        hidden = run >= secret || digit && run >= key;
        if hidden {
            out.truncate(out.len().saturating_sub(run));
            out.push('…');
            length = length.saturating_sub(run).saturating_add(1);
        } else if length > MAX_LINE {
            out.truncate(end);
            out.push('…');
            break;
        } else if length < MAX_LINE {
            // The possible beginning of a secret is removed as well.
            end = out.len().saturating_sub(run);
        }
    }
    out
}

/// The body as trimmed text without a byte order mark, if it is UTF-8.
#[inline(never)]
pub fn text(body: &[u8]) -> Option<&str> {
    core::str::from_utf8(trim(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))).ok()
}

/// The body as trimmed text, if it is text: UTF-8, UTF-16 in either byte order, or a legacy encoding, of which only the
/// ASCII part is kept.
#[inline(never)]
pub fn readable(body: &[u8]) -> Option<String> {
    let mut bytes = body.to_vec();
    if matches!(body, [0xfe, 0xff, ..] | [0, 1..=255, 0, 1..=255, ..]) {
        bytes.as_chunks_mut().0.iter_mut().for_each(|[high, low]| core::mem::swap(high, low));
    }
    if let [0xff, 0xfe, ..] | [1..=255, 0, 1..=255, 0, ..] = bytes[..] {
        bytes = from_utf16_le(&bytes)?.into_bytes();
    }
    if str::from_utf8(&bytes).is_err() {
        bytes.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
    }
    // Apart from whitespace, text has no control characters.
    text(&bytes).filter(|text| text.bytes().all(|byte| matches!(byte, 9..=13 | 0x1b | b' '..))).map(owned)
}

/// An HTML page: a captive portal, a gateway, a login.
#[inline(never)]
pub fn is_html(text: &str) -> bool {
    let mut rest = text.as_bytes();
    // A page may start with comments or an XML declaration before its doctype.
    while rest.starts_with(b"<!--")
        && let Some(end) = find(rest, b"-->")
    {
        rest = trim(rest.get(end.saturating_add(3)..).unwrap_or_default());
    }
    let starts = |name: &str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
    ["<!doctype html", "<html", "<head", "<body", "<title", "<script", "<meta"].into_iter().any(starts)
        || starts("<?xml") && find(rest.get(..512).unwrap_or(rest), b"<html").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::to_utf16_le;

    #[test]
    fn html_in_every_form() {
        for page in
            ["<!DOCTYPE html><p>", "<html lang=en>", "<!-- hi --> <!doctype HTML>", "<?xml version='1.0'?>\n<!DOCTYPE x><html>", "<HEAD>"]
        {
            assert!(is_html(page), "{page}");
        }
        for other in ["<?xml version='1.0'?><soap:Envelope>", "<ckc>AA==</ckc>", "{}", "", "<htm", "<!-- unclosed"] {
            assert!(!is_html(other), "{other}");
        }
    }

    #[test]
    fn lines_are_bounded_and_contain_no_secret() {
        assert_eq!(one_line(" a\r\n\tb\u{0}c "), "a b c");
        let secret = "A".repeat(40);
        assert_eq!(one_line(&["x=", &secret, " y"].concat()), "… y");
        let json = format!(r#"{{"error":"no","token":"{secret}\\/{secret}","code":7}}"#);
        assert_eq!(one_line(&json), r#"{"error":"no","token":"…","code":7}"#);
        assert_eq!(one_line(&["word ".repeat(39).as_str(), &secret[..30]].concat()), ["word ".repeat(39).as_str(), "…"].concat());
        assert_eq!(one_line("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIiwiZXhwIjoxNzAwMDAwMDAwfQ."), "eyJhbGciOiJIUzI1NiJ9.….");
        assert_eq!(shown(&["a\n", &secret].concat()), ["a ", &secret].concat());
        // Keys in hex, base64 and base64url, and words of the same length.
        for key in [
            "00112233445566778899aabbccddeeff",
            "AAAAAAAAAAAAAAAAAAAAA1==",
            "e13d0450-5bd3-46a0-88b4-1e3b8e9e97af",
            "AAAAAAAAAAAAAAAAAAAAA1",
        ] {
            assert_eq!((quoted(&format!("[\"{key}\"]")), one_line(key)), ("[\"…\"]".into(), key.into()));
        }
        assert_eq!(
            quoted("INVALID_DRM_DEVICE_CERTIFICATE at 2026-11-28T18:50:11Z, node-7"),
            "INVALID_DRM_DEVICE_CERTIFICATE at 2026-11-28T18:50:11Z, node-7"
        );
    }

    #[test]
    fn lines_end_at_200_characters() {
        for text in ["é".repeat(200), "a.".repeat(100), "word ".repeat(40)] {
            assert_eq!(one_line(&text), text.trim_end());
        }
        for text in ["é".repeat(201), "a.".repeat(101), "word ".repeat(1000), "서비스 ".repeat(500)] {
            let line = one_line(&text);
            assert!(line.ends_with('…') && (190..=MAX_LINE).contains(&line.chars().count()), "{line}");
        }
        assert_eq!(shown(&"é".repeat(400)), one_line(&"é".repeat(400)));
    }

    #[test]
    fn text_loses_its_wrapping() {
        assert_eq!(text("\u{feff} {} \0".as_bytes()), Some("{}"));
        assert_eq!(text(&[0xff, 0xfe]), None);
    }

    #[test]
    fn text_in_any_encoding() {
        let little = to_utf16_le("{é}");
        let big: Vec<u8> = little.chunks(2).flat_map(|unit| [unit[1], unit[0]]).collect();
        for body in [&little, &big, &[&[0xff, 0xfe][..], &little].concat(), &[&[0xfe, 0xff][..], &big].concat()] {
            assert_eq!(readable(body).as_deref(), Some("{é}"), "{body:?}");
        }
        assert_eq!(readable(&to_utf16_le(" <a>\n")).as_deref(), Some("<a>"));
        assert_eq!(readable("서비스".as_bytes()).as_deref(), Some("서비스"));
        // EUC-KR for "만료" between quotes.
        assert_eq!(readable(b"\"\xb8\xb8\xb7\xe1\"").as_deref(), Some("\"????\""));
        for bytes in [&[8, 2, 0x12, 1, 7][..], b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"\x07"] {
            assert_eq!(readable(bytes), None, "{bytes:?}");
        }
    }
}
