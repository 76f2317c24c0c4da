//! The circuit breaker: after repeated refusals of one kind, no request is made for a while. Then one request goes ahead
//! as a probe, and its outcome decides for all.
//!
//! ```text
//!           refusals of one kind in a row                the pause is over: one request
//!   closed ──────────────────────────────► open(until) ──────────────────────────────────► half-open(probe)
//!      ▲                                       ▲  the probe fails, or never has an outcome  │ │
//!      │                                       └────────────────────────────────────────────┘ │
//!      └──────────────────── the probe succeeds ─────────────────────────────────────────────┘
//! ```
//!
//! The pause is drawn from the second half of what is set, because the circuits of an audience open together.

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// That many refusals of one kind in a row open it.
    pub refusals: u32,
    /// How long it stays open at most, in milliseconds.
    pub pause: f64,
}

/// What stands for a text that is only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(u32);

impl Hash {
    /// FNV-1a. That two contents have the same one, and share a circuit, does not happen to a viewer.
    pub fn of(text: &str) -> Self {
        Self(text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }
}

/// What refused, and so what a circuit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The page's `customData` failed: its token backend. No request can be made without a token.
    Token,
    /// The license server could not be reached, or refused in a way that may pass. Holds for all requests.
    Server,
    /// The license server refused this content, for this reason. Holds for requests for the same content.
    Content {
        /// Of the content id.
        content: Hash,
        /// Of the error's code.
        code: Hash,
    },
}

impl Kind {
    fn concerns(&self, asked: Hash) -> bool {
        match self {
            Self::Token | Self::Server => true,
            Self::Content { content, .. } => *content == asked,
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
    /// Another request is the probe: its outcome is not known yet.
    Probing,
}

/// Contents are without number: circuits beyond this are forgotten, the oldest first.
const MAX_CIRCUITS: usize = 16;

/// All circuits of one client.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Circuits {
    list: Vec<Circuit>,
}

impl Circuits {
    /// Whether `chain` may request a license for that content now. If it is the probe of an open circuit, the circuit is
    /// half-open from here on, until [`Self::failed`], [`Self::succeeded`] or [`Self::release`].
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

    /// An attempt was refused. Returns until when a circuit is open now that was not before.
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
            // A request from before.
            State::Open => false,
        };
        if !opens {
            return None;
        }
        circuit.state = State::Open;
        circuit.until = now + policy.pause.max(0.0) * (0.5 + 0.5 * random.clamp(0.0, 1.0));
        Some(circuit.until)
    }

    /// What a kind is about works. Returns whether its circuit was open.
    pub fn succeeded(&mut self, works: impl Fn(&Kind) -> bool) -> bool {
        let before = self.is_paused();
        self.list.retain(|circuit| !works(&circuit.kind));
        before && !self.is_paused()
    }

    /// The chain has ended without an outcome: if it was the probe, the next request is.
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

    /// The probes, for tests of who is one.
    #[cfg(test)]
    pub(super) fn probes(&self) -> Vec<u32> {
        self.list.iter().filter_map(|circuit| if let State::HalfOpen(probe) = circuit.state { Some(probe) } else { None }).collect()
    }
}
