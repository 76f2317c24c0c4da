//! The queue of events: a bucket for each millisecond, in order of arrival within it, so that a seed reproduces a run
//! exactly.

/// An event of a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The player reads about the key: a license request begins, unless it is delayed.
    Meets,
    /// A license request begins.
    Begins,
    /// A wait has ended.
    Timer,
    /// The request reaches the server.
    Arrives,
    /// The license reaches the player.
    Licensed,
    /// A refusal reaches the player.
    Refused,
    /// The same, with a `Retry-After`.
    RefusedForAWhile,
    /// The player's wait times out.
    TimedOut,
}

/// Events by time.
pub struct Clock {
    buckets: Vec<Vec<(u32, What)>>,
    /// Emptied buckets for reuse.
    spare: Vec<Vec<(u32, What)>>,
    now: usize,
    next: usize,
}

impl Clock {
    /// An empty queue, up to `horizon` milliseconds.
    pub fn new(horizon: f64) -> Self {
        Self { buckets: vec![Vec::new(); horizon as usize], spare: Vec::new(), now: 0, next: 0 }
    }

    /// Plans an event at a time, in milliseconds. Events beyond the horizon are dropped.
    pub fn at(&mut self, time: f64, viewer: u32, what: What) {
        // Never early: a wait that has not ended would begin again.
        let time = (time.ceil() as usize).max(self.now);
        if let Some(bucket) = self.buckets.get_mut(time) {
            if bucket.capacity() == 0 {
                *bucket = self.spare.pop().unwrap_or_default();
            }
            bucket.push((viewer, what));
        }
    }

    /// The next event, and its time.
    pub fn next(&mut self) -> Option<(f64, u32, What)> {
        while let Some(bucket) = self.buckets.get_mut(self.now) {
            if let Some(&(viewer, what)) = bucket.get(self.next) {
                self.next += 1;
                return Some((self.now as f64, viewer, what));
            }
            let mut empty = std::mem::take(bucket);
            if empty.capacity() > 0 {
                empty.clear();
                self.spare.push(empty);
            }
            self.now += 1;
            self.next = 0;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_in_order_and_none_is_lost_before_the_horizon() {
        let mut clock = Clock::new(100.0);
        for (time, viewer) in [(50.0, 1), (2.9, 2), (2.1, 3), (98.5, 4), (99.5, 5)] {
            clock.at(time, viewer, What::Timer);
        }
        let mut order = Vec::new();
        while let Some((now, viewer, _)) = clock.next() {
            order.push((now as u32, viewer));
            if viewer == 1 {
                clock.at(10.0, 6, What::Timer); // in the past: immediately
            }
        }
        assert_eq!(order, [(3, 2), (3, 3), (50, 1), (50, 6), (99, 4)]);
    }
}
