//! JSON: the reader returns an object, a list or a value, and strings contain no half characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::json;

fuzz_target!(|text: &str| {
    if let Some(value) = json::parse(text) {
        let _ = (value.get("kids").is_some(), value.text().map(str::len));
    }
});
