//! DASH MPDs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::manifest::dash;

fuzz_target!(|text: &str| {
    let _ = dash::parse(text);
});
