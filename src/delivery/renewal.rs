//! When to renew a license: at the earliest of the known times.
//!
//! ```text
//!   license ──────────── renewed in between ──┐      valid until
//!    ├────────────────────────┼───────────────┼─────────┤
//!    0                       75 %            85 %   of the keys' expiry, and of the license's own `renewal_duration`
//!    ├──────────────── 90 % ──┼── 100 % of the interval that the page requests
//! ```
//!
//! Each viewer draws a random moment, so that an audience that started together does not return together.

use crate::system::Drm;

/// The facts about a license. Times are milliseconds from now; NaN: unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lease {
    /// The option `renewal.interval`: for servers that count or stop streams at renewals.
    pub interval: f64,
    /// How long the keys are still valid, as the CDM reports.
    pub expires_in: f64,
    /// The license's own `renewal_duration`.
    pub stated: f64,
}

/// How a page renews a license.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `update("renew")`: the session then has a message for the license server.
    Renew,
    /// A new session with the same init data. The old one is closed when the new one has a key.
    NewSession,
    /// Not from here: Widevine's and ClearKey's CDMs renew when the license says so.
    ByCdm,
}

/// The minimum between two attempts: a lease that is about to end is not requested over and over.
const MIN: f64 = 1000.0;

/// See [`Method`].
pub fn method(drm: Drm) -> Method {
    match drm {
        Drm::FairPlay => Method::Renew,
        Drm::PlayReady => Method::NewSession,
        Drm::Widevine | Drm::ClearKey => Method::ByCdm,
    }
}

/// How long after a license to renew it. `random` is in `0..1`.
pub fn delay(lease: Lease, random: f64) -> Option<f64> {
    let random = random.clamp(0.0, 1.0);
    let early = 0.75 + 0.1 * random;
    let heartbeat = lease.interval * (0.9 + 0.1 * random);
    let times = [heartbeat, lease.expires_in * early, lease.stated * early];
    times.into_iter().filter(|time| *time > 0.0 && time.is_finite()).reduce(f64::min)
}

/// How long after a failed renewal to try again; `None`: not at all. After a permanent refusal the keys expire.
pub fn after_failure(lease: Lease, retryable: bool, random: f64) -> Option<f64> {
    let again = delay(lease, random).filter(|_| retryable)?.max(MIN);
    // Too late to be useful: the keys are requested again when they have expired.
    (lease.expires_in.is_nan() || again < lease.expires_in).then_some(again)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAN: f64 = f64::NAN;

    fn lease(interval: f64, expires_in: f64, stated: f64) -> Lease {
        Lease { interval, expires_in, stated }
    }

    #[test]
    fn the_earliest_known_time_counts() {
        assert_eq!(delay(lease(NAN, NAN, NAN), 0.5), None);
        assert_eq!(delay(lease(NAN, 1000.0, NAN), 0.0), Some(750.0));
        assert_eq!(delay(lease(NAN, 1000.0, NAN), 0.5), Some(800.0));
        assert_eq!(delay(lease(NAN, 60_000.0, 1000.0), 0.0), Some(750.0));
        assert_eq!(delay(lease(600_000.0, NAN, NAN), 1.0), Some(600_000.0));
        assert_eq!(delay(lease(600_000.0, NAN, NAN), 0.0), Some(540_000.0));
        assert_eq!(delay(lease(600_000.0, 60_000.0, 3_600_000.0), 0.0), Some(45_000.0));
        for nothing in [0.0, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(delay(lease(nothing, nothing, nothing), 0.5), None, "{nothing}");
        }
    }

    #[test]
    fn a_failed_renewal_is_retried_while_the_keys_are_valid() {
        assert_eq!(after_failure(lease(NAN, 10_000.0, NAN), true, 0.0), Some(7500.0));
        assert_eq!(after_failure(lease(NAN, 10_000.0, NAN), false, 0.0), None, "refused permanently");
        assert_eq!(after_failure(lease(NAN, 1001.0, NAN), true, 0.0), Some(1000.0));
        assert_eq!(after_failure(lease(NAN, 1000.0, NAN), true, 0.0), None, "no time for another");
        assert_eq!(after_failure(lease(500.0, NAN, NAN), true, 0.0), Some(1000.0), "not over and over");
        assert_eq!(after_failure(lease(NAN, NAN, NAN), true, 0.0), None);
    }

    #[test]
    fn each_drm_renews_in_its_own_way() {
        let methods = [Drm::FairPlay, Drm::PlayReady, Drm::Widevine, Drm::ClearKey].map(method);
        assert_eq!(methods, [Method::Renew, Method::NewSession, Method::ByCdm, Method::ByCdm]);
    }

    fn any_time() -> impl Strategy<Value = f64> {
        prop_oneof![Just(NAN), Just(0.0), Just(f64::INFINITY), -1e15..1e15, any::<f64>()]
    }

    proptest! {
        #[test]
        fn a_renewal_is_in_time(interval in any_time(), expires_in in any_time(), stated in any_time(), random in any_time()) {
            let known = lease(interval, expires_in, stated);
            if let Some(at) = delay(known, random) {
                prop_assert!(at > 0.0 && at.is_finite());
                for limit in [interval, expires_in, stated] {
                    prop_assert!(limit.is_nan() || limit <= 0.0 || at <= limit, "{at} of {limit}");
                }
                prop_assert!(expires_in.is_nan() || expires_in <= 0.0 || at < expires_in, "before the keys have expired");
            }
        }

        #[test]
        fn few_attempts_are_made_before_the_end(expires_in in 0.0..1e9, random in 0.0..1.0) {
            let (mut left, mut attempts) = (expires_in, 0);
            while let Some(wait) = after_failure(lease(NAN, left, NAN), true, random) {
                prop_assert!((MIN..left).contains(&wait));
                left -= wait;
                attempts += 1;
            }
            prop_assert!(attempts <= 20, "{attempts}");
        }

        #[test]
        fn an_audience_is_spread(interval in 1.0..1e9, a in 0.0..1.0, b in 0.0..1.0) {
            let (first, second) = (delay(lease(interval, NAN, NAN), a).unwrap(), delay(lease(interval, NAN, NAN), b).unwrap());
            prop_assert!((first - second - 0.1 * interval * (a - b)).abs() <= 1e-6 * interval);
        }
    }
}
