//! The names that cross as strings of TypeScript's unions.
#![allow(missing_docs, reason = "wasm-bindgen's additions to an enum of strings have no documentation")]

#[cfg(feature = "player")]
use crate::delivery::chain;
#[cfg(feature = "media")]
use crate::delivery::command;
use crate::{init_data, system};
use wasm_bindgen::prelude::*;

/// The public API's names of the DRMs.
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum Drm {
    Widevine = "widevine",
    PlayReady = "playready",
    FairPlay = "fairplay",
    ClearKey = "clearkey",
}

impl From<Drm> for system::Drm {
    /// TypeScript allows no other value; others are treated as Widevine, the simplest.
    fn from(drm: Drm) -> Self {
        match drm {
            Drm::PlayReady => Self::PlayReady,
            Drm::FairPlay => Self::FairPlay,
            Drm::ClearKey => Self::ClearKey,
            _ => Self::Widevine,
        }
    }
}

/// EME's names of init data types.
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum InitDataType {
    Cenc = "cenc",
    Keyids = "keyids",
    Webm = "webm",
    Skd = "skd",
    Sinf = "sinf",
}

impl InitDataType {
    /// The type, if it is one.
    pub fn known(self) -> Option<init_data::InitDataType> {
        Some(match self {
            Self::Cenc => init_data::InitDataType::Cenc,
            Self::Keyids => init_data::InitDataType::Keyids,
            Self::Webm => init_data::InitDataType::Webm,
            Self::Skd => init_data::InitDataType::Skd,
            Self::Sinf => init_data::InitDataType::Sinf,
            _ => return None,
        })
    }
}

impl From<init_data::InitDataType> for InitDataType {
    fn from(kind: init_data::InitDataType) -> Self {
        match kind {
            init_data::InitDataType::Cenc => Self::Cenc,
            init_data::InitDataType::Keyids => Self::Keyids,
            init_data::InitDataType::Webm => Self::Webm,
            init_data::InitDataType::Skd => Self::Skd,
            init_data::InitDataType::Sinf => Self::Sinf,
        }
    }
}

/// The part of a request that failed.
#[cfg(feature = "player")]
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum Source {
    Token = "token",
    Unanswered = "unanswered",
    Server = "server",
    Page = "page",
}

#[cfg(feature = "player")]
impl From<Source> for chain::Source {
    fn from(source: Source) -> Self {
        match source {
            Source::Token => Self::Token,
            Source::Unanswered => Self::Unanswered,
            Source::Server => Self::Server,
            _ => Self::Page,
        }
    }
}

/// EME's types of messages (`MediaKeyMessageType`).
#[cfg(feature = "media")]
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum MessageType {
    Request = "license-request",
    Renewal = "license-renewal",
    Release = "license-release",
    Individualization = "individualization-request",
}

#[cfg(feature = "media")]
impl From<MessageType> for command::MessageType {
    /// A type that a later version of EME adds counts as an ordinary request.
    fn from(kind: MessageType) -> Self {
        match kind {
            MessageType::Renewal => Self::Renewal,
            MessageType::Release => Self::Release,
            MessageType::Individualization => Self::Individualization,
            _ => Self::Request,
        }
    }
}

/// What a license is requested for: the `reason` of the public `RequestContext`.
#[cfg(feature = "media")]
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum RequestReason {
    License = "license",
    Renewal = "renewal",
    Release = "release",
    Rotation = "rotation",
}

#[cfg(feature = "media")]
impl From<command::RequestReason> for RequestReason {
    fn from(reason: command::RequestReason) -> Self {
        match reason {
            command::RequestReason::License => Self::License,
            command::RequestReason::Renewal => Self::Renewal,
            command::RequestReason::Release => Self::Release,
            command::RequestReason::Rotation => Self::Rotation,
        }
    }
}
