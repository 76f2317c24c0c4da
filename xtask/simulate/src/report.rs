//! The tables, in the terminal and in docs/scale.md, and the charts.

use crate::client::{Client, SOURCES};
use crate::ours::OURS;
use crate::plot::{Line, Panel, short, svg};
use crate::run::{Need, Outcome, Report, Scenario, percentile, run};
use crate::scenario::{self, Named};
use crate::server::Limits;
use crate::{Options, parallel};

/// A table: the first row is its heading.
type Rows = Vec<Vec<String>>;
/// A fleet that a job owns.
type Fleet = Vec<(&'static dyn Client, f64)>;

/// Runs the requested scenarios, prints the results and writes them.
pub fn print(options: &Options) -> Result<(), String> {
    let wanted = |part: &str| options.only.as_ref().is_none_or(|only| only.iter().any(|name| name == part));
    let mut parts: Vec<(&str, String, Rows)> = Vec::new();
    for named in scenario::all(options.viewers).iter().filter(|named| wanted(named.id)) {
        let (rows, chart) = clients(named, options.seed);
        if let Some(folder) = &options.write {
            save(&format!("{folder}/scale/{}.svg", named.id), &chart)?;
        }
        parts.push((named.id, named.title.into(), rows));
    }
    if wanted("fleet") {
        parts.push(("fleet", "Mixed fleets".into(), fleets(options.viewers, options.seed)));
    }
    if wanted("ahead") {
        parts.push(("ahead", "A key rotation, by how long ahead the key is known".into(), ahead(options.viewers / 10, options.seed)));
    }
    if wanted("cap") {
        parts.push(("cap", "The outage, by retry.cap".into(), caps(options.viewers / 10, options.seed)));
    }
    if wanted("spread") {
        parts.push(("spread", "rotationSpread, in seconds".into(), spreads(options.seed)));
    }
    if wanted("sources") {
        let rows = SOURCES
            .iter()
            .map(|(package, version, file, text)| vec![format!("{package} {version}"), format!("`{file}`"), format!("`{text}`")]);
        parts.push((
            "sources",
            "Where the players' defaults are".into(),
            std::iter::once(words("package|file|text")).chain(rows).collect(),
        ));
    }
    for (_, title, rows) in &parts {
        println!("{title}\n{}", plain(rows));
    }
    println!("{} viewers, seed {}", options.viewers, options.seed);
    if let Some(folder) = &options.write {
        let file = format!("{folder}/scale.md");
        let mut text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        for (id, _, rows) in &parts {
            text = replace_part(&text, id, &markdown(rows))
                .ok_or_else(|| format!("{file} needs <!-- simulate:{id} --> and <!-- /simulate:{id} -->"))?;
        }
        if options.only.is_none() {
            let of = format!(
                "Unless said otherwise: {} viewers, {} licenses a second, seed {}.\n",
                number(options.viewers),
                number(options.viewers / 20),
                options.seed
            );
            text = replace_part(&text, "of", &of).ok_or_else(|| format!("{file} needs <!-- simulate:of --> and <!-- /simulate:of -->"))?;
        }
        save(&file, &text)?;
    }
    Ok(())
}

fn save(file: &str, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{file}: {error}"))
}

fn jobs(list: Vec<(Scenario, Fleet)>, seed: u64) -> Vec<Report> {
    parallel(
        list.into_iter()
            .map(|(scenario, fleet)| Box::new(move || run(&scenario, &fleet, seed)) as Box<dyn Fn() -> Report + Send + Sync>)
            .collect(),
    )
}

fn clients(named: &Named, seed: u64) -> (Rows, String) {
    let Named { title, scenario, clients, .. } = named;
    let reports = jobs(clients.iter().map(|client| (*scenario, vec![(*client, 1.0)])).collect(), seed);
    let outage = scenario.server.outage.is_some();
    let mut heading =
        words("client|requests/s, peak|requests|refused|longest queue|viewers stalled|for 50 %|95 %|at most|had to reload|never licensed");
    if outage {
        heading.insert(4, "refused after the outage".into());
    }
    let mut rows = vec![heading];
    for (client, report) in clients.iter().zip(&reports) {
        let Outcome { stalled, waits, reloaded, without, .. } = report.outcome();
        let seconds = |part| format!("{:.1} s", percentile(waits, part));
        let queue = report.queue.iter().copied().max().unwrap_or(0);
        let mut row = vec![
            client.name().into(),
            number(report.peak()),
            number(report.requests()),
            number(report.refusals()),
            number(queue),
            number(*stalled as u64),
            seconds(0.5),
            seconds(0.95),
            seconds(1.0),
            number(*reloaded as u64),
            number(*without as u64),
        ];
        if outage {
            row.insert(4, number(report.refused_after));
        }
        rows.push(row);
    }
    let drawn: Vec<_> = clients.iter().zip(&reports).filter(|(client, _)| client.is_drawn()).collect();
    let seconds = shown(&drawn.iter().map(|(_, report)| *report).collect::<Vec<_>>());
    let lines = |values: fn(&Report) -> Vec<f64>| {
        drawn
            .iter()
            .map(|(client, report)| Line { name: client.name().into(), values: values(report).into_iter().take(seconds).collect() })
            .collect()
    };
    let per_second = |report: &Report| report.arrivals.chunks(10).map(|tenths| tenths.iter().sum::<u32>().into()).collect();
    let panels = [
        Panel {
            title: "license requests per second",
            log: true,
            mark: Some((scenario.server.per_second, "capacity")),
            lines: lines(per_second),
        },
        Panel {
            title: "requests in the server's queue",
            log: true,
            mark: None,
            lines: lines(|report| report.queue.iter().map(|&count| count.into()).collect()),
        },
        Panel {
            title: "viewers whose playback waits for a license",
            log: false,
            mark: None,
            lines: lines(|report| report.waiting.iter().map(|&count| count as f64).collect()),
        },
    ];
    let title = format!("{title}: {} viewers, {} licenses a second", short(scenario.viewers.into()), short(scenario.server.per_second));
    (rows, svg(&title, &panels))
}

/// Until no event is left.
fn shown(reports: &[&Report]) -> usize {
    let last = |report: &&Report| {
        let requests = report.arrivals.chunks(10).rposition(|tenths| tenths.iter().any(|&count| count > 0)).unwrap_or(0);
        requests.max(report.waiting.iter().rposition(|&count| count > 0).unwrap_or(0))
    };
    reports.iter().map(last).max().unwrap_or(0).div_ceil(10) * 10 + 10
}

fn fleets(viewers: u32, seed: u64) -> Rows {
    let scenarios = [("rotation", scenario::rotation(viewers)), ("outage", scenario::outage(viewers))];
    let mut rows = vec![words("scenario|ours|requests/s, peak|refused|refused after the outage|ours stalled|95 %|others stalled|95 %")];
    let list: Vec<_> =
        scenarios.iter().flat_map(|(name, scenario)| scenario::SHARES.iter().map(move |share| (*name, *scenario, *share))).collect();
    let reports = jobs(list.iter().map(|(_, scenario, share)| (*scenario, scenario::fleet(*share))).collect(), seed);
    for ((name, scenario, share), report) in list.iter().zip(&reports) {
        let part = |outcome: &Outcome| {
            if outcome.viewers == 0 {
                return ["–".into(), "–".into()];
            }
            let stalled = (outcome.stalled + outcome.without) as f64 / outcome.viewers as f64;
            [format!("{:.1} %", 100.0 * stalled), format!("{:.1} s", percentile(&outcome.waits, 0.95))]
        };
        let after = if scenario.server.outage.is_some() { number(report.refused_after) } else { "–".into() };
        let mut row = vec![(*name).into(), format!("{:.0} %", share * 100.0), number(report.peak()), number(report.refusals()), after];
        row.extend(part(&report.ours));
        row.extend(part(&report.others));
        rows.push(row);
    }
    rows
}

fn ahead(viewers: u32, seed: u64) -> Rows {
    let mut rows = vec![words("the key is known ahead|requests/s, peak|refused|longest queue|viewers stalled|95 %|at most")];
    let times = [0.0, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0];
    let at = |ahead: f64| Scenario { need: Need::Rotation { at: 5000.0, ahead: ahead * 1000.0 }, ..scenario::rotation(viewers) };
    let reports = jobs(times.iter().map(|&ahead| (at(ahead), vec![(&OURS as &dyn Client, 1.0)])).collect(), seed);
    for (ahead, report) in times.iter().zip(&reports) {
        let Outcome { stalled, waits, .. } = report.outcome();
        let seconds = |part| format!("{:.1} s", percentile(waits, part));
        let queue = report.queue.iter().copied().max().unwrap_or(0);
        rows.push(vec![
            format!("{ahead} s"),
            number(report.peak()),
            number(report.refusals()),
            number(queue),
            number(*stalled as u64),
            seconds(0.95),
            seconds(1.0),
        ]);
    }
    rows
}

fn caps(viewers: u32, seed: u64) -> Rows {
    let mut rows =
        vec![words("retry.cap|circuit|requests/s, peak|refused after the outage|viewers stalled|for 50 %|95 %|at most|had to reload")];
    let list: Vec<_> = [8.0, 20.0, 40.0, 60.0].into_iter().flat_map(|cap| [(cap, false), (cap, true)]).collect();
    let clients: Vec<_> = list.iter().map(|&(cap, breaks)| OURS.with_cap(cap * 1000.0, breaks)).collect();
    let scenario = scenario::outage(viewers);
    let jobs = clients.iter().map(|client| {
        Box::new(move || run(&scenario, &[(client as &dyn Client, 1.0)], seed)) as Box<dyn Fn() -> Report + Send + Sync + '_>
    });
    for ((cap, breaks), report) in list.iter().zip(parallel(jobs.collect())) {
        let Outcome { stalled, waits, reloaded, .. } = report.outcome();
        let seconds = |part| format!("{:.1} s", percentile(waits, part));
        let circuit = if *breaks { format!("pause {cap} s") } else { "–".into() };
        rows.push(vec![
            format!("{cap} s"),
            circuit,
            number(report.peak()),
            number(report.refused_after),
            number(*stalled as u64),
            seconds(0.5),
            seconds(0.95),
            seconds(1.0),
            number(*reloaded as u64),
        ]);
    }
    rows
}

const AUDIENCES: [f64; 7] = [3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6];
const CAPACITIES: [f64; 8] = [100.0, 300.0, 1000.0, 3000.0, 10_000.0, 30_000.0, 100_000.0, 300_000.0];
/// In seconds.
const SPREADS: [f64; 15] = [2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0];
/// The result depends on how many seconds of the server's work an audience is. A sample shows it, with more noise than
/// the whole.
const SAMPLE: f64 = 20_000.0;

fn spreads(seed: u64) -> Rows {
    let mut rows = vec![std::iter::once("viewers".into()).chain(CAPACITIES.map(|capacity| format!("{}/s", short(capacity)))).collect()];
    let cells: Vec<_> = AUDIENCES.iter().flat_map(|&audience| CAPACITIES.map(|capacity| (audience, capacity))).collect();
    let found = parallel(
        cells
            .iter()
            .map(|&(audience, capacity)| Box::new(move || spread(audience, capacity, seed)) as Box<dyn Fn() -> Option<f64> + Send + Sync>)
            .collect(),
    );
    for (audience, found) in AUDIENCES.iter().zip(found.chunks(CAPACITIES.len())) {
        let cell = |spread: &Option<f64>| spread.map_or("–".into(), |seconds| format!("{seconds:.0}"));
        rows.push(std::iter::once(short(*audience)).chain(found.iter().map(cell)).collect());
    }
    rows
}

/// The shortest spread with which no viewer is refused and none stalls, with any of three seeds. 0: none is needed.
fn spread(audience: f64, capacity: f64, seed: u64) -> Option<f64> {
    let sample = audience.min(SAMPLE);
    let capacity = capacity * sample / audience;
    let enough = |spread: f64| {
        let client = OURS.with_spread(spread * 1000.0);
        // The whole spread fits: the key is known for longer.
        let scenario = Scenario {
            server: Limits { queue: (capacity as usize).max(1), ..Limits::steady(capacity) },
            need: Need::Rotation { at: 5000.0, ahead: (spread + 5.0) * 1100.0 },
            horizon: (spread + 30.0) * 1100.0,
            ..scenario::rotation(sample as u32)
        };
        (0..3).all(|add| {
            let report = run(&scenario, &[(&client as &dyn Client, 1.0)], seed + add);
            report.refusals() == 0 && report.outcome().in_time == sample as usize
        })
    };
    if enough(0.0) { Some(0.0) } else { SPREADS.get(SPREADS.partition_point(|&spread| !enough(spread))).copied() }
}

fn words(text: &str) -> Vec<String> {
    text.split('|').map(String::from).collect()
}

/// With a comma every three digits.
fn number(value: impl Into<u64>) -> String {
    let digits = value.into().to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn plain(rows: &Rows) -> String {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.chars().count());
            out.push_str(&if index == 0 { format!("  {cell}{padding}") } else { format!("  {padding}{cell}") });
        }
        out.push('\n');
    }
    out
}

fn markdown(rows: &Rows) -> String {
    let mut out = String::new();
    for (index, row) in rows.iter().enumerate() {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
        if index == 0 {
            out.push_str(&format!("|---|{}\n", if part_is_text(row) { "---|" } else { "---:|" }.repeat(row.len() - 1)));
        }
    }
    out
}

fn part_is_text(heading: &[String]) -> bool {
    heading.last().is_some_and(|last| last == "text")
}

/// The text with new content between a part's markers.
fn replace_part(text: &str, part: &str, new: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- simulate:{part} -->\n"), format!("<!-- /simulate:{part} -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{new}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_part_is_replaced() {
        let text = "a\n<!-- simulate:x -->\nold\n<!-- /simulate:x -->\nb";
        assert_eq!(replace_part(text, "x", "new\n").as_deref(), Some("a\n<!-- simulate:x -->\n\nnew\n\n<!-- /simulate:x -->\nb"));
        assert_eq!(replace_part(text, "y", "new"), None);
    }

    #[test]
    fn tables_have_a_heading_and_numbers_have_commas() {
        let rows = vec![words("name|value"), vec!["a".into(), number(1_234_567_u64)], vec!["b".into(), number(12_u64)]];
        assert_eq!(markdown(&rows), "| name | value |\n|---|---:|\n| a | 1,234,567 |\n| b | 12 |\n");
        assert_eq!(plain(&rows), "  name      value\n  a     1,234,567\n  b            12\n");
    }

    #[test]
    fn a_spread_is_longer_for_a_larger_audience() {
        let [none, some, more, never] =
            [(3e3, 1e5), (1e5, 1e4), (1e6, 1e4), (3e6, 100.0)].map(|(audience, capacity)| spread(audience, capacity, 1));
        assert_eq!([none, never], [Some(0.0), None]);
        assert!(some >= Some(10.0) && more > some && more >= Some(100.0), "{some:?} {more:?}");
    }
}
