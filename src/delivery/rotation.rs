//! When to request the license of a coming key period. An audience learns about it in the same second, and needs the
//! key when the buffered media have been played. In between, each viewer draws a random moment:
//!
//! ```text
//!   now                                   needed − reserve      needed
//!    ├───────── drawn from here ─────────┤                        │
//!    └── at most `spread` ──►            └── the exchange itself ─┘
//! ```
//!
//! If it is unknown when the key is needed, it counts as needed now. If playback is waiting, the caller requests it
//! immediately.

/// The facts about a coming period. Times are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// The maximum delay: the option `rotationSpread`.
    pub spread: f64,
    /// How long playback can continue without the new key: the buffered time at the playback rate. NaN: unknown.
    pub needed_in: f64,
    /// How long the latest exchange took, from the message to the license. NaN: unknown.
    pub latency: f64,
}

/// Reserved for the exchange, however fast the latest one was: other viewers rotate as well, and fetch segments.
const MIN_RESERVE: f64 = 2000.0;
/// The exchange may be this much slower than the latest one.
const SLOWER: f64 = 3.0;

/// How long before the key is needed it is requested at the latest.
pub fn reserve(latency: f64) -> f64 {
    // `max` ignores NaN.
    MIN_RESERVE.max(SLOWER * latency)
}

/// How long to wait before the request. `random` is in `0..1`.
pub fn delay(window: Window, random: f64) -> f64 {
    let room = window.needed_in - reserve(window.latency);
    // An unknown time (NaN) leaves no room.
    if room > 0.0 && window.spread > 0.0 { room.min(window.spread) * random.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAN: f64 = f64::NAN;

    #[test]
    fn a_request_is_within_spread_and_buffer() {
        let at = |spread, needed_in, latency, random| delay(Window { spread, needed_in, latency }, random);
        assert_eq!(at(60_000.0, 22_000.0, 100.0, 0.5), 10_000.0, "half of what the buffer allows");
        assert_eq!(at(60_000.0, 22_000.0, 4000.0, 1.0), 10_000.0, "a slow exchange is begun earlier");
        assert_eq!(at(6000.0, 22_000.0, NAN, 0.5), 3000.0, "half of the spread");
        assert_eq!(at(60_000.0, 2000.0, NAN, 1.0), 0.0, "there is no time");
        assert_eq!([at(60_000.0, 0.0, NAN, 1.0), at(60_000.0, NAN, 0.0, 1.0)], [0.0; 2], "nothing is buffered, or it is unknown");
        assert_eq!([at(0.0, 1e9, NAN, 1.0), at(-1.0, 1e9, NAN, 1.0), at(NAN, 9000.0, NAN, 0.0)], [0.0; 3], "no spread");
        assert_eq!(at(5000.0, f64::INFINITY, NAN, 1.0), 5000.0);
    }

    proptest! {
        #[test]
        fn a_request_is_never_early_or_late(
            spread in proptest::num::f64::ANY, needed_in in proptest::num::f64::ANY, latency in proptest::num::f64::ANY, random in 0.0..1.0,
        ) {
            let delay = delay(Window { spread, needed_in, latency }, random);
            prop_assert!(delay >= 0.0 && delay.is_finite() | (needed_in == f64::INFINITY));
            prop_assert!(delay == 0.0 || delay <= spread);
            prop_assert!(delay == 0.0 || delay + reserve(latency) <= needed_in * (1.0 + 1e-9));
        }
    }
}
