//! The exports of the inspect module: segments, manifests, writers, and identifying any input. Results are JSON.

use crate::error::{Code, Error, Reason};
use crate::json::{self, Value};
use crate::web::thrown;
use crate::{init_data::segment, inspect, manifest, write};
use wasm_bindgen::prelude::*;

/// Reads an fMP4 segment.
#[wasm_bindgen(js_name = parseSegment)]
pub fn parse_segment(data: &[u8]) -> Result<String, JsValue> {
    segment::parse(data).map(|read| read.to_json()).map_err(thrown)
}

/// Reads a playlist, an MPD, or one tag or element of it.
#[wasm_bindgen(js_name = parseManifest)]
pub fn parse_manifest(text: &str) -> Result<String, JsValue> {
    manifest::parse(text).map(|read| read.to_json()).map_err(thrown)
}

/// Identifies bytes.
#[wasm_bindgen(js_name = inspectBytes)]
pub fn inspect_bytes(data: &[u8]) -> String {
    inspect::bytes(data).to_json()
}

/// Identifies a text.
#[wasm_bindgen(js_name = inspectText)]
pub fn inspect_text(text: &str) -> String {
    inspect::text(text).to_json()
}

/// The hint for a warning.
#[wasm_bindgen]
pub fn hint(code: &str) -> String {
    Code::ALL.iter().find(|known| known.as_str() == code).map_or_else(String::new, |known| known.hint().into())
}

/// The places of the fields of such a finding in its bytes.
#[wasm_bindgen]
pub fn ranges(kind: &str, data: &[u8]) -> String {
    inspect::ranges::of(kind, data).to_json()
}

/// Writes `what` ("pssh", "widevine", "playready") from its fields: JSON, with bytes in hex.
#[wasm_bindgen]
pub fn build(what: &str, fields: &str) -> Result<Vec<u8>, JsValue> {
    let error = || thrown(Error::because(Code::InitDataInvalid, Reason::WriteNotObject));
    let fields: Value = json::parse(fields).ok_or_else(error)?;
    match what {
        "widevine" => write::widevine_data(&fields),
        "playready" => write::playready_object(&fields),
        _ => write::pssh(&fields),
    }
    .map_err(thrown)
}
