//! PallyCon (DoveRunner) multi-DRM for web players: init data, license requests, responses, and errors that say what to
//! do.
//!
//! The modules follow a license from init data to the CDM:
//!
//! | step | module |
//! |---|---|
//! | init data → which DRM, which keys | [`init_data`], [`system`] |
//! | challenge → HTTP request | [`license::request`] |
//! | HTTP response → license or error | [`license::response`], [`error`] |
//! | custom data of the request | [`custom_data`] |
//! | retries, renewals, rotation | [`delivery`] |
//! | on a server: tokens, and keys for packagers | `custom_data::token`, `cpix` |
//!
//! Results are typed, and borrow values that are in the input unchanged:
//!
//! ```
//! use pallycon_drm::init_data::{self, Options, Payload};
//! use pallycon_drm::system::Drm;
//! use pallycon_drm::{error::Code, license::response};
//!
//! // A Widevine box with one key id and the content id "film".
//! let data = b"\0\0\0\x38pssh\0\0\0\0\xed\xef\x8b\xa9\x79\xd6\x4a\xce\xa3\xc8\x27\xdc\xd5\x1d\x21\xed\0\0\0\x18\
//!     \x12\x10KKKKKKKKKKKKKKKK\x22\x04film";
//! let init_data = init_data::parse(data, Options::default())?;
//! assert_eq!(init_data.content_id.as_deref(), Some("film"));
//! for pssh in &init_data.boxes {
//!     match &pssh.payload {
//!         Some(Payload::Widevine(widevine)) => assert_eq!(*widevine.key_ids[0], *b"KKKKKKKKKKKKKKKK"),
//!         Some(Payload::PlayReady(object)) => println!("{:?}", object.license_url),
//!         _ => {}
//!     }
//! }
//!
//! // A refusal with HTTP 200 is an error with a code to match on.
//! let refusal = response::read(Drm::Widevine, 200, br#"{"errorCode":"7011","message":"expired"}"#).unwrap_err();
//! assert_eq!(refusal.code, Code::TokenExpired);
//! assert_eq!(refusal.message(), "PallyCon 7011: expired");
//! # Ok::<(), pallycon_drm::error::Error>(())
//! ```
//!
//! `examples/parse_pssh.rs` is a program that reads what is pasted into it.
//!
//! Everything outside `web` is pure: no JavaScript, no clock, no network, so it is tested without a browser.
//! `web` (wasm32 only) is the only module that knows JavaScript. Features select the wasm module to build: every viewer
//! downloads `player`, `media` drives EME for a media element, `inspect` has segments, manifests and writers, and
//! `server` everything that needs keys.

#![cfg_attr(docsrs, feature(doc_cfg))]

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
#[cfg(feature = "server")]
pub mod typed;
#[cfg(feature = "inspect")]
pub mod write;
pub mod xml;

#[cfg(target_arch = "wasm32")]
pub mod web;
