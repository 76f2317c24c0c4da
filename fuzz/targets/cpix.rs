//! A key server's response, and the packagers' settings built from it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pallycon_drm::cpix::{pack::Pack, response, views};
use pallycon_drm::json::Value;

fuzz_target!(|body: &[u8]| {
    let Ok(pack) = response::read(200, body) else { return };
    let value = pack.to_value();
    let again = Pack::from_value(&value).expect("the output can be read");
    assert_eq!(again.to_value().to_json(), value.to_json());
    for view in views::VIEWS {
        let _ = views::make(view.name, &value, &Value::object([]));
    }
});
