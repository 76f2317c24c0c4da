//! The license server: so many licenses a second in order of arrival, a queue, and refusals beyond it. The local
//! license server of this project (`www/license-server/capacity.mjs`) follows the same rules, so that the two can be
//! compared.
//!
//! ```text
//!   request ─► outage? ─ yes ─► 503
//!      │ no
//!      ▼
//!   more than `queue` in it? ─ yes ─► 503, Retry-After
//!      │ no
//!      ▼
//!   its turn ─► license. A request that its client has aborted keeps its turn.
//! ```

use std::collections::VecDeque;

/// A period of time in milliseconds.
pub type Span = (f64, f64);

/// The server's capacity and outages.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Licenses per second.
    pub per_second: f64,
    /// Requests that may wait.
    pub queue: usize,
    /// `Retry-After` of a full queue, in milliseconds.
    pub retry_after: Option<f64>,
    /// All requests are refused immediately, by the server's front end.
    pub outage: Option<Span>,
    /// It works at this fraction of its speed.
    pub slow: Option<(Span, f64)>,
}

impl Limits {
    /// A server without faults, whose queue is a second of its work.
    pub fn steady(per_second: f64) -> Self {
        Self { per_second, queue: per_second as usize, retry_after: None, outage: None, slow: None }
    }
}

/// The response to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reply {
    /// A license, sent at that time.
    License(f64),
    /// Refused immediately.
    Refused,
}

/// The state of the server.
pub struct Server {
    limits: Limits,
    /// When each request in it will be served.
    done: VecDeque<f64>,
}

impl Server {
    /// An idle one.
    pub fn new(limits: Limits) -> Self {
        Self { limits, done: VecDeque::new() }
    }

    /// Requests in it.
    pub fn queue(&mut self, now: f64) -> usize {
        while self.done.front().is_some_and(|&done| done <= now) {
            self.done.pop_front();
        }
        self.done.len()
    }

    /// Whether requests are refused for the outage now.
    pub fn is_out(&self, now: f64) -> bool {
        self.limits.outage.is_some_and(|(from, to)| now >= from && now < to)
    }

    /// A request arrives.
    pub fn arrive(&mut self, now: f64) -> Reply {
        if self.is_out(now) || self.queue(now) > self.limits.queue {
            return Reply::Refused;
        }
        let turn = self.done.back().map_or(now, |&free| free.max(now));
        let speed = self.limits.slow.map_or(1.0, |((from, to), part)| if turn >= from && turn < to { part } else { 1.0 });
        let done = turn + 1000.0 / (self.limits.per_second * speed);
        self.done.push_back(done);
        Reply::License(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same as in tests/license-server/capacity.test.mjs.
    #[test]
    fn requests_are_served_in_order_some_wait_the_rest_are_refused() {
        let mut server = Server::new(Limits { queue: 2, ..Limits::steady(10.0) });
        let replies = [0.0, 0.0, 0.0, 0.0, 100.0, 100.0, 1000.0].map(|now| server.arrive(now));
        let license = Reply::License;
        assert_eq!(
            replies,
            [license(100.0), license(200.0), license(300.0), Reply::Refused, license(400.0), Reply::Refused, license(1100.0)]
        );
    }

    #[test]
    fn an_outage_refuses_all_requests_and_a_slow_server_takes_longer() {
        let outage = Some((1000.0, 2000.0));
        let mut server = Server::new(Limits { outage, slow: Some(((3000.0, 4000.0), 0.1)), ..Limits::steady(10.0) });
        let replies = [999.0, 1000.0, 1999.0, 2000.0, 3000.0, 4000.0].map(|now| server.arrive(now));
        let license = Reply::License;
        assert_eq!(replies, [license(1099.0), Reply::Refused, Reply::Refused, license(2100.0), license(4000.0), license(4100.0)]);
    }

    #[test]
    fn the_queue_of_a_random_stream_matches_theory() {
        // M/D/1 with load ρ: Lq = ρ² / (2 (1 − ρ)).
        let mut random = fastrand::Rng::with_seed(1);
        let mut server = Server::new(Limits::steady(1000.0));
        let (mut now, mut waited, n) = (0.0, 0.0, 400_000);
        for _ in 0..n {
            now += -(1.0 - random.f64()).ln() / 0.8;
            if let Reply::License(done) = server.arrive(now) {
                waited += done - now - 1.0;
            }
        }
        let in_queue = waited / now;
        assert!((in_queue - 0.64 / 0.4).abs() < 0.05, "{in_queue}");
    }
}
