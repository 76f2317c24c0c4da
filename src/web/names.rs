//! The names that cross as texts of TypeScript's unions.
#![allow(missing_docs, reason = "what wasm-bindgen adds to an enum of strings has no documentation")]

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
    /// TypeScript lets nothing else in; what comes all the same is treated as Widevine, the plainest.
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
    /// The type, where it is one.
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
