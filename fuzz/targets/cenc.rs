//! PSSH boxes, strictly and leniently, and the boxes written back.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::init_data::InitDataType;

fuzz_target!(|data: &[u8]| {
    let strict = support::read_init_data(data, Some(InitDataType::Cenc), true);
    let lenient = support::read_init_data(data, Some(InitDataType::Cenc), false);
    // Input that is valid by the strict rules is valid by the lenient ones.
    assert!(strict.is_none() || lenient.is_some());
});
