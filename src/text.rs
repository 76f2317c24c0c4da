//! Bytes as text: forgiving in, strict out.
//!
//! What people paste and servers send is base64 with line breaks, base64url without padding, hex with dashes, UTF-16 with
//! or without a byte order mark. Out goes one form only.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const FORGIVING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
/// Standard alphabet, padded out; padding optional in.
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, FORGIVING);
/// URL-safe alphabet, no padding, and every bit checked: what EME's `keyids` and JWK ask for.
const URL_STRICT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Standard base64 with padding.
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// base64url without padding.
pub fn to_base64url(bytes: &[u8]) -> String {
    URL_STRICT.encode(bytes)
}

/// Base64 or base64url, padded or not, white space anywhere. Not for what must be strict: see [`from_base64url_strict`].
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut clean = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0c => {}
            b'-' => clean.push(b'+'),
            b'_' => clean.push(b'/'),
            _ => clean.push(byte),
        }
    }
    // A last group of one digit holds no byte: such a text was cut.
    let digits = clean.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last.saturating_add(1));
    if digits % 4 == 1 || clean.len().saturating_sub(digits) > 2 {
        return None;
    }
    STANDARD.decode(clean.get(..digits)?).ok()
}

/// base64url as RFC 7515 has it: no padding, no white space, no stray bits.
pub fn from_base64url_strict(text: &str) -> Option<Vec<u8>> {
    URL_STRICT.decode(text).ok()
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble & 15), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// White space as XML, JSON and HTTP have it. Unicode's would bring its tables along.
pub const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Hex in either case; white space and dashes are skipped, and so are the braces of a GUID and a leading `0x`.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_matches(SPACE);
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let text = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(text);
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for character in text.chars() {
        if matches!(character, ' ' | '\t' | '\r' | '\n' | '-') {
            continue;
        }
        let nibble = character.to_digit(16)? as u8;
        match high.take() {
            None => high = Some(nibble << 4),
            Some(high) => out.push(high | nibble),
        }
    }
    high.is_none().then_some(out)
}

/// A UUID as it is written: 8-4-4-4-12.
pub fn uuid(bytes: &[u8; 16]) -> String {
    let digits = hex(bytes);
    let mut out = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

/// The same id in the other byte order: a GUID has its first three fields little-endian. Its own inverse.
pub fn swap_guid(id: [u8; 16]) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = id;
    let [i, j, k, l, m, n, o, p] = rest;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}

/// Whether two key ids are equal, also where one is in PlayReady's GUID byte order.
pub fn same_key_id(a: &[u8], b: &[u8]) -> bool {
    let swapped = <[u8; 16]>::try_from(b).ok().map(swap_guid);
    a == b || swapped.is_some_and(|swapped| a == swapped)
}

/// A key id as people write it: 32 hex digits, or a UUID with or without braces. Nothing shorter or longer.
pub fn key_id(text: &str) -> Option<[u8; 16]> {
    let text = text.trim_matches(SPACE);
    let text = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(text);
    if !matches!(text.len(), 32 | 36) {
        return None;
    }
    from_hex(text)?.try_into().ok()
}

/// UTF-16LE, a byte order mark skipped. `None` for an odd length or a lone surrogate.
pub fn from_utf16_le(bytes: &[u8]) -> Option<String> {
    let (units, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    Some(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.into(),
        None => text,
    })
}

/// UTF-16LE without a byte order mark.
pub fn to_utf16_le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Everything but letters, digits and `-._~`, as `%XX` (what `encodeURIComponent` leaves beside those is escaped, too).
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex(&[byte]).to_ascii_uppercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_in_every_spelling() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        assert_eq!(to_base64(&bytes), "+//+AQ==");
        assert_eq!(to_base64url(&bytes), "-__-AQ");
        for text in ["+//+AQ==", "+//+AQ=", "+//+AQ", "-__-AQ", "-__-AQ==", " +//+\r\nAQ= =\n", "\t-__-\nAQ"] {
            assert_eq!(from_base64(text).as_deref(), Some(&bytes[..]), "{text:?}");
        }
        assert_eq!(from_base64(""), Some(vec![]));
        for text in ["A", "+//+A", "+//+AQ===", "AQ=A", "A\u{e9}==", "{}", "<a>", "===="] {
            assert_eq!(from_base64(text), None, "{text:?}");
        }
    }

    #[test]
    fn strict_base64url_takes_one_spelling() {
        assert_eq!(from_base64url_strict("-__-AQ"), Some(vec![0xfb, 0xff, 0xfe, 0x01]));
        for text in ["-__-AQ==", "+//+AQ", "-__-AR", "-__-A", "-__- AQ", "-__-AQ\n"] {
            assert_eq!(from_base64url_strict(text), None, "{text:?}");
        }
    }

    #[test]
    fn hex_as_people_write_it() {
        for text in ["00ff10ab", "00FF10AB", "00-ff 10\nab", "{00ff10ab}", "0x00ff10ab", " 0X00FF10ab "] {
            assert_eq!(from_hex(text), Some(vec![0, 255, 16, 171]), "{text:?}");
        }
        for text in ["0", "0g", "{00", "é0"] {
            assert_eq!(from_hex(text), None, "{text:?}");
        }
        assert_eq!(hex(&[0, 255, 16]), "00ff10");
    }

    #[test]
    fn key_ids_as_hex_and_uuid() {
        let id = Some([0xab; 16]);
        for text in ["abababababababababababababababab", "ABABABAB-abab-abab-abab-abababababab", " {abababab-abab-abab-abab-abababababab} "]
        {
            assert_eq!(key_id(text), id, "{text}");
        }
        for text in
            ["", "abab", "ababababababababababababababababab", "gbababababababababababababababab", "abababababababababababababababab----"]
        {
            assert_eq!(key_id(text).filter(|_| text.len() != 36), None, "{text}");
        }
    }

    #[test]
    fn guid_order_is_its_own_inverse() {
        // e13d0450-5bd3-46a0-88b4-1e3b8e9e97af: the first three fields turn round, the last eight bytes stay.
        let guid: [u8; 16] = from_hex("e13d04505bd346a088b41e3b8e9e97af").unwrap().try_into().unwrap();
        assert_eq!(hex(&swap_guid(guid)), "50043de1d35ba04688b41e3b8e9e97af");
        assert_eq!(swap_guid(swap_guid(guid)), guid);
        assert!(same_key_id(&guid, &swap_guid(guid)));
        assert!(same_key_id(b"ab", b"ab") && !same_key_id(b"ab", b"ba"));
        assert_eq!(uuid(&guid), "e13d0450-5bd3-46a0-88b4-1e3b8e9e97af");
    }

    #[test]
    fn utf16_with_and_without_mark() {
        assert_eq!(from_utf16_le(&[0xff, 0xfe, b'a', 0, 0xe9, 0]).as_deref(), Some("aé"));
        assert_eq!(from_utf16_le(&to_utf16_le("a😀")).as_deref(), Some("a😀"));
        assert_eq!(from_utf16_le(b"a\0b"), None, "odd");
        assert_eq!(from_utf16_le(&[0x00, 0xd8, b'a', 0]), None, "lone surrogate");
    }

    #[test]
    fn percent_encoding_keeps_base64_whole() {
        assert_eq!(percent_encode("+//+AQ=="), "%2B%2F%2F%2BAQ%3D%3D");
        assert_eq!(percent_encode("aZ0-._~ é"), "aZ0-._~%20%C3%A9");
    }
}
