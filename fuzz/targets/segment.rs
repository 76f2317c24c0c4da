//! fMP4 segments.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::init_data::segment;

fuzz_target!(|data: &[u8]| {
    if let Ok(read) = segment::parse(data) {
        if data.len() % 16 == 0 {
            support::places(&read.to_json(), data);
        }
    }
});
