//! Init data whose type is not given: detection, payloads without a box.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    support::read_init_data(data, None, false);
    support::read_init_data(data, None, true);
});
