//! Exponential backoff with full jitter: each wait is drawn from the whole of `0..cap(base · 2ⁿ)`, so that an audience
//! whose requests failed together does not return together. A server's `Retry-After` (RFC 9110, 10.2.3) is
//! obeyed up to a minute.

use crate::custom_data::time::parse_timestamp;
use crate::text::number;

/// How often and how fast to retry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// The total number of attempts.
    pub attempts: u32,
    /// The upper bound of the first wait, in milliseconds.
    pub base: f64,
    /// The maximum wait, in milliseconds.
    pub cap: f64,
    /// All attempts and the waits between them take no longer, in milliseconds; infinite for no limit.
    pub total: f64,
}

/// If a server requests a longer pause, the request ends: viewers do not look at a black picture for a minute, and the
/// page can try again.
pub const LONGEST_WAIT: f64 = 60_000.0;

/// How long to wait after attempt number `attempt` (1 is the first) failed temporarily; `None`: do not retry.
/// `random` is in `0..1`. `retry_after` is the server's `Retry-After` in milliseconds; it is a lower bound.
pub fn wait(policy: Policy, attempt: u32, random: f64, retry_after: Option<f64>) -> Option<f64> {
    if attempt >= policy.attempts || retry_after.is_some_and(|delay| delay > LONGEST_WAIT) {
        return None;
    }
    Some(retry_after.unwrap_or(0.0).max(0.0) + drawn(policy, attempt, random))
}

/// Drawn from the whole range that is possible after that attempt.
pub fn drawn(policy: Policy, attempt: u32, random: f64) -> f64 {
    let mut bound = policy.base.max(0.0);
    for _ in 1..attempt.min(60) {
        bound *= 2.0;
    }
    bound.min(policy.cap.max(0.0)) * random.clamp(0.0, 1.0)
}

/// `Retry-After` in milliseconds from now: seconds, or an HTTP date.
pub fn parse_retry_after(value: &str, now: f64) -> Option<f64> {
    let value = value.trim_ascii();
    if let Some(seconds) = number(value, 10) {
        return Some(f64::from(seconds) * 1000.0);
    }
    // Sun, 06 Nov 1994 08:49:37 GMT: the only form that RFC 9110 lets a server generate.
    let [_, _, _, _, _, d1, d2, _, m1, m2, m3, _, y1, y2, y3, y4, _, h1, h2, c1, n1, n2, c2, s1, s2, b' ', b'G', b'M', b'T'] =
        *value.as_bytes()
    else {
        return None;
    };
    let month = (1..).zip(b"JanFebMarAprMayJunJulAugSepOctNovDec".as_chunks().0).find(|(_, name)| **name == [m1, m2, m3])?.0;
    let (k1, k2) = if month < 10 { (b'0', month | b'0') } else { (b'1', month.wrapping_sub(10) | b'0') };
    let date = [y1, y2, y3, y4, b'-', k1, k2, b'-', d1, d2, b'T', h1, h2, c1, n1, n2, c2, s1, s2, b'Z'];
    let moment = parse_timestamp(str::from_utf8(&date).ok()?)?;
    Some((moment - now).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { attempts: 5, base: 500.0, cap: 3000.0, total: f64::INFINITY };

    #[test]
    fn bounds_double_up_to_the_cap_until_the_attempts_are_used_up() {
        let longest: Vec<_> = (1..=5).map(|attempt| wait(POLICY, attempt, 1.0, None)).collect();
        assert_eq!(longest, [Some(500.0), Some(1000.0), Some(2000.0), Some(3000.0), None]);
        assert_eq!(wait(POLICY, 2, 0.0, None), Some(0.0));
        assert_eq!(wait(POLICY, 2, 0.25, None), Some(250.0));
        assert_eq!(wait(Policy { attempts: u32::MAX, ..POLICY }, 4_000_000, 1.0, None), Some(3000.0));
    }

    #[test]
    fn retry_after_is_a_lower_bound() {
        assert_eq!(wait(POLICY, 1, 0.5, Some(10_000.0)), Some(10_250.0));
        assert_eq!(wait(POLICY, 5, 0.5, Some(10_000.0)), None);
        assert_eq!(wait(POLICY, 1, 0.0, Some(60_000.0)), Some(60_000.0));
        assert_eq!(wait(POLICY, 1, 0.0, Some(60_001.0)), None);
    }

    #[test]
    fn retry_after_in_both_forms() {
        assert_eq!(parse_retry_after(" 120 ", 0.0), Some(120_000.0));
        let moment = 784_111_777_000.0;
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", moment - 5000.0), Some(5000.0));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", moment + 5000.0), Some(0.0));
        for value in ["", "-1", "soon", "Sun, 06 Nov 1994 08:49:37 EST", "Sun, 06 Foo 1994 08:49:37 GMT", "1.5"] {
            assert_eq!(parse_retry_after(value, 0.0), None, "{value}");
        }
    }
}
