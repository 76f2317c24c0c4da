//! Fields in JSON, as JavaScript hands them to the writers.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::{json, write};

fuzz_target!(|text: &str| {
    let Some(value) = json::parse(text) else { return };
    if let Ok(written) = write::pssh(&value) {
        support::read_init_data(&written, None, false);
    }
    let _ = write::widevine_data(&value);
    let _ = write::playready_object(&value);
});
