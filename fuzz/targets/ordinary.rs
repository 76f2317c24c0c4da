//! The ordinary way: wherever it answers, the full readers answer the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::init_data::{InitDataType, Options, parse};
use pallycon_drm::json;
use pallycon_drm::license::request::{Carrier, build};
use pallycon_drm::license::{certificate, response};
use pallycon_drm::ordinary;
use pallycon_drm::system::{self, Drm};
use pallycon_drm::text::{to_base64, to_utf16_le};

const URL: &str = "https://license.example/?a#b";

fuzz_target!(|data: &[u8]| {
    identify(InitDataType::Cenc, data);
    identify(InitDataType::Skd, data);
    identify(InitDataType::Sinf, data);
    // Base64 of boxes that are right is not to be guessed.
    identify(InitDataType::Sinf, ["{\"sinf\":[\"", &to_base64(data), "\"]}"].concat().as_bytes());
    // Lengths around it that are right are not to be guessed.
    identify(InitDataType::Cenc, &boxed(system::WIDEVINE, data));
    if let Ok(xml) = str::from_utf8(data) {
        let header = to_utf16_le(xml);
        let [length, size] = [header.len() as u32 + 10, header.len() as u32].map(u32::to_le_bytes);
        identify(InitDataType::Cenc, &boxed(system::PLAYREADY, &[&length[..], &[1, 0, 1, 0], &size[..2], &header].concat()));
        request(Drm::Widevine, b"\x08\x01", Some(xml));
    }
    for drm in [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey] {
        request(drm, data, Some("token"));
        if let Some(found) = ordinary::license(drm, data) {
            let full = response::read(drm, 200, data).expect("a license for both");
            assert_eq!((&found[..], None), (&full.data[..], full.details));
        }
        if let Some(found) = ordinary::certificate(drm, data) {
            assert_eq!((found.into_owned(), None), certificate::read(drm, 200, data).expect("a certificate for both"));
        }
    }
});

fn boxed(system_id: [u8; 16], data: &[u8]) -> Vec<u8> {
    let [size, length] = [data.len() as u32 + 32, data.len() as u32].map(u32::to_be_bytes);
    [&size[..], b"pssh\0\0\0\0", &system_id, &length, data].concat()
}

fn identify(kind: InitDataType, data: &[u8]) {
    let Some(found) = ordinary::identify(Some(kind), data) else { return };
    let full = parse(data, Options { kind: Some(kind), strict: false }).expect("init data for both");
    assert!(found.key_ids.iter().map(|id| &id[..]).eq(full.key_ids.iter()));
    assert_eq!((&found.content_id, found.key_period_index), (&full.content_id, full.key_period_index));
    assert!(!full.damaged && found.content_id.as_deref() != Some(""));
    let json = full.to_json();
    assert!(!json.contains("\"payloadError\":"), "{json}");
    let warnings = json::parse(&json).expect("what is written is JSON");
    let warnings = warnings.get("warnings").and_then(json::Value::items).unwrap_or_default();
    assert!(warnings.iter().all(|warning| warning.field("code") == Some("not-in-browsers")), "{json}");
}

fn request(drm: Drm, message: &[u8], custom_data: Option<&str>) {
    for (by_url, carrier) in [(false, Carrier::Header), (true, Carrier::Url)] {
        let Some(found) = ordinary::request(drm, message, URL, custom_data, by_url) else { continue };
        let full = build(drm, message, false, URL, custom_data, carrier).expect("a request for both");
        assert_eq!((&found.url, &found.body), (&full.url, &full.body));
        assert_eq!(found.headers, ["{", &full.headers.finish(), "}"].concat());
    }
}
