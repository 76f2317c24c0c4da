//! `data:` URIs (RFC 2397): `data:[type][;parameters][;base64],data`.

use crate::text;

/// The bytes of a data URI; `None` for any other URI and for invalid base64.
pub fn decode(uri: &str) -> Option<Vec<u8>> {
    let (scheme, rest) = uri.split_at_checked(5)?;
    if !scheme.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (head, data) = rest.split_once(',')?;
    let bytes = percent_decode(data);
    let last = head.rsplit(';').next().unwrap_or_default();
    if last.trim().eq_ignore_ascii_case("base64") { text::from_base64(str::from_utf8(&bytes).ok()?) } else { Some(bytes) }
}

/// A data URI that names only the kind of its content.
pub fn without_data(uri: &str) -> String {
    [uri.split_once(',').map_or("data:", |(head, _)| head), ",…"].concat()
}

/// A data URI with its bytes replaced, in base64.
pub fn with_data(uri: &str, bytes: &[u8]) -> String {
    let head = uri.split_once(',').map_or("data:", |(head, _)| head);
    let head = head.split_once(";base64").map_or(head, |(head, _)| head);
    [head, ";base64,", &text::to_base64(bytes)].concat()
}

/// Resolves `%XX`; other percent signs are kept.
pub fn percent_decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.split_at_checked(2).filter(|_| *first == b'%');
        let byte = escaped.and_then(|(digits, after)| {
            let digits = str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, after) = byte.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_base64_and_percent_encoded() {
        for (uri, bytes) in [
            ("data:text/plain;base64,AQI=", &[1, 2][..]),
            ("data:text/plain;charset=UTF-16;base64,AQI", &[1, 2]),
            ("DATA:;BASE64,%41QI%3D", &[1, 2]),
            ("data:,a%20b%zz%", b"a b%zz%"),
            ("data:,%+1", b"%+1"),
            ("data:,", b""),
        ] {
            assert_eq!(decode(uri).as_deref(), Some(bytes), "{uri}");
        }
        for uri in ["skd://a,b", "data:text/plain;base64", "data:;base64,*", "dat"] {
            assert_eq!(decode(uri), None, "{uri}");
        }
    }
}
