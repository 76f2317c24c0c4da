//! How clients request a license, and when: the players' own defaults, and a fixed backoff. Ours is in `ours.rs`.

/// Something that happened to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// It begins.
    Begins,
    /// A wait has ended.
    Timer,
    /// HTTP 503, with its `Retry-After` in milliseconds.
    Refused(Option<f64>),
    /// No response within the client's own timeout.
    TimedOut,
    /// The license arrived.
    Licensed,
}

/// The client's next step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Posts, and waits for a response that long at most, in milliseconds.
    Post(f64),
    /// Waits, in milliseconds.
    Wait(f64),
    /// Reports an error: there is no license.
    GivesUp,
}

/// The state that a viewer's page keeps of its request.
pub enum Page {
    /// How many attempts have failed.
    Failed(u32),
    /// The state of our core.
    Core(Box<crate::ours::Core>),
}

/// A kind of client.
pub trait Client: Sync {
    /// Its name in tables and charts.
    fn name(&self) -> &'static str;
    /// Whether it is ours.
    fn is_ours(&self) -> bool {
        false
    }
    /// Whether it is in the charts, which have room for a few.
    fn is_drawn(&self) -> bool {
        true
    }
    /// Within how many milliseconds after its publication a player reads about a live segment.
    fn polls(&self) -> f64;
    /// How long it delays the request for a key that is needed in so many milliseconds.
    fn delay(&self, _needed_in: f64, _random: f64) -> f64 {
        0.0
    }
    /// A page that has just loaded.
    fn load(&self) -> Page {
        Page::Failed(0)
    }
    /// Its next step.
    fn step(&self, page: &mut Page, event: Event, now: f64, random: f64) -> Step;
}

/// A player's defaults: attempts, and the pause after a failure.
pub struct Player {
    /// Its name in tables and charts.
    pub name: &'static str,
    /// See [`Client::polls`].
    pub polls: f64,
    /// The total number of attempts.
    pub attempts: u32,
    /// The timeout for a response.
    pub timeout: f64,
    /// The pause after so many failures; `random` is in `0..1`.
    pub pause: fn(failed: u32, random: f64) -> f64,
}

/// Where the defaults are in the players' packages: package, version, file, text. `tests/scripts/simulate.test.mjs`
/// looks them up in the installed versions.
#[rustfmt::skip]
pub const SOURCES: &[(&str, &str, &str, &str)] = &[
    ("shaka-player", "5.2.12", "lib/net/backoff.js", "maxAttempts: 2,"),
    ("shaka-player", "5.2.12", "lib/net/backoff.js", "baseDelay: 1000,"),
    ("shaka-player", "5.2.12", "lib/net/backoff.js", "fuzzFactor: 0.5,"),
    ("shaka-player", "5.2.12", "lib/net/backoff.js", "connectionTimeout: 10000,"),
    ("shaka-player", "5.2.12", "lib/util/player_configuration.js", "updateIntervalSeconds: 1,"),
    ("hls.js", "1.7.4", "src/config.ts", "maxNumRetry: 8,"),
    ("hls.js", "1.7.4", "src/controller/eme-controller.ts", "const maxNumRetry = retryConfig ? retryConfig.maxNumRetry : 0;"),
    ("hls.js", "1.7.4", "src/controller/eme-controller.ts", "this.requestLicense(context, levelKey, licenseChallenge).then("),
    ("hls.js", "1.7.4", "src/utils/level-helper.ts", "let reloadInterval = 1000 * newDetails.targetduration;"),
    ("dashjs", "5.2.1", "dist/modern/esm/dash.protection.debug.js", "const LICENSE_SERVER_REQUEST_RETRIES = 3;"),
    ("dashjs", "5.2.1", "dist/modern/esm/dash.protection.debug.js", "const LICENSE_SERVER_REQUEST_RETRY_INTERVAL = 1000;"),
    ("dashjs", "5.2.1", "dist/modern/esm/dash.protection.debug.js", "const LICENSE_SERVER_REQUEST_DEFAULT_TIMEOUT = 8000;"),
    ("dashjs", "5.2.1", "dist/modern/esm/dash.all.debug.js", "defaultTimeout: 500,"),
];

/// Seconds of a segment, and the interval at which hls.js reloads a playlist.
pub const SEGMENT: f64 = 4000.0;

/// `drm.retryParameters`: two attempts, a second apart, plus or minus a half. It aborts a request without response
/// headers after `connectionTimeout`, and checks for segments every `streaming.updateIntervalSeconds`.
pub const SHAKA: Player =
    Player { name: "Shaka Player", polls: 1000.0, attempts: 2, timeout: 10_000.0, pause: |_, random| 500.0 + 1000.0 * random };
/// `keyLoadPolicy.default.errorRetry`: eight retries. The EME controller reads only their number from the policy, without
/// a pause between them or a time limit.
pub const HLS: Player = Player { name: "hls.js", polls: SEGMENT, attempts: 9, timeout: f64::INFINITY, pause: |_, _| 0.0 };
/// `streaming.retryAttempts.License` and `retryIntervals.License`: three retries, a second apart; eight seconds for
/// each.
pub const DASH: Player = Player { name: "dash.js", polls: 500.0, attempts: 4, timeout: 8000.0, pause: |_, _| 1000.0 };
/// A possible app: ten attempts, two seconds apart.
pub const FIXED: Player = Player { name: "fixed backoff", polls: 1000.0, attempts: 10, timeout: 10_000.0, pause: |_, _| 2000.0 };

impl Client for Player {
    fn name(&self) -> &'static str {
        self.name
    }

    fn polls(&self) -> f64 {
        self.polls
    }

    fn step(&self, page: &mut Page, event: Event, _now: f64, random: f64) -> Step {
        let Page::Failed(failed) = page else { return Step::GivesUp };
        match event {
            Event::Begins | Event::Timer => Step::Post(self.timeout),
            Event::Licensed => Step::GivesUp,
            Event::Refused(_) | Event::TimedOut => {
                *failed += 1;
                if *failed >= self.attempts { Step::GivesUp } else { Step::Wait((self.pause)(*failed, random)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All waits of a request that is always refused.
    fn waits(client: &dyn Client, random: f64) -> Vec<f64> {
        let mut page = client.load();
        let mut waits = Vec::new();
        assert!(matches!(client.step(&mut page, Event::Begins, 0.0, random), Step::Post(_)));
        while let Step::Wait(wait) = client.step(&mut page, Event::Refused(Some(7000.0)), 0.0, random) {
            waits.push(wait);
            assert!(matches!(client.step(&mut page, Event::Timer, 0.0, random), Step::Post(_)));
        }
        waits
    }

    #[test]
    fn players_wait_by_their_defaults() {
        assert_eq!([waits(&SHAKA, 0.0), waits(&SHAKA, 1.0)], [[500.0], [1500.0]]);
        assert_eq!(waits(&HLS, 0.5), [0.0; 8]);
        assert_eq!(waits(&DASH, 0.5), [1000.0; 3]);
        assert_eq!(waits(&FIXED, 0.5), [2000.0; 9]);
    }
}
