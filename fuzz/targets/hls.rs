//! HLS playlists.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::manifest::hls;

fuzz_target!(|text: &str| {
    let lines = text.lines().count() as u64;
    assert!(hls::parse(text).protections.iter().all(|key| (1..=lines).contains(&key.line)));
});
