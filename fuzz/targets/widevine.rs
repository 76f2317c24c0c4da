//! Widevine's data, read, written and read again.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::system;

fuzz_target!(|data: &[u8]| support::payload(data, system::WIDEVINE));
