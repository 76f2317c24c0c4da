//! The exports of the media module.

use js_sys::JsString;
use pallycon_drm::error::{Code, Reason};
use pallycon_drm::web::media::{Actions, JsKeyStatus, JsPsshKeys, MediaSessions, legacy_init_data};
use pallycon_drm::web::names::{Drm, InitDataType, MessageType};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

#[wasm_bindgen(inline_js = r#"
const real = { now: Date.now, random: Math.random };
/** Stops the clock at a time, and the random numbers at a half. */
export const stopClock = (now) => { Date.now = () => now; Math.random = () => 0.5; };
export const startClock = () => { Date.now = real.now; Math.random = real.random; };

const calls = [];
const text = (value) => (value instanceof Uint8Array ? `<${value}>` : String(JSON.stringify(value)));
const record = (name) => (...values) => { calls.push(`${name}(${values.map(text).join(", ")})`); };
/** An `Actions` that records the calls. */
export const recorder = () => Object.fromEntries(
  ["certificate", "open", "request", "renew", "close", "keyStatus", "fail", "wake"].map((name) => [name, record(name)]),
);
/** The calls since the last time. */
export const takeCalls = () => calls.splice(0).join(" ");

export const pssh = (systemId, keyIds, offset, size) => ({ systemId, keyIds: keyIds.split(" ").filter(Boolean), offset, size });
export const keyStatus = (keyId, status) => ({ keyId, status });
"#)]
extern "C" {
    #[wasm_bindgen(js_name = stopClock)]
    fn stop_clock(now: f64);
    #[wasm_bindgen(js_name = startClock)]
    fn start_clock();
    fn recorder() -> Actions;
    #[wasm_bindgen(js_name = takeCalls)]
    fn take_calls() -> String;
    fn pssh(system_id: &str, key_ids: &str, offset: usize, size: usize) -> JsPsshKeys;
    #[wasm_bindgen(js_name = keyStatus)]
    fn key_status(key_id: &str, status: &str) -> JsKeyStatus;
}

const WIDEVINE: &str = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
const COMMON: &str = "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b";

/// Sessions whose commands are recorded, at the time 1000.
struct Recorded(MediaSessions);

impl Recorded {
    fn new() -> Self {
        stop_clock(1000.0);
        take_calls();
        Self(MediaSessions::new(0.0, f64::NAN, recorder()))
    }

    /// The commands of an event.
    fn after(&mut self, event: impl FnOnce(&mut MediaSessions)) -> String {
        event(&mut self.0);
        take_calls()
    }

    fn key_ids(&mut self, kind: InitDataType, init_data: &[u8], key_id: &str) -> String {
        self.after(|sessions| sessions.encrypted(kind, init_data, vec![], vec![JsString::from(key_id)], None, 0.0))
    }

    fn boxes(&mut self, boxes: Vec<JsPsshKeys>) -> String {
        self.after(|sessions| sessions.encrypted(InitDataType::Cenc, &[0, 1, 2, 3], boxes, vec![], None, 0.0))
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        start_clock();
    }
}

#[wasm_bindgen_test]
fn each_event_is_a_method_and_each_command_a_call() {
    let mut it = Recorded::new();
    assert_eq!(it.after(|it| it.access(Drm::FairPlay, false, false)), "certificate() wake(undefined)");
    assert_eq!(it.key_ids(InitDataType::Skd, b"skd", "aa"), "wake(undefined)");
    assert_eq!(it.after(MediaSessions::certificate_set), r#"open(1, "skd", <115,107,100>) wake(undefined)"#);
    for (kind, reason) in [
        (MessageType::Request, "license"),
        (MessageType::Individualization, "license"),
        (MessageType::Renewal, "renewal"),
        (MessageType::Release, "release"),
    ] {
        assert_eq!(it.after(|it| it.message(1, kind)), format!(r#"request(1, "{reason}") wake(undefined)"#));
        assert_eq!(it.after(|it| it.license(1, f64::NAN)), "wake(undefined)");
    }
    let statuses = vec![key_status("aa", "usable"), key_status("ab", "new-in-2030")];
    let expected = r#"keyStatus("aa", "usable") keyStatus("ab", "new-in-2030") wake(80000)"#;
    assert_eq!(it.after(|it| it.statuses(1, statuses, 101_000.0)), expected);
    assert_eq!(it.key_ids(InitDataType::Sinf, b"x", "bb"), r#"open(2, "sinf", <120>) wake(80000)"#);
    assert_eq!(it.after(|it| it.message(2, MessageType::Request)), r#"request(2, "rotation") wake(80000)"#);
    assert_eq!(it.after(|it| it.refused(2, true)), "close(2) wake(80000)");
    assert_eq!(it.after(MediaSessions::waiting_for_key), "wake(1000)");
    assert_eq!(it.after(MediaSessions::resumed), "wake(80000)");
    assert_eq!(it.after(MediaSessions::timer), "wake(80000)");
    stop_clock(81_001.0);
    assert_eq!(it.after(MediaSessions::resumed), "wake(0)", "the timer is late");
    assert_eq!(it.after(MediaSessions::timer), "renew(1) wake(undefined)");
    let closed = it.after(|it| it.closed(1, "internal-error"));
    assert_eq!(closed, format!(r#"fail({}, undefined, ["internal-error"]) wake(undefined)"#, Code::SessionClosed as u16));
    assert_eq!(it.key_ids(InitDataType::Webm, &[7], "cc"), r#"open(3, "webm", <7>) wake(undefined)"#);
    assert_eq!(it.after(MediaSessions::source_changed), "close(3) wake(undefined)");
    assert_eq!(it.after(MediaSessions::detached), "wake(undefined)");
    assert_eq!(it.key_ids(InitDataType::Cenc, b"x", "aa"), "wake(undefined)");
}

#[wasm_bindgen_test]
fn an_error_crosses_as_numbers() {
    let mut it = Recorded::new();
    it.after(|it| it.access(Drm::Widevine, false, false));
    assert_eq!(it.after(MediaSessions::waiting_for_key), "wake(1000)");
    stop_clock(2000.0);
    let (code, reason) = (Code::KeyMissing as u16, Reason::KeysNotAskedFor as u16);
    assert_eq!(it.after(MediaSessions::timer), format!("fail({code}, {reason}, []) wake(undefined)"));
}

#[wasm_bindgen_test]
fn init_data_are_compared_by_their_boxes_key_ids_or_asset_id() {
    const CENC: &str = r#""cenc", <0,1,2,3>) wake(undefined)"#;
    let mut it = Recorded::new();
    it.after(|it| it.access(Drm::Widevine, false, false));
    assert_eq!(it.boxes(vec![pssh(WIDEVINE, "aa", 0, 2), pssh(COMMON, "aa bb", 2, 2)]), format!("open(1, {CENC}"));
    assert_eq!(it.boxes(vec![pssh(WIDEVINE, "aa", 0, 4)]), "wake(undefined)", "the same key");
    assert_eq!(it.boxes(vec![pssh(COMMON, "bb", 0, 4)]), format!("open(2, {CENC}"));
    assert_eq!(it.boxes(vec![pssh(WIDEVINE, "", 1, 2)]), format!("open(3, {CENC}"));
    assert_eq!(it.boxes(vec![pssh(WIDEVINE, "", 1, 2), pssh(COMMON, "cc", 0, 1)]), "wake(undefined)", "the same box");
    // Neither an id nor a place: these init data are identified by all their bytes.
    let outside = || vec![pssh("?", "dd", 0, 1), pssh(WIDEVINE, "", 4, 1), pssh(WIDEVINE, "", 1, usize::MAX)];
    assert_eq!(it.boxes(outside()), format!("open(4, {CENC}"));
    assert_eq!(it.boxes(vec![]), "wake(undefined)");
    let asset_id = |init_data: &'static [u8]| {
        move |it: &mut MediaSessions| it.encrypted(InitDataType::Skd, init_data, vec![], vec![], Some("film".into()), 0.0)
    };
    assert_eq!(it.after(asset_id(b"a")), r#"open(5, "skd", <97>) wake(undefined)"#);
    assert_eq!(it.after(asset_id(b"b")), "wake(undefined)", "the same asset");
    assert_eq!(it.key_ids(InitDataType::__Invalid, b"c", "ee"), "", "a type that is not EME's");
}

#[wasm_bindgen_test]
fn the_argument_of_webkit_s_legacy_api() {
    assert_eq!(legacy_init_data(b"i", "a", &[0x30]), [b'i', 2, 0, 0, 0, b'a', 0, 1, 0, 0, 0, 0x30]);
}
