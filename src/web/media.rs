//! The exports of the media module: the sessions of a bare media element. An event is a method call, and a command is
//! a call on [`Actions`].
#![allow(missing_docs, reason = "wasm-bindgen's code for an imported type has no documentation")]

use super::names::{Drm, InitDataType, MessageType, RequestReason};
use crate::delivery::command::{Command, Event, KeyStatus};
use crate::delivery::key_request::{Description, PsshKeys};
use crate::delivery::session::Sessions;
use crate::init_data::fairplay;
use crate::text;
use js_sys::JsString;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Declared here, as wasm-bindgen declares only the enums that exports take. */
export type RequestReason = "license" | "renewal" | "release" | "rotation";
/** Commands of the sessions. They are called while an event is handled: no other event may be reported meanwhile. */
export interface Actions {
  certificate(): void;
  open(session: number, type: InitDataType, initData: Uint8Array<ArrayBuffer>): void;
  request(session: number, reason: RequestReason): void;
  renew(session: number): void;
  close(session: number): void;
  keyStatus(keyId: string, status: string): void;
  /** The numbers of an error's code and reason in errors.json, and the parameters of their sentences. */
  fail(code: number, reason: number | undefined, parameters: string[]): void;
  /** The last one after every event: how long until `timer()` is due, undefined for never. */
  wake(milliseconds: number | undefined): void;
}
/** A PSSH box: the key ids that the box and its payload name, and its place in the init data. */
export interface PsshKeys { systemId: string; keyIds: string[]; offset: number; size: number }
export interface KeyStatus { keyId: string; status: string }
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Actions")]
    #[derive(Debug)]
    pub type Actions;
    #[wasm_bindgen(method)]
    fn certificate(this: &Actions);
    #[wasm_bindgen(method)]
    fn open(this: &Actions, session: u32, kind: InitDataType, init_data: Vec<u8>);
    #[wasm_bindgen(method)]
    fn request(this: &Actions, session: u32, reason: RequestReason);
    #[wasm_bindgen(method)]
    fn renew(this: &Actions, session: u32);
    #[wasm_bindgen(method)]
    fn close(this: &Actions, session: u32);
    #[wasm_bindgen(method, js_name = keyStatus)]
    fn key_status(this: &Actions, key_id: &str, status: &str);
    #[wasm_bindgen(method)]
    fn fail(this: &Actions, code: u16, reason: Option<u16>, parameters: Vec<JsString>);
    #[wasm_bindgen(method)]
    fn wake(this: &Actions, milliseconds: Option<f64>);

    #[wasm_bindgen(typescript_type = "PsshKeys")]
    #[derive(Debug)]
    pub type JsPsshKeys;
    #[wasm_bindgen(method, getter, js_name = systemId)]
    fn system_id(this: &JsPsshKeys) -> String;
    #[wasm_bindgen(method, getter, js_name = keyIds)]
    fn key_ids(this: &JsPsshKeys) -> Vec<JsString>;
    #[wasm_bindgen(method, getter)]
    fn offset(this: &JsPsshKeys) -> usize;
    #[wasm_bindgen(method, getter)]
    fn size(this: &JsPsshKeys) -> usize;

    #[wasm_bindgen(typescript_type = "KeyStatus")]
    #[derive(Debug)]
    pub type JsKeyStatus;
    #[wasm_bindgen(method, getter, js_name = keyId)]
    fn key_id(this: &JsKeyStatus) -> String;
    #[wasm_bindgen(method, getter)]
    fn status(this: &JsKeyStatus) -> String;
}

/// wasm-bindgen's own conversion of a list of strings would be a kilobyte larger.
fn strings(list: &[JsString]) -> Vec<String> {
    list.iter().map(String::from).collect()
}

/// `None` if there is no such box in the init data.
fn pssh_keys<'a>(pssh: &JsPsshKeys, init_data: &'a [u8]) -> Option<PsshKeys<'a>> {
    let (system_id, offset) = (text::key_id(&pssh.system_id())?, pssh.offset());
    let bytes = init_data.get(offset..offset.checked_add(pssh.size())?)?;
    Some(PsshKeys { system_id, key_ids: strings(&pssh.key_ids()), bytes })
}

/// One element's sessions.
#[wasm_bindgen]
#[derive(Debug)]
pub struct MediaSessions {
    sessions: Sessions,
    actions: Actions,
}

impl MediaSessions {
    fn handle(&mut self, event: Event<'_>) {
        let now = js_sys::Date::now();
        for command in self.sessions.handle(event, now, js_sys::Math::random()) {
            self.perform(command);
        }
        self.actions.wake(self.sessions.wait(now));
    }

    fn perform(&self, command: Command) {
        let actions = &self.actions;
        match command {
            Command::Certificate => actions.certificate(),
            Command::Open(session) => {
                if let Some((kind, init_data)) = self.sessions.init_data(session) {
                    actions.open(session, kind.into(), init_data.into());
                }
            }
            Command::Request(session, reason) => actions.request(session, reason.into()),
            Command::Renew(session) => actions.renew(session),
            Command::Close(session) => actions.close(session),
            Command::KeyStatus(KeyStatus { key_id, status }) => actions.key_status(&key_id, &status),
            Command::Fail(error) => {
                let parameters = error.parameters.iter().map(|parameter| parameter[..].into()).collect();
                actions.fail(error.code as u16, error.reason.map(|reason| reason as u16), parameters);
            }
        }
    }
}

#[wasm_bindgen]
impl MediaSessions {
    /// No sessions yet. `spread`: the client's option `rotationSpread`; `interval`: the adapter's `renewal.interval`,
    /// or NaN.
    #[wasm_bindgen(constructor)]
    pub fn new(spread: f64, interval: f64, actions: Actions) -> Self {
        Self { sessions: Sessions::new(spread, interval), actions }
    }

    /// See [`Event::Access`].
    pub fn access(&mut self, drm: Drm, legacy: bool, certificate: bool) {
        self.handle(Event::Access { drm: drm.into(), legacy, certificate });
    }

    /// See [`Event::CertificateSet`].
    #[wasm_bindgen(js_name = certificateSet)]
    pub fn certificate_set(&mut self) {
        self.handle(Event::CertificateSet);
    }

    /// See [`Event::Encrypted`]. `boxes`, or else `key_ids`, or else `asset_id`: the content of the init data. An
    /// unknown type is ignored: such an event was sent by a page, not by the browser.
    pub fn encrypted(
        &mut self,
        kind: InitDataType,
        init_data: &[u8],
        boxes: Vec<JsPsshKeys>,
        key_ids: Vec<JsString>,
        asset_id: Option<String>,
        buffered: f64,
    ) {
        let key_ids = strings(&key_ids);
        let boxes: Vec<_> = boxes.iter().filter_map(|pssh| pssh_keys(pssh, init_data)).collect();
        let description = match &asset_id {
            Some(id) if boxes.is_empty() && key_ids.is_empty() => Description::AssetId(id),
            _ if boxes.is_empty() => Description::KeyIds(&key_ids),
            _ => Description::Boxes(&boxes),
        };
        let Some(kind) = kind.known() else { return };
        self.handle(Event::Encrypted { kind, init_data, description, buffered });
    }

    /// See [`Event::Message`].
    pub fn message(&mut self, session: u32, kind: MessageType) {
        self.handle(Event::Message { session, kind: kind.into() });
    }

    /// See [`Event::License`].
    pub fn license(&mut self, session: u32, renewal: f64) {
        self.handle(Event::License { session, renewal });
    }

    /// See [`Event::Refused`].
    pub fn refused(&mut self, session: u32, retryable: bool) {
        self.handle(Event::Refused { session, retryable });
    }

    /// See [`Event::Statuses`].
    pub fn statuses(&mut self, session: u32, statuses: Vec<JsKeyStatus>, expires: f64) {
        let statuses: Vec<_> = statuses.iter().map(|key| KeyStatus { key_id: key.key_id(), status: key.status() }).collect();
        self.handle(Event::Statuses { session, statuses: &statuses, expires });
    }

    /// See [`Event::Closed`].
    pub fn closed(&mut self, session: u32, reason: &str) {
        self.handle(Event::Closed { session, reason });
    }

    /// See [`Event::WaitingForKey`].
    #[wasm_bindgen(js_name = waitingForKey)]
    pub fn waiting_for_key(&mut self) {
        self.handle(Event::WaitingForKey);
    }

    /// See [`Event::Resumed`].
    pub fn resumed(&mut self) {
        self.handle(Event::Resumed);
    }

    /// See [`Event::Timer`].
    pub fn timer(&mut self) {
        self.handle(Event::Timer);
    }

    /// See [`Event::SourceChanged`].
    #[wasm_bindgen(js_name = sourceChanged)]
    pub fn source_changed(&mut self) {
        self.handle(Event::SourceChanged);
    }

    /// See [`Event::Detached`].
    pub fn detached(&mut self) {
        self.handle(Event::Detached);
    }
}

/// The argument with which WebKit's legacy API opens a session: the init data of `webkitneedkey`, their asset id, the
/// certificate.
#[wasm_bindgen(js_name = legacyInitData)]
pub fn legacy_init_data(init_data: &[u8], asset_id: &str, certificate: &[u8]) -> Vec<u8> {
    fairplay::build_legacy(init_data, asset_id, certificate)
}
