//! The requests of one client (`src/delivery/chain.rs`): an event is a method call, and the next step is a record.

use super::buffers::run;
use super::names::Source;
use crate::delivery::chain::{Chains, End, Event, Notice, Pause, Policy, Step};
use crate::delivery::rotation::{self, Window};
use crate::delivery::{circuit, retry};
use crate::record::{Field, Record};
use wasm_bindgen::prelude::*;

/// All requests of one client.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Delivery {
    chains: Chains,
}

/// `kind` and `value`, in the order of `Kind` in `js/client/delivery.ts`.
fn write(out: &mut Record, step: Step, notices: &[Notice]) {
    let (kind, value) = match step {
        Step::Attempt { left, .. } => (0, left),
        Step::Wait { delay, reason: Pause::Backoff } => (1, delay),
        Step::Wait { delay, reason: Pause::Circuit } => (2, delay),
        Step::Wait { delay, reason: Pause::Offline } => (3, delay),
        Step::End(End::CircuitOpen(left)) => (4, left),
        Step::End(End::Offline) => (5, 0.0),
        Step::End(End::Failed | End::Licensed | End::Aborted) => (6, 0.0),
    };
    out.number(Field::Kind, kind);
    out.float(Field::Value, value);
    if let Step::Attempt { number, .. } = step {
        out.number(Field::Attempt, number);
    }
    for notice in notices {
        let (kind, value) = match notice {
            Notice::CircuitOpened(until) => (0, *until),
            Notice::CircuitClosed => (1, 0.0),
            Notice::Offline => (2, 0.0),
            Notice::Online => (3, 0.0),
        };
        out.open(Field::Notices);
        out.number(Field::Kind, kind);
        out.float(Field::Value, value);
        out.close();
    }
}

impl Delivery {
    fn handle(&mut self, chain: u32, event: Event<'_>, now: f64, random: f64) -> usize {
        let step = self.chains.handle(chain, event, now, random);
        let notices = self.chains.take_notices();
        run(0, &|_, out| {
            write(out, step, &notices);
            Ok(())
        })
    }
}

#[wasm_bindgen]
impl Delivery {
    /// The option `retry`. `attempts` and `total` may be infinite; without `refusals` there is no circuit.
    #[wasm_bindgen(constructor)]
    pub fn new(attempts: f64, base: f64, cap: f64, total: f64, refusals: Option<f64>, pause: f64) -> Self {
        let retry = retry::Policy { attempts: attempts as u32, base, cap, total };
        let circuit = refusals.map(|refusals| circuit::Policy { refusals: refusals as u32, pause });
        Self { chains: Chains::new(Policy { retry, circuit }) }
    }

    /// See [`Chains::begin`].
    pub fn begin(&mut self, now: f64) -> u32 {
        self.chains.begin(now)
    }

    /// See [`Chains::set_online`].
    #[wasm_bindgen(js_name = setOnline)]
    pub fn set_online(&mut self, online: bool) {
        self.chains.set_online(online);
    }

    /// See [`Event::Asking`].
    pub fn asking(&mut self, chain: u32, content: &str, now: f64) -> usize {
        self.handle(chain, Event::Asking { content }, now, 0.0)
    }

    /// See [`Event::Failed`]. `retry_after`: the header's text.
    #[allow(clippy::too_many_arguments, reason = "one for each fact about the failure")]
    pub fn failed(
        &mut self,
        chain: u32,
        source: Source,
        retryable: bool,
        retry_after: Option<String>,
        code: &str,
        now: f64,
        random: f64,
    ) -> usize {
        let retry_after = retry_after.as_deref().and_then(|value| retry::parse_retry_after(value, now));
        self.handle(chain, Event::Failed { source: source.into(), retryable, retry_after, code }, now, random)
    }

    /// See [`Event::Timer`].
    pub fn timer(&mut self, chain: u32, now: f64, random: f64) -> usize {
        self.handle(chain, Event::Timer, now, random)
    }

    /// See [`Event::Licensed`].
    pub fn licensed(&mut self, chain: u32) -> usize {
        self.handle(chain, Event::Licensed, 0.0, 0.0)
    }

    /// See [`Event::Aborted`].
    pub fn aborted(&mut self, chain: u32) -> usize {
        self.handle(chain, Event::Aborted, 0.0, 0.0)
    }
}

/// How long to wait before requesting the license of a coming key period. `latency`: NaN, if there was no license yet.
#[wasm_bindgen(js_name = rotationDelay)]
pub fn rotation_delay(spread: f64, needed_in: f64, latency: f64, random: f64) -> f64 {
    rotation::delay(Window { spread, needed_in, latency }, random)
}
