//! The scenarios: an audience, a server, and a fault. All sizes follow from the number of viewers.

use crate::client::{Client, DASH, FIXED, HLS, SHAKA};
use crate::ours::{IN_HLS, IN_RX, Mapped, NO_CIRCUIT, OURS, PATIENT, PLAIN, SPREAD};
use crate::run::{Need, Scenario};
use crate::server::Limits;

/// One-way, in milliseconds.
const NETWORK: (f64, f64) = (10.0, 60.0);
/// A viewer who sees an error reloads the page after 5 to 20 seconds, and leaves after five times.
const RELOAD: (f64, f64, u32) = (5000.0, 20_000.0, 5);
/// Playback is that far behind the publication of a segment, in milliseconds.
pub const AHEAD: f64 = 30_000.0;

/// A scenario with its name.
pub struct Named {
    /// Its name on the command line, in file names and markers.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// The kinds of clients, each run alone.
    pub clients: &'static [&'static dyn Client],
    /// The run.
    pub scenario: Scenario,
}

fn base(viewers: u32) -> Scenario {
    Scenario {
        viewers,
        need: Need::Rotation { at: 5000.0, ahead: AHEAD },
        // A twentieth of the audience each second.
        server: Limits::steady(f64::from(viewers) / 20.0),
        network: NETWORK,
        patience: 0.0,
        reload: RELOAD,
        horizon: 240_000.0,
    }
}

/// A key rotation.
pub fn rotation(viewers: u32) -> Scenario {
    base(viewers)
}

/// The license server is down for 30 seconds, starting at the moment of a rotation.
pub fn outage(viewers: u32) -> Scenario {
    let base = base(viewers);
    Scenario {
        need: Need::Rotation { at: 10_000.0, ahead: AHEAD },
        server: Limits { outage: Some((10_000.0, 40_000.0)), ..base.server },
        ..base
    }
}

/// All viewers press play within ten seconds.
fn start(viewers: u32) -> Scenario {
    Scenario { need: Need::Start { from: 5000.0, to: 15_000.0 }, patience: 2000.0, ..base(viewers) }
}

/// A steady stream of viewers, at half of the server's capacity; for a minute the server has a fifth of it. Requests in
/// a full queue wait for this many seconds while the server has its full capacity.
fn slow(viewers: u32, queue: f64) -> Scenario {
    let per_second = f64::from(viewers) / 90.0;
    let server = Limits { queue: (per_second * queue) as usize, slow: Some(((60_000.0, 120_000.0), 0.2)), ..Limits::steady(per_second) };
    Scenario { need: Need::Start { from: 0.0, to: 180_000.0 }, server, patience: 2000.0, horizon: 300_000.0, ..base(viewers) }
}

/// If the client chooses the moment of a request: every kind of ours.
const ROTATING: &[&dyn Client] = &[&SHAKA, &HLS, &DASH, &FIXED, &PLAIN, &SPREAD, &IN_RX, &Mapped, &IN_HLS, &OURS];
/// If viewers are already waiting, `rotationSpread` has no effect.
const STARTING: &[&dyn Client] = &[&SHAKA, &HLS, &DASH, &PLAIN, &Mapped, &OURS];
const OUT: &[&dyn Client] = &[&SHAKA, &HLS, &DASH, &FIXED, &PLAIN, &NO_CIRCUIT, &IN_RX, &Mapped, &IN_HLS, &OURS];

/// Clients that differ in their timeout for a response.
const SLOW: &[&dyn Client] = &[&SHAKA, &HLS, &DASH, &PLAIN, &OURS, &PATIENT];

/// All of them.
pub fn all(viewers: u32) -> Vec<Named> {
    vec![
        Named { id: "rotation", title: "A key rotation", clients: ROTATING, scenario: rotation(viewers) },
        Named { id: "outage", title: "An outage of 30 seconds at a key rotation", clients: OUT, scenario: outage(viewers) },
        Named { id: "start", title: "A flash start", clients: STARTING, scenario: start(viewers) },
        Named { id: "slow", title: "A slow backend with a long queue", clients: SLOW, scenario: slow(viewers, 30.0) },
        Named { id: "short", title: "A slow backend with a short queue", clients: SLOW, scenario: slow(viewers, 1.0) },
    ]
}

/// A fleet with a share of our clients; the rest are players with their defaults, a third each.
pub fn fleet(share: f64) -> Vec<(&'static dyn Client, f64)> {
    let other = (1.0 - share) / 3.0;
    vec![(&OURS, share), (&SHAKA, other), (&HLS, other), (&DASH, other)]
}

/// The shares of our clients that are compared.
pub const SHARES: &[f64] = &[0.0, 0.1, 0.25, 0.5, 0.75, 1.0];
