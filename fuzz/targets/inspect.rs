//! Anything at all, as bytes and as text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::{inspect, json};

fuzz_target!(|data: &[u8]| {
    // Both together would halve the speed, and changing the length by one is the most common mutation.
    match str::from_utf8(data) {
        Ok(text) if data.len() % 2 == 0 => check(inspect::text(text), data),
        _ => check(inspect::bytes(data), data),
    }
});

fn check(found: inspect::Finding, data: &[u8]) {
    assert!(data.len() % 16 != 0 || json::parse(&found.to_json()).is_some());
}
