use super::*;
use crate::client::{DASH, HLS, SHAKA};
use crate::ours::{IN_HLS, Mapped, NO_CIRCUIT, OURS};
use crate::scenario;

const VIEWERS: u32 = 5000;

#[test]
fn a_seed_reproduces_a_run() {
    let scenario = scenario::outage(VIEWERS);
    let fleet = scenario::fleet(0.5);
    let first = run(&scenario, &fleet, 7);
    assert!(first == run(&scenario, &fleet, 7));
    assert!(first != run(&scenario, &fleet, 8));
}

#[test]
fn every_viewer_ends_with_a_license_or_without() {
    for named in scenario::all(VIEWERS) {
        for client in named.clients {
            let report = run(&named.scenario, &[(*client, 1.0)], 1);
            let Outcome { viewers, in_time, stalled, without, ref waits, .. } = *report.outcome();
            assert_eq!((viewers, stalled), (VIEWERS as usize, waits.len()), "{} {}", named.id, client.name());
            assert_eq!(in_time + stalled + without, viewers, "{} {}", named.id, client.name());
            assert_eq!(report.exchanges.len(), viewers - without);
            assert!(report.requests() >= (viewers - without) as u64);
            assert!(report.waiting.iter().all(|&waiting| (0..=i64::from(VIEWERS)).contains(&waiting)));
            assert!(report.queue.iter().all(|&queue| queue as usize <= named.scenario.server.queue + 1));
        }
    }
}

#[test]
fn a_large_enough_server_refuses_no_viewer() {
    let scenario = Scenario { server: Limits::steady(100_000.0), ..scenario::rotation(VIEWERS) };
    for client in scenario::all(VIEWERS)[0].clients {
        let report = run(&scenario, &[(*client, 1.0)], 1);
        assert_eq!((report.requests(), report.refusals(), report.outcome().in_time), (5000, 0, 5000), "{}", client.name());
    }
}

#[test]
fn an_outage_serves_no_request_and_clients_stay_within_their_limits() {
    let base = scenario::outage(VIEWERS);
    let server = Limits { outage: Some((0.0, f64::INFINITY)), ..base.server };
    let scenario = Scenario { server, reload: (0.0, 0.0, 0), ..base };
    for (client, attempts) in [(&SHAKA as &dyn Client, 2), (&HLS, 9), (&DASH, 4), (&NO_CIRCUIT, 8), (&OURS, 8)] {
        let report = run(&scenario, &[(client, 1.0)], 1);
        assert_eq!(report.outcome().without, VIEWERS as usize, "{}", client.name());
        let most = u64::from(VIEWERS) * attempts;
        assert!(report.requests() <= most && report.requests() > most / 3, "{}: {}", client.name(), report.requests());
        if !client.is_ours() {
            assert_eq!(report.requests(), most, "{}", client.name());
        }
    }
}

#[test]
fn a_rotation_known_ahead_is_spread_and_no_viewer_stalls() {
    let scenario = scenario::rotation(VIEWERS);
    for client in [&Mapped as &dyn Client, &IN_HLS, &OURS] {
        let ours = run(&scenario, &[(client, 1.0)], 1);
        assert_eq!((ours.refusals(), ours.outcome().stalled, ours.outcome().without), (0, 0, 0), "{}", client.name());
    }
    let ours = run(&scenario, &[(&OURS, 1.0)], 1);
    for client in [&SHAKA as &dyn Client, &HLS, &DASH] {
        let naive = run(&scenario, &[(client, 1.0)], 1);
        assert!(naive.peak() > 10 * ours.peak(), "{}: {} to {}", client.name(), naive.peak(), ours.peak());
        assert!(naive.outcome().stalled > 0, "{}", client.name());
    }
}
