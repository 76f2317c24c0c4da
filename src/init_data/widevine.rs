//! Widevine's PSSH data, a protobuf message (`docs/protocol.md`, "Widevine").
//!
//! ```text
//!  1 algorithm  varint   5 track_type  string           9 protection_scheme     varint, four characters
//!  2 key_id     bytes*   6 policy      string          10 crypto_period_seconds varint   13 group_ids     bytes*
//!  3 provider   string   7 crypto_period_index varint  11 type                  varint   14 entitled_keys message*
//!  4 content_id bytes    8 grouped_license     bytes   12 key_sequence          varint   15 video_feature string
//! ```
//!
//! A field with the wrong wire type, a value that is not known or text that is not UTF-8 is kept as unknown, and so is
//! all but the last of a field that stands once: protobuf lets the last count.

use super::protobuf::{self, Field};
use crate::bytes::{Fault, Span};
use crate::system::Scheme;
use std::borrow::Cow;

/// What a PSSH names: content keys, or the keys that wrap them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Content keys, each licensed by itself.
    Single,
    /// Keys that content keys are wrapped with.
    Entitlement,
    /// Content keys, wrapped.
    EntitledKey,
}

impl KeyKind {
    /// As the public API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Entitlement => "entitlement",
            Self::EntitledKey => "entitled-key",
        }
    }
}

/// A content key that is wrapped with an entitlement key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntitledKey<'a> {
    /// The key that wraps it.
    pub entitlement_key_id: Option<Span<'a>>,
    /// The content key.
    pub key_id: Option<Span<'a>>,
    /// The wrapped key and whatever else stands there.
    pub unknown: Vec<Field<'a>>,
}

/// Widevine's PSSH data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WidevineData<'a> {
    /// `AESCTR` or `UNENCRYPTED`.
    pub algorithm: Option<&'static str>,
    /// As they stand there: mostly 16 bytes, but see [`normalized`].
    pub key_ids: Vec<Span<'a>>,
    /// Who packaged it: `inkaentworks` and `doverunner` are PallyCon.
    pub provider: Option<&'a str>,
    /// The CID; of live content with 16 hex digits of the key period behind it.
    pub content_id: Option<Span<'a>>,
    /// `AUDIO`, `SD`, `HD`, `UHD1`, `UHD2`.
    pub track_type: Option<&'a str>,
    /// A policy's name.
    pub policy: Option<&'a str>,
    /// The key period of rotating keys.
    pub crypto_period_index: Option<u32>,
    /// A signed message that licenses a group.
    pub grouped_license: Option<Span<'a>>,
    /// How media is encrypted.
    pub protection_scheme: Option<Scheme>,
    /// How long a key period lasts.
    pub crypto_period_seconds: Option<u32>,
    /// What the key ids name.
    pub kind: Option<KeyKind>,
    /// Of keys that Widevine manages.
    pub key_sequence: Option<u32>,
    /// Groups that the content belongs to.
    pub group_ids: Vec<Span<'a>>,
    /// Wrapped content keys.
    pub entitled_keys: Vec<EntitledKey<'a>>,
    /// A feature that the video needs.
    pub video_feature: Option<&'a str>,
    /// What is not understood, in its order.
    pub unknown: Vec<Field<'a>>,
    /// The order in which fields stand, where it is not the usual one (by number, unknown ones last): numbers of known
    /// fields, 0 for the next unknown one. With it the data is rewritten byte for byte.
    pub order: Vec<u8>,
}

impl WidevineData<'_> {
    /// The content id, where it is text.
    pub fn content_id_text(&self) -> Option<&str> {
        self.content_id.and_then(|id| str::from_utf8(id.bytes).ok())
    }
}

/// A key id that was written as 32 hex digits or as a UUID (Uplynk, 2017) becomes the 16 bytes that it stands for.
pub fn normalized(key_id: &[u8]) -> Cow<'_, [u8]> {
    match str::from_utf8(key_id).ok().and_then(crate::text::key_id) {
        Some(id) => Cow::Owned(id.into()),
        None => Cow::Borrowed(key_id),
    }
}

const VARINT: u8 = 0;
const BYTES: u8 = 2;
/// Known fields that stand any number of times.
const REPEATED: [u32; 3] = [2, 13, 14];

/// Reads Widevine's data.
pub fn read(data: Span<'_>) -> Result<WidevineData<'_>, Fault> {
    let fields = protobuf::fields(data)?;
    // Of each single field the place of the last valid one: that one counts.
    let mut last = [usize::MAX; 16];
    for (at, field) in fields.iter().enumerate() {
        if let Some(slot) = last.get_mut(field.number as usize)
            && !REPEATED.contains(&field.number)
            && set(&mut WidevineData::default(), field)
        {
            *slot = at;
        }
    }
    let mut out = WidevineData::default();
    let mut usual = true;
    let mut highest = 0;
    for (at, field) in fields.into_iter().enumerate() {
        let counts = REPEATED.contains(&field.number) || last.get(field.number as usize) == Some(&at);
        let known = if counts && set(&mut out, &field) { field.number as u8 } else { 0 };
        // Unknown fields come last, so they rank above all.
        let rank = if known == 0 { u8::MAX } else { known };
        usual &= rank >= highest;
        highest = rank;
        out.order.push(known);
        if known == 0 {
            out.unknown.push(field);
        }
    }
    if usual {
        out.order = Vec::new();
    }
    Ok(out)
}

/// Puts a field in its place; false where it is not one that is understood.
fn set<'a>(out: &mut WidevineData<'a>, field: &Field<'a>) -> bool {
    let bytes = (field.wire == BYTES).then_some(field.value);
    let number = (field.wire == VARINT).then(|| u32::try_from(field.varint).ok()).flatten();
    let text = bytes.and_then(|value| str::from_utf8(value.bytes).ok());
    match field.number {
        1 => put(&mut out.algorithm, number.and_then(|number| ["UNENCRYPTED", "AESCTR"].get(number as usize).copied())),
        2 => push(&mut out.key_ids, bytes),
        3 => put(&mut out.provider, text),
        4 => put(&mut out.content_id, bytes),
        5 => put(&mut out.track_type, text),
        6 => put(&mut out.policy, text),
        7 => put(&mut out.crypto_period_index, number),
        8 => put(&mut out.grouped_license, bytes),
        9 => put(&mut out.protection_scheme, number.and_then(|number| Scheme::from_fourcc(number.to_be_bytes()))),
        10 => put(&mut out.crypto_period_seconds, number),
        11 => {
            let kinds = [KeyKind::Single, KeyKind::Entitlement, KeyKind::EntitledKey];
            put(&mut out.kind, number.and_then(|number| kinds.get(number as usize).copied()))
        }
        12 => put(&mut out.key_sequence, number),
        13 => push(&mut out.group_ids, bytes),
        14 => push(&mut out.entitled_keys, bytes.and_then(entitled_key)),
        15 => put(&mut out.video_feature, text),
        _ => false,
    }
}

fn put<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let known = value.is_some();
    *slot = value.or(slot.take());
    known
}

fn push<T>(list: &mut Vec<T>, value: Option<T>) -> bool {
    let before = list.len();
    list.extend(value);
    list.len() > before
}

/// `1` entitlement key id, `2` key id, then the wrapped key; in another order it is left as unknown, to be kept as it is.
fn entitled_key(data: Span<'_>) -> Option<EntitledKey<'_>> {
    let mut out = EntitledKey::default();
    for field in protobuf::fields(data).ok()? {
        match (field.number, field.wire) {
            (1, BYTES) if out == EntitledKey::default() => out.entitlement_key_id = Some(field.value),
            (2, BYTES) if out.key_id.is_none() && out.unknown.is_empty() => out.key_id = Some(field.value),
            (1 | 2, BYTES) => return None,
            _ => out.unknown.push(field),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(bytes: &[u8]) -> WidevineData<'_> {
        read(Span::whole(bytes)).unwrap()
    }

    #[test]
    fn every_field() {
        let bytes = [
            &b"\x08\x01"[..],                      // 1 algorithm AESCTR
            b"\x12\x02\xaa\xbb",                   // 2 key id
            b"\x1a\x04inka",                       // 3 provider
            b"\x22\x03cid",                        // 4 content id
            b"\x2a\x02HD",                         // 5 track type
            b"\x32\x00",                           // 6 policy, empty
            b"\x38\x80\x01",                       // 7 crypto period 128
            b"\x42\x01\x09",                       // 8 grouped license
            b"\x48\xe3\xdc\x95\x9b\x06",           // 9 'cenc' = 0x63656e63
            b"\x50\x90\x1c",                       // 10 3600 s
            b"\x58\x02",                           // 11 entitled key
            b"\x60\x07",                           // 12 key sequence
            b"\x6a\x02g1",                         // 13 group id
            b"\x72\x08\x0a\x01E\x12\x01K\x1a\x00", // 14 {1: "E", 2: "K", 3: ""}
            b"\x7a\x03HDR",                        // 15 video feature
        ]
        .concat();
        let read = data(&bytes);
        assert_eq!(read.algorithm, Some("AESCTR"));
        assert_eq!(read.key_ids, [Span { offset: 4, bytes: &[0xaa, 0xbb] }]);
        assert_eq!(
            (read.provider, read.content_id_text(), read.track_type, read.policy),
            (Some("inka"), Some("cid"), Some("HD"), Some(""))
        );
        assert_eq!((read.crypto_period_index, read.crypto_period_seconds, read.key_sequence), (Some(128), Some(3600), Some(7)));
        assert_eq!((read.protection_scheme, read.kind, read.video_feature), (Some(Scheme::Cenc), Some(KeyKind::EntitledKey), Some("HDR")));
        assert_eq!((read.group_ids[0].bytes, read.grouped_license.unwrap().bytes), (&b"g1"[..], &[9][..]));
        assert_eq!(read.entitled_keys[0].key_id.unwrap().bytes, b"K");
        assert_eq!(read.entitled_keys[0].unknown[0].number, 3);
        assert!(read.unknown.is_empty() && read.order.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_kept() {
        // 3 as a varint, 1 = 9, 9 = 'none', 3 not UTF-8, 20 fixed32, 21 fixed64
        let bytes = b"\x18\x05\x08\x09\x48\x01\x1a\x01\xff\xa5\x01ABCD\xa9\x01ABCDEFGH\x1a\x01p";
        let read = data(bytes);
        let kept: Vec<_> = read.unknown.iter().map(|field| (field.number, field.wire, field.value.bytes)).collect();
        assert_eq!(kept, [(3, 0, &[5][..]), (1, 0, &[9]), (9, 0, &[1]), (3, 2, &[0xff]), (20, 5, b"ABCD"), (21, 1, b"ABCDEFGH")]);
        assert_eq!((read.algorithm, read.protection_scheme, read.provider), (None, None, Some("p")));
        assert_eq!(read.order, [0, 0, 0, 0, 0, 0, 3]);
    }

    #[test]
    fn the_last_of_a_repeated_single_field_counts() {
        let read = data(b"\x1a\x01a\x12\x01k\x1a\x01b");
        assert_eq!(read.provider, Some("b"));
        assert_eq!(read.unknown[0].value, Span { offset: 2, bytes: b"a" });
        assert_eq!(read.order, [0, 2, 3]);
    }

    #[test]
    fn key_ids_written_as_text() {
        assert_eq!(*normalized(b"00112233445566778899aabbccddeeff"), *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff");
        assert_eq!(
            *normalized(b"00112233-4455-6677-8899-AABBCCDDEEFF"),
            *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
        );
        assert_eq!(*normalized(b"0123456789abcdef"), *b"0123456789abcdef");
    }

    #[test]
    fn an_entitled_key_in_another_order_stays_whole() {
        let read = data(b"\x72\x06\x12\x01K\x0a\x01E");
        assert!(read.entitled_keys.is_empty());
        assert_eq!(read.unknown[0].number, 14);
    }
}
