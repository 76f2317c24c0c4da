//! Widevine's data, read, written and read again.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::bytes::Span;
use pallycon_drm::init_data::widevine;

fuzz_target!(|data: &[u8]| {
    let Ok(read) = widevine::read(Span::whole(data)) else { return };
    for id in read.key_ids.iter().chain(&read.content_id) {
        assert!(support::inside(data, *id));
    }
    read.key_ids.iter().for_each(|id| drop(widevine::normalized(id.bytes)));
});
