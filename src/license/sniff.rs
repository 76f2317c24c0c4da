//! What an answer looks like, before anything is decoded: 200 is not success.

/// Longest text of a server that is repeated in an error.
const MAX_LINE: usize = 300;
/// A run of this many base64 characters is taken for a token, a challenge or a key, and is not repeated.
const SECRET: usize = 40;

/// A server's text as one line for a person: no control characters, bounded, and nothing that could be a secret.
pub fn one_line(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        if longest_run(word) >= SECRET {
            out.push('…');
        } else {
            out.push_str(word);
        }
        if out.len() > MAX_LINE {
            let end = out.floor_char_boundary(MAX_LINE);
            out.truncate(end);
            out.push('…');
            break;
        }
    }
    out
}

fn longest_run(word: &str) -> usize {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%');
    word.as_bytes().split(|byte| !is_base64(byte)).map(<[u8]>::len).max().unwrap_or(0)
}

/// The body as text without byte order mark and surrounding white space, where it is UTF-8.
pub fn text(body: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(body).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).trim_matches(|c: char| c.is_whitespace() || c == '\0'))
}

/// An HTML page: a captive portal, a gateway, a login.
pub fn is_html(text: &str) -> bool {
    let mut rest = text;
    // A page may start with comments or an XML declaration before its doctype.
    while let Some(after) = rest.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")).map(|(_, after)| after) {
        rest = after.trim_start();
    }
    let head = |name: &str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    head("<!doctype html") || head("<html") || head("<head") || head("<body") || head("<title") || head("<script") || head("<meta") || {
        head("<?xml") && rest.get(..rest.floor_char_boundary(512)).is_some_and(|start| start.contains("<html"))
    }
}

/// Letters, digits, punctuation and line ends only: words, not a license.
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
        assert_eq!(one_line(&"é".repeat(400)).len(), MAX_LINE + "…".len());
    }

    #[test]
    fn text_loses_its_wrapping() {
        assert_eq!(text("\u{feff} {} \0".as_bytes()), Some("{}"));
        assert_eq!(text(&[0xff, 0xfe]), None);
    }
}
