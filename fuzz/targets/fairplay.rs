//! skd URIs, legacy blobs, FairPlay's tree and sinf boxes.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::bytes::Span;
use pallycon_drm::init_data::{InitDataType, fairplay, sinf};
use pallycon_drm::system;

fuzz_target!(|data: &[u8]| {
    support::read_init_data(data, Some(InitDataType::Skd), false);
    if let Ok(read) = fairplay::read_legacy(data) {
        assert!(support::inside(data, read.certificate));
    }
    support::payload(data, system::FAIRPLAY);
    let _ = sinf::read(Span::whole(data));
});
