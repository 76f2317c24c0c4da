//! Which MediaKeySessions exist, which licenses they request, and when: the decisions of the adapter for a bare media
//! element. Pure: the clock and random numbers are passed in, [`Event`]s go in, [`Command`]s come out.
//!
//! ```text
//! init data ─ keys known? ─ yes ─ nothing
//!     │ no                        (refused before: try again only after a temporary failure)
//!     ▼
//!   planned ── spread over viewers ──► open ── message ──► request ──► license ──► key statuses
//!                                        ▲                                            │ expires
//!                                        └── FairPlay: "renew" · others: a new session replaces it
//! ```
//!
//! EME: W3C Encrypted Media Extensions, 6 (sessions) and 7 (media elements).

use super::command::{Command, Event, KeyStatus, MessageType, RequestReason};
use super::key_request::{Description, requested_keys};
use super::renewal::{self, Lease, Method};
use super::rotation::{self, Window};
use super::status;
use crate::error::{Code, Error, Reason};
use crate::init_data::InitDataType;
use crate::system::Drm;
use crate::text;

/// Sessions at a time. CDMs limit them (Widevine on Android: 16 to 64), and live streams have new keys indefinitely.
const MAX_SESSIONS: usize = 32;
/// How long the media may wait for a key after the last license or status, in milliseconds.
const GRACE: f64 = 1000.0;

/// The state of the CDM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cdm {
    /// No DRM is chosen yet.
    Starting,
    /// The CDM waits for its certificate.
    NeedsCertificate(Drm),
    /// Sessions can be opened.
    Ready(Drm),
    /// The adapter is detached.
    Detached,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    /// Planned for that time.
    Planned(f64),
    Open,
    /// Closed. Opened again only after a temporary failure.
    Refused {
        retryable: bool,
    },
}

#[derive(Debug)]
struct Session {
    id: u32,
    kind: InitDataType,
    init_data: Vec<u8>,
    /// See [`requested_keys`].
    requested: Vec<String>,
    reason: RequestReason,
    stage: Stage,
    /// License requests in progress.
    pending: u32,
    /// When the latest of them began.
    requested_at: f64,
    statuses: Vec<KeyStatus>,
    was_usable: bool,
    expires: f64,
    /// The license's own `renewal_duration`, in milliseconds.
    stated: f64,
    renew_at: Option<f64>,
    /// The session that is closed as soon as this one has a key.
    replaces: Option<u32>,
}

impl Session {
    fn new(kind: InitDataType, init_data: Vec<u8>, requested: Vec<String>, reason: RequestReason) -> Self {
        let (statuses, renew_at, replaces) = (Vec::new(), None, None);
        let (id, stage, pending, was_usable) = (0, Stage::Open, 0, false);
        let (requested_at, expires, stated) = (f64::NAN, f64::NAN, f64::NAN);
        Self {
            id,
            kind,
            init_data,
            requested,
            reason,
            stage,
            pending,
            requested_at,
            statuses,
            was_usable,
            expires,
            stated,
            renew_at,
            replaces,
        }
    }

    fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// No license or status is expected at the moment.
    fn is_settled(&self) -> bool {
        matches!(self.stage, Stage::Refused { .. }) || (self.pending == 0 && (self.was_usable || !self.statuses.is_empty()))
    }

    /// When to renew it; only after it has replaced its predecessor.
    fn renewal(&self) -> Option<f64> {
        self.renew_at.filter(|_| self.is_open() && self.replaces.is_none())
    }

    fn lease(&self, interval: f64, now: f64) -> Lease {
        Lease { interval, expires_in: self.expires - now, stated: self.stated }
    }

    fn usable(&self) -> bool {
        self.statuses.iter().any(|key| status::is_usable(&key.status))
    }
}

/// The state machine.
#[derive(Debug)]
pub struct Sessions {
    cdm: Cdm,
    legacy: bool,
    /// The maximum delay of a key rotation's requests, in milliseconds.
    spread: f64,
    /// The option `renewal.interval`, or NaN.
    interval: f64,
    list: Vec<Session>,
    last_id: u32,
    /// This source already had a license: new keys are a rotation.
    licensed: bool,
    waiting: bool,
    /// When the last license or status arrived.
    news: f64,
    /// How long the latest license took.
    latency: f64,
}

impl Sessions {
    /// No sessions yet. `spread`: the maximum delay of a key rotation's requests; `interval`: of renewals, or NaN; both
    /// in milliseconds.
    pub fn new(spread: f64, interval: f64) -> Self {
        let (cdm, list, latency) = (Cdm::Starting, Vec::new(), f64::NAN);
        Self { cdm, legacy: false, spread, interval, list, last_id: 0, licensed: false, waiting: false, news: 0.0, latency }
    }

    /// The type and the init data to open a session with.
    pub fn init_data(&self, session: u32) -> Option<(InitDataType, &[u8])> {
        self.list.iter().find(|one| one.id == session).map(|one| (one.kind, &one.init_data[..]))
    }

    /// Handles an event. `random` is in `0..1`.
    pub fn handle(&mut self, event: Event<'_>, now: f64, random: f64) -> Vec<Command> {
        let mut out = Vec::new();
        match event {
            Event::Encrypted { kind, init_data, description, buffered } => {
                let window = Window { spread: self.spread, needed_in: buffered, latency: self.latency };
                let delay = rotation::delay(window, random);
                let session = Session::new(kind, init_data.into(), Vec::new(), RequestReason::License);
                self.encrypted(session, description, delay, now, &mut out);
            }
            Event::Access { drm, legacy, certificate } => self.access(drm, legacy, certificate, &mut out),
            Event::CertificateSet => self.certificate_set(&mut out),
            Event::Message { session, kind } => self.message(session, kind, now, &mut out),
            Event::License { session, renewal } => self.license(session, renewal, now, random),
            Event::Refused { session, retryable } => self.refused(session, retryable, now, random, &mut out),
            Event::Statuses { session, statuses, expires } => self.statuses(session, statuses, expires, now, random, &mut out),
            Event::Closed { session, reason } => self.closed(session, reason, now, &mut out),
            Event::WaitingForKey => self.waiting(now, &mut out),
            Event::Resumed => self.waiting = false,
            Event::Timer => self.timer(now, &mut out),
            Event::SourceChanged => self.clear(&mut out),
            Event::Detached => {
                self.clear(&mut out);
                self.cdm = Cdm::Detached;
            }
        }
        out
    }

    /// How long until the next [`Event::Timer`] is due, in milliseconds.
    pub fn wait(&self, now: f64) -> Option<f64> {
        self.wake().map(|at| (at - now).max(0.0))
    }

    /// When the next [`Event::Timer`] is due.
    pub fn wake(&self) -> Option<f64> {
        let times = self.list.iter().filter_map(|session| match session.stage {
            Stage::Planned(at) => Some(at),
            _ => session.renewal(),
        });
        times.chain(self.verdict()).reduce(f64::min).filter(|at| at.is_finite())
    }

    fn access(&mut self, drm: Drm, legacy: bool, certificate: bool, out: &mut Vec<Command>) {
        if self.cdm != Cdm::Starting {
            return;
        }
        self.legacy = legacy;
        self.cdm = Cdm::NeedsCertificate(drm);
        // Without a certificate Widevine requests one in a message; FairPlay cannot start.
        if drm == Drm::FairPlay || (drm == Drm::Widevine && certificate) {
            out.push(Command::Certificate);
        } else {
            self.certificate_set(out);
        }
    }

    fn certificate_set(&mut self, out: &mut Vec<Command>) {
        if let Cdm::NeedsCertificate(drm) = self.cdm {
            self.cdm = Cdm::Ready(drm);
            self.due(f64::INFINITY, out);
        }
    }

    /// `delay`: the delay of a rotation.
    fn encrypted(&mut self, mut new: Session, description: Description<'_>, mut delay: f64, now: f64, out: &mut Vec<Command>) {
        // The adapter holds events back until the DRM is known.
        let (drm, ready) = match self.cdm {
            Cdm::Ready(drm) => (drm, true),
            Cdm::NeedsCertificate(drm) => (drm, false),
            Cdm::Starting | Cdm::Detached => return,
        };
        new.requested = requested_keys(drm, description, &new.init_data);
        let same = |session: &Session| new.requested.iter().all(|key| session.requested.contains(key));
        if self.list.iter().any(|session| same(session) && session.stage != Stage::Refused { retryable: true }) {
            return;
        }
        self.list.retain(|session| !same(session));
        self.make_room(out);
        if !ready {
            delay = f64::INFINITY;
        } else if self.licensed {
            new.reason = RequestReason::Rotation;
        } else {
            delay = 0.0;
        }
        self.add(new, delay, now, out);
    }

    /// Opens a session, now or later.
    fn add(&mut self, session: Session, delay: f64, now: f64, out: &mut Vec<Command>) {
        self.last_id = self.last_id.wrapping_add(1);
        let stage = if delay > 0.0 { Stage::Planned(now + delay) } else { Stage::Open };
        if stage == Stage::Open {
            out.push(Command::Open(self.last_id));
        }
        self.list.push(Session { id: self.last_id, stage, ..session });
    }

    /// Drops the oldest keys of a stream that rotates. If they are needed again, their init data are reported again.
    fn make_room(&mut self, out: &mut Vec<Command>) {
        while self.list.len() >= MAX_SESSIONS {
            let refused = self.list.iter().position(|session| matches!(session.stage, Stage::Refused { .. }));
            let session = self.list.remove(refused.unwrap_or(0));
            if session.is_open() {
                out.push(Command::Close(session.id));
            }
        }
    }

    fn find(&mut self, id: u32) -> Option<&mut Session> {
        self.list.iter_mut().find(|session| session.id == id && session.is_open())
    }

    fn method(&self) -> Method {
        if let Cdm::Ready(drm) = self.cdm { renewal::method(drm) } else { Method::ByCdm }
    }

    fn renews(&self) -> bool {
        self.method() != Method::ByCdm
    }

    fn message(&mut self, id: u32, kind: MessageType, now: f64, out: &mut Vec<Command>) {
        let Some(session) = self.find(id) else { return };
        session.pending = session.pending.saturating_add(1);
        session.requested_at = now;
        let reason = match kind {
            MessageType::Renewal => RequestReason::Renewal,
            MessageType::Release => RequestReason::Release,
            MessageType::Request | MessageType::Individualization => session.reason,
        };
        out.push(Command::Request(id, reason));
    }

    fn license(&mut self, id: u32, renewal: f64, now: f64, random: f64) {
        self.news = now;
        let (legacy, renews, interval) = (self.legacy, self.renews(), self.interval);
        let Some(session) = self.find(id) else { return };
        session.pending = session.pending.saturating_sub(1);
        session.stated = renewal;
        if renews {
            session.renew_at = renewal::delay(session.lease(interval, now), random).map(|delay| now + delay);
        }
        // The legacy API has no key statuses.
        session.was_usable |= legacy;
        self.latency = now - session.requested_at;
        self.licensed |= legacy;
    }

    fn refused(&mut self, id: u32, retryable: bool, now: f64, random: f64, out: &mut Vec<Command>) {
        self.news = now;
        let (legacy, renews, interval) = (self.legacy, self.renews(), self.interval);
        let Some(session) = self.find(id) else { return };
        session.pending = session.pending.saturating_sub(1);
        let current = match session.replaces.filter(|old| self.find(*old).is_some()) {
            Some(old) => {
                self.drop_session(id, out);
                old
            }
            None => id,
        };
        let Some(session) = self.find(current) else { return };
        // A renewal failed: the current license may last for a while.
        if session.usable() || (legacy && session.was_usable) {
            let lease = session.lease(interval, now);
            session.renew_at = renewal::after_failure(lease, retryable, random).filter(|_| renews).map(|delay| now + delay);
        } else {
            out.push(Command::Close(session.id));
            session.stage = Stage::Refused { retryable };
            session.init_data = Vec::new();
            session.statuses = Vec::new();
        }
    }

    fn drop_session(&mut self, id: u32, out: &mut Vec<Command>) {
        if self.find(id).is_some() {
            out.push(Command::Close(id));
        }
        self.list.retain(|session| session.id != id);
    }

    fn statuses(&mut self, id: u32, statuses: &[KeyStatus], expires: f64, now: f64, random: f64, out: &mut Vec<Command>) {
        let (renews, interval) = (self.renews(), self.interval);
        self.news = now;
        let Some(session) = self.find(id) else { return };
        let before = std::mem::replace(&mut session.statuses, status::with_requested_ids(statuses, &session.requested));
        let mut expired = false;
        for key in session.statuses.iter().filter(|key| !before.contains(key)) {
            out.push(Command::KeyStatus(key.clone()));
            // A key that was usable and has expired is requested again, once.
            if key.status == "expired" && session.was_usable {
                expired = true;
            } else if let Some(code) = status::failure(&key.status) {
                out.push(Command::Fail(Error::new(code).with(&key.key_id)));
            }
        }
        let replaces = if session.usable() { session.replaces.take() } else { None };
        session.was_usable |= session.usable();
        let usable = session.was_usable;
        // NaN following NaN is not a change either.
        if renews && expires != session.expires && !(expires.is_nan() && session.expires.is_nan()) {
            session.expires = expires;
            session.renew_at = renewal::delay(session.lease(interval, now), random).map(|delay| now + delay);
        }
        self.licensed |= usable;
        if let Some(old) = replaces {
            self.drop_session(old, out);
        }
        if expired {
            self.replace(id, now, out);
        }
    }

    fn is_replaced(&self, id: u32) -> bool {
        self.list.iter().any(|session| session.replaces == Some(id))
    }

    /// Opens a new session with the same init data; the old one stays open until the new one has a key. A
    /// session that has not yet replaced its own predecessor is not replaced: there would be three.
    fn replace(&mut self, id: u32, now: f64, out: &mut Vec<Command>) {
        if self.is_replaced(id) {
            return;
        }
        let Some(old) = self.find(id).filter(|old| old.replaces.is_none()) else { return };
        let new = Session::new(old.kind, old.init_data.clone(), old.requested.clone(), RequestReason::Renewal);
        self.add(Session { replaces: Some(id), ..new }, 0.0, now, out);
    }

    fn closed(&mut self, id: u32, reason: &str, now: f64, out: &mut Vec<Command>) {
        let Some(index) = self.list.iter().position(|session| session.id == id && session.is_open()) else { return };
        let session = self.list.remove(index);
        self.news = now;
        if self.is_replaced(id) {
            return;
        }
        // The display was unplugged, or the machine slept (Chromium 115 and later): request the same keys again.
        if reason == "hardware-context-reset" {
            let new = Session::new(session.kind, session.init_data, session.requested, session.reason);
            self.add(Session { replaces: session.replaces, ..new }, 0.0, now, out);
        } else {
            out.push(Command::Fail(Error::new(Code::SessionClosed).with(reason)));
        }
    }

    fn waiting(&mut self, now: f64, out: &mut Vec<Command>) {
        self.waiting = true;
        self.news = now;
        self.due(f64::INFINITY, out);
    }

    fn timer(&mut self, now: f64, out: &mut Vec<Command>) {
        self.due(now, out);
        let renew = self.method() == Method::Renew;
        let mut replace = Vec::new();
        for session in &mut self.list {
            if session.renewal().is_none_or(|at| at > now) {
                continue;
            }
            session.renew_at = None;
            if renew {
                out.push(Command::Renew(session.id));
            } else {
                replace.push(session.id);
            }
        }
        for id in replace {
            self.replace(id, now, out);
        }
        if self.verdict().is_some_and(|at| at <= now) {
            self.waiting = false;
            out.extend(self.missing().map(Command::Fail));
        }
    }

    /// Opens the sessions that were planned up to that time.
    fn due(&mut self, now: f64, out: &mut Vec<Command>) {
        if !matches!(self.cdm, Cdm::Ready(_)) {
            return;
        }
        for session in &mut self.list {
            if matches!(session.stage, Stage::Planned(at) if at <= now) {
                session.stage = Stage::Open;
                out.push(Command::Open(session.id));
            }
        }
    }

    /// When a key can be reported as missing: playback waits, and no session expects a license or status.
    fn verdict(&self) -> Option<f64> {
        let settled = matches!(self.cdm, Cdm::Ready(_)) && self.list.iter().all(Session::is_settled);
        (self.waiting && settled).then_some(self.news + GRACE)
    }

    fn missing(&self) -> Option<Error> {
        let has_status = |id: &String| self.list.iter().flat_map(|session| &session.statuses).any(|key| key.key_id == *id);
        let mut missing: Vec<&str> = Vec::new();
        for id in self.list.iter().filter(|session| session.is_open()).flat_map(|session| &session.requested) {
            if !id.starts_with('?') && !has_status(id) && !missing.contains(&&id[..]) {
                if !missing.is_empty() {
                    missing.push(", ");
                }
                missing.push(id);
            }
        }
        if self.list.is_empty() {
            Some(Error::because(Code::KeyMissing, Reason::KeysNotAskedFor))
        } else if missing.is_empty() || self.legacy {
            // Reported already: refused, restricted, expired.
            None
        } else {
            Some(Error::because(Code::KeyMissing, Reason::KeysNotBrought).with(&text::concat(&missing)))
        }
    }

    fn clear(&mut self, out: &mut Vec<Command>) {
        for session in std::mem::take(&mut self.list) {
            if session.is_open() {
                out.push(Command::Close(session.id));
            }
        }
        self.licensed = false;
        self.waiting = false;
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
