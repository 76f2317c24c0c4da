//! Properties of init data that several targets check.
#![allow(dead_code)]

use pallycon_drm::bytes::Span;
use pallycon_drm::init_data::collect::Collector;
use pallycon_drm::init_data::visitor::{PsshHeader, Report};
use pallycon_drm::init_data::{InitDataType, Options, parse, payload};
use pallycon_drm::{error, init_data, json, record, text, write};

#[path = "../tests/support/record.rs"]
pub mod record_support;

/// Whether a span is the part of the input that it claims to be.
pub fn inside(data: &[u8], span: Span<'_>) -> bool {
    data.get(span.offset..span.offset + span.bytes.len()) == Some(span.bytes)
}

/// Reads. For one input in sixteen, because it takes ten times as long, the result must also be JSON, every span that
/// it reports must lie inside the input, and every box must be written back unchanged.
pub fn read_init_data(data: &[u8], kind: Option<InitDataType>, strict: bool) -> Option<()> {
    let read = parse(data, Options { kind, strict }).ok()?;
    if data.len() % 16 != 0 {
        return Some(());
    }
    let mut value = json::parse(&read.to_json()).expect("the output is JSON");
    resolve(&mut value, data);
    for pssh in value.get("boxes").and_then(json::Value::items).unwrap_or_default() {
        if pssh.get("bare").is_none() {
            let [offset, size] = ["offset", "size"].map(|name| pssh.field(name).and_then(|number| number.parse::<usize>().ok()).unwrap());
            assert_eq!(write::pssh(pssh).expect("a box that was read can be written"), data[offset..offset + size]);
        }
    }
    Some(())
}

/// Reads a system's data: the result must be JSON whose spans lie inside the input.
pub fn payload(data: &[u8], system_id: [u8; 16]) {
    let mut collector = Collector::default();
    let mut out = Report::new(&mut collector);
    let pssh = PsshHeader::bare(system_id, Span::whole(data));
    out.begin_box(&pssh);
    let read = payload::read(&pssh, false, &mut out);
    let collected = collector.finished();
    assert!(read.is_ok() || collected.boxes[0].payload.is_none());
    places(&collected.to_json(), data);
}

/// The output must be JSON whose spans lie inside the input.
pub fn places(json: &str, data: &[u8]) {
    resolve(&mut json::parse(json).expect("the output is JSON"), data);
}

/// Fields that name a place in the input.
const PLACES: [&str; 7] = ["data", "padding", "contentIdBytes", "groupedLicense", "value", "assetId", "context"];

/// Turns spans into hex, as JavaScript passes bytes.
fn resolve(value: &mut json::Value, data: &[u8]) {
    match value {
        json::Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, data)),
        json::Value::Object(fields) => {
            for (name, value) in fields {
                match value.items() {
                    Some([json::Value::Number(offset), json::Value::Number(length)]) if PLACES.contains(&&name[..]) => {
                        let offset: usize = offset.parse().unwrap();
                        let bytes = &data[offset..offset + length.parse::<usize>().unwrap()];
                        *value = json::Value::String(text::hex(bytes));
                    }
                    _ => resolve(value, data),
                }
            }
        }
        _ => {}
    }
}
