//! What an answer looks like, before anything is decoded: 200 is not success.

use crate::json::{self, Value};
use crate::text::{find, trim};

/// Longest text of a server that is repeated in an error.
const MAX_LINE: usize = 300;
/// A run of this many base64 characters is taken for a token, a challenge or a key, and is not repeated.
const SECRET: usize = 40;

/// A server's text as one line for a person: no control characters, bounded, and nothing that could be a secret.
pub fn one_line(text: &str) -> String {
    line(text, SECRET)
}

/// What the page itself has given, a content id for example, as one line for a person.
pub fn shown(text: &str) -> String {
    line(text, usize::MAX)
}

#[inline(never)]
fn line(text: &str, secret: usize) -> String {
    let mut out = String::new();
    // Where the word begins, how long its run of base64 is, and whether it is hidden.
    let (mut word, mut run, mut hidden) = (0, 0_usize, false);
    for character in text.chars() {
        if matches!(character, '\0'..=' ' | '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}') {
            (word, run, hidden) = (usize::MAX, 0, false);
            continue;
        }
        if word == usize::MAX {
            if !out.is_empty() {
                out.push(' ');
            }
            word = out.len();
        }
        if hidden {
            continue;
        }
        let in_run = character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | '-' | '_' | '%');
        run = if in_run { run.saturating_add(1) } else { 0 };
        out.push(character);
        if out.len() > MAX_LINE {
            // What may be the beginning of a secret goes, too.
            out.truncate(out.len().saturating_sub(run.max(character.len_utf8())));
            out.push('…');
            break;
        }
        if run >= secret {
            out.truncate(word);
            out.push('…');
            hidden = true;
        }
    }
    out
}

/// The body as text without byte order mark and what is around it, where it is UTF-8.
#[inline(never)]
pub fn text(body: &[u8]) -> Option<&str> {
    core::str::from_utf8(trim(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))).ok()
}

/// A word is base64, too: "Unauthorized".
pub fn is_word(text: &str) -> bool {
    text.len() < 3 || text.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
}

/// A JSON object or list.
#[inline(never)]
pub fn json(text: &str) -> Option<Value> {
    json::parse(text).filter(|value| matches!(value, Value::Object(_) | Value::Array(_)))
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

/// Letters, digits, punctuation and line ends only: words, not a license.
#[inline(never)]
pub fn is_plain_text(body: &[u8]) -> bool {
    body.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_its_disguises() {
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
    fn lines_are_bounded_and_carry_no_secret() {
        assert_eq!(one_line(" a\r\n\tb\u{0}c "), "a b c");
        assert_eq!(one_line(&"word ".repeat(1000)).chars().count(), MAX_LINE + 1);
        assert_eq!(one_line(&["x=", &"A".repeat(40), " y"].concat()), "… y");
        assert_eq!(shown(&["a\n", &"A".repeat(40)].concat()), ["a ", &"A".repeat(40)].concat());
        assert_eq!(shown(&"é".repeat(400)), one_line(&"é".repeat(400)));
        assert_eq!(one_line(&"é".repeat(400)).len(), MAX_LINE + "…".len());
    }

    #[test]
    fn text_loses_its_wrapping() {
        assert_eq!(text("\u{feff} {} \0".as_bytes()), Some("{}"));
        assert_eq!(text(&[0xff, 0xfe]), None);
    }
}
