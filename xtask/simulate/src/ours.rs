//! Our client: the core that ships, built for this machine. It decides when to request, how long to wait, and when to
//! stop.

use crate::client::{Client, Event, Page, Player, SEGMENT, Step};
use pallycon_drm::delivery::chain::{self, Chains, Source};
use pallycon_drm::delivery::rotation::{self, Window};
use pallycon_drm::delivery::{circuit, retry};

/// `createPallyCon()`'s default for an attempt, in milliseconds.
const TIMEOUT: f64 = 10_000.0;
/// The client's latest exchange took about this long.
const LATENCY: f64 = 100.0;

/// The state of one page's client, and its request.
pub struct Core {
    chains: Chains,
    id: Option<u32>,
}

/// One set of options.
#[derive(Clone, Copy)]
pub struct Ours {
    name: &'static str,
    polls: f64,
    /// The reserved part of the time until a key is needed.
    keeps: f64,
    /// The option `rotationSpread`; effectively 0 for a player that does not report how much is buffered.
    spread: f64,
    timeout: f64,
    policy: chain::Policy,
}

/// `retry` without options.
const DEFAULT_RETRY: retry::Policy = retry::Policy { attempts: 3, base: 500.0, cap: 8000.0, total: f64::INFINITY };
/// The recommendation of docs/scale.md for an event whose audience is twenty seconds of the server's work.
const EVENT_RETRY: retry::Policy = retry::Policy { attempts: 8, base: 2000.0, cap: 40_000.0, total: 240_000.0 };
/// The same: `retry.circuit`.
const EVENT_CIRCUIT: circuit::Policy = circuit::Policy { refusals: 3, pause: 40_000.0 };

/// No options.
pub const PLAIN: Ours = Ours {
    name: "ours, without options",
    polls: 1000.0,
    keeps: 0.0,
    spread: 0.0,
    timeout: TIMEOUT,
    policy: chain::Policy { retry: DEFAULT_RETRY, circuit: None },
};
/// `rotationSpread` alone.
pub const SPREAD: Ours = Ours { name: "ours, rotationSpread alone", spread: 60_000.0, ..PLAIN };
/// The recommendation, in Shaka Player 5, dash.js, video.js and a bare media element.
pub const OURS: Ours =
    Ours { name: "ours", spread: 60_000.0, policy: chain::Policy { retry: EVENT_RETRY, circuit: Some(EVENT_CIRCUIT) }, ..PLAIN };
/// hls.js loads a segment when it has its key, so the length of one is reserved.
pub const IN_HLS: Ours = Ours { name: "ours in hls.js", polls: SEGMENT, keeps: SEGMENT, ..OURS };
/// rx-player does not pass on init data, so nothing is delayed.
pub const IN_RX: Ours = Ours { name: "ours in rx-player", spread: 0.0, ..OURS };
/// Without a circuit breaker.
pub const NO_CIRCUIT: Ours = Ours { name: "ours, without circuit", policy: chain::Policy { circuit: None, ..OURS.policy }, ..OURS };
/// With a timeout for a slow server.
pub const PATIENT: Ours = Ours { name: "ours, timeout 45 s", timeout: 45_000.0, ..OURS };

/// In Shaka Player 4.13, which retries HTTP failures itself, with our options mapped onto its own: attempts, base,
/// doubling, and the whole range of jitter; no cap, no total, no circuit.
pub struct Mapped;
/// The adapter's settings for Shaka 4.
const MAPPED: Player = Player {
    name: "ours in Shaka Player 4.13",
    polls: 1000.0,
    attempts: EVENT_RETRY.attempts,
    timeout: TIMEOUT,
    pause: |failed, random| EVENT_RETRY.base * f64::from(1_u32 << (failed - 1)) * 2.0 * random,
};

impl Client for Mapped {
    fn name(&self) -> &'static str {
        MAPPED.name()
    }

    fn is_ours(&self) -> bool {
        true
    }

    fn is_drawn(&self) -> bool {
        false
    }

    fn polls(&self) -> f64 {
        MAPPED.polls()
    }

    fn delay(&self, needed_in: f64, random: f64) -> f64 {
        OURS.delay(needed_in, random)
    }

    fn step(&self, page: &mut Page, event: Event, now: f64, random: f64) -> Step {
        MAPPED.step(page, event, now, random)
    }
}

/// The options that `--predict` compares with real sessions: all times are shorter.
pub fn small() -> Ours {
    let retry = retry::Policy { attempts: 8, base: 1000.0, cap: 8000.0, total: f64::INFINITY };
    Ours { name: "ours, small", spread: 8000.0, policy: chain::Policy { retry, circuit: None }, ..PLAIN }
}

impl Ours {
    /// As the options of `createPallyCon()`, in JSON.
    pub fn options(&self) -> String {
        let retry::Policy { attempts, base, cap, .. } = self.policy.retry;
        let retry = format!(r#"{{"attempts":{attempts},"base":{base},"cap":{cap}}}"#);
        format!(r#"{{"rotationSpread":{},"timeout":{},"retry":{retry}}}"#, self.spread, self.timeout)
    }

    /// With another `retry.cap`, and a circuit with the same pause.
    pub fn with_cap(&self, cap: f64, breaks: bool) -> Self {
        let circuit = breaks.then_some(circuit::Policy { pause: cap, ..EVENT_CIRCUIT });
        Self { policy: chain::Policy { retry: retry::Policy { cap, ..self.policy.retry }, circuit }, ..*self }
    }

    /// With another `rotationSpread`.
    pub fn with_spread(&self, spread: f64) -> Self {
        Self { spread, ..*self }
    }
}

impl Client for Ours {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is_ours(&self) -> bool {
        true
    }

    fn is_drawn(&self) -> bool {
        [PLAIN, OURS, IN_RX, PATIENT].iter().any(|drawn| drawn.name == self.name)
    }

    fn polls(&self) -> f64 {
        self.polls
    }

    fn delay(&self, needed_in: f64, random: f64) -> f64 {
        rotation::delay(Window { spread: self.spread, needed_in: needed_in - self.keeps, latency: LATENCY }, random)
    }

    fn load(&self) -> Page {
        Page::Core(Box::new(Core { chains: Chains::new(self.policy), id: None }))
    }

    fn step(&self, page: &mut Page, event: Event, now: f64, random: f64) -> Step {
        let Page::Core(core) = page else { return Step::GivesUp };
        let failed = |source, retry_after| chain::Event::Failed { source, retryable: true, retry_after, code: "http" };
        let id = *core.id.get_or_insert_with(|| core.chains.begin(now));
        let event = match event {
            Event::Begins => chain::Event::Asking { content: "" },
            Event::Timer => chain::Event::Timer,
            Event::Refused(retry_after) => failed(Source::Server, retry_after),
            Event::TimedOut => failed(Source::Unanswered, None),
            Event::Licensed => chain::Event::Licensed,
        };
        match core.chains.handle(id, event, now, random) {
            chain::Step::Attempt { left, .. } => Step::Post(self.timeout.min(left)),
            chain::Step::Wait { delay, .. } => Step::Wait(delay),
            chain::Step::End(_) => Step::GivesUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_decides() {
        let mut page = PLAIN.load();
        let steps = [
            PLAIN.step(&mut page, Event::Begins, 0.0, 0.5),
            PLAIN.step(&mut page, Event::Refused(Some(5000.0)), 100.0, 0.5),
            PLAIN.step(&mut page, Event::Timer, 5350.0, 0.5),
            PLAIN.step(&mut page, Event::TimedOut, 15_350.0, 0.5),
            PLAIN.step(&mut page, Event::Timer, 15_850.0, 0.5),
            PLAIN.step(&mut page, Event::Refused(None), 16_000.0, 0.5),
        ];
        let post = Step::Post(TIMEOUT);
        assert_eq!(steps, [post, Step::Wait(5250.0), post, Step::Wait(500.0), post, Step::GivesUp]);
        assert_eq!([&PLAIN, &OURS, &IN_HLS, &IN_RX].map(|client| client.delay(30_000.0, 0.5)), [0.0, 14_000.0, 12_000.0, 0.0]);
    }
}
