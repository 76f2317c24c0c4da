//! PlayReady Objects; the layout is drawn in `init_data::playready`.
//!
//! If the object was read before (`xml`, and `records` if they are unusual), only the differences are replaced.
//! Otherwise it is written like Microsoft's tools do.

use super::header::{self, Wanted};
use super::{Fields, edit, invalid};
use crate::error::{Error, Reason};
use crate::init_data::playready::HEADER_RECORD;
use crate::json::Value;
use crate::text;

/// The public type `PlayReadyObject`, and the argument of `buildPlayReadyObject`.
pub fn playready_object(fields: &Value) -> Result<Vec<u8>, Error> {
    let fields = Fields(fields);
    let old = fields.text("xml")?;
    let new = header(fields, old)?;
    let mut records = Vec::new();
    for record in fields.items("records")? {
        let record = Fields(record);
        let kind = record.number("type", u64::from(u16::MAX))?.ok_or_else(|| invalid(Reason::WriteRecordType))?;
        records.push((kind as u16, record.bytes("value")?.unwrap_or_default()));
    }
    let place = records.iter().position(|(kind, _)| u32::from(*kind) == HEADER_RECORD);
    // With only other records, for example a license store, there is no header to write.
    if records.is_empty() {
        records.push((HEADER_RECORD as u16, text::to_utf16_le(&new)));
    } else if let Some((_, value)) = place.and_then(|at| records.get_mut(at)) {
        *value = old.map_or_else(|| text::to_utf16_le(&new), |old| like(value, old, &new));
    }
    object(&records)
}

/// The header.
fn header(fields: Fields<'_>, old: Option<&str>) -> Result<String, Error> {
    let mut wanted = Wanted::of(fields)?;
    if let Some(custom) = wanted.texts.last_mut() {
        *custom = header::custom_attributes(custom.take(), fields.u32("keyPeriodIndex")?)?;
    }
    match old.filter(|old| !old.is_empty()) {
        None if fields.items("records")?.is_empty() || !wanted.is_empty() => header::canonical(&wanted),
        None => Ok(String::new()),
        Some(old) => edit::header(old, &wanted),
    }
}

/// Encodes like the old record: in UTF-8 or UTF-16LE, with the same bytes before and after the text.
fn like(record: &[u8], old: &str, new: &str) -> Vec<u8> {
    for (encoded, new) in [(text::to_utf16_le(old), text::to_utf16_le(new)), (old.into(), new.into())] {
        for mark in [&b""[..], b"\xff\xfe", b"\xef\xbb\xbf"] {
            if let Some(rest) = record.strip_prefix(mark).and_then(|rest| rest.strip_prefix(&encoded[..])) {
                return [mark, &new, rest].concat();
            }
        }
    }
    text::to_utf16_le(new)
}

fn object(records: &[(u16, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let long = |_| invalid(Reason::WriteObjectTooLong);
    let mut body = u16::try_from(records.len()).map_err(long)?.to_le_bytes().to_vec();
    for (kind, value) in records {
        body.extend(kind.to_le_bytes());
        body.extend(u16::try_from(value.len()).map_err(long)?.to_le_bytes());
        body.extend(value);
    }
    let length = u32::try_from(body.len().saturating_add(4)).map_err(long)?;
    Ok([&length.to_le_bytes()[..], &body].concat())
}
