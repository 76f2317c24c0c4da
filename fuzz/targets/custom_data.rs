//! License tokens and auth data.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::custom_data::inspect;

fuzz_target!(|text: &str| {
    let _ = inspect::inspect(text, &inspect::Expected::default());
});
