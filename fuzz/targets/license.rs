//! License servers' answers, and messages on their way to them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::license::{playready, response, widevine};
use pallycon_drm::system::Drm;

fuzz_target!(|data: &[u8]| {
    let _ = playready::unwrap(data);
    let _ = widevine::recognise(data);
    for drm in [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey] {
        let _ = response::read(drm, 200, data);
    }
});
