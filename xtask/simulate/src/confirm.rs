//! The expected results of a small number of real sessions. `scripts/confirm.mjs` reads them, does the same with the
//! package and the local license server, and compares. All shared parameters are printed here, so that they are defined
//! once.

use crate::client::Client;
use crate::ours::{Ours, small};
use crate::run::{Need, Report, Scenario, percentile, run};
use crate::server::Limits;
use crate::{Options, parallel};

const VIEWERS: u32 = 300;
/// The one-way latency on one machine, in milliseconds.
const NETWORK: (f64, f64) = (1.0, 4.0);
/// The rotation, in milliseconds, and how long the key is known before it is needed.
const AT: f64 = 1000.0;
const AHEAD: f64 = 12_000.0;

fn base() -> Scenario {
    Scenario {
        viewers: VIEWERS,
        need: Need::Rotation { at: AT, ahead: AHEAD },
        // Less capacity than needed, so that there is a queue to compare.
        server: Limits { queue: 300, ..Limits::steady(25.0) },
        network: NETWORK,
        patience: 0.0,
        reload: (0.0, 0.0, 0),
        horizon: 120_000.0,
    }
}

fn scenarios() -> [(&'static str, Scenario); 2] {
    let base = base();
    let server = Limits { outage: Some((AT, AT + 8000.0)), queue: 40, ..Limits::steady(40.0) };
    [("rotation", base), ("outage", Scenario { server, ..base })]
}

/// The mean of many runs, and its name.
fn mean(reports: &[Report], value: impl Fn(&Report) -> f64) -> f64 {
    reports.iter().map(value).sum::<f64>() / reports.len() as f64
}

/// Prints it.
pub fn print(options: &Options) {
    let client: Ours = small();
    let list = scenarios().map(|(id, scenario)| {
        let jobs = (0..options.runs).map(|add| {
            let client = &client;
            let scenario = &scenario;
            Box::new(move || run(scenario, &[(client as &dyn Client, 1.0)], options.seed + add)) as Box<dyn Fn() -> Report + Send + Sync + '_>
        });
        let reports = parallel(jobs.collect());
        let outage = scenario.server.outage.map_or("null".into(), |(from, to)| format!("{}", to - from));
        let retry_after = scenario.server.retry_after.map_or("null".into(), |after| (after / 1000.0).to_string());
        format!(
            r#"{{"id":"{id}","capacity":{{"perSecond":{},"queue":{}}},"retryAfter":{retry_after},"outage":{outage},"polls":{},"ahead":{AHEAD},"expected":{{"peak":{:.2},"requests":{:.1},"p95":{:.3},"licensed":{:.1}}}}}"#,
            scenario.server.per_second,
            scenario.server.queue,
            client.polls(),
            mean(&reports, |report| report.peak().into()),
            mean(&reports, |report| report.requests() as f64),
            mean(&reports, |report| percentile(&report.exchanges, 0.95)),
            mean(&reports, |report| report.exchanges.len() as f64),
        )
    });
    println!(r#"{{"viewers":{VIEWERS},"options":{},"scenarios":[{}]}}"#, client.options(), list.join(","));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compared_runs_have_a_queue_and_an_outage_and_nearly_all_viewers_get_a_license() {
        let client = small();
        let [rotation, outage] = scenarios().map(|(_, scenario)| run(&scenario, &[(&client as &dyn Client, 1.0)], 1));
        assert!(percentile(&rotation.exchanges, 0.95) > 1.0, "{}", percentile(&rotation.exchanges, 0.95));
        assert!(outage.requests() > 400, "{}", outage.requests());
        assert_eq!(rotation.exchanges.len(), VIEWERS as usize);
        assert!(outage.exchanges.len() > 290, "{}", outage.exchanges.len());
    }
}
