//! Writes what `init_data` reads. Each function takes the JSON of the public type, with bytes in hex, and returns bytes
//! that read as the same JSON: the output depends on the fields alone.

mod edit;
mod header;
mod playready;
mod pssh;
mod widevine;

pub use playready::playready_object;
pub use pssh::pssh;
pub use widevine::widevine_data;

use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::text;

fn invalid(reason: Reason) -> Error {
    Error::because(Code::InitDataInvalid, reason)
}

/// The fields of an object; `null` is the same as a missing field.
#[derive(Debug, Clone, Copy)]
struct Fields<'v>(&'v Value);

impl<'v> Fields<'v> {
    fn get(self, name: &str) -> Option<&'v Value> {
        self.0.get(name).filter(|value| **value != Value::Null)
    }

    fn text(self, name: &str) -> Result<Option<&'v str>, Error> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| invalid(Reason::WriteNotText).with(name))).transpose()
    }

    fn bytes(self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.text(name)?.map(|text| text::from_hex(text).ok_or_else(|| invalid(Reason::WriteNotHex).with(name))).transpose()
    }

    fn number(self, name: &str, max: u64) -> Result<Option<u64>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.text().and_then(|text| text.parse().ok()).filter(|number| *number <= max);
        number.map(Some).ok_or_else(|| invalid(Reason::WriteNotNumber).with(name))
    }

    fn u32(self, name: &str) -> Result<Option<u32>, Error> {
        // In range by the line above it.
        Ok(self.number(name, u64::from(u32::MAX))?.map(|number| number as u32))
    }

    fn flag(self, name: &str) -> bool {
        self.get(name) == Some(&Value::Boolean(true))
    }

    fn items(self, name: &str) -> Result<&'v [Value], Error> {
        self.get(name).map_or(Ok(&[]), |value| value.items().ok_or_else(|| invalid(Reason::WriteNotList).with(name)))
    }

    /// A list of bytes in hex.
    fn ids(self, name: &str) -> Result<Vec<Vec<u8>>, Error> {
        let id = |value: &Value| value.as_str().and_then(text::from_hex).ok_or_else(|| invalid(Reason::WriteNotHexList).with(name));
        self.items(name)?.iter().map(id).collect()
    }
}

#[cfg(test)]
mod tests;
