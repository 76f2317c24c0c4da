//! An XML document: every event, then the places that are searched in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::xml;

fuzz_target!(|text: &str| {
    let mut reader = xml::Reader::new(text);
    let mut last = 0;
    while let Ok(Some(event)) = reader.event() {
        assert!(reader.offset() >= last && reader.end() <= text.len() && reader.depth() <= 64);
        last = reader.offset();
        if let xml::Event::Start(element) = event {
            element.attributes().for_each(drop);
        }
    }
});
