//! One run: viewers, their players, the server, and the result.

use crate::client::{Client, Event, Page, Step};
use crate::clock::{Clock, What};
use crate::server::{Limits, Reply, Server};
use fastrand::Rng;

/// When viewers need a key.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// A new key is published at that time; playback needs it `ahead` later, plus or minus a twentieth.
    Rotation {
        /// Milliseconds.
        at: f64,
        /// Milliseconds between the publication and the moment when playback reaches it.
        ahead: f64,
    },
    /// All viewers press play within that time.
    Start {
        /// The first one.
        from: f64,
        /// The last one.
        to: f64,
    },
}

/// The parameters of a run.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// The number of viewers.
    pub viewers: u32,
    /// When they need a key.
    pub need: Need,
    /// The server's capacity and outages.
    pub server: Limits,
    /// The latency from the player to the server, and the same back: from, to, in milliseconds.
    pub network: (f64, f64),
    /// A viewer who presses play does not count as stalled before that, in milliseconds.
    pub patience: f64,
    /// How long after an error a viewer has reloaded the page, in milliseconds, and how often at most.
    pub reload: (f64, f64, u32),
    /// The end, in milliseconds.
    pub horizon: f64,
}

/// The outcome for a group of viewers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// The number of viewers.
    pub viewers: usize,
    /// The license arrived before it was needed.
    pub in_time: usize,
    /// Playback waited for it.
    pub stalled: usize,
    /// No license arrived: they have left, or are still waiting at the end.
    pub without: usize,
    /// Had to reload the page, at least once.
    pub reloaded: usize,
    /// How long those waited who stalled and have a license, in milliseconds, sorted.
    pub waits: Vec<f32>,
}

/// A quantile of sorted times in milliseconds, in seconds.
pub fn percentile(times: &[f32], part: f64) -> f64 {
    let index = ((times.len() as f64 - 1.0) * part).round() as usize;
    times.get(index).map_or(0.0, |&time| f64::from(time) / 1000.0)
}

/// The result of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// License requests in each tenth of a second.
    pub arrivals: Vec<u32>,
    /// For each second: the longest queue, refusals, viewers whose playback waits.
    pub queue: Vec<u32>,
    /// See `queue`.
    pub refused: Vec<u32>,
    /// See `queue`.
    pub waiting: Vec<i64>,
    /// From a viewer's first request to the license, in milliseconds, sorted.
    pub exchanges: Vec<f32>,
    /// Requests that their client aborted.
    pub timed_out: u64,
    /// Refused after the outage, while the queue was full.
    pub refused_after: u64,
    /// Our clients, and others.
    pub ours: Outcome,
    /// See `ours`.
    pub others: Outcome,
}

impl Report {
    /// License requests in the busiest second.
    pub fn peak(&self) -> u32 {
        self.arrivals.windows(10).map(|window| window.iter().sum()).max().unwrap_or(0)
    }

    /// All license requests.
    pub fn requests(&self) -> u64 {
        self.arrivals.iter().map(|&count| u64::from(count)).sum()
    }

    /// All refusals.
    pub fn refusals(&self) -> u64 {
        self.refused.iter().map(|&count| u64::from(count)).sum()
    }

    /// The outcome of a fleet with one kind of client.
    pub fn outcome(&self) -> &Outcome {
        if self.ours.viewers > 0 { &self.ours } else { &self.others }
    }
}

struct Viewer {
    client: u8,
    reloads: u8,
    needed: f64,
    /// When the first request began.
    began: f64,
    /// When the client aborts the request in progress.
    late: f64,
    licensed: f64,
    page: Option<Page>,
}

/// A fleet: each kind of client with its share.
pub type Fleet<'a> = [(&'a dyn Client, f64)];

/// Runs it. The same seed gives the same report.
pub fn run(scenario: &Scenario, fleet: &Fleet<'_>, seed: u64) -> Report {
    Run::new(scenario, fleet, seed).run()
}

struct Run<'a> {
    scenario: &'a Scenario,
    fleet: &'a Fleet<'a>,
    random: Rng,
    clock: Clock,
    server: Server,
    viewers: Vec<Viewer>,
    report: Report,
}

impl<'a> Run<'a> {
    fn new(scenario: &'a Scenario, fleet: &'a Fleet<'a>, seed: u64) -> Self {
        let seconds = (scenario.horizon / 1000.0) as usize;
        let report = Report {
            arrivals: vec![0; seconds * 10],
            queue: vec![0; seconds],
            refused: vec![0; seconds],
            waiting: vec![0; seconds + 1],
            ..Report::default()
        };
        let mut run = Self {
            scenario,
            fleet,
            random: Rng::with_seed(seed),
            clock: Clock::new(scenario.horizon),
            server: Server::new(scenario.server),
            viewers: Vec::with_capacity(scenario.viewers as usize),
            report,
        };
        for index in 0..scenario.viewers {
            let client = run.draw_client();
            let random = run.random.f64();
            let (meets, needed) = match scenario.need {
                Need::Rotation { at, ahead } => {
                    let polls = run.fleet[client].0.polls();
                    (at + polls * random, at + ahead * (0.95 + 0.1 * run.random.f64()))
                }
                Need::Start { from, to } => {
                    let at = from + (to - from) * random;
                    (at, at)
                }
            };
            run.viewers.push(Viewer {
                client: client as u8,
                reloads: 0,
                needed,
                began: f64::NAN,
                late: 0.0,
                licensed: f64::NAN,
                page: None,
            });
            run.clock.at(meets, index, What::Meets);
        }
        run
    }

    fn draw_client(&mut self) -> usize {
        let mut drawn = self.random.f64() * self.fleet.iter().map(|(_, share)| share).sum::<f64>();
        for (index, (_, share)) in self.fleet.iter().enumerate() {
            drawn -= share;
            if drawn < 0.0 {
                return index;
            }
        }
        self.fleet.len() - 1
    }

    fn run(mut self) -> Report {
        while let Some((now, index, what)) = self.clock.next() {
            let random = self.random.f64();
            match what {
                What::Meets => {
                    let viewer = &self.viewers[index as usize];
                    let delay = self.fleet[usize::from(viewer.client)].0.delay(viewer.needed - now, random);
                    if delay > 0.0 {
                        self.clock.at(now + delay, index, What::Begins)
                    } else {
                        self.client(index, Event::Begins, now, random)
                    }
                }
                What::Begins => self.client(index, Event::Begins, now, random),
                What::Timer => self.client(index, Event::Timer, now, random),
                What::Arrives => self.arrives(index, now, random),
                What::Licensed => self.licensed(index, now, random),
                What::Refused => self.client(index, Event::Refused(None), now, random),
                What::RefusedForAWhile => self.client(index, Event::Refused(self.scenario.server.retry_after), now, random),
                What::TimedOut => self.client(index, Event::TimedOut, now, random),
            }
        }
        self.settle()
    }

    fn network(&self, random: f64) -> f64 {
        let (from, to) = self.scenario.network;
        from + (to - from) * random
    }

    fn client(&mut self, index: u32, event: Event, now: f64, random: f64) {
        let step = {
            let viewer = &mut self.viewers[index as usize];
            let client = self.fleet[usize::from(viewer.client)].0;
            if viewer.began.is_nan() {
                viewer.began = now;
            }
            client.step(viewer.page.get_or_insert_with(|| client.load()), event, now, random)
        };
        match step {
            Step::Post(timeout) => {
                self.viewers[index as usize].late = now + timeout;
                let random = self.random.f64();
                let way = self.network(random);
                self.clock.at(now + way, index, What::Arrives);
            }
            Step::Wait(wait) => self.clock.at(now + wait, index, What::Timer),
            Step::GivesUp => self.reload(index, now),
        }
    }

    /// The player has reported an error. Buffered media play on; then the viewer reloads the page, or leaves.
    fn reload(&mut self, index: u32, now: f64) {
        let (from, to, times) = self.scenario.reload;
        let pause = from + (to - from) * self.random.f64();
        let viewer = &mut self.viewers[index as usize];
        viewer.page = None;
        if u32::from(viewer.reloads) < times {
            viewer.reloads += 1;
            self.clock.at(now.max(viewer.needed) + pause, index, What::Begins);
        }
    }

    fn arrives(&mut self, index: u32, now: f64, random: f64) {
        let second = (now / 1000.0) as usize;
        if let Some(count) = self.report.arrivals.get_mut((now / 100.0) as usize) {
            *count += 1;
        }
        let out = self.server.is_out(now);
        let reply = self.server.arrive(now);
        let queue = self.server.queue(now) as u32;
        if let Some(longest) = self.report.queue.get_mut(second) {
            *longest = queue.max(*longest);
        }
        let (what, at) = match reply {
            Reply::License(at) => (What::Licensed, at),
            Reply::Refused => {
                if let Some(count) = self.report.refused.get_mut(second) {
                    *count += 1;
                }
                let after = self.scenario.server.outage.is_some_and(|(_, to)| now >= to);
                self.report.refused_after += u64::from(after);
                (if out || self.scenario.server.retry_after.is_none() { What::Refused } else { What::RefusedForAWhile }, now)
            }
        };
        let at = at + self.network(random);
        let late = self.viewers[index as usize].late;
        if at > late {
            self.report.timed_out += 1;
            self.clock.at(late, index, What::TimedOut);
        } else {
            self.clock.at(at, index, what);
        }
    }

    fn licensed(&mut self, index: u32, now: f64, random: f64) {
        let viewer = &mut self.viewers[index as usize];
        if let Some(page) = &mut viewer.page {
            self.fleet[usize::from(viewer.client)].0.step(page, Event::Licensed, now, random);
        }
        viewer.page = None;
        viewer.licensed = now;
    }

    fn settle(mut self) -> Report {
        let patience = self.scenario.patience;
        for viewer in &self.viewers {
            let ours = self.fleet[usize::from(viewer.client)].0.is_ours();
            let outcome = if ours { &mut self.report.ours } else { &mut self.report.others };
            outcome.viewers += 1;
            outcome.reloaded += usize::from(viewer.reloads > 0);
            let until = if viewer.licensed.is_nan() { self.scenario.horizon } else { viewer.licensed };
            let wait = until - viewer.needed;
            if !viewer.licensed.is_nan() {
                self.report.exchanges.push((viewer.licensed - viewer.began) as f32);
            }
            if viewer.licensed.is_nan() {
                outcome.without += 1;
            } else if wait > patience {
                outcome.stalled += 1;
                outcome.waits.push(wait as f32);
            } else {
                outcome.in_time += 1;
            }
            if wait > patience {
                let second = |time: f64| ((time / 1000.0) as usize).min(self.report.waiting.len() - 1);
                let (from, to) = (second(viewer.needed + patience), second(until));
                self.report.waiting[from] += 1;
                self.report.waiting[to] -= 1;
            }
        }
        let mut waiting = 0;
        for count in &mut self.report.waiting {
            waiting += *count;
            *count = waiting;
        }
        self.report.waiting.pop();
        self.report.exchanges.sort_by(f32::total_cmp);
        self.report.ours.waits.sort_by(f32::total_cmp);
        self.report.others.waits.sort_by(f32::total_cmp);
        self.report
    }
}

#[cfg(test)]
mod tests;
