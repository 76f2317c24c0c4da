//! License servers' responses, and the messages sent to them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::license::{certificate, playready, response};
use pallycon_drm::system::Drm;

fuzz_target!(|data: &[u8]| {
    let _ = playready::unwrap(data);
    for drm in [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey] {
        let _ = certificate::read(drm, 200, data);
        if let Ok(license) = response::read(drm, 200, data) {
            assert!(has_structure(drm, &license.data), "{drm:?}: {:?}", license.data);
            assert_eq!(response::read(drm, 200, &license.data).unwrap().data, license.data, "it is also a license without its wrapping");
        }
        if let Err(error) = response::read(drm, 400, data) {
            let words = error.server.as_ref().map(|server| server.message.chars().count());
            assert!(words.is_none_or(|count| count <= 200));
        }
    }
});

/// Bytes that every license contains, searched for by simpler means than the readers'.
fn has_structure(drm: Drm, data: &[u8]) -> bool {
    match drm {
        Drm::Widevine => data.contains(&8) && data.contains(&0x12),
        Drm::FairPlay => data.len() > 28 && data[..3] == [0; 3] && data[24..28] == ((data.len() - 28) as u32).to_be_bytes(),
        Drm::PlayReady => {
            let ascii: String = data.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
            ascii.contains("Envelope") && ascii.contains("Response")
        }
        Drm::ClearKey => data.windows(6).any(|window| window == b"\"keys\""),
    }
}
