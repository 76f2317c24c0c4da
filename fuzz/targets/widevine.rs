//! Widevine's data, read, written and read again.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::bytes::Span;
use pallycon_drm::init_data::widevine;

fuzz_target!(|data: &[u8]| {
    let Ok(read) = widevine::read(Span::whole(data)) else { return };
    assert!(read.fields.iter().all(|field| support::inside(data, field.value)));
    read.key_ids().for_each(|id| drop(widevine::normalized(id.bytes)));
});
