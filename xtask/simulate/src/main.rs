//! `npm run simulate`: an audience against a license server. Our clients are the core that ships; other clients behave
//! as in their own sources (`client.rs`).
//!
//! | what | module |
//! |---|---|
//! | events by time | [`clock`] |
//! | the server | [`server`] |
//! | clients | [`client`], [`ours`] |
//! | one run | [`run`] |
//! | scenarios | [`scenario`] |
//! | tables and charts | [`report`], [`plot`] |
//! | the reference for 300 real sessions | [`confirm`] |

mod client;
mod clock;
mod confirm;
mod ours;
mod plot;
mod report;
mod run;
mod scenario;
mod server;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const HELP: &str =
    "simulate [--viewers N] [--seed N] [--only rotation,outage,start,slow,short,fleet,ahead,cap,spread,sources] [--write FOLDER]
  --write FOLDER   writes the tables into FOLDER/scale.md, and charts into FOLDER/scale/
simulate --predict [--runs N]   what 300 sessions on this machine should show, as JSON
";

/// The options on the command line.
pub struct Options {
    viewers: u32,
    seed: u64,
    runs: u64,
    only: Option<Vec<String>>,
    write: Option<String>,
    predict: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options { viewers: 1_000_000, seed: 1, runs: 200, only: None, write: None, predict: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--predict" {
            options.predict = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} is not an option, or needs a value.\n{HELP}"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} {value} is not a number.\n{HELP}"));
        match &name[..] {
            // With fewer, a second of the server's work is less than a request.
            "--viewers" => {
                options.viewers = u32::try_from(number()?)
                    .ok()
                    .filter(|viewers| (1000..=5_000_000).contains(viewers))
                    .ok_or("--viewers is 1000 to 5000000")?
            }
            "--seed" => options.seed = number()?,
            "--runs" => options.runs = number()?,
            "--only" => options.only = Some(value.split(',').map(String::from).collect()),
            "--write" => options.write = Some(value),
            _ => return Err(format!("{name} is not an option.\n{HELP}")),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let done = options().and_then(|options| {
        if !options.predict {
            return report::print(&options);
        }
        confirm::print(&options);
        Ok(())
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Does all the work on as many threads as there are cores, and returns the results in order: they do not depend on the
/// threads.
pub fn parallel<T: Send>(jobs: Vec<Box<dyn Fn() -> T + Send + Sync + '_>>) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<T>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    // More at once would need more memory than a small machine has.
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((job, result)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    jobs.get(index).zip(results.get(index))
                } {
                    if let Ok(mut result) = result.lock() {
                        *result = Some(job());
                    }
                }
            });
        }
    });
    results.into_iter().filter_map(|result| result.into_inner().ok().flatten()).collect()
}
