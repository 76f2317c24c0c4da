//! Damaged init data, recognized by their first bytes: a precise error is more helpful than "unknown".

use super::Finding;
use crate::error::Error;
use crate::init_data::{self, Options, looks_like_object};
use crate::text::{from_base64, from_hex, from_utf16_le};

/// Bytes that look like init data, and the error in them.
pub fn bytes(data: &[u8]) -> Option<Finding> {
    let kind = kind(data)?;
    Some(finding(kind, &init_data::parse(data, Options::default()).err()?))
}

/// A text that is truncated, or contains characters that do not belong there.
pub fn text(text: &str) -> Option<Finding> {
    let error = match init_data::from_text(text) {
        Ok(data) => return bytes(&data),
        Err(error) => error,
    };
    let digits = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')).count();
    // Whole groups: of hex two digits, of base64 four.
    let start = text.get(..digits & !3)?;
    let (layer, data) = from_hex(start).map(|data| ("hex", data)).or_else(|| Some(("base64", from_base64(start)?)))?;
    Some(finding(kind(&data)?, &error).in_layer(layer, None))
}

pub fn finding(kind: &'static str, error: &Error) -> Finding {
    Finding::object(kind, |o| o.raw("error", &error.to_json()))
}

fn kind(data: &[u8]) -> Option<&'static str> {
    if data.get(4..8) == Some(b"pssh") {
        return Some("cenc");
    }
    let wide = if data.get(1) == Some(&0) || data.starts_with(b"\xff\xfe") { from_utf16_le(data) } else { None };
    let text = wide.as_deref().or_else(|| str::from_utf8(data).ok()).map(str::trim_start).unwrap_or_default();
    match text.as_bytes() {
        [b'<', ..] if text.contains("WRMHEADER") => return Some("playready-header"),
        [b'{', ..] if text.contains("\"kids\"") => return Some("keyids"),
        [b'{', ..] if text.contains("\"sinf\"") => return Some("sinf"),
        _ => {}
    }
    if looks_like_object(data) {
        return Some("playready-object");
    }
    // An optional algorithm and a key id of 16 bytes: packagers write these first.
    matches!(data, [0x08, 0 | 1, 0x12, 0x10, ..] | [0x12, 0x10, ..]).then_some("widevine-data")
}
