//! What several targets ask of init data.
#![allow(dead_code)]

use pallycon_drm::bytes::Span;
use pallycon_drm::init_data::{InitDataType, Options, Payload, parse};
use pallycon_drm::json;
use pallycon_drm::write;

/// Whether a span is the part of the input that it says.
pub fn inside(data: &[u8], span: Span<'_>) -> bool {
    data.get(span.offset..span.offset + span.bytes.len()) == Some(span.bytes)
}

/// Reads; what was read must lie inside the input. Of one input in sixteen, as it takes ten times as long: it must be JSON, and
/// every box must write back as it stands.
pub fn init_data(data: &[u8], kind: Option<InitDataType>, strict: bool) -> Option<()> {
    let read = parse(data, Options { kind, strict }).ok()?;
    for pssh in &read.boxes {
        assert!(inside(data, pssh.data) && pssh.offset + pssh.size <= data.len());
        if let Payload::Widevine(widevine) = &pssh.payload {
            assert!(widevine.fields.iter().all(|field| inside(data, field.value)));
        }
    }
    assert!(read.warnings.iter().all(|warning| warning.offset <= data.len()));
    if data.len() % 16 != 0 {
        return Some(());
    }
    let mut value = json::parse(&read.to_json()).expect("what is written is JSON");
    resolve(&mut value, data);
    for pssh in value.get("boxes").and_then(json::Value::items).unwrap_or_default() {
        if pssh.get("bare").is_none() {
            let [offset, size] = ["offset", "size"].map(|name| pssh.field(name).and_then(|number| number.parse::<usize>().ok()).unwrap());
            assert_eq!(write::pssh(pssh).expect("a box that was read can be written"), data[offset..offset + size]);
        }
    }
    Some(())
}

/// Spans become hex, as JavaScript hands bytes over.
fn resolve(value: &mut json::Value, data: &[u8]) {
    match value {
        json::Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, data)),
        json::Value::Object(fields) => {
            for (name, value) in fields {
                match value.items() {
                    Some([json::Value::Number(offset), json::Value::Number(length)]) if matches!(&name[..], "data" | "padding") => {
                        let offset: usize = offset.parse().unwrap();
                        let bytes = &data[offset..offset + length.parse::<usize>().unwrap()];
                        *value = json::Value::String(pallycon_drm::text::hex(bytes));
                    }
                    _ => resolve(value, data),
                }
            }
        }
        _ => {}
    }
}
