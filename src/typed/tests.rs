use super::scalar::{Count, Hex, Seconds};
use super::*;
use crate::json::parse;
use crate::numbers;

numbers! {
    /// Two levels.
    Level: -1 | 150;
}

#[derive(Debug, Deserialize, PartialEq)]
enum Track {
    #[serde(rename = "HD")]
    Hd,
    #[serde(rename = "SD")]
    Sd,
}

#[derive(Debug, Deserialize)]
struct Inner {
    #[allow(dead_code)]
    key: Hex<2>,
    level: Option<Level>,
}

#[derive(Debug, Deserialize)]
struct Outer {
    track: Option<Track>,
    seconds: Option<Seconds>,
    count: Option<Count>,
    items: Option<Vec<Inner>>,
}

fn outer(text: &str, allow_unknown: bool) -> Result<Outer, String> {
    let rules = Rules { allow_unknown, slips: &[("amount", "count")] };
    read(&parse(text).unwrap(), Code::PolicyInvalid, rules).map_err(|error| error.message())
}

#[test]
fn reads_every_kind() {
    let read = outer(r#"{"track":"SD","seconds":"60","count":3.0,"items":[{"key":"00fF","level":-1},{"key":"0000"}]}"#, false).unwrap();
    assert_eq!((read.track, read.seconds, read.count), (Some(Track::Sd), Some(Seconds(60)), Some(Count(3))));
    let levels: Vec<_> = read.items.unwrap().into_iter().map(|inner| inner.level).collect();
    assert_eq!(levels, [Some(Level(-1)), None]);
    assert!(outer("{}", false).unwrap().track.is_none());
}

#[test]
fn unknown_names_suggest_similar_ones() {
    for (text, message) in [
        (r#"{"secnds":1}"#, "secnds is not known; did you mean \"seconds\"?"),
        (r#"{"amount":1}"#, "amount is not known; did you mean \"count\"?"),
        (r#"{"items":[{"key":"0000"},{"amount":1}]}"#, "items[1].amount is not known; the known fields are key, level."),
        (r#"{"zzzzzz":1}"#, "zzzzzz is not known; the known fields are track, seconds, count, items."),
    ] {
        assert_eq!(outer(text, false).map(|_| ()), Err(["The policy is invalid: ", message].concat()));
        assert!(outer(text, true).is_ok() || text.contains("amount"), "{text}");
    }
}

#[test]
fn a_message_never_contains_a_value() {
    for text in [r#"{"items":[{"key":"5ec4e7"}]}"#, r#"{"track":"5ec4e7"}"#, r#"{"count":"5ec4e7"}"#, r#"{"items":"5ec4e7"}"#] {
        let message = outer(text, false).unwrap_err();
        assert!(!message.contains("5ec4e7"), "{message}");
    }
}

#[test]
fn a_field_given_twice_is_refused() {
    assert!(outer(r#"{"count":1,"count":2}"#, false).is_err());
}
