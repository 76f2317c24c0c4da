//! The only place that knows JavaScript: what crosses, and in which form.
//!
//! Numbers, texts and bytes cross as themselves. What has more than one part crosses as one JSON text that the TypeScript
//! beside it turns into plain objects; bytes inside it are `[offset, length]` in the input, which JavaScript has already.
//! Errors cross as the JSON of [`crate::error::Error`], thrown as a text; `js/error.ts` makes `PallyConError`s of them.

#[cfg(any(feature = "player", feature = "inspect", feature = "server"))]
use {crate::error::Error, wasm_bindgen::JsValue};

#[cfg(feature = "player")]
pub mod fetch;
#[cfg(feature = "inspect")]
pub mod inspect;
#[cfg(feature = "media")]
pub mod media;
#[cfg(feature = "player")]
pub mod player;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "player")]
mod task;
#[cfg(feature = "server")]
mod value;

/// Rust's own allocator is a kilobyte larger, in each module. This one takes and gives back in constant time, too; what grows
/// is copied, which is as good for the few kilobytes that are in use here.
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// What is thrown for a failure.
#[cfg(any(feature = "player", feature = "inspect", feature = "server"))]
pub(crate) fn thrown(error: Error) -> JsValue {
    JsValue::from_str(&error.to_json())
}
