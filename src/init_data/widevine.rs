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
//!
//! All fields stay in one list, and a table says what each is: fifteen places of their own, each read and written by code
//! of its own, would make the module that viewers download a tenth larger.

use super::protobuf::{self, Field};
use crate::bytes::{Fault, Span};
use crate::json::Object;
use crate::system::Scheme;
use crate::text::hex;
use std::borrow::Cow;

/// What a field's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A number that stands for one of these.
    Choice(&'static [&'static str]),
    Number,
    FourCc,
    Text,
    Bytes,
    /// Bytes, and text where they are UTF-8.
    ContentId,
    /// Any number of ids.
    Ids,
    /// Any number of wrapped keys.
    EntitledKeys,
}

/// By number from 1: the name in the public types, and what it is.
const FIELDS: [(&str, Kind); 15] = [
    ("algorithm", Kind::Choice(&["UNENCRYPTED", "AESCTR"])),
    ("keyIds", Kind::Ids),
    ("provider", Kind::Text),
    ("contentIdBytes", Kind::ContentId),
    ("trackType", Kind::Text),
    ("policy", Kind::Text),
    ("cryptoPeriodIndex", Kind::Number),
    ("groupedLicense", Kind::Bytes),
    ("protectionScheme", Kind::FourCc),
    ("cryptoPeriodSeconds", Kind::Number),
    ("type", Kind::Choice(&["single", "entitlement", "entitled-key"])),
    ("keySequence", Kind::Number),
    ("groupIds", Kind::Ids),
    ("entitledKeys", Kind::EntitledKeys),
    ("videoFeature", Kind::Text),
];
const KEY_ID: u32 = 2;
const CONTENT_ID: u32 = 4;
const CRYPTO_PERIOD_INDEX: u32 = 7;
const ENTITLED_KEYS: u32 = 14;

const VARINT: u8 = 0;
const BYTES: u8 = 2;

/// Widevine's PSSH data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WidevineData<'a> {
    /// All fields in the order in which they stand.
    pub fields: Vec<Field<'a>>,
}

impl<'a> WidevineData<'a> {
    fn all(&self, number: u32) -> impl DoubleEndedIterator<Item = &Field<'a>> {
        self.fields.iter().filter(move |field| field.known && field.number == number)
    }

    fn one(&self, number: u32) -> Option<&Field<'a>> {
        self.all(number).next()
    }

    /// As they stand there: mostly 16 bytes, but see [`normalized`].
    pub fn key_ids(&self) -> impl Iterator<Item = Span<'a>> {
        self.all(KEY_ID).map(|field| field.value)
    }

    /// Content keys that come wrapped.
    pub fn entitled_key_ids(&self) -> impl Iterator<Item = Span<'a>> {
        self.all(ENTITLED_KEYS)
            .filter_map(|field| entitled_key(field.value)?.into_iter().find(|field| rank(field) == 2))
            .map(|field| field.value)
    }

    /// The CID; of live content with 16 hex digits of the key period behind it.
    pub fn content_id(&self) -> Option<Span<'a>> {
        self.one(CONTENT_ID).map(|field| field.value)
    }

    /// The content id, where it is text.
    pub fn content_id_text(&self) -> Option<&'a str> {
        self.content_id().and_then(|id| str::from_utf8(id.bytes).ok())
    }

    /// The key period of rotating keys.
    pub fn crypto_period_index(&self) -> Option<u32> {
        self.one(CRYPTO_PERIOD_INDEX).map(|field| field.varint as u32)
    }

    /// The fields of the public type `WidevineData`.
    pub fn write(&self, o: &mut Object<'_>) {
        for (number, (name, kind)) in (1..).zip(FIELDS) {
            let field = self.one(number);
            match (kind, field) {
                (Kind::Ids, _) if field.is_some() || number == KEY_ID => {
                    o.hexes(name, &mut self.all(number).map(|field| field.value.bytes));
                    if self.all(number).any(|field| *normalized(field.value.bytes) != *field.value.bytes) && number == KEY_ID {
                        let ids: Vec<_> = self.key_ids().map(|id| normalized(id.bytes)).collect();
                        o.hexes("normalizedKeyIds", &mut ids.iter().map(|id| &**id));
                    }
                }
                (_, None) => {}
                (Kind::Choice(names), Some(field)) => o.optional_string(name, names.get(field.varint as usize).copied()),
                (Kind::Number, Some(field)) => o.number(name, field.varint),
                (Kind::FourCc, Some(field)) => o.optional_string(name, scheme(field).map(Scheme::as_str)),
                (Kind::Text, Some(field)) => o.optional_string(name, str::from_utf8(field.value.bytes).ok()),
                (Kind::ContentId, Some(field)) => {
                    o.optional_string("contentId", self.content_id_text());
                    o.span(name, field.value);
                }
                (Kind::EntitledKeys, _) => {
                    let keys: Vec<_> = self.all(number).filter_map(|field| entitled_key(field.value)).collect();
                    o.objects(name, &keys, |o, fields| {
                        for field in fields.iter().filter(|field| rank(field) < 3) {
                            o.string(if rank(field) == 1 { "entitlementKeyId" } else { "keyId" }, &hex(field.value.bytes));
                        }
                        write_unknown(o, fields.iter().filter(|field| rank(field) == 3));
                    });
                }
                (Kind::Ids | Kind::Bytes, Some(field)) => o.span(name, field.value),
            }
        }
        write_unknown(o, self.fields.iter().filter(|field| !field.known));
        // By number, unknown ones last, is the usual order; any other is told, so that it can be written again.
        let order: Vec<u64> = self.fields.iter().map(|field| if field.known { u64::from(field.number) } else { 0 }).collect();
        if !order.is_sorted_by_key(|number| number.wrapping_sub(1)) {
            o.numbers("fieldOrder", &order);
        }
    }
}

fn write_unknown<'f>(o: &mut Object<'_>, fields: impl Iterator<Item = &'f Field<'f>>) {
    let fields: Vec<_> = fields.collect();
    if !fields.is_empty() {
        o.objects("unknownFields", &fields, |o, field| {
            o.number("field", u64::from(field.number));
            o.number("wireType", u64::from(field.wire));
            o.span("value", field.value);
        });
    }
}

/// A key id that was written as 32 hex digits or as a UUID (Uplynk, 2017) becomes the 16 bytes that it stands for.
pub fn normalized(key_id: &[u8]) -> Cow<'_, [u8]> {
    match str::from_utf8(key_id).ok().and_then(crate::text::key_id) {
        Some(id) => Cow::Owned(id.into()),
        None => Cow::Borrowed(key_id),
    }
}

/// Reads Widevine's data.
pub fn read(data: Span<'_>) -> Result<WidevineData<'_>, Fault> {
    let mut fields = protobuf::fields(data)?;
    // From the last to the first, as of a field that stands once the last counts.
    let mut seen = 0_u32;
    for field in fields.iter_mut().rev() {
        let Some((_, kind)) = FIELDS.get((field.number as usize).wrapping_sub(1)) else { continue };
        let bit = 1_u32.wrapping_shl(field.number);
        field.known = understood(*kind, field) && (matches!(kind, Kind::Ids | Kind::EntitledKeys) || seen & bit == 0);
        if field.known {
            seen |= bit;
        }
    }
    Ok(WidevineData { fields })
}

fn understood(kind: Kind, field: &Field<'_>) -> bool {
    let number = field.wire == VARINT;
    match kind {
        Kind::Choice(names) => number && field.varint < names.len() as u64,
        Kind::Number => number && field.varint <= u64::from(u32::MAX),
        Kind::FourCc => number && scheme(field).is_some(),
        Kind::Text => field.wire == BYTES && str::from_utf8(field.value.bytes).is_ok(),
        Kind::Bytes | Kind::ContentId | Kind::Ids => field.wire == BYTES,
        Kind::EntitledKeys => field.wire == BYTES && entitled_key(field.value).is_some(),
    }
}

fn scheme(field: &Field<'_>) -> Option<Scheme> {
    u32::try_from(field.varint).ok().and_then(|number| Scheme::from_fourcc(number.to_be_bytes()))
}

/// `1` entitlement key id, `2` key id, then the wrapped key; in another order it is left as unknown, to be kept as it is.
fn entitled_key(data: Span<'_>) -> Option<Vec<Field<'_>>> {
    let fields = protobuf::fields(data).ok()?;
    let in_order = fields.is_sorted_by(|a, b| rank(a) < rank(b) || rank(a) == 3 && rank(b) == 3);
    in_order.then_some(fields)
}

fn rank(field: &Field<'_>) -> u8 {
    match (field.number, field.wire) {
        (1, BYTES) => 1,
        (2, BYTES) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Writer;
    use serde_json::{Value, json};

    fn data(bytes: &[u8]) -> Value {
        let read = read(Span::whole(bytes)).unwrap();
        let mut out = Writer::new();
        out.object(|o| read.write(o));
        serde_json::from_str(&out.finish()).unwrap()
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
        let expected = json!({
            "algorithm": "AESCTR", "keyIds": ["aabb"], "provider": "inka", "contentId": "cid", "contentIdBytes": [14, 3],
            "trackType": "HD", "policy": "", "cryptoPeriodIndex": 128, "groupedLicense": [28, 1], "protectionScheme": "cenc",
            "cryptoPeriodSeconds": 3600, "type": "entitled-key", "keySequence": 7, "groupIds": ["6731"],
            "entitledKeys": [{"entitlementKeyId": "45", "keyId": "4b", "unknownFields": [{"field": 3, "wireType": 2, "value": [56, 0]}]}],
            "videoFeature": "HDR",
        });
        assert_eq!(data(&bytes), expected);
        let read = read(Span::whole(&bytes)).unwrap();
        assert_eq!((read.content_id_text(), read.crypto_period_index()), (Some("cid"), Some(128)));
        assert_eq!(read.key_ids().chain(read.entitled_key_ids()).map(|id| id.bytes).collect::<Vec<_>>(), [&b"\xaa\xbb"[..], b"K"]);
    }

    #[test]
    fn what_is_not_understood_is_kept() {
        // 3 as a varint, 1 = 9, 9 = 'none', 3 not UTF-8, 20 fixed32, 21 fixed64
        let read = data(b"\x18\x05\x08\x09\x48\x01\x1a\x01\xff\xa5\x01ABCD\xa9\x01ABCDEFGH\x1a\x01p");
        let kept: Vec<_> = read["unknownFields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| [&field["field"], &field["wireType"], &field["value"][1]].map(|number| number.as_u64().unwrap()))
            .collect();
        assert_eq!(kept, [[3, 0, 1], [1, 0, 1], [9, 0, 1], [3, 2, 1], [20, 5, 4], [21, 1, 8]]);
        assert_eq!((read.get("algorithm"), read.get("protectionScheme"), &read["provider"]), (None, None, &json!("p")));
        assert_eq!(read["fieldOrder"], json!([0, 0, 0, 0, 0, 0, 3]));
    }

    #[test]
    fn the_last_of_a_repeated_single_field_counts() {
        let read = data(b"\x1a\x01a\x12\x01k\x1a\x01b");
        assert_eq!(read["provider"], "b");
        assert_eq!(read["unknownFields"], json!([{"field": 3, "wireType": 2, "value": [2, 1]}]));
        assert_eq!(read["fieldOrder"], json!([0, 2, 3]));
        // The last valid one: a wrong one behind it does not take its place.
        assert_eq!(data(b"\x1a\x01a\x18\x07")["provider"], "a");
    }

    #[test]
    fn key_ids_written_as_text() {
        assert_eq!(*normalized(b"00112233445566778899aabbccddeeff"), *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff");
        assert_eq!(
            *normalized(b"00112233-4455-6677-8899-AABBCCDDEEFF"),
            *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
        );
        assert_eq!(*normalized(b"0123456789abcdef"), *b"0123456789abcdef");
        let read = data(b"\x12\x2000112233445566778899aabbccddeeff\x12\x01k");
        assert_eq!(read["normalizedKeyIds"], json!(["00112233445566778899aabbccddeeff", "6b"]));
        assert_eq!(read["keyIds"][1], "6b");
    }

    #[test]
    fn an_entitled_key_in_another_order_stays_whole() {
        for bytes in [&b"\x72\x06\x12\x01K\x0a\x01E"[..], b"\x72\x06\x0a\x01E\x0a\x01E", b"\x72\x05\x1a\x00\x12\x01K", b"\x72\x01\x0a"] {
            let read = data(bytes);
            assert_eq!((read.get("entitledKeys"), &read["unknownFields"][0]["field"]), (None, &json!(14)), "{bytes:?}");
        }
    }
}
