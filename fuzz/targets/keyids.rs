//! keyids and sinf in JSON.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::init_data::InitDataType;

fuzz_target!(|data: &[u8]| {
    for kind in [InitDataType::Keyids, InitDataType::Sinf] {
        support::read_init_data(data, Some(kind), false);
        support::read_init_data(data, Some(kind), true);
    }
});
