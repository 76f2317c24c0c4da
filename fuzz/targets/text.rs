//! Text forms of init data.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::init_data::from_text;

fuzz_target!(|text: &str| {
    if let Ok(bytes) = from_text(text) {
        support::read_init_data(&bytes, None, false);
    }
});
