//! Widevine's PSSH data, a protobuf message (`docs/protocol.md`, "Widevine").
//!
//! ```text
//!  1 algorithm  varint   5 track_type  string           9 protection_scheme     varint, four characters
//!  2 key_id     bytes*   6 policy      string          10 crypto_period_seconds varint   13 group_ids     bytes*
//!  3 provider   string   7 crypto_period_index varint  11 type                  varint   14 entitled_keys message*
//!  4 content_id bytes    8 grouped_license     bytes   12 key_sequence          varint   15 video_feature string
//! ```
//!
//! A field with the wrong wire type, an unknown value or text that is not UTF-8 is reported as unknown, and so is
//! every occurrence but the last of a non-repeated field: in protobuf the last one wins.

use super::protobuf::{self, BYTES, Fields, VARINT};
use super::visitor::{Report, Value, Visitor};
use crate::bytes::Span;
use crate::error::{ParseError, Reason};
use crate::record::Field;
use crate::system::Scheme;
use std::borrow::Cow;

/// The values of field 1.
pub const ALGORITHMS: [&str; 2] = ["UNENCRYPTED", "AESCTR"];
/// The values of field 11.
pub const TYPES: [&str; 3] = ["single", "entitlement", "entitled-key"];
const KEY_ID: u32 = 2;
const ENTITLED_KEY: u32 = 14;

/// By number from 1: the name that the field is reported under.
const FIELDS: [Field; 15] = [
    Field::Algorithm,
    Field::KeyIds,
    Field::Provider,
    Field::ContentIdBytes,
    Field::TrackType,
    Field::Policy,
    Field::CryptoPeriodIndex,
    Field::GroupedLicense,
    Field::ProtectionScheme,
    Field::CryptoPeriodSeconds,
    Field::Type,
    Field::KeySequence,
    Field::GroupIds,
    Field::EntitledKeys,
    Field::VideoFeature,
];

/// A field's value, if it is understood.
#[inline(never)]
fn understood<'a>(field: &protobuf::Field<'a>) -> Option<Value<'a, 'static>> {
    let number = u32::try_from(field.varint).ok().filter(|_| field.wire == VARINT);
    let bytes = Some(field.value).filter(|_| field.wire == BYTES);
    let choice = |names: &[&'static str]| number.and_then(|at| names.get(at as usize).copied()).map(Value::Text);
    match field.number {
        1 => choice(&ALGORITHMS),
        KEY_ID | 13 => bytes.map(|value| Value::Id(value.bytes)),
        3 | 5 | 6 | 15 => bytes.and_then(|value| str::from_utf8(value.bytes).ok()).map(Value::Text),
        4 | 8 => bytes.map(Value::Bytes),
        7 | 10 | 12 => number.map(Value::Number),
        9 => number.and_then(|fourcc| Scheme::from_fourcc(fourcc.to_be_bytes())).map(|scheme| Value::Text(scheme.as_str())),
        11 => choice(&TYPES),
        ENTITLED_KEY => bytes.filter(|value| is_entitled_key(*value)).map(Value::Bytes),
        _ => None,
    }
}

fn may_repeat(number: u32) -> bool {
    matches!(number, KEY_ID | 13 | ENTITLED_KEY)
}

/// The start of the last understood occurrence of each non-repeated field, and other facts that are needed before the
/// fields are reported.
#[derive(Default)]
struct Survey {
    last: [usize; 16],
    /// Bits of the fields that were understood.
    seen: u32,
    /// Fields are in order of their numbers, unknown ones last: the usual order.
    sorted: bool,
    /// A key id was written as text.
    normalized: bool,
}

impl Survey {
    fn of(data: Span<'_>) -> Result<Self, ParseError> {
        let mut out = Self { sorted: true, ..Self::default() };
        let mut fields = Fields::new(data);
        for field in fields.by_ref() {
            if understood(&field).is_none() {
                continue;
            }
            out.seen |= 1_u32.wrapping_shl(field.number);
            out.normalized |= field.number == KEY_ID && normalized(field.value.bytes).is_some();
            if let Some(last) = out.last.get_mut(field.number as usize) {
                *last = field.offset;
            }
        }
        fields.check()?;
        let mut before = 0;
        for field in Fields::new(data) {
            let order = out.order(&field).wrapping_sub(1);
            out.sorted &= before <= order;
            before = order;
        }
        Ok(out)
    }

    fn value<'a>(&self, field: &protobuf::Field<'a>) -> Option<Value<'a, 'static>> {
        let counts = may_repeat(field.number) || self.last.get(field.number as usize) == Some(&field.offset);
        understood(field).filter(|_| counts)
    }

    /// The field's number, or 0 if it is reported as unknown.
    fn order(&self, field: &protobuf::Field<'_>) -> u32 {
        if self.value(field).is_some() { field.number } else { 0 }
    }
}

/// Reads Widevine's data. Other bytes may look like fields with unknown numbers: a payload without its box
/// (`bare`) needs a field that is understood.
#[inline(never)]
pub fn read<'a, V: Visitor<'a>>(data: Span<'a>, bare: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    let survey = Survey::of(data)?;
    if bare && survey.seen == 0 {
        return Err(ParseError::new(Reason::NotInitData, data.offset));
    }
    out.visitor.open_list(Field::KeyIds);
    for field in Fields::new(data) {
        let value = survey.value(&field);
        let name = FIELDS.get((field.number as usize).wrapping_sub(1));
        let (Some(value), Some(name)) = (value, name) else {
            unknown(&field, out);
            continue;
        };
        match (field.number, value) {
            (ENTITLED_KEY, _) => {
                out.visitor.open(Field::EntitledKeys);
                entitled_key(field.value, out);
                out.visitor.close();
                continue;
            }
            (4, Value::Bytes(id)) => {
                if let Ok(text) = str::from_utf8(id.bytes) {
                    out.visitor.field(Field::ContentId, Value::Text(text));
                    out.content_id(Cow::Borrowed(text));
                }
            }
            (7, Value::Number(index)) => out.key_period(index),
            (KEY_ID, Value::Id(id)) => match normalized(id) {
                Some(id) => out.key_id(&id),
                None => out.key_id(id),
            },
            _ => {}
        }
        if V::PLACES {
            out.visitor.place(field.value);
        }
        out.visitor.field(*name, value);
    }
    // The keys of entitled keys come after the message's own.
    for field in Fields::new(data).filter(|field| field.number == ENTITLED_KEY && survey.value(field).is_some()) {
        Fields::new(field.value).filter(|inner| rank(inner) == 2).for_each(|inner| out.key_id(inner.value.bytes));
    }
    if survey.normalized {
        for id in Fields::new(data).filter(|field| field.number == KEY_ID && survey.value(field).is_some()) {
            match normalized(id.value.bytes) {
                Some(id) => out.visitor.field(Field::NormalizedKeyIds, Value::DecodedId(&id)),
                None => out.visitor.field(Field::NormalizedKeyIds, Value::Id(id.value.bytes)),
            }
        }
    }
    // Only an unusual order is reported, so that the message can be written again.
    if !survey.sorted {
        for field in Fields::new(data) {
            out.visitor.field(Field::FieldOrder, Value::Number(survey.order(&field)));
        }
    }
    Ok(())
}

fn unknown<'a, V: Visitor<'a>>(field: &protobuf::Field<'a>, out: &mut Report<'a, '_, V>) {
    out.visitor.open(Field::UnknownFields);
    out.visitor.field(Field::FieldNumber, Value::Number(field.number));
    out.visitor.field(Field::WireType, Value::Number(field.wire.into()));
    out.visitor.field(Field::Value, Value::Bytes(field.value));
    out.visitor.close();
}

/// A key id that was written as 32 hex digits or as a UUID (Uplynk, 2017) means 16 bytes.
fn normalized(key_id: &[u8]) -> Option<[u8; 16]> {
    if key_id.len() < 32 {
        return None;
    }
    crate::text::key_id(str::from_utf8(key_id).ok()?)
}

/// `1` entitlement key id, `2` key id, then the wrapped key; in another order it is reported as unknown, so that it is
/// kept unchanged.
#[inline(never)]
fn is_entitled_key(data: Span<'_>) -> bool {
    let mut before = 0;
    let mut fields = Fields::new(data);
    for field in fields.by_ref() {
        let rank = rank(&field);
        if rank <= before && rank < 3 {
            return false;
        }
        before = rank;
    }
    fields.check().is_ok()
}

fn entitled_key<'a, V: Visitor<'a>>(data: Span<'a>, out: &mut Report<'a, '_, V>) {
    for field in Fields::new(data) {
        match rank(&field) {
            1 => out.visitor.field(Field::EntitlementKeyId, Value::Id(field.value.bytes)),
            2 => out.visitor.field(Field::KeyId, Value::Id(field.value.bytes)),
            _ => unknown(&field, out),
        }
    }
}

fn rank(field: &protobuf::Field<'_>) -> u8 {
    match (field.number, field.wire) {
        (1, BYTES) => 1,
        (2, BYTES) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init_data::InitData;
    use crate::init_data::test_support::boxed;
    use crate::system;
    use serde_json::{Value, json};

    fn data(bytes: &[u8]) -> Value {
        facts(bytes).0
    }

    fn facts(bytes: &[u8]) -> (Value, InitData<'_>) {
        let (mut pssh, read) = boxed(system::WIDEVINE, Some(Field::Widevine), bytes, |pssh, out| read(pssh.data, false, out)).unwrap();
        (pssh["widevine"].take(), read)
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
        let (_, facts) = facts(&bytes);
        assert_eq!((facts.content_id.as_deref(), facts.key_period_index), (Some("cid"), Some(128)));
        assert_eq!(facts.key_ids.iter().collect::<Vec<_>>(), [&b"\xaa\xbb"[..], b"K"]);
    }

    #[test]
    fn unknown_fields_are_kept() {
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
        // The last valid one: an invalid one after it does not replace it.
        assert_eq!(data(b"\x1a\x01a\x18\x07")["provider"], "a");
    }

    #[test]
    fn key_ids_written_as_text() {
        let id = *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff";
        assert_eq!(normalized(b"00112233445566778899aabbccddeeff"), Some(id));
        assert_eq!(normalized(b"00112233-4455-6677-8899-AABBCCDDEEFF"), Some(id));
        assert_eq!(normalized(b"0123456789abcdef"), None);
        let read = data(b"\x12\x2000112233445566778899aabbccddeeff\x12\x01k");
        assert_eq!(read["normalizedKeyIds"], json!(["00112233445566778899aabbccddeeff", "6b"]));
        assert_eq!(read["keyIds"][1], "6b");
    }

    #[test]
    fn an_entitled_key_in_another_order_is_kept_whole() {
        for bytes in [&b"\x72\x06\x12\x01K\x0a\x01E"[..], b"\x72\x06\x0a\x01E\x0a\x01E", b"\x72\x05\x1a\x00\x12\x01K", b"\x72\x01\x0a"] {
            let read = data(bytes);
            assert_eq!((read.get("entitledKeys"), &read["unknownFields"][0]["field"]), (None, &json!(14)), "{bytes:?}");
        }
    }
}
