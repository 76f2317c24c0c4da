//! HTTP for licenses and certificates, over gloo-net.
//!
//! gloo-net 0.7.0 panics, and so kills the instance, when a fetch is aborted with a reason that is not an `Error`. A
//! caller's signal may carry any reason, so it never gets here: the controller is our own, and its reason is an `Error`.

use gloo_net::http::{Headers, Method, Request, RequestBuilder};
use js_sys::{Array, Error, Promise, Reflect, Uint8Array};
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCredentials};

/// Sends a request and reads the whole answer, whatever its status.
///
/// Resolves with `[status, url, body, retryAfter | null]`. Rejects with what `cancel` resolved with if that came first (the
/// caller's timeout or abort), else with the browser's own error: there was no answer, or none that may be read.
#[wasm_bindgen]
pub async fn send(
    method: String,
    url: String,
    headers: Array,
    body: JsValue,
    credentials: bool,
    cancel: Promise,
) -> Result<Array, JsValue> {
    // Absent in Chromium before 66 (Tizen 5.0, 2018): then the request is left to itself when it is given up.
    let controller = AbortController::new().ok();
    let request = build(&method, &url, &headers, body, credentials, controller.as_ref())?;
    let mut exchange = pin!(exchange(request));
    let mut cancel = pin!(JsFuture::from(cancel));
    let outcome = std::future::poll_fn(|context| {
        if let Poll::Ready(answer) = exchange.as_mut().poll(context) {
            return Poll::Ready(Ok(answer));
        }
        cancel.as_mut().poll(context).map(Err)
    });
    match outcome.await {
        Ok(answer) => answer,
        Err(cause) => {
            if let Some(controller) = controller {
                controller.abort_with_reason(&Error::new("the request was given up"));
            }
            Err(cause.unwrap_or_else(|reason| reason))
        }
    }
}

fn build(
    method: &str,
    url: &str,
    headers: &Array,
    body: JsValue,
    credentials: bool,
    controller: Option<&AbortController>,
) -> Result<Request, JsValue> {
    // Not RequestBuilder::header: it panics on a name or value that the browser refuses.
    let raw = web_sys::Headers::new()?;
    for pair in headers.iter() {
        let text = |index| Reflect::get_u32(&pair, index).ok().and_then(|value| value.as_string()).unwrap_or_default();
        raw.append(&text(0), &text(1))?;
    }
    let signal = controller.map(AbortController::signal);
    let mut builder = RequestBuilder::new(url)
        .method(if method == "GET" { Method::GET } else { Method::POST })
        .headers(Headers::from_raw(raw))
        .abort_signal(signal.as_ref());
    if credentials {
        builder = builder.credentials(RequestCredentials::Include);
    }
    let request = if body.is_falsy() { builder.build() } else { builder.body(body) };
    request.map_err(to_js)
}

async fn exchange(request: Request) -> Result<Array, JsValue> {
    let response = request.send().await.map_err(to_js)?;
    let status = response.status();
    let url = response.url();
    // Readable across origins only where the server exposes it.
    let retry_after = response.headers().get("retry-after");
    // gloo-net's own readers hide what the body of a failed answer says.
    let raw = web_sys::Response::from(response);
    let body = JsFuture::from(raw.array_buffer()?).await?;
    let answer = Array::of3(&status.into(), &url.into(), &Uint8Array::new(&body));
    answer.push(&retry_after.map_or(JsValue::NULL, JsValue::from));
    Ok(answer)
}

fn to_js(error: gloo_net::Error) -> JsValue {
    match error {
        gloo_net::Error::JsError(error) => Error::new(&error.message).into(),
        other => Error::new(&other.to_string()).into(),
    }
}
