//! `skd` init data: the URI of an HLS key (WebKit; `docs/protocol.md`, "FairPlay").
//!
//! The bytes are the URI in UTF-8, in UTF-16LE, or in UTF-16LE after its length (u32le, `webkitneedkey`). The content
//! id is everything after `skd://`, which may contain `/` and `+`: a URL parser's host differs. PallyCon writes
//!
//! ```text
//! VOD   skd://Eup1PCPnvAJEdLK5dsQ76w==               base64 of the key id
//! live  skd://cpix-test-cid0000000000000080          CID and the key period in 16 hex digits
//! ```

use super::visitor::{Report, Value, Visitor};
use crate::bytes::Reader;
use crate::record::Field;
use crate::text::{self, trim};
use std::borrow::Cow;

/// The URI in init data, in any of these forms. Any URI is accepted: some key servers use `https:`.
#[inline(never)]
pub fn uri(data: &[u8]) -> Option<String> {
    let mut reader = Reader::new(data);
    let length = reader.le32() as usize;
    let data = if !data.is_empty() && length == reader.remaining() { reader.rest().bytes } else { data };
    let text = match data {
        [_, 0, ..] | [0xff, 0xfe, ..] => text::from_utf16_le(data)?,
        _ => text::owned(str::from_utf8(data).ok()?),
    };
    let uri = str::from_utf8(trim(text.as_bytes())).ok()?;
    let (scheme, _) = split(uri)?;
    let proper = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (proper && scheme.as_bytes().first()?.is_ascii_alphabetic()).then(|| text::owned(uri))
}

fn split(uri: &str) -> Option<(&str, &str)> {
    uri.split_at_checked(text::find(uri.as_bytes(), b":")?)
}

/// A URI's parts: everything after `://`; the key, if that is one (base64, hex or a UUID); CID and key period of live
/// content.
pub fn read<'a, V: Visitor<'a>>(uri: &str, out: &mut Report<'a, '_, V>) {
    out.visitor.field(Field::Uri, Value::DecodedText(uri));
    let Some((scheme, rest)) = split(uri) else { return };
    let Some(asset_id) = rest.strip_prefix("://") else { return };
    out.visitor.field(Field::AssetId, Value::DecodedText(asset_id));
    if scheme == "skd" {
        if let Some(id) = key_id(asset_id) {
            out.key_id(&id);
        } else if let Some((_, index)) = period(asset_id) {
            out.content_id(Cow::Owned(text::owned(asset_id)));
            out.key_period(index);
        }
    }
}

fn key_id(asset_id: &str) -> Option<[u8; 16]> {
    // Unpadded base64 of 16 bytes counts as a CID: 22 letters and digits are as likely to be one.
    if asset_id.len() == 24
        && asset_id.ends_with("==")
        && let Some(id) = text::from_base64(asset_id)
    {
        return id.try_into().ok();
    }
    text::key_id(asset_id)
}

/// Splits the key period from the end of a live content id. Its first eight digits are 0, as key periods are 32-bit
/// numbers; so a CID that happens to end in hex digits stays whole.
pub fn period(content_id: &str) -> Option<(&str, u32)> {
    let (cid, digits) = content_id.split_at_checked(content_id.len().checked_sub(16)?)?;
    let digits = digits.strip_prefix("00000000").filter(|_| !cid.is_empty())?;
    Some((cid, text::number(digits, 16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init_data::collect::Collector;

    /// Asset id, key, CID and key period.
    fn skd(uri: &str) -> (Option<String>, Option<String>, Option<(String, u32)>) {
        let mut collector = Collector::default();
        let mut out = Report::new(&mut collector);
        read(&super::uri(uri.as_bytes()).unwrap(), &mut out);
        let sum = out.summary;
        let fairplay = collector.finished().fairplay.unwrap();
        assert_eq!(fairplay.uri.as_deref(), Some(uri));
        let live = sum.content_id.as_deref().and_then(period).map(|(cid, index)| (cid.to_string(), index));
        assert_eq!(live.as_ref().map(|(_, index)| *index), sum.key_period_index);
        (fairplay.asset_id, sum.key_ids.iter().next().map(text::hex), live)
    }

    #[test]
    fn pallycons_two_forms() {
        let vod = skd("skd://Eup1PCPnvAJEdLK5dsQ76w==");
        assert_eq!(vod, (Some("Eup1PCPnvAJEdLK5dsQ76w==".into()), Some("12ea753c23e7bc024474b2b976c43beb".into()), None));
        let (_, key_id, live) = skd("skd://cpix-test-cid0000000000000080");
        assert_eq!((live, key_id), (Some(("cpix-test-cid".into(), 128)), None));
    }

    #[test]
    fn slash_and_plus_belong_to_the_asset_id() {
        assert_eq!(skd("skd://a/+b/c+//////8ABCDEg==").0.as_deref(), Some("a/+b/c+//////8ABCDEg=="));
        assert!(skd("skd://+/+/+/+/+/+/+/+/+/+/+w==").1.is_some());
    }

    #[test]
    fn key_ids_as_hex_and_uuid_and_other_text() {
        assert!(skd("skd://f93d4e700d7ddde90529a27735d9e7cb").1.is_some());
        assert!(skd("skd://b99ed9e5-c641-49d1-bfa8-43692b686ddb").1.is_some());
        for uri in [
            "skd://abc",
            "skd://4060a865-8878-4267-9cbf-91ae5bae1e72:34135A24EA5BEF6B12734748A88CF63F",
            "skd://assetid?keyId=1234",
            "skd://bigbuckbunny0123456789",
            "skd://",
            "skd:x",
            "https://a.test/0000000000000001",
        ] {
            let (_, key_id, live) = skd(uri);
            assert_eq!((key_id, live), (None, None), "{uri}");
        }
    }

    #[test]
    fn every_encoding() {
        let utf16 = text::to_utf16_le("skd://abc");
        let counted = [&18_u32.to_le_bytes()[..], &utf16].concat();
        let marked = [&[0xff, 0xfe][..], &utf16].concat();
        for bytes in [&b"skd://abc"[..], b"skd://abc\n", &utf16, &counted, &marked] {
            assert_eq!(uri(bytes).as_deref(), Some("skd://abc"), "{bytes:?}");
        }
    }

    #[test]
    fn refusals() {
        let miscounted = [&19_u32.to_le_bytes()[..], &text::to_utf16_le("skd://abc")].concat();
        for bytes in [&b""[..], b"abc", b":x", b"1a:x", b"s d:x", b"\xff\xff", b"s\0k\0d", &miscounted] {
            assert_eq!(uri(bytes), None, "{bytes:?}");
        }
    }
}
