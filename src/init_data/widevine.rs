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

use super::InitData;
use super::protobuf::{self, Field};
use crate::bytes::{Fault, Span};
use crate::json::Writer;
use crate::system::Scheme;

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

const VARINT: u8 = 0;
const BYTES: u8 = 2;

/// Reads Widevine's data: the fields of the public type, and what they say of keys and content. Bytes that mean something else
/// may pass for fields with unknown numbers: a payload without its box has to have one that is understood.
#[inline(never)]
pub fn read(data: Span<'_>, out: &mut InitData) -> Result<(), Fault> {
    let mut fields = protobuf::fields(data)?;
    // From the last to the first, as of a field that stands once the last counts.
    let mut seen = 0_u32;
    for field in fields.iter_mut().rev() {
        let Some((_, kind)) = FIELDS.get((field.number as usize).wrapping_sub(1)) else { continue };
        let bit = 1_u32.wrapping_shl(field.number);
        field.known = understood(*kind, field) && (is_list(*kind) || seen & bit == 0);
        if field.known {
            seen |= bit;
        }
    }
    // Key ids as the bytes that they stand for, where one was written as text.
    let (mut normal, mut differ) = (Writer::new(), false);
    for (number, (name, kind)) in (1..).zip(FIELDS) {
        let list = is_list(kind) && (number == KEY_ID || seen & 1_u32.wrapping_shl(number) != 0);
        if list {
            out.boxes.key(name);
            out.boxes.open(b'[');
        }
        for field in fields.iter().filter(|field| field.known && field.number == number) {
            value(out, name, kind, field);
            if number == KEY_ID {
                let bytes = field.value.bytes;
                let id = normalized(bytes);
                differ |= id.is_some();
                let id = id.as_ref().map_or(bytes, |id| id);
                normal.hex(id);
                out.key_ids.add(id);
            }
        }
        if list {
            out.boxes.close(b']');
        }
    }
    if differ {
        out.boxes.list("normalizedKeyIds", |o| o.append(&normal));
    }
    write_unknown(&mut out.boxes, &fields, |field| !field.known);
    // By number, unknown ones last, is the usual order; any other is told, so that it can be written again.
    let order = |field: &Field<'_>| if field.known { field.number } else { 0 };
    if !fields.is_sorted_by_key(|field| order(field).wrapping_sub(1)) {
        out.boxes.list("fieldOrder", |o| fields.iter().for_each(|field| o.count(order(field).into())));
    }
    if out.bare && seen == 0 {
        return Err(Fault::new("it is neither pssh boxes nor a payload of one", data.offset));
    }
    Ok(())
}

fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::Ids | Kind::EntitledKeys)
}

fn value(out: &mut InitData, name: &str, kind: Kind, field: &Field<'_>) {
    let o = &mut out.boxes;
    let bytes = field.value.bytes;
    let text = str::from_utf8(bytes).ok();
    match kind {
        Kind::Choice(names) => o.optional_string(name, names.get(field.varint as usize).copied()),
        Kind::Number => {
            o.number(name, field.varint);
            if name == "cryptoPeriodIndex" {
                out.key_period_index = out.key_period_index.or(Some(field.varint as u32));
            }
        }
        Kind::FourCc => o.optional_string(name, scheme(field).map(Scheme::as_str)),
        Kind::Text => o.optional_string(name, text),
        Kind::Bytes => o.span(name, field.value),
        Kind::ContentId => {
            o.optional_string("contentId", text);
            o.span(name, field.value);
            if out.content_id.is_none() {
                out.content_id = text.map(String::from);
            }
        }
        Kind::Ids => o.hex(bytes),
        Kind::EntitledKeys => {
            let fields = entitled_key(field.value).unwrap_or_default();
            o.open(b'{');
            for field in fields.iter().filter(|field| rank(field) < 3) {
                let content = rank(field) == 2;
                o.bytes(if content { "keyId" } else { "entitlementKeyId" }, field.value.bytes);
                if content {
                    out.key_ids.add(field.value.bytes);
                }
            }
            write_unknown(o, &fields, |field| rank(field) == 3);
            o.close(b'}');
        }
    }
}

fn write_unknown(o: &mut Writer, fields: &[Field<'_>], is: fn(&Field<'_>) -> bool) {
    if !fields.iter().any(is) {
        return;
    }
    o.list("unknownFields", |o| {
        for field in fields.iter().filter(|field| is(field)) {
            o.open(b'{');
            o.number("field", field.number.into());
            o.number("wireType", field.wire.into());
            o.span("value", field.value);
            o.close(b'}');
        }
    });
}

/// A key id that was written as 32 hex digits or as a UUID (Uplynk, 2017) stands for 16 bytes.
fn normalized(key_id: &[u8]) -> Option<[u8; 16]> {
    crate::text::key_id(str::from_utf8(key_id).ok()?)
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
    use serde_json::{Value, json};

    fn data(bytes: &[u8]) -> Value {
        facts(bytes).0
    }

    fn facts(bytes: &[u8]) -> (Value, InitData) {
        let mut out = InitData::default();
        read(Span::whole(bytes), &mut out).unwrap();
        (serde_json::from_str(&["{", &std::mem::take(&mut out.boxes).finish(), "}"].concat()).unwrap(), out)
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
        let id = *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff";
        assert_eq!(normalized(b"00112233445566778899aabbccddeeff"), Some(id));
        assert_eq!(normalized(b"00112233-4455-6677-8899-AABBCCDDEEFF"), Some(id));
        assert_eq!(normalized(b"0123456789abcdef"), None);
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
