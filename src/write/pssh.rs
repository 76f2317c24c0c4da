//! PSSH boxes; the layout is drawn in `init_data::pssh`.

use super::{Fields, invalid};
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::text;

/// `{systemId, version?, flags?, keyIds?, data?, padding?, sizeForm?, noDataSize?}`. The default version is 1 if there
/// are key ids.
pub fn pssh(fields: &Value) -> Result<Vec<u8>, Error> {
    let fields = Fields(fields);
    let system_id = fields.text("systemId")?.and_then(text::key_id).ok_or_else(|| invalid(Reason::WriteSystemId))?;
    let key_ids = fields.ids("keyIds")?;
    let version = fields.number("version", 1)?.unwrap_or(u64::from(!key_ids.is_empty()));
    if version == 0 && !key_ids.is_empty() {
        return Err(invalid(Reason::WriteKeysInVersion0));
    }
    if key_ids.iter().any(|id| id.len() != 16) {
        return Err(invalid(Reason::WriteKeyIdLength));
    }
    let flags = fields.number("flags", 0x00ff_ffff)?.unwrap_or(0);
    let mut body = ((version << 24 | flags) as u32).to_be_bytes().to_vec();
    body.extend(system_id);
    if version == 1 {
        body.extend(length(key_ids.len())?);
        body.extend(key_ids.concat());
    }
    let data = fields.bytes("data")?.unwrap_or_default();
    if !fields.flag("noDataSize") || !data.is_empty() {
        body.extend(length(data.len())?);
    }
    body.extend(data);
    body.extend(fields.bytes("padding")?.unwrap_or_default());
    let header = match fields.text("sizeForm")? {
        None => [&length(body.len().saturating_add(8))?[..], b"pssh"].concat(),
        Some("to-end") => b"\0\0\0\0pssh".to_vec(),
        Some("long") => [&b"\0\0\0\x01pssh"[..], &(body.len() as u64).saturating_add(16).to_be_bytes()].concat(),
        Some(_) => return Err(invalid(Reason::WriteNotChoice).with("sizeForm").with("long, to-end")),
    };
    Ok([header, body].concat())
}

fn length(length: usize) -> Result<[u8; 4], Error> {
    u32::try_from(length).map(u32::to_be_bytes).map_err(|_| invalid(Reason::WriteBoxTooLong))
}
