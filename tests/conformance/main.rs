//! Runs every case of the vector files in the folder that `PALLYCON_VECTORS` names through the crate's public
//! functions, and prints the score. Without a folder there is nothing to run, which is printed.
//!
//! A case is right, wrong, or skipped (a kind that this test does not read). If a case is marked ambiguous,
//! a reading other than the file's is not a mistake: `docs/init-data.md` documents the choices.

// A test that cannot continue has failed, so it may panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod content;
mod field;
mod init_data;
mod messages;
mod tools;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Kinds that must occur and must not be skipped, if there are cases of init data.
const NAMED: [&str; 11] =
    ["pssh", "multi-pssh", "playready-object", "keyids", "malformed", "sinf", "skd", "webm", "init-segment", "dash-cp", "hls-key"];

/// The outcome of a case.
pub enum Outcome {
    /// As expected.
    Right,
    /// Not as expected, and how.
    Wrong(String),
    /// This test does not read this kind.
    Skipped,
}

/// Compares, and reports differences.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: {ours:?}, expected {theirs:?}")) }
}

/// Strings of a JSON list, without dashes.
pub fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(|text| text.replace('-', "").to_lowercase()).collect()
}

#[derive(Default)]
struct Score {
    right: usize,
    wrong: usize,
    skipped: usize,
    otherwise: usize,
}

#[test]
fn conformance() {
    let Some(folder) = std::env::var_os("PALLYCON_VECTORS") else {
        println!("PALLYCON_VECTORS names no folder: there are no cases to run.");
        return;
    };
    let mut score: BTreeMap<String, Score> = BTreeMap::new();
    for file in [json_in(Path::new(&folder)), json_in(&Path::new(&folder).join("field"))].concat() {
        let cases: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases.as_array().into_iter().flatten() {
            let id = case["id"].as_str().unwrap_or("?");
            let ambiguous = case["ambiguous"] == true;
            for (kind, outcome) in run(case) {
                let score = score.entry(kind.clone()).or_default();
                match outcome {
                    Outcome::Right => score.right += 1,
                    Outcome::Skipped => score.skipped += 1,
                    Outcome::Wrong(why) if ambiguous => {
                        score.otherwise += 1;
                        println!("chosen otherwise  {kind} {id}: {why}");
                    }
                    Outcome::Wrong(why) => {
                        score.wrong += 1;
                        println!("wrong  {kind} {id}: {why}");
                    }
                }
            }
        }
    }
    report(&score);
}

/// The JSON files of a folder; empty without a folder.
fn json_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

fn run(case: &Value) -> Vec<(String, Outcome)> {
    if case.get("call").is_some() {
        field::run(case)
    } else if case.get("base64").is_some() {
        init_data::run(case)
    } else {
        messages::run(case)
    }
}

fn report(score: &BTreeMap<String, Score>) {
    println!("\n{:<36} {:>6} {:>6} {:>8} {:>10}", "kind", "right", "wrong", "skipped", "otherwise");
    let mut total = Score::default();
    for (kind, score) in score {
        println!("{kind:<36} {:>6} {:>6} {:>8} {:>10}", score.right, score.wrong, score.skipped, score.otherwise);
        total.right += score.right;
        total.wrong += score.wrong;
        total.skipped += score.skipped;
    }
    let named = NAMED.iter().filter(|_| score.keys().any(|kind| !kind.starts_with("field ")));
    let missing: Vec<_> = named.filter(|kind| score.get(**kind).is_none_or(|score| score.right == 0 || score.skipped > 0)).collect();
    println!("\n{} right, {} wrong, {} skipped", total.right, total.wrong, total.skipped);
    assert!(missing.is_empty(), "kinds without a case that ran: {missing:?}");
    assert_eq!(total.wrong, 0, "wrong cases");
}
