//! The exports of the wasm modules, in a real browser: `npm test -- --only wasm`, or
//! `wasm-pack test --headless --chrome --features player,media,inspect,server --test web`.
//! One program, so that each browser is started once.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

#[cfg(feature = "player")]
mod call;
#[cfg(feature = "player")]
mod delivery;
#[cfg(feature = "player")]
mod fetch;
#[cfg(feature = "inspect")]
mod inspect;
#[cfg(feature = "player")]
mod license;
#[cfg(feature = "media")]
mod media;
#[cfg(feature = "player")]
mod player;
#[cfg(feature = "server")]
mod server;
