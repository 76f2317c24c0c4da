//! The only place that knows JavaScript: what crosses, and in which form.
//!
//! The modules of the main entry have one export for all functions, `door`. The others have one for each: there numbers,
//! texts and bytes cross as themselves. What has more than one part crosses as one JSON text that the TypeScript beside it
//! turns into plain objects (in the server module as objects); bytes inside it are `[offset, length]` in the input, which
//! JavaScript has already. Errors cross as the JSON of [`crate::error::Error`], thrown as a text where there is no door;
//! `js/error.ts` makes `PallyConError`s of them.

#[cfg(any(feature = "inspect", feature = "server"))]
use {crate::error::Error, wasm_bindgen::JsValue};

#[cfg(any(feature = "player", feature = "full"))]
pub mod door;
#[cfg(any(feature = "player", feature = "full"))]
pub mod fetch;
#[cfg(feature = "full")]
pub mod full;
#[cfg(feature = "inspect")]
pub mod inspect;
#[cfg(feature = "media")]
pub mod media;
#[cfg(all(feature = "player", not(feature = "full")))]
pub mod player;
#[cfg(feature = "server")]
pub mod server;
#[cfg(any(feature = "player", feature = "full"))]
mod task;
#[cfg(feature = "server")]
mod value;

/// Rust's own allocator is a kilobyte larger, in each module. This one takes and gives back in constant time, too; what grows
/// is copied, which is as good for the few kilobytes that are in use here.
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// What is thrown for a failure.
#[cfg(any(feature = "inspect", feature = "server"))]
pub(crate) fn thrown(error: Error) -> JsValue {
    JsValue::from_str(&error.to_json())
}
