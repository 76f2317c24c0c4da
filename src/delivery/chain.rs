//! Every request of a client over all its attempts. Pure: the clock and random numbers are passed in, [`Event`]s go in,
//! a [`Step`] comes out.
//!
//! ```text
//!   begin ──► asking ──► attempt ──► licensed
//!               │ circuit   │  ▲
//!               │ open      │  │ timer: the wait is over, no circuit is open, the browser is online
//!               ▼           ▼  │
//!              end ◄──── failed ──► waiting: backoff · circuit · offline
//!                  permanently, or no attempt or time is left
//! ```
//!
//! A new request ends immediately if a circuit is open; one that has failed before and has attempts left waits for it.
//! While the browser is offline, a request without a response costs no attempt; it continues when the browser is
//! online.

use super::circuit::{self, Admission, Circuits, Hash, Kind};
use super::retry::{self, LONGEST_WAIT};

/// The options for all requests of a client.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// How often, how fast, how long.
    pub retry: retry::Policy,
    /// Without one, no request is refused here.
    pub circuit: Option<circuit::Policy>,
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The page's `customData`.
    Token,
    /// No response came: the network, or the time limit.
    Unanswered,
    /// The license server's response.
    Server,
    /// Anything else, before the request was sent.
    Page,
}

/// Something that happened to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// An attempt is about to request a token. `content`: the content id, empty if it is unknown.
    Asking {
        /// The content id, empty if it is unknown.
        content: &'a str,
    },
    /// The attempt failed.
    Failed {
        /// What failed.
        source: Source,
        /// Whether a later attempt may succeed.
        retryable: bool,
        /// The server's `Retry-After` in milliseconds from now.
        retry_after: Option<f64>,
        /// The error's code.
        code: &'a str,
    },
    /// The wait has ended, or the browser is online again.
    Timer,
    /// The license arrived.
    Licensed,
    /// The page gave up.
    Aborted,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Make this attempt (the first is 1), or continue it.
    Attempt {
        /// Attempts that failed while the browser was offline are not counted.
        number: u32,
        /// The time left for all attempts, in milliseconds; infinite for no limit.
        left: f64,
    },
    /// Wait that long, in milliseconds, then report [`Event::Timer`].
    Wait {
        /// How long.
        delay: f64,
        /// What for.
        reason: Pause,
    },
    /// The request has ended, and its number is no longer known.
    End(End),
}

/// Why a request waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// For the next attempt.
    Backoff,
    /// For an open circuit.
    Circuit,
    /// For the browser to be online.
    Offline,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// With a license.
    Licensed,
    /// The page gave up.
    Aborted,
    /// With its latest failure.
    Failed,
    /// A circuit stays open for this long, in milliseconds. Nothing was sent.
    CircuitOpen(f64),
    /// The browser was offline for too long.
    Offline,
}

/// A change of state that operators need to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Notice {
    /// A circuit has opened, until that time.
    CircuitOpened(f64),
    /// No circuit is open any more.
    CircuitClosed,
    /// Requests wait for the browser to be online.
    Offline,
    /// The browser is online, and they continue.
    Online,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    /// It has not requested a token yet, and may be refused by a circuit.
    New,
    /// An attempt is being made.
    Trying,
    Waiting {
        until: f64,
        reason: Pause,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Chain {
    id: u32,
    content: Hash,
    stage: Stage,
    /// Attempts that counted.
    failed: u32,
    /// Attempts that did not, because the browser was offline.
    free: u32,
    /// When it has to have ended.
    deadline: f64,
    /// When it ends if it still waits for a circuit or for the browser to be online.
    patience: Option<f64>,
    unanswered: bool,
}

/// If the browser goes offline repeatedly, up to this many attempts are not counted.
const MAX_FREE: u32 = 5;
/// How long to wait for another request's probe before checking again.
const PROBE: f64 = 500.0;

/// All requests of one client.
#[derive(Debug, Clone)]
pub struct Chains {
    policy: Policy,
    circuits: Circuits,
    online: bool,
    /// Whether [`Notice::Offline`] was given.
    paused: bool,
    list: Vec<Chain>,
    last_id: u32,
    notices: Vec<Notice>,
}

impl Chains {
    /// No requests yet; the browser is online.
    pub fn new(policy: Policy) -> Self {
        let (circuits, list, notices) = (Circuits::default(), Vec::new(), Vec::new());
        Self { policy, circuits, online: true, paused: false, list, last_id: 0, notices }
    }

    /// Begins a request and returns its number. It has to be ended by [`Event::Licensed`], [`Event::Aborted`], or a
    /// [`Step::End`].
    pub fn begin(&mut self, now: f64) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.list.push(Chain {
            id: self.last_id,
            content: Hash::of(""),
            stage: Stage::New,
            failed: 0,
            free: 0,
            deadline: now + self.policy.retry.total,
            patience: None,
            unanswered: false,
        });
        self.last_id
    }

    /// Sets whether the browser is online. When it is online again, the caller gives each waiting request an
    /// [`Event::Timer`].
    pub fn set_online(&mut self, online: bool) {
        self.online = online;
        if online && std::mem::take(&mut self.paused) {
            self.notices.push(Notice::Online);
        }
    }

    /// Handles an event of a request. `random` is in `0..1`. An unknown or ended request has failed.
    pub fn handle(&mut self, id: u32, event: Event<'_>, now: f64, random: f64) -> Step {
        let Some(index) = self.list.iter().position(|chain| chain.id == id) else { return Step::End(End::Failed) };
        // Put back unless it has ended.
        let mut chain = self.list.swap_remove(index);
        let step = match event {
            Event::Asking { content } => self.asking(&mut chain, content, now),
            Event::Failed { source, retryable, retry_after, code } => {
                let kind = match source {
                    Source::Token => Some(Kind::Token),
                    Source::Unanswered => Some(Kind::Server),
                    Source::Server if retryable => Some(Kind::Server),
                    Source::Server => Some(Kind::Content { content: chain.content, code: Hash::of(code) }),
                    Source::Page => None,
                };
                chain.unanswered = matches!(source, Source::Token | Source::Unanswered);
                self.failed(&mut chain, kind, retryable, retry_after, now, random)
            }
            Event::Timer => self.timer(&mut chain, now, random),
            Event::Licensed => {
                let works = |kind: &Kind| match kind {
                    Kind::Token | Kind::Server => true,
                    Kind::Content { content, .. } => *content == chain.content,
                };
                self.works(works);
                Step::End(End::Licensed)
            }
            Event::Aborted => Step::End(End::Aborted),
        };
        if let Step::End(_) = step {
            self.circuits.release(id);
        } else {
            self.list.push(chain);
        }
        step
    }

    /// What has happened since the last call.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    fn works(&mut self, works: impl Fn(&Kind) -> bool) {
        if self.circuits.succeeded(works) {
            self.notices.push(Notice::CircuitClosed);
        }
    }

    fn admit(&mut self, chain: &Chain, now: f64) -> Admission {
        if self.policy.circuit.is_none() { Admission::Go } else { self.circuits.admit(chain.id, chain.content, now) }
    }

    fn asking(&mut self, chain: &mut Chain, content: &str, now: f64) -> Step {
        if chain.stage == Stage::New {
            chain.content = Hash::of(content);
            match self.admit(chain, now) {
                Admission::Go => {}
                Admission::Until(until) => return Step::End(End::CircuitOpen((until - now).max(0.0))),
                Admission::Probing => return Step::End(End::CircuitOpen(0.0)),
            }
        }
        self.attempt(chain, now)
    }

    fn attempt(&self, chain: &mut Chain, now: f64) -> Step {
        chain.stage = Stage::Trying;
        Step::Attempt { number: chain.failed.saturating_add(1), left: (chain.deadline - now).max(0.0) }
    }

    fn failed(&mut self, chain: &mut Chain, kind: Option<Kind>, retryable: bool, retry_after: Option<f64>, now: f64, random: f64) -> Step {
        // The state of a server that was not called is unknown.
        if !self.online && chain.unanswered && chain.free < MAX_FREE {
            chain.free = chain.free.saturating_add(1);
            self.circuits.release(chain.id);
            return self.wait_online(chain, now);
        }
        if let (Some(policy), Some(kind)) = (self.policy.circuit, kind) {
            // A token shows that its backend works; a permanent refusal, that the license server does.
            let for_good = matches!(kind, Kind::Content { .. });
            if kind != Kind::Token {
                self.works(|other| *other == Kind::Token || (for_good && *other == Kind::Server));
            }
            if let Some(until) = self.circuits.failed(policy, chain.id, kind, now, random) {
                self.notices.push(Notice::CircuitOpened(until));
            }
        }
        self.circuits.release(chain.id);
        chain.failed = chain.failed.saturating_add(1);
        let delay = if retryable { retry::wait(self.policy.retry, chain.failed, random, retry_after) } else { None };
        chain.patience = None;
        match delay {
            Some(delay) => self.wait(chain, delay, Pause::Backoff, now),
            None => Step::End(End::Failed),
        }
    }

    /// Limits a wait to the time for all attempts: none would be left for the next one.
    fn wait(&self, chain: &mut Chain, delay: f64, reason: Pause, now: f64) -> Step {
        let until = now + delay;
        if until >= chain.deadline {
            return Step::End(End::Failed);
        }
        chain.stage = Stage::Waiting { until, reason };
        Step::Wait { delay, reason }
    }

    /// Until the request has to end. It ends earlier when the browser is online.
    fn wait_online(&mut self, chain: &mut Chain, now: f64) -> Step {
        let until = chain.patience.unwrap_or(now + LONGEST_WAIT).min(chain.deadline);
        if until <= now {
            return Step::End(End::Offline);
        }
        chain.patience = Some(until);
        if !std::mem::replace(&mut self.paused, true) {
            self.notices.push(Notice::Offline);
        }
        chain.stage = Stage::Waiting { until, reason: Pause::Offline };
        Step::Wait { delay: until - now, reason: Pause::Offline }
    }

    fn timer(&mut self, chain: &mut Chain, now: f64, random: f64) -> Step {
        let Stage::Waiting { until, reason } = chain.stage else { return self.attempt(chain, now) };
        if reason == Pause::Offline {
            if !self.online {
                return self.wait_online(chain, now);
            }
            // All requests that lost the same network are back at the same moment.
            return self.wait(chain, retry::drawn(self.policy.retry, 1, random), Pause::Backoff, now);
        }
        if until > now {
            return Step::Wait { delay: until - now, reason };
        }
        if !self.online && chain.unanswered {
            return self.wait_online(chain, now);
        }
        let delay = match self.admit(chain, now) {
            Admission::Go => {
                return if now < chain.deadline { self.attempt(chain, now) } else { Step::End(End::Failed) };
            }
            Admission::Until(until) => until - now,
            Admission::Probing => PROBE * (1.0 + random),
        };
        let patience = *chain.patience.get_or_insert(now + LONGEST_WAIT);
        if now + delay > patience { Step::End(End::Failed) } else { self.wait(chain, delay, Pause::Circuit, now) }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
