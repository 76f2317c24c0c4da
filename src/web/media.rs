//! The exports of the media module: the sessions of the adapter that drives EME by itself. Events in, commands out as JSON.

use crate::delivery::command::{self, Event};
use crate::delivery::session::Sessions;
use crate::init_data::{InitDataType, fairplay};
use crate::system::Drm;
use wasm_bindgen::prelude::*;

/// One element's sessions.
#[wasm_bindgen]
#[derive(Debug)]
pub struct MediaSessions(Sessions);

#[wasm_bindgen]
impl MediaSessions {
    /// None yet. `spread`: `rotationSpread`.
    #[wasm_bindgen(constructor)]
    pub fn new(spread: f64) -> Self {
        Self(Sessions::new(spread))
    }

    /// Tells of an event by its name, of init data by their type; which of the rest an event has, [`Event`] says. JSON of [`command::to_json`].
    #[allow(clippy::too_many_arguments, reason = "one crossing for every event")]
    pub fn tell(&mut self, event: &str, session: u32, text: &str, init_data: &[u8], number: f64, now: f64, random: f64) -> String {
        let flag = number > 0.0;
        let event = match event {
            "access" => Event::Access { drm: Drm::from_name(text).unwrap_or(Drm::Widevine), legacy: session > 0, certificate: flag },
            "certificate" => Event::CertificateSet,
            "message" => Event::Message { session, kind: text },
            "license" => Event::License { session, renewal: number },
            "refused" => Event::Refused { session, retryable: flag },
            "statuses" => Event::Statuses { session, statuses: text, expires: number },
            "closed" => Event::Closed { session, reason: text },
            "waitingforkey" => Event::WaitingForKey,
            "resumed" => Event::Resumed,
            "emptied" => Event::SourceChanged,
            "detached" => Event::Detached,
            _ => match InitDataType::from_name(event) {
                Some(kind) => Event::Encrypted { kind, init_data, description: text, buffered: number },
                None => Event::Timer,
            },
        };
        let commands = self.0.handle(event, now, random);
        command::to_json(&commands, self.0.wake().map(|at| at - now))
    }

    /// The type of a session's init data.
    #[wasm_bindgen(js_name = initDataType)]
    pub fn init_data_type(&self, session: u32) -> String {
        self.0.init_data(session).map_or("", |(kind, _)| kind.as_str()).into()
    }

    /// The init data that a session is to be opened with.
    #[wasm_bindgen(js_name = initData)]
    pub fn init_data(&self, session: u32) -> Vec<u8> {
        self.0.init_data(session).map_or(&[][..], |(_, bytes)| bytes).into()
    }
}

/// What the old WebKit API takes to open a session: the init data of `webkitneedkey`, their asset id, the certificate.
#[wasm_bindgen(js_name = legacyInitData)]
pub fn legacy_init_data(init_data: &[u8], asset_id: &str, certificate: &[u8]) -> Vec<u8> {
    fairplay::build_legacy(init_data, asset_id, certificate)
}
