//! `send` of the player module.

use js_sys::{Error, JSON, Promise, Reflect, Uint8Array};
use pallycon_drm::web::fetch::send;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;
use web_sys::{AbortController, AbortSignal, Headers, Request, RequestCredentials, RequestInit, Response};

#[wasm_bindgen(inline_js = r#"
const real = globalThis.fetch;
export function fakeFetch(kind) {
  globalThis.fetch = {
    hangs: (request) => new Promise((_, reject) => {
      const abort = () => reject(request.signal.reason);
      if (request.signal.aborted) abort();
      else request.signal.addEventListener("abort", abort);
    }),
    refuses: async () => { throw new TypeError("Failed to fetch"); },
    busy: async () =>
      new Response('{"errorCode":"7103","message":"busy"}', { status: 503, headers: { "Retry-After": "7" } }),
    echo: async (request) => {
      const { method, url, credentials, headers } = request;
      const body = await request.text();
      return new Response(JSON.stringify({ method, url, credentials, headers: [...headers], body }));
    },
    // The response to the first request waits for the second request.
    crosswise: async (request) => {
      const first = await new Promise((resolve) => {
        if (release) { release(true); release = undefined; resolve(false); } else release = resolve;
      });
      return new Response(`${first ? "first" : "second"}: ${request.url}`);
    },
  }[kind];
}
let release;
export function realFetch() { globalThis.fetch = real; }
"#)]
extern "C" {
    #[wasm_bindgen(js_name = fakeFetch)]
    fn fake_fetch(kind: &str);
    #[wasm_bindgen(js_name = realFetch)]
    fn real_fetch();
}

const URL: &str = "https://license.example/ri/licenseManager.do";

/// Replaces `fetch` while it lives.
struct Fake;

impl Fake {
    fn new(kind: &str) -> Self {
        fake_fetch(kind);
        Self
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        real_fetch();
    }
}

/// The promise that `js/wasm/core.ts` creates from `send`.
fn sent(request: Request) -> JsFuture {
    let mut request = Some(request);
    JsFuture::from(Promise::new(&mut |resolve, reject| send(request.take().unwrap(), resolve, reject)))
}

fn get(url: &str) -> JsFuture {
    sent(Request::new_with_str(url).unwrap())
}

fn with_signal(signal: &AbortSignal) -> JsFuture {
    let options = RequestInit::new();
    options.set_signal(Some(signal));
    sent(Request::new_with_str_and_init(URL, &options).unwrap())
}

fn text(value: &JsValue, field: &str) -> String {
    Reflect::get(value, &field.into()).unwrap().as_string().unwrap()
}

async fn body_of(response: &Response) -> String {
    JsFuture::from(response.text().unwrap()).await.unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn the_request_arrives_unchanged() {
    let _fake = Fake::new("echo");
    let headers = Headers::new().unwrap();
    headers.append("Content-Type", "application/x-www-form-urlencoded").unwrap();
    headers.append("pallycon-customdata-v2", "ab+/c=").unwrap();
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_headers(&headers);
    options.set_body(&Uint8Array::from(&b"spc=%2B\0"[..]));
    options.set_credentials(RequestCredentials::Include);
    let response = Response::from(sent(Request::new_with_str_and_init(URL, &options).unwrap()).await.unwrap());
    assert_eq!(response.status(), 200);
    let seen = JSON::parse(&body_of(&response).await).unwrap();
    assert_eq!([text(&seen, "method"), text(&seen, "url"), text(&seen, "body")], ["POST", URL, "spc=%2B\0"]);
    assert_eq!(text(&seen, "credentials"), "include");
    let headers = JSON::stringify(&Reflect::get(&seen, &"headers".into()).unwrap()).unwrap();
    let form = r#"["content-type","application/x-www-form-urlencoded"]"#;
    let token = r#"["pallycon-customdata-v2","ab+/c="]"#;
    assert_eq!(headers, format!("[{form},{token}]"));
}

#[wasm_bindgen_test]
async fn a_failed_response_keeps_its_body_and_headers() {
    let _fake = Fake::new("busy");
    let response = Response::from(get(URL).await.unwrap());
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers().get("retry-after").unwrap().as_deref(), Some("7"));
    assert_eq!(body_of(&response).await, r#"{"errorCode":"7103","message":"busy"}"#);
}

#[wasm_bindgen_test]
async fn a_request_that_is_already_aborted_rejects() {
    let _fake = Fake::new("hangs");
    let controller = AbortController::new().unwrap();
    controller.abort_with_reason(&Error::new("given up"));
    let thrown = with_signal(&controller.signal()).await.unwrap_err();
    assert_eq!(text(&thrown, "message"), "given up");
}

/// A timeout of `js/client/http.ts` is an abort, too. The instance still works after it.
#[wasm_bindgen_test]
async fn an_abort_while_the_request_is_pending_rejects() {
    let fake = Fake::new("hangs");
    let controller = AbortController::new().unwrap();
    let pending = with_signal(&controller.signal());
    controller.abort_with_reason(&Error::new("timed out"));
    assert_eq!(text(&pending.await.unwrap_err(), "message"), "timed out");
    drop(fake);
    let _fake = Fake::new("busy");
    assert_eq!(Response::from(get(URL).await.unwrap()).status(), 503);
}

/// The browser's own `fetch` and its own failure.
#[wasm_bindgen_test]
async fn a_network_error_rejects() {
    // Port 1 (tcpmux) is one of those that fetch blocks (Fetch, 2.9 "Port blocking"): no connection is tried.
    let thrown = get("http://127.0.0.1:1/").await.unwrap_err();
    assert!(thrown.is_instance_of::<Error>());
    assert!(!text(&thrown, "message").is_empty());
}

#[wasm_bindgen_test]
async fn a_rejected_fetch_rejects_with_its_message() {
    let _fake = Fake::new("refuses");
    let thrown = get(URL).await.unwrap_err();
    assert!(thrown.is_instance_of::<Error>());
    assert_eq!(text(&thrown, "message"), "Failed to fetch");
}

#[wasm_bindgen_test]
async fn concurrent_requests_get_their_own_responses() {
    let _fake = Fake::new("crosswise");
    let (first, second) = (get("https://a.example/"), get("https://b.example/"));
    assert_eq!(body_of(&Response::from(second.await.unwrap())).await, "second: https://b.example/");
    assert_eq!(body_of(&Response::from(first.await.unwrap())).await, "first: https://a.example/");
}
