//! Widevine's PSSH data; the fields are listed in `init_data::widevine`.

use super::{Fields, invalid};
use crate::error::{Error, Reason};
use crate::init_data::widevine::{ALGORITHMS, TYPES};
use crate::json::Value;
use crate::system::Scheme;
use std::collections::VecDeque;

const VARINT: u8 = 0;
const BYTES: u8 = 2;

/// The public type `WidevineData`. `contentId` takes precedence; omit it to write `contentIdBytes`.
pub fn widevine_data(fields: &Value) -> Result<Vec<u8>, Error> {
    let fields = Fields(fields);
    let mut known: [VecDeque<Vec<u8>>; 16] = Default::default();
    let mut put = |number: usize, encoded: Option<Vec<u8>>| {
        if let (Some(queue), Some(encoded)) = (known.get_mut(number), encoded) {
            queue.push_back(encoded);
        }
    };
    let bytes = |number: u32, value: Option<Vec<u8>>| value.map(|value| field(number, BYTES, &value));
    let varint_of = |number: u32, value: Option<u64>| value.map(|value| field(number, VARINT, &varint(value)));
    let text = |name| Ok::<_, Error>(fields.text(name)?.map(|text| text.as_bytes().to_vec()));

    put(1, varint_of(1, choice(fields, "algorithm", &ALGORITHMS)?));
    fields.ids("keyIds")?.into_iter().for_each(|id| put(2, bytes(2, Some(id))));
    put(3, bytes(3, text("provider")?));
    put(4, bytes(4, text("contentId")?.or(fields.bytes("contentIdBytes")?)));
    put(5, bytes(5, text("trackType")?));
    put(6, bytes(6, text("policy")?));
    put(7, varint_of(7, fields.u32("cryptoPeriodIndex")?.map(u64::from)));
    put(8, bytes(8, fields.bytes("groupedLicense")?));
    put(9, varint_of(9, scheme(fields)?));
    put(10, varint_of(10, fields.u32("cryptoPeriodSeconds")?.map(u64::from)));
    put(11, varint_of(11, choice(fields, "type", &TYPES)?));
    put(12, varint_of(12, fields.u32("keySequence")?.map(u64::from)));
    fields.ids("groupIds")?.into_iter().for_each(|id| put(13, bytes(13, Some(id))));
    for key in fields.items("entitledKeys")? {
        put(14, bytes(14, Some(entitled_key(Fields(key))?)));
    }
    put(15, bytes(15, text("videoFeature")?));
    let mut unknown: VecDeque<Vec<u8>> = unknown_fields(fields)?.into();

    // First the fields in their old order, then new ones.
    let mut out = Vec::new();
    for number in fields.items("fieldOrder")? {
        let number = number.text().and_then(|text| text.parse::<usize>().ok()).ok_or_else(|| invalid(Reason::WriteFieldOrder))?;
        let queue = if number == 0 { Some(&mut unknown) } else { known.get_mut(number) };
        out.extend(queue.and_then(VecDeque::pop_front).into_iter().flatten());
    }
    out.extend(known.into_iter().flatten().chain(unknown).flatten());
    Ok(out)
}

fn entitled_key(fields: Fields<'_>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for (number, name) in [(1, "entitlementKeyId"), (2, "keyId")] {
        out.extend(fields.bytes(name)?.map(|id| field(number, BYTES, &id)).unwrap_or_default());
    }
    out.extend(unknown_fields(fields)?.concat());
    Ok(out)
}

fn unknown_fields(fields: Fields<'_>) -> Result<Vec<Vec<u8>>, Error> {
    let one = |value: &Value| {
        let fields = Fields(value);
        let number =
            fields.number("field", (1 << 29) - 1)?.filter(|number| *number > 0).ok_or_else(|| invalid(Reason::WriteUnknownNumber))?;
        let wire = fields.number("wireType", 5)?.unwrap_or(u64::from(BYTES)) as u8;
        let value = fields.bytes("value")?.unwrap_or_default();
        let fits = match wire {
            VARINT => {
                value.len() <= 10 && value.last().is_some_and(|last| *last < 0x80) && value.iter().rev().skip(1).all(|byte| *byte >= 0x80)
            }
            1 => value.len() == 8,
            BYTES => true,
            5 => value.len() == 4,
            _ => false,
        };
        if fits { Ok(field(number as u32, wire, &value)) } else { Err(invalid(Reason::WriteUnknownValue)) }
    };
    fields.items("unknownFields")?.iter().map(one).collect()
}

/// The place of a text in a list.
fn choice(fields: Fields<'_>, name: &str, all: &[&str]) -> Result<Option<u64>, Error> {
    let Some(text) = fields.text(name)? else { return Ok(None) };
    let at = all.iter().position(|known| *known == text);
    at.map(|at| Some(at as u64)).ok_or_else(|| invalid(Reason::WriteNotChoice).with(name).with(&all.join(", ")))
}

fn scheme(fields: Fields<'_>) -> Result<Option<u64>, Error> {
    let Some(text) = fields.text("protectionScheme")? else { return Ok(None) };
    let scheme = <[u8; 4]>::try_from(text.as_bytes()).ok().and_then(Scheme::from_fourcc);
    let scheme = scheme.ok_or_else(|| invalid(Reason::WriteNotChoice).with("protectionScheme").with("cenc, cbc1, cens, cbcs"))?;
    Ok(Some(u64::from(u32::from_be_bytes(scheme.fourcc()))))
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let group = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            out.push(group);
            return out;
        }
        out.push(group | 0x80);
    }
}

fn field(number: u32, wire: u8, value: &[u8]) -> Vec<u8> {
    let mut out = varint(u64::from(number) << 3 | u64::from(wire));
    if wire == BYTES {
        out.extend(varint(value.len() as u64));
    }
    out.extend(value);
    out
}
