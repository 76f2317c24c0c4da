//! PallyCon (DoveRunner) multi-DRM for web players.
//!
//! The data's way through this crate is the way of a license:
//!
//! | step | module |
//! |---|---|
//! | init data → which DRM, which keys | [`init_data`], [`system`] |
//! | challenge → HTTP request | [`license::request`] |
//! | HTTP response → license or error | [`license::response`], [`error`] |
//! | what the request carries | [`custom_data`] |
//! | when to ask again | [`delivery`] |
//! | on a server: tokens, and keys for packagers | `custom_data::token`, `cpix` |
//!
//! Everything outside `web` is pure: no JavaScript, no clock, no network, so that it is tested without a browser.
//! `web` (wasm32 only) is the one place that knows JavaScript. Features choose the wasm module that is built: `player` is
//! what every viewer downloads, `media` drives EME for a media element, `inspect` has segments, manifests and writers,
//! `server` what needs keys.

pub mod bytes;
#[cfg(feature = "server")]
pub mod cpix;
pub mod custom_data;
pub mod delivery;
pub mod error;
pub mod init_data;
#[cfg(feature = "inspect")]
pub mod inspect;
pub mod isobmff;
pub mod json;
pub mod license;
#[cfg(feature = "inspect")]
pub mod manifest;
#[cfg(test)]
mod property_tests;
pub mod record;
#[cfg(feature = "server")]
pub mod schema;
pub mod system;
pub mod text;
#[cfg(feature = "inspect")]
pub mod write;
pub mod xml;

#[cfg(target_arch = "wasm32")]
pub mod web;
