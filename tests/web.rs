//! The bindings, in a real browser: `wasm-pack test --headless --chrome --features full,media,inspect,server --test web`. With
//! `--features player` what the small module does is tested alone.
#![cfg(target_arch = "wasm32")]
#![cfg(any(feature = "player", feature = "full"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use js_sys::{Array, JSON, Promise, Reflect, Uint8Array};
use pallycon_drm::text::from_base64;
use pallycon_drm::web::fetch::send;
#[cfg(feature = "full")]
use pallycon_drm::web::full::call;
#[cfg(feature = "inspect")]
use pallycon_drm::web::inspect;
#[cfg(not(feature = "full"))]
use pallycon_drm::web::player::call;
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

/// The functions behind the door, by their numbers in `js/door.ts`.
const IDENTIFY: u8 = 0;
const LICENSE_URL: u8 = 1;
const CERTIFICATE_URL: u8 = 2;
const LICENSE_REQUEST: u8 = 3;
const READ_LICENSE: u8 = 4;
const READ_CERTIFICATE: u8 = 5;
const RETRY_WAIT: u8 = 6;

const NO: &[u8] = b"";
const YES: &[u8] = b"\x01";

/// What goes in: each part behind its length.
fn packed(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&(part.len() as u32).to_le_bytes()[..], part].concat()).collect()
}

/// What comes out: results, or an error as an object. `None`: another module knows.
fn ask(function: u8, parts: &[&[u8]]) -> Option<Result<Vec<Vec<u8>>, JsValue>> {
    let out = call(function, &packed(parts));
    let (first, mut rest) = out.split_first().unwrap();
    if *first == 1 {
        return Some(Err(parsed(str::from_utf8(rest).unwrap())));
    }
    let mut results = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk() {
        let (result, behind) = behind.split_at(u32::from_le_bytes(*length) as usize);
        results.push(result.to_vec());
        rest = behind;
    }
    assert!(rest.is_empty());
    match first {
        0 => Some(Ok(results)),
        _ => {
            assert_eq!(out, [2]);
            None
        }
    }
}

fn results(function: u8, parts: &[&[u8]]) -> Vec<Vec<u8>> {
    ask(function, parts).expect("the function is known").expect("there is no error")
}

/// Results that are all texts.
fn texts(function: u8, parts: &[&[u8]]) -> Vec<String> {
    results(function, parts).into_iter().map(|part| String::from_utf8(part).unwrap()).collect()
}

/// A status, as JavaScript has numbers.
const OK: [u8; 8] = 200_f64.to_le_bytes();

/// `attempts`, `base`, `cap`, `attempt`, `random`; the server's wish, and the time.
fn waits(numbers: [f64; 5], wish: &str, now: f64) -> Option<Vec<f64>> {
    let numbers = numbers.map(f64::to_le_bytes);
    let [attempts, base, cap, attempt, random] = numbers.each_ref().map(|number| &number[..]);
    let found = ask(RETRY_WAIT, &[attempts, base, cap, attempt, random, wish.as_bytes(), &now.to_le_bytes()])?;
    Some(found.unwrap().into_iter().map(|wait| f64::from_le_bytes(wait.try_into().unwrap())).collect())
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

#[cfg(not(feature = "full"))]
#[wasm_bindgen_test]
fn init_data_cross_as_content_period_and_keys() {
    let bytes = from_base64(WIDEVINE_PSSH).unwrap();
    let found = results(IDENTIFY, &[b"cenc", &bytes]);
    assert_eq!(found, [&b""[..], b"", b"\x00\x16\x37\x06\x9f\xb5\xd1\xac\x3c\x47\x47\xe0\x13\x22\xe4\xc2"]);
    let live = results(IDENTIFY, &[b"skd", b"skd://cpix-test-cid0000000000000180"]);
    assert_eq!(live, [&b"cpix-test-cid"[..], &[0x80, 1, 0, 0]]);
    // What is unusual goes another way, in both modules.
    assert!(ask(IDENTIFY, &[b"keyids", b"{}"]).is_none() && ask(IDENTIFY, &[b"cenc", &bytes[1..]]).is_none());
}

#[wasm_bindgen_test]
fn a_request_crosses_as_url_headers_and_body() {
    let request = results(LICENSE_REQUEST, &[b"fairplay", &[0xfb, 0xff, 0xfe, 1], NO, URL.as_bytes(), YES, b"token", YES]);
    let [url, headers, body] = &request[..] else { panic!("{request:?}") };
    assert_eq!(str::from_utf8(url).unwrap(), format!("{URL}?pallycon-customdata-v2=token"));
    assert_eq!(text(&parsed(str::from_utf8(headers).unwrap()), "Content-Type"), "application/x-www-form-urlencoded");
    assert_eq!(body, b"spc=%2B%2F%2F%2BAQ%3D%3D");
    // A fourth part: no license will come of it.
    let service_certificate =
        |message| results(LICENSE_REQUEST, &[b"widevine", message, NO, URL.as_bytes(), YES, b"token", NO]).get(3).cloned();
    assert_eq!((service_certificate(&[8, 4]), service_certificate(&[8, 1])), (Some(vec![1]), None));
}

#[wasm_bindgen_test]
fn licenses_certificates_and_urls() {
    let license = [8, 2, 0x12, 1, 0xaa];
    assert_eq!(results(READ_LICENSE, &[b"widevine", &OK, &license]), [license]);
    assert_eq!(results(READ_CERTIFICATE, &[b"fairplay", &OK, b"MIIBAA=="]), [[0x30, 0x82, 1, 0]]);
    assert_eq!(texts(LICENSE_URL, &[b"", b"widevine"]), ["https://drm-license.doverunner.com/ri/licenseManager.do"]);
    let clearkey = "https://h/ri/clearkey/licenseManager.do?siteId=DEMO&cid=c";
    assert_eq!(texts(LICENSE_URL, &[b"https://h", b"clearkey", b"DEMO", b"c"]), [clearkey]);
    assert_eq!(texts(CERTIFICATE_URL, &[b"https://h", b"widevine", b"DEMO"]), ["https://h/ri/widevineCert.do?siteId=DEMO"]);
}

#[wasm_bindgen_test]
fn waits_cross_as_milliseconds() {
    assert_eq!(waits([3.0, 500.0, 8000.0, 1.0, 1.0], "2", 0.0), Some(vec![2500.0]));
    assert_eq!(waits([3.0, 500.0, 8000.0, 1.0, 0.5], "", 0.0), Some(vec![250.0]));
    assert_eq!(waits([f64::INFINITY, 500.0, 8000.0, 9.0, 1.0], "", 0.0), Some(vec![8000.0]));
    assert_eq!(waits([3.0, 500.0, 8000.0, 3.0, 1.0], "", 0.0), Some(vec![]));
    assert_eq!(waits([3.0, 500.0, 8000.0, 1.0, 1.0], "61", 0.0), Some(vec![]));
}

/// Whatever is asked: an answer of one of the three forms, and the instance lives.
#[wasm_bindgen_test]
fn the_door_holds() {
    let absurd = [u32::MAX, 0x8000_0000, 0x7fff_ffff, 5, 1, 0].map(u32::to_le_bytes);
    let good = packed(&[b"cenc", &from_base64(WIDEVINE_PSSH).unwrap(), b"skd", &OK, YES, b"token", YES, NO, &OK]);
    let mut inputs = vec![vec![], vec![0xff; 100], vec![0; 100], packed(&[&b"\xff"[..]; 9])];
    for length in absurd {
        inputs.push(length.to_vec());
        inputs.push([&length[..], b"cenc"].concat());
        // In the place of each length of `good`.
        for at in [0, 8, 68] {
            inputs.push([&good[..at], &length, &good[at + 4..]].concat());
        }
    }
    inputs.extend((0..good.len()).map(|end| good[..end].to_vec()));
    for function in 0..=u8::MAX {
        let known = if cfg!(feature = "full") { matches!(function, 1..=6 | 32..=38) } else { function <= 6 };
        for input in &inputs {
            let out = call(function, input);
            assert!(if known { matches!(out[..], [0 | 1, ..] | [2]) } else { out == [2] }, "{function}: {input:?}");
        }
    }
    assert_eq!(texts(LICENSE_URL, &[b"https://h", b"fairplay"]), ["https://h/ri/licenseManager.do"]);
}

#[cfg(not(feature = "full"))]
#[wasm_bindgen_test]
fn what_is_not_ordinary_is_for_the_full_module() {
    let request = |drm: &[u8], custom_data: &[u8], individualization| {
        ask(LICENSE_REQUEST, &[drm, b"<soap:Envelope/>", individualization, URL.as_bytes(), YES, custom_data, NO]).is_some()
    };
    assert!(request(b"playready", b"token", NO));
    assert!(!request(b"playready", b"token", YES) && !request(b"clearkey", b"token", NO) && !request(b"widevine", b"\"", NO));
    assert!(ask(LICENSE_REQUEST, &[b"widevine", &[8, 1], NO, URL.as_bytes(), NO, b"", NO]).is_none());
    let busy = 503_f64.to_le_bytes();
    assert!(ask(READ_LICENSE, &[b"widevine", &OK, &[8, 2]]).is_some() && ask(READ_LICENSE, &[b"widevine", &busy, &[8, 2]]).is_none());
    assert!(ask(READ_LICENSE, &[b"widevine", &OK, b"{}"]).is_none());
    assert!(ask(READ_CERTIFICATE, &[b"fairplay", &busy, b"MIIBAA=="]).is_none());
    assert!(ask(READ_CERTIFICATE, &[b"widevine", &OK, b"MIIBAA=="]).is_none());
    assert_eq!(waits([3.0, 500.0, 8000.0, 1.0, 1.0], "Sun, 06 Nov 1994 08:49:37 GMT", 0.0), None);
}

#[cfg(feature = "inspect")]
#[wasm_bindgen_test]
fn the_inspect_module_reads_and_writes() {
    let bytes = from_base64(WIDEVINE_PSSH).unwrap();
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
    assert_eq!(texts(LICENSE_URL, &[b"https://h", b"widevine"]), ["https://h/ri/licenseManager.do"], "the instance lives");
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

/// What the full module has beyond the ordinary way.
#[cfg(feature = "full")]
mod full {
    use super::*;

    const PARSE_INIT_DATA: u8 = 32;
    const INIT_DATA_FROM_TEXT: u8 = 33;
    const SAME_KEY_ID: u8 = 34;
    const FROM_HEX: u8 = 35;
    const INSPECT_CUSTOM_DATA: u8 = 36;
    const PLAYREADY_CDM_DATA: u8 = 37;
    const KEY_PROBLEM: u8 = 38;

    fn code(function: u8, parts: &[&[u8]]) -> String {
        text(&ask(function, parts).expect("the function is known").expect_err("there is an error"), "code")
    }

    #[wasm_bindgen_test]
    fn init_data_is_read_and_a_failure_crosses_as_json() {
        let bytes = results(INIT_DATA_FROM_TEXT, &[WIDEVINE_PSSH.as_bytes()]).remove(0);
        let read = parsed(&texts(PARSE_INIT_DATA, &[&bytes, b"", YES])[0]);
        assert_eq!(text(&read, "type"), "cenc");
        let ids = Array::from(&Reflect::get(&read, &"keyIds".into()).unwrap());
        assert_eq!(ids.get(0).as_string().as_deref(), Some("001637069fb5d1ac3c4747e01322e4c2"));
        assert_eq!(code(PARSE_INIT_DATA, &[&[0, 0], b"cenc", NO]), "init-data-invalid");
        assert_eq!(code(INIT_DATA_FROM_TEXT, &[b"not init data!"]), "init-data-invalid");
    }

    #[wasm_bindgen_test]
    fn key_ids_are_compared_in_both_orders() {
        let from_hex = |text: &str| results(FROM_HEX, &[text.as_bytes()]);
        let same = |a: &[u8], b: &[u8]| results(SAME_KEY_ID, &[a, b]) == [[1]];
        let uuid = from_hex("{E13D0450-5BD3-46A0-88B4-1E3B8E9E97AF}").remove(0);
        let guid = from_hex("50043de1d35ba04688b41e3b8e9e97af").remove(0);
        assert!(same(&uuid, &guid) && !same(&uuid, &uuid[1..]));
        assert!(from_hex("xyz").is_empty());
    }

    #[wasm_bindgen_test]
    fn every_request_is_made() {
        let request = results(LICENSE_REQUEST, &[b"fairplay", &[0xfb, 0xff], NO, URL.as_bytes(), YES, b"tok en", YES]);
        assert_eq!(str::from_utf8(&request[0]).unwrap(), format!("{URL}?pallycon-customdata-v2=token"));
        let refused = [b"widevine", &[8, 1][..], NO, URL.as_bytes(), YES, "\u{e9}".as_bytes(), NO];
        assert_eq!(code(LICENSE_REQUEST, &refused), "custom-data-invalid");
        // Given and empty is not the same as not given.
        let with = |given| ask(LICENSE_REQUEST, &[b"widevine", &[8, 1], NO, URL.as_bytes(), given, b"", NO]).unwrap();
        assert!(with(YES).is_err() && with(NO).is_ok());
        let plain = texts(LICENSE_REQUEST, &[b"playready", b"<a/>", YES, URL.as_bytes(), YES, b"token", YES]);
        assert_eq!(plain, [URL, r#"{"Content-Type":"application/octet-stream"}"#, "<a/>"]);
    }

    #[wasm_bindgen_test]
    fn an_answer_crosses_as_bytes_and_details() {
        let license = results(READ_LICENSE, &[b"widevine", &OK, br#"{"license":"08021201aa","renewal":true}"#]);
        assert_eq!(license, [&[8, 2, 0x12, 1, 0xaa][..], br#"{"renewal":true}"#]);
        let body = br#"{"errorCode":"8002","message":"{\"ERROR\":\"C\",\"MESSAGE\":\"no\"}"}"#;
        let error = ask(READ_LICENSE, &[b"widevine", &OK, body]).unwrap().unwrap_err();
        assert_eq!((text(&error, "code"), text(&error, "serverCode")), ("site-error".into(), "8002".into()));
        assert_eq!(text(&Reflect::get(&error, &"siteError".into()).unwrap(), "code"), "C");
        assert_eq!(code(READ_LICENSE, &[b"widevine", &503_f64.to_le_bytes(), b""]), "server-unavailable");
    }

    #[wasm_bindgen_test]
    fn certificates_tokens_and_waits() {
        let odd = results(READ_CERTIFICATE, &[b"fairplay", &OK, b"AAAA"]);
        assert_eq!((&odd[0][..], text(&parsed(str::from_utf8(&odd[1]).unwrap()), "code")), (&[0; 3][..], "certificate-not-der".into()));
        assert_eq!(code(READ_CERTIFICATE, &[b"fairplay", &OK, b"<html>"]), "certificate-invalid");
        let nan = f64::NAN.to_le_bytes();
        let inspection = texts(INSPECT_CUSTOM_DATA, &[b"e30=", &0_f64.to_le_bytes(), b"widevine", b"", b"", NO, &nan, NO]);
        assert_eq!(text(&parsed(&inspection[0]), "kind"), "token");
        assert!(ask(INSPECT_CUSTOM_DATA, &[b"!", &nan, b"", b"", b"", NO, &nan, NO]).unwrap().is_err());
        assert_eq!(results(PLAYREADY_CDM_DATA, &[b"token"])[0][..2], [b'<', 0]);
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(waits([3.0, 500.0, 8000.0, 1.0, 1.0], date, 784_111_775_000.0), Some(vec![2500.0]));
    }

    #[wasm_bindgen_test]
    async fn a_real_clearkey_session_takes_our_license() {
        let ask = Closure::<dyn FnMut(Uint8Array) -> Array>::new(|message: Uint8Array| {
            let request = results(LICENSE_REQUEST, &[b"clearkey", &message.to_vec(), NO, URL.as_bytes(), NO, b"", NO]);
            let [url, headers, body] = &request[..] else { panic!("{request:?}") };
            let [url, headers] = [url, headers].map(|text| str::from_utf8(text).unwrap());
            Array::of3(&url.into(), &headers.into(), &Uint8Array::from(&body[..]))
        });
        let answer = Closure::<dyn FnMut(Uint8Array) -> Array>::new(|body: Uint8Array| {
            Array::of1(&Uint8Array::from(&results(READ_LICENSE, &[b"clearkey", &OK, &body.to_vec()])[0][..]))
        });
        let status = Array::from(&clear_key(&ask, &answer).await.unwrap());
        assert_eq!(status.get(0).as_string().as_deref(), Some("0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"));
        assert_eq!(status.get(1).as_string().as_deref(), Some("usable"));
    }

    #[wasm_bindgen_test]
    fn a_key_that_does_not_play_crosses_as_json() {
        let problem = &texts(KEY_PROBLEM, &[b"00ff", b"expired"])[0];
        assert_eq!(text(&parsed(problem), "code"), "key-expired");
        assert!(text(&parsed(problem), "message").contains("00ff"));
        assert!(texts(KEY_PROBLEM, &[b"00ff", b"usable"]).is_empty());
    }
}
