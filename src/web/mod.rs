//! The only place that knows JavaScript: the exports of each wasm module.
//!
//! An export is ordinary and typed. In the player module what has more than one part crosses as a record (`src/record.rs`), through
//! buffers that stay. The inspect module answers in JSON, the server module in objects. Their errors are thrown as JSON text, which
//! the TypeScript beside them turns into `PallyConError`s.

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

/// Rust's own allocator is a kilobyte larger, in each module. This one takes and gives back in constant time, too; what grows
/// is copied, which is as good for the few kilobytes that are in use here.
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Nothing has to be done at the start. But wasm-bindgen's `__wbg_reset_state`, by which a module that has trapped is replaced,
/// calls the start function without asking whether there is one (0.2.130).
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {}

/// What is thrown for a failure.
#[cfg(any(feature = "inspect", feature = "server"))]
pub(crate) fn thrown(error: Error) -> JsValue {
    JsValue::from_str(&error.to_json())
}
