//! The circuit breaker: after repeated refusals of one kind, no request is made for a while. Then one request goes
//! ahead as a probe, and its outcome decides for all others.
//!
//! ```text
//!           refusals of one kind in a row                the pause ends: one request
//!   closed ──────────────────────────────► open(until) ──────────────────────────────────► half-open(probe)
//!      ▲                                       ▲  the probe fails, or never has an outcome  │ │
//!      │                                       └────────────────────────────────────────────┘ │
//!      └──────────────────── the probe succeeds ─────────────────────────────────────────────┘
//! ```
//!
//! The pause is drawn from the second half of the configured one, because the circuits of an audience open together.

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// It opens after this many refusals of one kind in a row.
    pub refusals: u32,
    /// How long it stays open at most, in milliseconds.
    pub pause: f64,
}

/// A hash, for a text that is only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(u32);

impl Hash {
    /// FNV-1a. A viewer does not meet two contents with the same hash, which would share a circuit.
    pub fn of(text: &str) -> Self {
        Self(text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }
}

/// The party that refused, for which the circuit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The page's `customData` failed: its token backend. No request can be made without a token.
    Token,
    /// The license server could not be reached, or refused temporarily. Applies to all requests.
    Server,
    /// The license server refused this content, for this reason. Applies to requests for the same content.
    Content {
        /// Hash of the content id.
        content: Hash,
        /// Hash of the error's code.
        code: Hash,
    },
}

impl Kind {
    fn concerns(&self, hash: Hash) -> bool {
        match self {
            Self::Token | Self::Server => true,
            Self::Content { content, .. } => *content == hash,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Closed,
    Open,
    /// The chain that is the probe.
    HalfOpen(u32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Circuit {
    kind: Kind,
    refusals: u32,
    state: State,
    until: f64,
}

/// Whether a request may be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Admission {
    /// Yes.
    Go,
    /// The circuit is open until then.
    Until(f64),
    /// Another request is the probe, and its outcome is not yet known.
    Probing,
}

/// The number of contents is unlimited: circuits beyond this are forgotten, the oldest first.
const MAX_CIRCUITS: usize = 16;

/// All circuits of one client.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Circuits {
    list: Vec<Circuit>,
}

impl Circuits {
    /// Whether `chain` may request a license for that content now. If it is the probe of an open circuit, the circuit
    /// is half-open until [`Self::failed`], [`Self::succeeded`] or [`Self::release`].
    pub fn admit(&mut self, chain: u32, content: Hash, now: f64) -> Admission {
        let mut admission = Admission::Go;
        for circuit in self.list.iter().filter(|circuit| circuit.kind.concerns(content)) {
            match circuit.state {
                State::Open if circuit.until > now => {
                    let until = if let Admission::Until(other) = admission { other.max(circuit.until) } else { circuit.until };
                    admission = Admission::Until(until);
                }
                State::HalfOpen(probe) if probe != chain && admission == Admission::Go => admission = Admission::Probing,
                _ => {}
            }
        }
        if admission == Admission::Go {
            for circuit in self.list.iter_mut().filter(|circuit| circuit.kind.concerns(content)) {
                if circuit.state == State::Open {
                    circuit.state = State::HalfOpen(chain);
                }
            }
        }
        admission
    }

    /// Records a refused attempt. If that opens a circuit, returns until when.
    pub fn failed(&mut self, policy: Policy, chain: u32, kind: Kind, now: f64, random: f64) -> Option<f64> {
        let index = self.list.iter().position(|circuit| circuit.kind == kind).unwrap_or_else(|| {
            if self.list.len() >= MAX_CIRCUITS {
                self.list.remove(0);
            }
            self.list.push(Circuit { kind, refusals: 0, state: State::Closed, until: now });
            self.list.len().saturating_sub(1)
        });
        let circuit = self.list.get_mut(index)?;
        circuit.refusals = circuit.refusals.saturating_add(1);
        let opens = match circuit.state {
            State::Closed => circuit.refusals >= policy.refusals,
            State::HalfOpen(probe) => probe == chain,
            // A request from before the circuit opened.
            State::Open => false,
        };
        if !opens {
            return None;
        }
        circuit.state = State::Open;
        circuit.until = now + policy.pause.max(0.0) * (0.5 + 0.5 * random.clamp(0.0, 1.0));
        Some(circuit.until)
    }

    /// Records that a kind's server works. Returns whether its circuit was open.
    pub fn succeeded(&mut self, works: impl Fn(&Kind) -> bool) -> bool {
        let before = self.is_paused();
        self.list.retain(|circuit| !works(&circuit.kind));
        before && !self.is_paused()
    }

    /// The chain has ended without an outcome: if it was the probe, the next request becomes the probe.
    pub fn release(&mut self, chain: u32) {
        for circuit in &mut self.list {
            if circuit.state == State::HalfOpen(chain) {
                circuit.state = State::Open;
            }
        }
    }

    /// Whether any circuit is open or half-open.
    pub fn is_paused(&self) -> bool {
        self.list.iter().any(|circuit| circuit.state != State::Closed)
    }

    /// The probes, for tests.
    #[cfg(test)]
    pub(super) fn probes(&self) -> Vec<u32> {
        self.list.iter().filter_map(|circuit| if let State::HalfOpen(probe) = circuit.state { Some(probe) } else { None }).collect()
    }
}
