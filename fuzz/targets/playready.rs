//! PlayReady Objects and headers, in UTF-16 and UTF-8.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::init_data::playready;
use pallycon_drm::system;

fuzz_target!(|data: &[u8]| {
    support::payload(data, system::PLAYREADY);
    if let Some(text) = playready::header_text(data) {
        let _ = playready::parse_header(&text);
    }
});
