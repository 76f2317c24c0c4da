//! HTTP for licenses and certificates, over gloo-net.
//!
//! gloo-net 0.7.0 panics, and so kills the instance, when a fetch is aborted with a reason that is not an `Error`. A
//! caller's signal may carry any reason, so it never gets here: `js/http.ts` owns the controller, and its reason is an
//! `Error`. gloo-net's builder panics on a header that the browser refuses, and its readers hide what the body of a failed
//! answer says: headers come in, and the answer goes out, as the browser's own objects.

use gloo_net::http::{Headers, Method, RequestBuilder};
use js_sys::Error;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, RequestCredentials, Response};

/// Sends a request. Resolves with the browser's answer, whatever its status; rejects where there was none that may be read.
#[wasm_bindgen]
pub async fn send(
    post: bool,
    url: String,
    headers: web_sys::Headers,
    body: JsValue,
    credentials: bool,
    signal: Option<AbortSignal>,
) -> Result<Response, JsValue> {
    let mut builder = RequestBuilder::new(&url)
        .method(if post { Method::POST } else { Method::GET })
        .headers(Headers::from_raw(headers))
        .abort_signal(signal.as_ref());
    if credentials {
        builder = builder.credentials(RequestCredentials::Include);
    }
    let request = if body.is_falsy() { builder.build() } else { builder.body(body) };
    Ok(request.map_err(to_js)?.send().await.map_err(to_js)?.into())
}

fn to_js(error: gloo_net::Error) -> JsValue {
    Error::new(match &error {
        gloo_net::Error::JsError(error) => &error.message,
        gloo_net::Error::GlooError(message) => message,
    })
    .into()
}
