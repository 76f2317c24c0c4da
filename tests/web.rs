//! The bindings, in a real browser: `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, JSON, Promise, Reflect, Uint8Array};
use pallycon_drm::web::fetch::send;
use pallycon_drm::web::inspect;
use pallycon_drm::web::media::{MediaSessions, legacy_init_data};
use pallycon_drm::web::player::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;
use web_sys::{AbortController, AbortSignal, Headers, Request, RequestCredentials, RequestInit, Response};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
const real = globalThis.fetch;
export function fakeFetch(kind) {
  globalThis.fetch = {
    hangs: (request) => new Promise((_, reject) => {
      const give = () => reject(request.signal.reason);
      if (request.signal.aborted) give();
      else request.signal.addEventListener("abort", give);
    }),
    refuses: async () => { throw new TypeError("Failed to fetch"); },
    busy: async () => new Response('{"errorCode":"7103","message":"busy"}', { status: 503, headers: { "Retry-After": "7" } }),
    echo: async (request) => new Response(JSON.stringify({
      method: request.method, url: request.url, credentials: request.credentials, headers: [...request.headers], body: await request.text(),
    })),
  }[kind];
}
export function realFetch() { globalThis.fetch = real; }

// One whole ClearKey exchange with the browser's own CDM: `ask` makes the request of the CDM's message, `answer` the
// license of the server's body. Resolves with the key's status.
export async function clearKey(ask, answer) {
  const access = await navigator.requestMediaKeySystemAccess("org.w3.clearkey", [{
    initDataTypes: ["keyids"], videoCapabilities: [{ contentType: 'video/webm; codecs="vp8"' }],
  }]);
  const keys = await access.createMediaKeys();
  const session = keys.createSession();
  const message = new Promise((resolve) => session.addEventListener("message", (event) => resolve(new Uint8Array(event.message)), { once: true }));
  const kid = "AAECAwQFBgcICQoLDA0ODw";
  await session.generateRequest("keyids", new TextEncoder().encode(JSON.stringify({ kids: [kid] })));
  const challenge = await message;
  // The request is a GET: which keys, the content's URL says.
  const [url, headers, sent] = ask(challenge);
  if (url !== "https://license.example/ri/licenseManager.do" || headers !== "{}" || sent.length !== 0) throw new Error(`${url} ${headers} ${sent}`);
  const asked = JSON.parse(new TextDecoder().decode(challenge));
  const body = new TextEncoder().encode(JSON.stringify({ keys: asked.kids.map((id) => ({ kty: "oct", kid: id, k: "EBESExQVFhcYGRobHB0eHw" })) }));
  await session.update(answer(body)[0]);
  const [[id, status]] = [...session.keyStatuses];
  await session.close();
  return [Array.from(new Uint8Array(id)).join(), status];
}
"#)]
extern "C" {
    #[wasm_bindgen(js_name = fakeFetch)]
    fn fake_fetch(kind: &str);
    #[wasm_bindgen(js_name = realFetch)]
    fn real_fetch();
    #[wasm_bindgen(js_name = clearKey, catch)]
    async fn clear_key(
        ask: &Closure<dyn FnMut(Uint8Array) -> Array>,
        answer: &Closure<dyn FnMut(Uint8Array) -> Array>,
    ) -> Result<JsValue, JsValue>;
}

const WIDEVINE_PSSH: &str = "AAAAOHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABgSEAAWNwaftdGsPEdH4BMi5MJI49yVmwY=";
const URL: &str = "https://license.example/ri/licenseManager.do";

fn text(value: &JsValue, field: &str) -> String {
    Reflect::get(value, &field.into()).unwrap().as_string().unwrap_or_default()
}

fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn sent(request: Request) -> JsFuture {
    let mut request = Some(request);
    JsFuture::from(Promise::new(&mut |resolve, reject| send(request.take().unwrap(), resolve, reject)))
}

async fn fetch_with(kind: &str, header: &str, body: JsValue, signal: Option<AbortSignal>) -> Result<Response, JsValue> {
    fake_fetch(kind);
    let headers = Headers::new()?;
    headers.append(header, "yes")?;
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_headers(&headers);
    options.set_body(&body);
    options.set_credentials(RequestCredentials::Include);
    options.set_signal(signal.as_ref());
    let request = Request::new_with_str_and_init(URL, &options)?;
    let answer = sent(request).await;
    real_fetch();
    answer.map(Response::from)
}

async fn body_of(response: &Response) -> String {
    JsFuture::from(response.text().unwrap()).await.unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
fn init_data_is_read_and_a_failure_is_thrown_as_json() {
    let bytes = init_data_from_text(WIDEVINE_PSSH).unwrap();
    let read = parsed(&parse_init_data(&bytes, "", true).unwrap());
    assert_eq!(text(&read, "type"), "cenc");
    let ids = Array::from(&Reflect::get(&read, &"keyIds".into()).unwrap());
    assert_eq!(ids.get(0).as_string().as_deref(), Some("001637069fb5d1ac3c4747e01322e4c2"));
    let thrown = parse_init_data(&[0, 0], "cenc", false).unwrap_err();
    assert_eq!(text(&parsed(&thrown.as_string().unwrap()), "code"), "init-data-invalid");
    assert!(init_data_from_text("not init data!").is_err());
}

#[wasm_bindgen_test]
fn the_inspect_module_reads_and_writes() {
    let bytes = init_data_from_text(WIDEVINE_PSSH).unwrap();
    assert_eq!(text(&parsed(&inspect::inspect_bytes(&bytes)), "kind"), "cenc");
    assert_eq!(text(&parsed(&inspect::inspect_text(WIDEVINE_PSSH)), "kind"), "cenc");
    let fields = r#"{"systemId":"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed","data":"00ff"}"#;
    assert_eq!(inspect::build("pssh", fields).unwrap()[28..], [0, 0, 0, 2, 0, 0xff]);
    assert_eq!(inspect::build("widevine", r#"{"contentId":"a"}"#).unwrap(), [0x22, 1, b'a']);
    assert!(inspect::build("playready", "{").is_err());
    assert_eq!(text(&parsed(&inspect::parse_manifest("#EXTM3U").unwrap()), "kind"), "hls");
    let thrown = inspect::parse_segment(&[0, 0, 0, 9]).unwrap_err();
    assert_eq!(text(&parsed(&thrown.as_string().unwrap()), "code"), "segment-invalid");
}

#[wasm_bindgen_test]
fn events_of_an_element_cross_by_name_and_commands_as_json() {
    let mut sessions = MediaSessions::new(0.0);
    let mut tell = |event: &str, session, text: &str, data: &[u8], number| sessions.tell(event, session, text, data, number, 1000.0, 0.5);
    assert_eq!(tell("access", 0, "fairplay", &[], 0.0), r#"{"list":[{"certificate":true}]}"#);
    assert_eq!(tell("skd", 0, "aa", b"skd://x", 0.0), r#"{"list":[]}"#);
    assert_eq!(tell("certificate", 0, "", &[], 0.0), r#"{"list":[{"open":1}]}"#);
    assert_eq!(tell("message", 1, "license-renewal", &[], 0.0), r#"{"list":[{"request":1,"reason":"renewal"}]}"#);
    assert_eq!(tell("license", 1, "", &[], f64::NAN), r#"{"list":[]}"#);
    assert_eq!(tell("statuses", 1, "aa:usable", &[], 101_000.0), r#"{"list":[{"keyId":"aa","status":"usable"}],"wake":80000}"#);
    assert_eq!(tell("sinf", 0, "bb", b"x", 0.0), r#"{"list":[{"open":2}],"wake":80000}"#);
    assert_eq!(tell("refused", 2, "", &[], 1.0), r#"{"list":[{"close":2}],"wake":80000}"#);
    assert_eq!(tell("waitingforkey", 0, "", &[], 0.0), r#"{"list":[],"wake":1000}"#);
    assert_eq!(tell("resumed", 0, "", &[], 0.0), r#"{"list":[],"wake":80000}"#);
    assert_eq!(tell("timer", 0, "", &[], 0.0), r#"{"list":[],"wake":80000}"#);
    let closed = tell("closed", 1, "internal-error", &[], 0.0);
    assert!(closed.contains(r#"{"error":{"code":"session-closed""#), "{closed}");
    assert_eq!(tell("webm", 0, "cc", &[7], 0.0), r#"{"list":[{"open":3}]}"#);
    assert_eq!((sessions.init_data_type(3), sessions.init_data(3)), ("webm".into(), vec![7]));
    assert_eq!(sessions.tell("emptied", 0, "", &[], 0.0, 0.0, 0.0), r#"{"list":[{"close":3}]}"#);
    assert_eq!((sessions.init_data_type(3), sessions.init_data(3)), (String::new(), vec![]));
    assert_eq!(sessions.tell("detached", 0, "", &[], 0.0, 0.0, 0.0), r#"{"list":[]}"#);
    assert_eq!(sessions.tell("cenc", 0, "aa", b"x", 0.0, 0.0, 0.0), r#"{"list":[]}"#);
    assert_eq!(legacy_init_data(b"i", "a", &[0x30]), [b'i', 2, 0, 0, 0, b'a', 0, 1, 0, 0, 0, 0x30]);
}

#[wasm_bindgen_test]
fn key_ids_are_compared_in_both_orders() {
    let uuid = from_hex("{E13D0450-5BD3-46A0-88B4-1E3B8E9E97AF}").unwrap();
    let guid = from_hex("50043de1d35ba04688b41e3b8e9e97af").unwrap();
    assert!(same_key_id(&uuid, &guid) && !same_key_id(&uuid, &uuid[1..]));
    assert_eq!(from_hex("xyz"), None);
}

#[wasm_bindgen_test]
fn a_request_crosses_as_url_headers_and_body() {
    let request = license_request("fairplay", &[0xfb, 0xff, 0xfe, 1], false, URL, Some("tok en".into()), true).unwrap();
    assert_eq!(request.get(0).as_string().unwrap(), format!("{URL}?pallycon-customdata-v2=token"));
    assert_eq!(text(&parsed(&request.get(1).as_string().unwrap()), "Content-Type"), "application/x-www-form-urlencoded");
    assert_eq!(Uint8Array::from(request.get(2)).to_vec(), b"spc=%2B%2F%2F%2BAQ%3D%3D");
    let thrown = license_request("widevine", &[8, 1], false, URL, Some("\u{e9}".into()), false).unwrap_err();
    assert_eq!(text(&parsed(&thrown.as_string().unwrap()), "code"), "custom-data-invalid");
    assert!(is_service_certificate_request(&[8, 4]) && !is_service_certificate_request(&[8, 1]));
}

#[wasm_bindgen_test]
fn an_answer_crosses_as_bytes_and_details() {
    let license = read_license("widevine", 200, br#"{"license":"08021201aa","renewal":true}"#).unwrap();
    assert_eq!(Uint8Array::from(license.get(0)).to_vec(), [8, 2, 0x12, 1, 0xaa]);
    assert_eq!(license.get(1).as_string().as_deref(), Some(r#"{"renewal":true}"#));
    let thrown = read_license("widevine", 200, br#"{"errorCode":"8002","message":"{\"ERROR\":\"C\",\"MESSAGE\":\"no\"}"}"#).unwrap_err();
    let error = parsed(&thrown.as_string().unwrap());
    assert_eq!((text(&error, "code"), text(&error, "serverCode")), ("site-error".into(), "8002".into()));
    assert_eq!(text(&Reflect::get(&error, &"siteError".into()).unwrap(), "code"), "C");
}

#[wasm_bindgen_test]
fn certificates_urls_tokens_and_waits() {
    let read = read_certificate("fairplay", 200, b"MIIBAA==").unwrap();
    assert_eq!(Uint8Array::from(read.get(0)).to_vec(), [0x30, 0x82, 1, 0]);
    assert!(read.get(1).is_undefined());
    assert!(read_certificate("fairplay", 200, b"AAAA").unwrap().get(1).is_string(), "a warning");
    assert!(read_certificate("fairplay", 200, b"<html>").is_err());
    assert_eq!(license_url("", "widevine", "", ""), "https://drm-license.doverunner.com/ri/licenseManager.do");
    assert_eq!(certificate_url("https://h", "widevine", "DEMO"), "https://h/ri/widevineCert.do?siteId=DEMO");
    let inspection = inspect_custom_data("e30=", 0.0, "widevine", "", "", false, f64::NAN, false).unwrap();
    assert_eq!(text(&parsed(&inspection), "kind"), "token");
    assert!(inspect_custom_data("!", f64::NAN, "", "", "", false, f64::NAN, false).is_err());
    assert_eq!(playready_cdm_data("token").unwrap()[..2], [b'<', 0]);
    assert_eq!(retry_wait(3.0, 500.0, 8000.0, 1, 1.0, "2", 0.0), 2500.0);
    assert!(retry_wait(3.0, 500.0, 8000.0, 3, 1.0, "", 0.0).is_nan());
}

#[wasm_bindgen_test]
async fn a_request_goes_out_as_it_was_made() {
    let answer = fetch_with("echo", "x-test", Uint8Array::from(&b"spc=%2B"[..]).into(), None).await.unwrap();
    let body = body_of(&answer).await;
    let seen = parsed(&body);
    assert_eq!((text(&seen, "method"), text(&seen, "url"), text(&seen, "body")), ("POST".into(), URL.into(), "spc=%2B".into()));
    assert_eq!(text(&seen, "credentials"), "include");
    assert!(body.contains(r#"["x-test","yes"]"#));
}

#[wasm_bindgen_test]
async fn what_a_failed_answer_says_can_be_read() {
    let answer = fetch_with("busy", "a", JsValue::NULL, None).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(body_of(&answer).await.starts_with("{\"errorCode\":\"7103\""));
    assert_eq!(answer.headers().get("retry-after").unwrap().as_deref(), Some("7"));
}

/// gloo-net panics when a fetch is aborted with a reason that is not an `Error`: ours is one.
#[wasm_bindgen_test]
async fn giving_up_rejects_and_kills_nothing() {
    let controller = AbortController::new().unwrap();
    controller.abort_with_reason(&js_sys::Error::new("given up"));
    let thrown = fetch_with("hangs", "a", JsValue::NULL, Some(controller.signal())).await.unwrap_err();
    assert_eq!(text(&thrown, "message"), "given up");
    assert!(same_key_id(&[1], &[1]), "the instance lives");
}

#[wasm_bindgen_test]
async fn no_answer_is_an_error_not_a_panic() {
    let thrown = fetch_with("refuses", "a", JsValue::NULL, None).await.unwrap_err();
    assert!(thrown.is_instance_of::<js_sys::Error>());
}

#[wasm_bindgen_test]
async fn requests_at_once_get_each_its_own_answer() {
    fake_fetch("echo");
    let ask = |url: &str| sent(Request::new_with_str(url).unwrap());
    let (first, second) = (ask("https://a.example/"), ask("https://b.example/"));
    for (answer, url) in [(second, "https://b.example/"), (first, "https://a.example/")] {
        let answer = Response::from(answer.await.unwrap());
        assert_eq!(text(&parsed(&body_of(&answer).await), "url"), url);
    }
    real_fetch();
}

#[wasm_bindgen_test]
async fn a_real_clearkey_session_takes_our_license() {
    let ask = Closure::<dyn FnMut(Uint8Array) -> Array>::new(|message: Uint8Array| {
        license_request("clearkey", &message.to_vec(), false, URL, None, false).unwrap()
    });
    let answer = Closure::<dyn FnMut(Uint8Array) -> Array>::new(|body: Uint8Array| read_license("clearkey", 200, &body.to_vec()).unwrap());
    let status = Array::from(&clear_key(&ask, &answer).await.unwrap());
    assert_eq!(status.get(0).as_string().as_deref(), Some("0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"));
    assert_eq!(status.get(1).as_string().as_deref(), Some("usable"));
}
