//! PlayReady Objects and headers, in UTF-16 and UTF-8.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::bytes::Span;
use pallycon_drm::init_data::playready;

fuzz_target!(|data: &[u8]| {
    if let Ok(read) = playready::read(Span::whole(data)) {
        assert!(read.records.iter().all(|record| support::inside(data, record.value)));
    }
    if let Some(text) = playready::header_text(data) {
        let _ = playready::read_header(&mut Default::default(), &text, 0);
    }
});
