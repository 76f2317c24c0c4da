//! `skd` init data: the URI of an HLS key (WebKit; `docs/protocol.md`, "FairPlay").
//!
//! The bytes are the URI in UTF-8, in UTF-16LE, or in UTF-16LE behind its length (u32le, `webkitneedkey`). The content
//! id is all behind `skd://`, which may hold `/` and `+`: a URL parser's host is something else. PallyCon writes
//!
//! ```text
//! VOD   skd://Eup1PCPnvAJEdLK5dsQ76w==               base64 of the key id
//! live  skd://cpix-test-cid0000000000000080          CID and the key period in 16 hex digits
//! ```

use crate::bytes::Reader;
use crate::text;

/// What an skd URI says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skd {
    /// The URI.
    pub uri: String,
    /// All behind `://`.
    pub asset_id: Option<String>,
    /// The key, where the asset id is one: base64, hex or a UUID.
    pub key_id: Option<[u8; 16]>,
    /// CID and key period of live content.
    pub live: Option<(String, u32)>,
}

/// Whether bytes begin as an skd URI does, in any of its forms.
pub fn is(data: &[u8]) -> bool {
    read(data).is_some_and(|skd| skd.uri.starts_with("skd:"))
}

/// Reads skd init data. Any URI will do: some key servers use `https:`.
pub fn read(data: &[u8]) -> Option<Skd> {
    let text = decode(data)?;
    let uri = text.trim_matches(['\0', ' ', '\t', '\r', '\n']);
    let scheme = uri.bytes().position(|byte| byte == b':')?;
    let (scheme, rest) = uri.split_at_checked(scheme)?;
    let letters = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if !letters || !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let asset_id = rest.strip_prefix("://");
    let of_skd = asset_id.filter(|_| scheme == "skd");
    let key_id = of_skd.and_then(key_id);
    let live = of_skd.filter(|_| key_id.is_none()).and_then(period);
    Some(Skd { uri: uri.into(), asset_id: asset_id.map(String::from), key_id, live: live.map(|(cid, index)| (cid.into(), index)) })
}

fn decode(data: &[u8]) -> Option<String> {
    let mut reader = Reader::new(data);
    let data = match reader.u32_le() {
        Ok(length) if length as usize == reader.remaining() => reader.rest().bytes,
        _ => data,
    };
    if data.get(1) == Some(&0) || data.starts_with(&[0xff, 0xfe]) {
        return text::from_utf16_le(data);
    }
    str::from_utf8(data).ok().map(String::from)
}

fn key_id(asset_id: &str) -> Option<[u8; 16]> {
    // Unpadded base64 of 16 bytes is taken for a CID: 22 letters and digits are as likely one.
    let base64 = (asset_id.len() == 24 && asset_id.ends_with("==")).then(|| text::from_base64(asset_id)).flatten();
    base64.and_then(|id| id.try_into().ok()).or_else(|| text::key_id(asset_id))
}

/// Takes the key period off the end of a live content id. Its first eight digits are 0, as key periods are 32-bit
/// numbers; so a CID that just ends in hex digits stays whole.
pub fn period(content_id: &str) -> Option<(&str, u32)> {
    let (cid, digits) = content_id.split_at_checked(content_id.len().checked_sub(16)?)?;
    if cid.is_empty() || !digits.starts_with("00000000") || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    Some((cid, u32::from_str_radix(digits, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skd(uri: &str) -> Skd {
        read(uri.as_bytes()).unwrap()
    }

    #[test]
    fn pallycons_two_forms() {
        let vod = skd("skd://Eup1PCPnvAJEdLK5dsQ76w==");
        assert_eq!(text::hex(&vod.key_id.unwrap()), "12ea753c23e7bc024474b2b976c43beb");
        assert_eq!((vod.asset_id.as_deref(), vod.live), (Some("Eup1PCPnvAJEdLK5dsQ76w=="), None));
        let live = skd("skd://cpix-test-cid0000000000000080");
        assert_eq!((live.live, live.key_id), (Some(("cpix-test-cid".into(), 128)), None));
    }

    #[test]
    fn slash_and_plus_belong_to_the_asset_id() {
        let both = skd("skd://a/+b/c+//////8ABCDEg==");
        assert_eq!(both.asset_id.as_deref(), Some("a/+b/c+//////8ABCDEg=="));
        assert!(skd("skd://+/+/+/+/+/+/+/+/+/+/+w==").key_id.is_some());
    }

    #[test]
    fn key_ids_as_hex_and_uuid_and_what_is_none() {
        assert!(skd("skd://f93d4e700d7ddde90529a27735d9e7cb").key_id.is_some());
        assert!(skd("skd://b99ed9e5-c641-49d1-bfa8-43692b686ddb").key_id.is_some());
        for uri in [
            "skd://abc",
            "skd://4060a865-8878-4267-9cbf-91ae5bae1e72:34135A24EA5BEF6B12734748A88CF63F",
            "skd://assetid?keyId=1234",
            "skd://bigbuckbunny0123456789",
            "skd://",
            "skd:x",
            "https://a.test/0000000000000001",
        ] {
            let read = skd(uri);
            assert_eq!((read.key_id, read.live), (None, None), "{uri}");
        }
    }

    #[test]
    fn every_encoding() {
        let utf16 = text::to_utf16_le("skd://abc");
        let counted = [&18_u32.to_le_bytes()[..], &utf16].concat();
        let marked = [&[0xff, 0xfe][..], &utf16].concat();
        for bytes in [&b"skd://abc"[..], b"skd://abc\n", &utf16, &counted, &marked] {
            assert_eq!(read(bytes).unwrap().asset_id.as_deref(), Some("abc"), "{bytes:?}");
            assert!(is(bytes));
        }
    }

    #[test]
    fn refusals() {
        let miscounted = [&19_u32.to_le_bytes()[..], &text::to_utf16_le("skd://abc")].concat();
        for bytes in [&b""[..], b"abc", b":x", b"1a:x", b"s d:x", b"\xff\xff", b"s\0k\0d", &miscounted] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
