//! Generates the Rust side of `errors.json`: the enums `Code` and `Reason` and the tables behind them, included by
//! `src/error.rs`. A code that is used in the sources and missing in the table therefore does not compile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// The entries of all groups of a list, in order: an entry's position is its number.
fn entries<'v>(table: &'v Value, list: &str, members: &str) -> Vec<&'v Value> {
    let groups = table[list].as_array().expect("a list of groups");
    groups.iter().flat_map(|group| group[members].as_array().expect("a list of entries")).collect()
}

/// `token-expired` → `TokenExpired`.
fn camel(id: &str) -> String {
    id.split('-').map(|word| [word[..1].to_ascii_uppercase(), word[1..].to_string()].concat()).collect()
}

/// The group of each entry of a list.
fn groups<'v>(table: &'v Value, list: &str, members: &str) -> Vec<&'v Value> {
    let groups = table[list].as_array().expect("a list of groups");
    groups.iter().flat_map(|group| vec![group; group[members].as_array().expect("a list of entries").len()]).collect()
}

/// A field of each reason: its own value, or else its group's.
fn of_reasons<'v>(table: &'v Value, name: &str) -> Vec<&'v str> {
    let reasons = entries(table, "reasons", "reasons").into_iter().zip(groups(table, "reasons", "reasons"));
    reasons.map(|(reason, group)| reason[name].as_str().or(group[name].as_str()).unwrap_or_default()).collect()
}

/// A text as an expression. Texts of a group with a `feature` are linked with that feature only: other modules never
/// name the server's codes.
fn text((text, group): (&str, &Value)) -> String {
    match group["feature"].as_str() {
        Some(feature) if !text.is_empty() => format!("if cfg!(any(test, feature = {feature:?})) {{ {text:?} }} else {{ \"\" }}"),
        _ => format!("{text:?}"),
    }
}

/// A hint, or the shared one that `@name` refers to.
fn hint<'v>(table: &'v Value, hint: &'v str) -> &'v str {
    match hint.strip_prefix('@') {
        Some(name) => table["hints"][name].as_str().unwrap_or_else(|| panic!("errors.json has no hint {name}")),
        None => hint,
    }
}

fn main() {
    println!("cargo::rerun-if-changed=errors.json");
    println!("cargo::rerun-if-changed=build.rs");
    let table: Value = serde_json::from_str(&std::fs::read_to_string("errors.json").unwrap()).expect("errors.json is JSON");
    let mut out = String::new();
    let codes = entries(&table, "sections", "codes");
    let reasons = entries(&table, "reasons", "reasons");

    let mut list = |name: &str, about: &str, key: &str, entries: &[&Value], doc: &str| {
        writeln!(out, "/// {about}\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\n#[repr(u16)]\npub enum {name} {{").unwrap();
        for entry in entries {
            let text = [doc, key].iter().map(|name| entry[*name].as_str().unwrap()).find(|text| !text.is_empty()).unwrap();
            writeln!(out, "    #[doc = {:?}]\n    {},", text, camel(entry[key].as_str().unwrap())).unwrap();
        }
        writeln!(out, "}}\nimpl {name} {{\n    /// All of them, by their numbers.\n    pub const ALL: [Self; {}] = [", entries.len())
            .unwrap();
        entries.iter().for_each(|entry| writeln!(out, "        Self::{},", camel(entry[key].as_str().unwrap())).unwrap());
        writeln!(out, "    ];\n}}").unwrap();
    };
    list("Code", "What failed: stable, kebab-case in text (see [`Code::as_str`]).", "code", &codes, "cause");
    list("Reason", "Why it failed, where one code has several reasons.", "id", &reasons, "text");

    let (sections, reason_groups) = (groups(&table, "sections", "codes"), groups(&table, "reasons", "reasons"));
    let mut texts = |name: &str, groups: &[&Value], list: Vec<&str>| {
        let list: Vec<String> = list.into_iter().zip(groups.iter().copied()).map(text).collect();
        writeln!(out, "static {name}: [&str; {}] = [{}];", list.len(), list.join(", ")).unwrap();
    };
    texts("CODE_NAMES", &sections, codes.iter().map(|entry| entry["code"].as_str().unwrap()).collect());
    texts("CODE_MESSAGES", &sections, codes.iter().map(|entry| entry["message"].as_str().unwrap_or("{reason}")).collect());
    texts("CODE_HINTS", &sections, codes.iter().map(|entry| hint(&table, entry["hint"].as_str().unwrap_or_default())).collect());
    texts("REASON_TEXTS", &reason_groups, reasons.iter().map(|entry| entry["text"].as_str().unwrap()).collect());
    texts("REASON_HINTS", &reason_groups, of_reasons(&table, "hint").into_iter().map(|text| hint(&table, text)).collect());
    texts("REASON_MESSAGES", &reason_groups, of_reasons(&table, "message"));

    let phases = codes.iter().map(|entry| camel(entry["phase"].as_str().unwrap()));
    writeln!(out, "const PHASES: [Phase; {}] = [", codes.len()).unwrap();
    phases.for_each(|phase| writeln!(out, "    Phase::{phase},").unwrap());
    writeln!(out, "];\nconst RETRYABLE: &[Code] = &[").unwrap();
    let retryable = codes.iter().filter(|entry| entry["retryable"] == true);
    retryable.for_each(|entry| writeln!(out, "    Code::{},", camel(entry["code"].as_str().unwrap())).unwrap());
    writeln!(out, "];\n/// PallyCon's numbers.\npub const PALLYCON: &[(u16, Code)] = &[").unwrap();
    let numbered = codes.iter().filter(|entry| entry["pallycon"].is_u64());
    numbered.for_each(|entry| writeln!(out, "    ({}, Code::{}),", entry["pallycon"], camel(entry["code"].as_str().unwrap())).unwrap());
    writeln!(out, "];").unwrap();

    let target = std::env::var("OUT_DIR").unwrap();
    std::fs::write(Path::new(&target).join("errors.rs"), out).unwrap();
}
