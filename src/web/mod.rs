//! The only place that knows JavaScript: the exports of each wasm module.
//!
//! An export is ordinary and typed. In the player module, results with more than one part cross as a record
//! (`src/record.rs`), through persistent buffers. The inspect module returns JSON, the server module objects. Their
//! errors are thrown as JSON text, which the TypeScript side turns into `PallyConError`s.

#[cfg(any(feature = "inspect", feature = "server"))]
use {crate::error::Error, wasm_bindgen::JsValue};

#[cfg(feature = "player")]
pub mod buffers;
#[cfg(feature = "player")]
pub mod delivery;
#[cfg(feature = "player")]
pub mod fetch;
#[cfg(feature = "inspect")]
pub mod inspect;
#[cfg(feature = "media")]
pub mod media;
#[cfg(any(feature = "player", feature = "media"))]
pub mod names;
#[cfg(feature = "player")]
pub mod player;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "player")]
mod task;
#[cfg(feature = "server")]
mod value;

/// Rust's own allocator is a kilobyte larger, in each module. This one also allocates and frees in constant time;
/// growing memory is copied, which is fast enough for the few kilobytes in use here.
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Nothing has to be done at the start. But wasm-bindgen's `__wbg_reset_state`, which replaces a trapped module, calls
/// the start function without checking that there is one (0.2.130).
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {}

/// The value to throw for a failure.
#[cfg(any(feature = "inspect", feature = "server"))]
pub(crate) fn thrown(error: Error) -> JsValue {
    JsValue::from_str(&error.to_json())
}
