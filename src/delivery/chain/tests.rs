use super::*;
use proptest::prelude::*;

const RETRY: retry::Policy = retry::Policy { attempts: 3, base: 500.0, cap: 8000.0, total: f64::INFINITY };
const CIRCUIT: circuit::Policy = circuit::Policy { refusals: 3, pause: 10_000.0 };
const BUSY: Event<'_> = Event::Failed { source: Source::Server, retryable: true, retry_after: None, code: "server-unavailable" };
const UNANSWERED: Event<'_> = Event::Failed { source: Source::Unanswered, retryable: true, retry_after: None, code: "network" };
const NO_TOKEN: Event<'_> = Event::Failed { source: Source::Token, retryable: false, retry_after: None, code: "custom-data-failed" };
const REFUSED: Event<'_> = Event::Failed { source: Source::Server, retryable: false, retry_after: None, code: "content-not-found" };
const FAILED: Step = Step::End(End::Failed);

fn chains(retry: retry::Policy, circuit: Option<circuit::Policy>) -> Chains {
    Chains::new(Policy { retry, circuit })
}

/// The random number is 0.5 in all tests of examples.
impl Chains {
    fn at(&mut self, now: f64, id: u32, event: Event<'_>) -> Step {
        self.handle(id, event, now, 0.5)
    }

    /// A request that requests a token at that time.
    fn began(&mut self, now: f64, content: &str) -> (u32, Step) {
        let id = self.begin(now);
        (id, self.at(now, id, Event::Asking { content }))
    }

    /// A request of one attempt, with its outcome.
    fn once(&mut self, now: f64, content: &str, event: Event<'_>) -> Step {
        match self.began(now, content) {
            (id, Step::Attempt { .. }) => self.at(now, id, event),
            (_, step) => step,
        }
    }
}

fn attempt(number: u32) -> Step {
    Step::Attempt { number, left: f64::INFINITY }
}

fn wait(delay: f64, reason: Pause) -> Step {
    Step::Wait { delay, reason }
}

#[test]
fn attempts_follow_each_other_with_the_waits_between_them() {
    let mut chains = chains(RETRY, None);
    let (id, step) = chains.began(0.0, "film");
    assert_eq!(step, attempt(1));
    assert_eq!(chains.at(100.0, id, BUSY), wait(250.0, Pause::Backoff));
    assert_eq!(chains.at(200.0, id, Event::Timer), wait(150.0, Pause::Backoff), "too early");
    assert_eq!(chains.at(350.0, id, Event::Timer), attempt(2));
    assert_eq!(chains.at(350.0, id, Event::Asking { content: "film" }), attempt(2), "no circuit is checked twice");
    let busy = Event::Failed { source: Source::Server, retryable: true, retry_after: Some(3000.0), code: "rate-limited" };
    assert_eq!(chains.at(400.0, id, busy), wait(3500.0, Pause::Backoff));
    assert_eq!(chains.at(3900.0, id, Event::Timer), attempt(3));
    assert_eq!(chains.at(4000.0, id, BUSY), FAILED);
    assert_eq!(chains.at(4000.0, id, Event::Timer), FAILED, "it is forgotten");
    assert_eq!(chains.list, []);
}

#[test]
fn permanent_failures_are_not_retried() {
    let mut chains = chains(RETRY, None);
    for event in [REFUSED, NO_TOKEN, Event::Failed { source: Source::Page, retryable: false, retry_after: None, code: "challenge-invalid" }]
    {
        assert_eq!(chains.once(0.0, "", event), FAILED);
    }
    assert_eq!(chains.once(0.0, "", Event::Licensed), Step::End(End::Licensed));
    assert_eq!(chains.once(0.0, "", Event::Aborted), Step::End(End::Aborted));
    assert_eq!(chains.list, []);
}

#[test]
fn no_attempt_begins_after_the_total_time() {
    let mut chains = chains(retry::Policy { total: 1000.0, ..RETRY }, None);
    let (id, step) = chains.began(100.0, "");
    assert_eq!(step, Step::Attempt { number: 1, left: 1000.0 }, "it has begun just now");
    assert_eq!(chains.at(600.0, id, BUSY), wait(250.0, Pause::Backoff));
    assert_eq!(chains.at(850.0, id, Event::Timer), Step::Attempt { number: 2, left: 250.0 });
    assert_eq!(chains.at(900.0, id, BUSY), FAILED, "the wait would end after it");
    let (id, _) = chains.began(0.0, "");
    chains.at(0.0, id, BUSY);
    assert_eq!(chains.at(5000.0, id, Event::Timer), FAILED, "the timer was late");
}

#[test]
fn a_circuit_opens_after_refusals_in_a_row_and_refuses_new_requests() {
    let mut chains = chains(retry::Policy { attempts: 1, ..RETRY }, Some(CIRCUIT));
    assert_eq!([BUSY, UNANSWERED].map(|event| chains.once(0.0, "a", event)), [FAILED; 2]);
    assert_eq!(chains.once(0.0, "a", Event::Licensed), Step::End(End::Licensed), "not in a row");
    for event in [BUSY, UNANSWERED, BUSY] {
        assert_eq!(chains.take_notices(), []);
        assert_eq!(chains.once(1000.0, "a", event), FAILED);
    }
    assert_eq!(chains.take_notices(), [Notice::CircuitOpened(8500.0)]);
    assert_eq!(chains.once(2000.0, "b", BUSY), Step::End(End::CircuitOpen(6500.0)), "all contents share the server");
    // Half-open: one request and no other until it ends.
    let (probe, step) = chains.began(8500.0, "a");
    assert_eq!(step, attempt(1));
    assert_eq!(chains.once(8500.0, "a", BUSY), Step::End(End::CircuitOpen(0.0)));
    assert_eq!(chains.at(9000.0, probe, BUSY), FAILED);
    assert_eq!(chains.take_notices(), [Notice::CircuitOpened(16_500.0)], "one refusal is enough");
    let (probe, _) = chains.began(16_500.0, "a");
    assert_eq!(chains.at(17_000.0, probe, Event::Licensed), Step::End(End::Licensed));
    assert_eq!(chains.take_notices(), [Notice::CircuitClosed]);
    assert_eq!(chains.once(17_000.0, "a", BUSY), FAILED, "closed");
}

#[test]
fn each_kind_of_refusal_has_its_own_circuit() {
    let mut chains = chains(RETRY, Some(CIRCUIT));
    for _ in 0..3 {
        assert_eq!(chains.once(0.0, "a", NO_TOKEN), FAILED);
    }
    assert_eq!(chains.once(0.0, "b", BUSY), Step::End(End::CircuitOpen(7500.0)), "all contents share the token backend");
    // A token and a permanent refusal: both servers work.
    for _ in 0..3 {
        assert_eq!(chains.once(7500.0, "a", REFUSED), FAILED);
    }
    assert_eq!(chains.once(7500.0, "a", REFUSED), Step::End(End::CircuitOpen(7500.0)));
    assert_eq!(chains.once(7500.0, "b", REFUSED), FAILED, "other content is not affected");
    assert_eq!(chains.take_notices(), [Notice::CircuitOpened(7500.0), Notice::CircuitClosed, Notice::CircuitOpened(15_000.0)]);
}

#[test]
fn a_request_with_attempts_left_waits_for_the_circuit() {
    let mut chains = chains(retry::Policy { attempts: 5, ..RETRY }, Some(circuit::Policy { refusals: 2, ..CIRCUIT }));
    let ((first, _), (second, _)) = (chains.began(0.0, ""), chains.began(0.0, ""));
    chains.at(0.0, first, BUSY);
    assert_eq!(chains.at(0.0, second, BUSY), wait(250.0, Pause::Backoff), "open until 7500");
    assert_eq!(chains.at(250.0, first, Event::Timer), wait(7250.0, Pause::Circuit));
    assert_eq!(chains.at(250.0, second, Event::Timer), wait(7250.0, Pause::Circuit));
    assert_eq!(chains.at(7500.0, first, Event::Timer), attempt(2), "the probe");
    assert_eq!(chains.at(7500.0, second, Event::Timer), wait(750.0, Pause::Circuit));
    assert_eq!(chains.at(7600.0, first, Event::Aborted), Step::End(End::Aborted));
    assert_eq!(chains.at(8250.0, second, Event::Timer), attempt(2), "the probe was aborted: the next request is one");
    assert_eq!(chains.at(8300.0, second, Event::Licensed), Step::End(End::Licensed));
    // A pause without a waiting request.
    let mut chains = Chains::new(Policy { retry: RETRY, circuit: Some(circuit::Policy { refusals: 1, pause: 300_000.0 }) });
    let (id, _) = chains.began(0.0, "");
    chains.at(0.0, id, BUSY);
    assert_eq!(chains.at(250.0, id, Event::Timer), FAILED);
}

#[test]
fn going_offline_costs_no_attempt_and_going_online_resumes() {
    let mut chains = chains(retry::Policy { attempts: 1, ..RETRY }, Some(circuit::Policy { refusals: 1, ..CIRCUIT }));
    let (id, _) = chains.began(0.0, "");
    chains.set_online(false);
    assert_eq!(chains.at(100.0, id, UNANSWERED), wait(60_000.0, Pause::Offline));
    assert_eq!(chains.take_notices(), [Notice::Offline]);
    assert_eq!(chains.at(20_100.0, id, Event::Timer), wait(40_000.0, Pause::Offline));
    chains.set_online(true);
    assert_eq!(chains.take_notices(), [Notice::Online]);
    assert_eq!(chains.at(30_000.0, id, Event::Timer), wait(250.0, Pause::Backoff), "not all at the same moment");
    assert_eq!(chains.at(30_250.0, id, Event::Timer), attempt(1), "it was not counted");
    chains.set_online(false);
    assert_eq!(chains.at(31_000.0, id, NO_TOKEN), wait(29_100.0, Pause::Offline), "the token backend is offline, too");
    assert_eq!(chains.at(60_100.0, id, Event::Timer), Step::End(End::Offline));
    // A response arrived: it is the server's, wherever that is.
    assert_eq!(chains.once(70_000.0, "", BUSY), FAILED);
    assert!(chains.circuits.is_paused());
}

#[test]
fn offline_ends_with_the_time_for_all_attempts() {
    let mut chains = chains(retry::Policy { total: 5000.0, ..RETRY }, None);
    let (id, _) = chains.began(0.0, "");
    chains.set_online(false);
    assert_eq!(chains.at(1000.0, id, UNANSWERED), wait(4000.0, Pause::Offline));
    assert_eq!(chains.at(5000.0, id, Event::Timer), Step::End(End::Offline));
}

#[test]
fn a_browser_that_keeps_going_offline_uses_up_its_attempts() {
    let mut chains = chains(RETRY, None);
    let (id, _) = chains.began(0.0, "");
    let mut tries = 1;
    loop {
        chains.set_online(false);
        let step = chains.at(0.0, id, UNANSWERED);
        chains.set_online(true);
        let mut now = 0.0;
        match step {
            Step::Wait { .. } => loop {
                match chains.at(now, id, Event::Timer) {
                    Step::Wait { delay, .. } => now += delay,
                    step => break assert!(matches!(step, Step::Attempt { .. })),
                }
            },
            step => break assert_eq!(step, FAILED),
        }
        tries += 1;
    }
    assert_eq!(tries, 3 + MAX_FREE);
}

/// A request from its caller's point of view.
#[derive(Debug, Clone, Copy)]
struct Seen {
    id: u32,
    begun: f64,
    trying: bool,
    tries: u32,
    /// Not before that time, unless it waited to be online.
    not_before: f64,
    offline: bool,
}

/// An action of the server, the token backend, the network or the page.
#[derive(Debug, Clone, Copy)]
enum Act {
    Begin,
    Fail(usize, usize, Option<f64>),
    License(usize),
    Abort(usize),
    Timer(usize),
    Online(bool),
}

fn act() -> impl Strategy<Value = (Act, f64, f64)> {
    let act = prop_oneof![
        2 => Just(Act::Begin),
        4 => (0_usize..4, 0_usize..4, proptest::option::weighted(0.2, 0.0..70_000.0)).prop_map(|(chain, event, retry_after)| Act::Fail(chain, event, retry_after)),
        1 => (0_usize..4).prop_map(Act::License),
        1 => (0_usize..4).prop_map(Act::Abort),
        5 => (0_usize..4).prop_map(Act::Timer),
        1 => any::<bool>().prop_map(Act::Online),
    ];
    // Some at the same moment, some after long pauses.
    (act, prop_oneof![Just(0.0), 0.0..300.0, 0.0..20_000.0], 0.0..1.0)
}

/// Runs events through the machine, and checks what each step promises.
struct Model {
    chains: Chains,
    policy: Policy,
    online: bool,
    now: f64,
    live: Vec<Seen>,
}

impl Model {
    fn new(policy: Policy) -> Self {
        Self { chains: Chains::new(policy), policy, online: true, now: 0.0, live: Vec::new() }
    }

    fn handle(&mut self, at: usize, event: Event<'_>, random: f64) -> Result<(), TestCaseError> {
        let seen = self.live[at];
        let Policy { retry, circuit } = self.policy;
        let step = self.chains.handle(seen.id, event, self.now, random);
        let seen = &mut self.live[at];
        match step {
            Step::Attempt { number, left } => {
                prop_assert!(number >= 1 && number <= retry.attempts, "more attempts than allowed");
                prop_assert!(seen.trying || self.now >= seen.not_before || seen.offline, "early: {} before {}", self.now, seen.not_before);
                prop_assert!(left <= retry.total * (1.0 + 1e-9), "more time than there is");
                prop_assert!(left > 0.0 || seen.begun == self.now || seen.trying, "late");
                if !seen.trying {
                    seen.trying = true;
                    seen.tries += 1;
                    prop_assert!(seen.tries <= retry.attempts.saturating_add(MAX_FREE), "more uncounted attempts than allowed");
                    if circuit.is_some() {
                        let open = self.chains.circuits.clone().admit(seen.id, Hash::of(""), self.now);
                        prop_assert_eq!(open, Admission::Go, "a circuit is open");
                    }
                }
            }
            Step::Wait { delay, reason } => {
                prop_assert!(delay >= 0.0 && self.now + delay <= seen.begun + retry.total + 1e-6, "a wait beyond the end");
                prop_assert!(delay <= LONGEST_WAIT + retry.cap, "longer than anyone waits");
                if let Event::Failed { retry_after: Some(minimum), .. } = event {
                    prop_assert!(reason == Pause::Offline || delay >= minimum, "earlier than the server allows");
                }
                prop_assert!(reason != Pause::Offline || !self.online);
                // An early timer may confirm a wait and never shortens it, unless the wait was to be online.
                if !matches!(event, Event::Timer) || self.now >= seen.not_before || seen.offline {
                    seen.not_before = self.now + delay;
                }
                seen.trying = false;
                seen.offline = reason == Pause::Offline;
            }
            Step::End(end) => {
                match end {
                    End::Licensed => prop_assert!(event == Event::Licensed),
                    End::Aborted => prop_assert!(event == Event::Aborted),
                    End::CircuitOpen(left) => {
                        prop_assert!(circuit.is_some_and(|circuit| left <= circuit.pause) && seen.tries == 0, "it was sent");
                    }
                    End::Offline => prop_assert!(!self.online),
                    End::Failed => prop_assert!(seen.tries > 0 || retry.total == 0.0),
                }
                self.live.remove(at);
            }
        }
        prop_assert_eq!(self.chains.list.len(), self.live.len(), "a request is lost");
        let probes = self.chains.circuits.probes();
        prop_assert!(probes.iter().all(|probe| self.live.iter().any(|seen| seen.id == *probe && seen.trying)), "a probe without a request");
        Ok(())
    }

    fn begin(&mut self, random: f64) -> Result<(), TestCaseError> {
        let id = self.chains.begin(self.now);
        self.live.push(Seen { id, begun: self.now, trying: false, tries: 0, not_before: self.now, offline: false });
        self.handle(self.live.len() - 1, Event::Asking { content: "" }, random)
    }

    fn act(&mut self, (act, step, random): (Act, f64, f64)) -> Result<(), TestCaseError> {
        self.now += step;
        let pick = |chain: usize, trying: bool, live: &[Seen]| {
            let fit: Vec<usize> = (0..live.len()).filter(|at| live[*at].trying == trying).collect();
            fit.get(chain % fit.len().max(1)).copied()
        };
        match act {
            Act::Begin => self.begin(random),
            Act::Online(online) => {
                self.online = online;
                self.chains.set_online(online);
                Ok(())
            }
            Act::Abort(chain) if !self.live.is_empty() => self.handle(chain % self.live.len(), Event::Aborted, random),
            Act::Abort(_) => Ok(()),
            Act::License(chain) => pick(chain, true, &self.live).map_or(Ok(()), |at| self.handle(at, Event::Licensed, random)),
            Act::Timer(chain) => pick(chain, false, &self.live).map_or(Ok(()), |at| self.handle(at, Event::Timer, random)),
            Act::Fail(chain, event, retry_after) => pick(chain, true, &self.live).map_or(Ok(()), |at| {
                let event = match ([BUSY, UNANSWERED, NO_TOKEN, REFUSED][event], retry_after) {
                    (Event::Failed { source: Source::Server, retryable: true, code, .. }, retry_after) => {
                        Event::Failed { source: Source::Server, retryable: true, retry_after, code }
                    }
                    (event, _) => event,
                };
                self.handle(at, event, random)
            }),
        }
    }

    /// Every timer fires when it is due, every attempt ends, and the browser keeps its state: each request has to end.
    fn settle(&mut self, outcomes: &[usize]) -> Result<(), TestCaseError> {
        for round in 0..4000 {
            let Some(index) = (0..self.live.len()).min_by(|a, b| {
                let due = |at: &usize| if self.live[*at].trying { self.now } else { self.live[*at].not_before };
                due(a).total_cmp(&due(b))
            }) else {
                return Ok(());
            };
            let seen = self.live[index];
            if seen.trying {
                let event = [BUSY, UNANSWERED, NO_TOKEN, REFUSED, Event::Licensed][outcomes[round % outcomes.len()]];
                self.now += 50.0;
                self.handle(index, event, 0.5)?;
            } else {
                self.now = self.now.max(seen.not_before);
                self.handle(index, Event::Timer, 0.5)?;
            }
        }
        prop_assert!(false, "requests that never end: {:?}", self.chains);
        Ok(())
    }
}

fn policies() -> impl Strategy<Value = Policy> {
    let retry = (1_u32..5, 0.0..2000.0, 0.0..9000.0, prop_oneof![Just(f64::INFINITY), 0.0..40_000.0]);
    let circuit = proptest::option::of((1_u32..4, 0.0..90_000.0));
    (retry, circuit).prop_map(|((attempts, base, cap, total), circuit)| Policy {
        retry: retry::Policy { attempts, base, cap, total },
        circuit: circuit.map(|(refusals, pause)| circuit::Policy { refusals, pause }),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn attempts_are_bounded_and_on_time_and_every_request_ends(
        policy in policies(),
        acts in proptest::collection::vec(act(), 0..150),
        outcomes in proptest::collection::vec(0_usize..5, 1..6),
    ) {
        let mut model = Model::new(policy);
        for act in acts {
            model.act(act)?;
        }
        model.settle(&outcomes)?;
        prop_assert!(model.chains.list.is_empty() && model.chains.circuits.probes().is_empty());
        // No circuit stays open indefinitely: after the longest pause, a request goes ahead.
        model.now += 100_000.0;
        let id = model.chains.begin(model.now);
        let step = model.chains.handle(id, Event::Asking { content: "" }, model.now, 0.5);
        let goes = matches!(step, Step::Attempt { number: 1, .. });
        prop_assert!(goes, "a circuit that stays open: {:?}", step);
    }
}
