//! Bytes as text: forgiving in, strict out.
//!
//! People paste and servers send base64 with line breaks, base64url without padding, hex with dashes, UTF-16 with
//! or without a byte order mark. Output has one form only.

use crate::bytes::steps;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// One engine for both alphabets and both directions: each linked engine costs two kilobytes of wasm.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// A text from bytes that were joined from texts; the callers pass nothing else.
#[inline(never)]
pub(crate) fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// An owned text. (Inlined at each call, the copy would cost a kilobyte in the module that viewers load.)
#[inline(never)]
pub(crate) fn owned(text: &str) -> String {
    text.into()
}

/// Appends a text; not inlined either.
#[inline(never)]
pub(crate) fn push_str(out: &mut String, text: &str) {
    out.push_str(text);
}

/// Appends bytes; not inlined either.
#[inline(never)]
pub(crate) fn push(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

/// Parts as one text. (The slice's own `concat` is written for all lengths of separators, and large.)
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut out = String::new();
    parts.iter().for_each(|part| push_str(&mut out, part));
    out
}

/// The first position of `token`. Tokens are constants of a few bytes, so this is linear.
#[inline(never)]
pub(crate) fn find(text: &[u8], token: &[u8]) -> Option<usize> {
    let at = match token {
        [byte] => text.iter().position(|other| other == byte),
        // The first byte alone nearly always decides.
        _ => text.windows(token.len().max(1)).position(|window| window.first() == token.first() && window == token),
    };
    steps::add(at.unwrap_or(text.len()));
    at
}

/// Standard base64 with padding.
#[inline(never)]
pub fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// base64url without padding.
pub fn to_base64url(bytes: &[u8]) -> String {
    let mut text = to_base64(bytes).into_bytes();
    text.retain(|byte| *byte != b'=');
    for byte in &mut text {
        *byte = match *byte {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        };
    }
    ascii(text)
}

/// Base64 or base64url, padded or not, with whitespace anywhere. For strict reading see [`from_base64url_strict`].
#[inline(never)]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut clean = Vec::with_capacity(text.len());
    let mut padding = 0;
    for byte in text.bytes() {
        let byte = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0c => continue,
            b'-' => b'+',
            b'_' => b'/',
            _ => byte,
        };
        if byte == b'=' {
            padding = 1_usize.saturating_add(padding);
        } else if padding > 0 {
            return None;
        } else {
            clean.push(byte);
        }
    }
    // A last group of one digit is not a whole byte: such a text was cut.
    if clean.len() % 4 == 1 || padding > 2 {
        return None;
    }
    BASE64.decode(&clean).ok()
}

/// base64url as in RFC 7515: no padding, no whitespace, no stray bits. It is the only spelling of its bytes.
pub fn from_base64url_strict(text: &str) -> Option<Vec<u8>> {
    from_base64(text).filter(|bytes| to_base64url(bytes) == text)
}

/// Appends lower-case hex to a text.
#[inline(never)]
pub(crate) fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            out.push(if nibble < 10 { b'0' | nibble } else { (b'a' - 10).wrapping_add(nibble) });
        }
    }
}

/// A number in decimal, without `core::fmt` (which alone costs kilobytes of wasm).
#[inline(never)]
pub fn decimal(mut number: u64) -> String {
    let mut out = Vec::new();
    loop {
        out.insert(0, b'0' | (number % 10) as u8);
        number /= 10;
        if number == 0 {
            return ascii(out);
        }
    }
}

/// Lower-case hex.
#[inline(never)]
pub fn hex(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    push_hex(&mut out, bytes);
    ascii(out)
}

/// The value of a hex digit.
pub(crate) fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit & 15),
        b'a'..=b'f' | b'A'..=b'F' => Some((digit & 15).wrapping_add(9)),
        _ => None,
    }
}

/// A whole number in digits alone: no sign, no whitespace.
#[inline(never)]
pub(crate) fn number(digits: &str, radix: u32) -> Option<u32> {
    let mut out = (!digits.is_empty()).then_some(0_u32)?;
    for digit in digits.bytes() {
        let digit = u32::from(nibble(digit)?);
        out = (digit < radix).then_some(out)?.checked_mul(radix)?.checked_add(digit)?;
    }
    Some(out)
}

/// A text without any of these at its end. (The methods of `str` are generic over patterns, and large.)
#[inline(never)]
pub(crate) fn without_suffix<'a>(mut text: &'a str, end: &str) -> &'a str {
    while let Some(rest) = text.strip_suffix(end) {
        text = rest;
    }
    text
}

/// Without whitespace and zeros around it.
#[inline(never)]
pub fn trim(mut text: &[u8]) -> &[u8] {
    while let [0 | 9..=13 | b' ', rest @ ..] | [rest @ .., 0 | 9..=13 | b' '] = text {
        text = rest;
    }
    text
}

/// Hex in either case; whitespace, dashes, the braces of a GUID and a leading `0x` are skipped.
#[inline(never)]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = match text.trim_ascii().as_bytes() {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        all => all,
    };
    let mut out = Vec::new();
    let mut high = None;
    for digit in braced(digits) {
        if matches!(digit, b' ' | b'\t' | b'\r' | b'\n' | b'-') {
            continue;
        }
        let low = nibble(*digit)?;
        match high.take() {
            None => high = Some(low << 4),
            Some(high) => out.push(high | low),
        }
    }
    high.is_none().then_some(out)
}

/// The text inside the braces of a GUID, or all of it without braces.
fn braced(text: &[u8]) -> &[u8] {
    match text {
        [b'{', inner @ .., b'}'] => inner,
        all => all,
    }
}

/// A UUID in its usual form: 8-4-4-4-12.
#[inline(never)]
pub fn uuid(bytes: &[u8; 16]) -> String {
    let mut out = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        push_hex(&mut out, &[*byte]);
    }
    ascii(out)
}

/// The same id in the other byte order: a GUID has its first three fields little-endian. Its own inverse.
#[inline(never)]
pub fn swap_guid(mut id: [u8; 16]) -> [u8; 16] {
    for (at, other) in [(0, 3), (1, 2), (4, 5), (6, 7)] {
        id.swap(at, other);
    }
    id
}

/// Whether two key ids are equal, also if one is in PlayReady's GUID byte order.
pub fn same_key_id(a: &[u8], b: &[u8]) -> bool {
    a == b || <[u8; 16]>::try_from(b).is_ok_and(|b| a == swap_guid(b))
}

/// A key id in text: 32 hex digits, or a UUID with or without braces; nothing shorter or longer.
#[inline(never)]
pub fn key_id(text: &str) -> Option<[u8; 16]> {
    let text = text.trim_ascii();
    matches!(braced(text.as_bytes()).len(), 32 | 36).then(|| from_hex(text))??.try_into().ok()
}

/// UTF-16LE, a byte order mark skipped. `None` for an odd length or a lone surrogate.
#[inline(never)]
pub fn from_utf16_le(bytes: &[u8]) -> Option<String> {
    let (units, odd) = bytes.strip_prefix(b"\xff\xfe").unwrap_or(bytes).as_chunks();
    // Nearly every text is ASCII throughout.
    let ascii_length = units.iter().position(|unit| !matches!(unit, [0..0x80, 0])).unwrap_or(units.len());
    let (plain, rest) = units.split_at_checked(ascii_length)?;
    let mut out: Vec<u8> = plain.iter().map(|[low, _]| *low).collect();
    let mut high = None;
    for unit in rest {
        let unit = u32::from(u16::from_le_bytes(*unit));
        let code = match (unit & 0xfc00, high.take()) {
            (0xd800, None) => {
                high = Some(unit & 0x3ff);
                continue;
            }
            (0xdc00, Some(high)) => (high << 10 | unit & 0x3ff).wrapping_add(0x1_0000),
            (_, None) => unit,
            _ => return None,
        };
        push(&mut out, char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    (odd.is_empty() && high.is_none()).then(|| ascii(out))
}

/// UTF-16LE without a byte order mark.
#[inline(never)]
pub fn to_utf16_le(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    text.encode_utf16().for_each(|unit| push(&mut out, &unit.to_le_bytes()));
    out
}

/// Everything but letters, digits and `-._~`, as `%XX` (the other characters that `encodeURIComponent` keeps are
/// escaped, too).
#[inline(never)]
pub fn percent_encode(text: &str) -> String {
    let mut out = Vec::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte);
        } else {
            out.push(b'%');
            let start = out.len();
            push_hex(&mut out, &[byte]);
            out.get_mut(start..).unwrap_or_default().make_ascii_uppercase();
        }
    }
    ascii(out)
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
    fn strict_base64url_accepts_one_spelling() {
        assert_eq!(from_base64url_strict("-__-AQ"), Some(vec![0xfb, 0xff, 0xfe, 0x01]));
        for text in ["-__-AQ==", "+//+AQ", "-__-AR", "-__-A", "-__- AQ", "-__-AQ\n"] {
            assert_eq!(from_base64url_strict(text), None, "{text:?}");
        }
    }

    #[test]
    fn hex_in_every_spelling() {
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
        // e13d0450-5bd3-46a0-88b4-1e3b8e9e97af: the first three fields are reversed, the last eight bytes are not.
        let guid: [u8; 16] = from_hex("e13d04505bd346a088b41e3b8e9e97af").unwrap().try_into().unwrap();
        assert_eq!(hex(&swap_guid(guid)), "50043de1d35ba04688b41e3b8e9e97af");
        assert_eq!(swap_guid(swap_guid(guid)), guid);
        assert!(same_key_id(&guid, &swap_guid(guid)));
        assert!(same_key_id(b"ab", b"ab") && !same_key_id(b"ab", b"ba"));
        assert_eq!(uuid(&guid), "e13d0450-5bd3-46a0-88b4-1e3b8e9e97af");
    }

    #[test]
    fn utf16_with_and_without_a_byte_order_mark() {
        assert_eq!(from_utf16_le(&[0xff, 0xfe, b'a', 0, 0xe9, 0]).as_deref(), Some("aé"));
        assert_eq!(from_utf16_le(&to_utf16_le("a😀")).as_deref(), Some("a😀"));
        assert_eq!(from_utf16_le(b"a\0b"), None, "odd");
        assert_eq!(from_utf16_le(&[0x00, 0xd8, b'a', 0]), None, "lone surrogate");
    }

    #[test]
    fn percent_encoding_preserves_base64() {
        assert_eq!(percent_encode("+//+AQ=="), "%2B%2F%2F%2BAQ%3D%3D");
        assert_eq!(percent_encode("aZ0-._~ é"), "aZ0-._~%20%C3%A9");
    }
}
