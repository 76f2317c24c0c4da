//! What an input object may hold: tables of fields, checked by name, type and range.
//!
//! Inputs of the server entry are objects that people write by hand, so a misspelled field must not vanish silently: an
//! unknown name is an error that says which known one is nearest. A message names the field and what is allowed there,
//! never the value that was given, which may be a key.

use crate::error::Error;
use crate::json::{Value, decimal};

/// What may stand in a field.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number from the first to the second, both included.
    Integer(i64, i64),
    /// A text that is not empty.
    Text,
    /// One of these texts, in this spelling.
    OneOf(&'static [&'static str]),
    /// One of these numbers.
    OneOfNumber(&'static [i64]),
    /// `yyyy-mm-ddThh:mm:ssZ`, a day of the calendar.
    Date,
    /// This many bytes in hex.
    Hex(usize),
    /// An object of these fields.
    Group(&'static [Field]),
    /// A list of objects of these fields; an empty one is refused.
    List(&'static [Field]),
    /// Anything: checked elsewhere.
    Any,
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub kind: Kind,
    /// Whether it may be left out.
    pub optional: bool,
}

/// A field that may be left out.
pub const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, optional: true }
}

/// A field that must be there.
pub const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, optional: false }
}

/// How a check reports, and how strict it is.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The code of the error.
    pub code: &'static str,
    /// What the object is, for the message: "the policy".
    pub what: &'static str,
    /// What to do.
    pub hint: &'static str,
    /// Let names and listed values pass that the tables do not know.
    pub allow_unknown: bool,
}

impl Check {
    /// Whether an object holds what its table says.
    pub fn object(&self, value: &Value, fields: &'static [Field]) -> Result<(), Error> {
        self.group(value, fields, "")
    }

    /// A refusal that names a field.
    pub fn refuse(&self, path: &str, what: &str) -> Error {
        let subject = if path.is_empty() { self.what.into() } else { [self.what, ": ", path].concat() };
        Error::server(self.code, [&subject, " ", what].concat(), self.hint)
    }

    // Recursion follows the tables, which are constants and nest five deep at most.
    fn group(&self, value: &Value, fields: &'static [Field], path: &str) -> Result<(), Error> {
        let Value::Object(given) = value else {
            return Err(self.refuse(path, "is not an object"));
        };
        for (name, value) in given {
            let path = join(path, name);
            match fields.iter().find(|field| field.name == name) {
                Some(field) => self.value(value, field.kind, &path)?,
                None if self.allow_unknown => {}
                None => {
                    let what = match nearest(name, fields.iter().map(|field| field.name)) {
                        Some(near) => ["is not known; did you mean \"", near, "\"?"].concat(),
                        None => ["is not known; known are: ", &list(fields.iter().map(|field| field.name))].concat(),
                    };
                    return Err(self.refuse(&path, &what));
                }
            }
        }
        match fields.iter().find(|field| !field.optional && value.get(field.name).is_none()) {
            Some(missing) => Err(self.refuse(&join(path, missing.name), "is missing")),
            None => Ok(()),
        }
    }

    fn value(&self, value: &Value, kind: Kind, path: &str) -> Result<(), Error> {
        let expected = match kind {
            Kind::Any => return Ok(()),
            Kind::Group(fields) => return self.group(value, fields, path),
            Kind::List(fields) => {
                let Some(items) = value.items().filter(|items| !items.is_empty()) else {
                    return Err(self.refuse(path, "must be a list of at least one object"));
                };
                for (at, item) in items.iter().enumerate() {
                    self.group(item, fields, &[path, "[", &decimal(at as u64), "]"].concat())?;
                }
                return Ok(());
            }
            Kind::Boolean if matches!(value, Value::Boolean(_)) => return Ok(()),
            Kind::Boolean => "must be true or false".into(),
            Kind::Integer(low, high) if integer(value).is_some_and(|number| (low..=high).contains(&number)) => return Ok(()),
            Kind::Integer(low, i64::MAX) => ["must be a whole number of ", &low.to_string(), " or more"].concat(),
            Kind::Integer(low, high) => ["must be a whole number from ", &low.to_string(), " to ", &high.to_string()].concat(),
            Kind::Text if value.as_str().is_some_and(|text| !text.trim().is_empty()) => return Ok(()),
            Kind::Text => "must be a text that is not empty".into(),
            Kind::OneOf(known) if value.as_str().is_some_and(|text| self.allow_unknown || known.contains(&text)) => return Ok(()),
            Kind::OneOf(known) => ["must be one of ", &list(known.iter().copied())].concat(),
            Kind::OneOfNumber(known) if integer(value).is_some_and(|number| self.allow_unknown || known.contains(&number)) => return Ok(()),
            Kind::OneOfNumber(known) => {
                let known: Vec<String> = known.iter().map(i64::to_string).collect();
                ["must be one of ", &list(known.iter().map(String::as_str))].concat()
            }
            Kind::Date if value.as_str().and_then(crate::custom_data::time::parse_timestamp).is_some() => return Ok(()),
            Kind::Date => "must be a time as yyyy-mm-ddThh:mm:ssZ, in GMT".into(),
            Kind::Hex(bytes) if is_hex(value, bytes) => return Ok(()),
            Kind::Hex(bytes) => ["must be ", &decimal(bytes as u64), " bytes in hex"].concat(),
        };
        Err(self.refuse(path, &expected))
    }
}

/// A whole number, however it is spelled: JavaScript has no integers, so `3600` may come as `3600.0`.
pub fn integer(value: &Value) -> Option<i64> {
    let Value::Number(spelling) = value else { return None };
    if let Ok(number) = spelling.parse() {
        return Some(number);
    }
    // Beyond 2^53 a double no longer knows its neighbours.
    let number: f64 = spelling.parse().ok()?;
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
}

fn is_hex(value: &Value, bytes: usize) -> bool {
    value.as_str().is_some_and(|text| text.len() == bytes.saturating_mul(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { [path, ".", name].concat() }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The known name that a misspelled one was meant to be, if one is near. Case and underscores do not count, so that
/// `licenseDuration` finds
/// `license_duration`.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let fold =
        |text: &str| -> Vec<char> { text.chars().filter(|c| *c != '_' && *c != '-').flat_map(char::to_lowercase).take(64).collect() };
    let name = fold(name);
    known
        .map(|candidate| (distance(&name, &fold(candidate)), candidate))
        .filter(|(edits, _)| *edits <= (name.len() / 3).max(1))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance; both sides are at most 64 long.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut previous = i.saturating_add(1);
        if let Some(first) = row.first_mut() {
            *first = previous;
        }
        for (right, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal.saturating_add(usize::from(left != right));
            diagonal = *cell;
            previous = replaced.min(diagonal.saturating_add(1)).min(previous.saturating_add(1));
            *cell = previous;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    const INNER: &[Field] = &[required("key", Kind::Hex(2)), optional("level", Kind::OneOfNumber(&[-1, 0, 1]))];
    const OUTER: &[Field] = &[
        optional("persistent", Kind::Boolean),
        optional("license_duration", Kind::Integer(0, i64::MAX)),
        optional("security_level", Kind::Integer(1, 5)),
        optional("track", Kind::OneOf(&["HD", "SD"])),
        optional("date", Kind::Date),
        optional("name", Kind::Text),
        optional("inner", Kind::Group(INNER)),
        optional("keys", Kind::List(INNER)),
    ];

    fn check(text: &str, allow_unknown: bool) -> Result<(), String> {
        let check = Check { code: "policy-invalid", what: "the policy", hint: "", allow_unknown };
        check.object(&parse(text).unwrap(), OUTER).map_err(|error| error.message.clone())
    }

    #[test]
    fn takes_what_the_table_says() {
        let text = r#"{"persistent":true,"license_duration":3600.0,"security_level":5,"track":"HD","date":"2024-02-29T23:59:59Z",
            "name":"x","inner":{"key":"00fF","level":-1},"keys":[{"key":"0000"}]}"#;
        assert_eq!(check(text, false), Ok(()));
        assert_eq!(check("{}", false), Ok(()));
    }

    #[test]
    fn says_which_field_and_what_is_allowed() {
        for (text, message) in [
            ("[]", "The policy is not an object."),
            (r#"{"persistent":1}"#, "The policy: persistent must be true or false."),
            (r#"{"license_duration":-1}"#, "The policy: license_duration must be a whole number of 0 or more."),
            (r#"{"license_duration":1.5}"#, "The policy: license_duration must be a whole number of 0 or more."),
            (r#"{"security_level":6}"#, "The policy: security_level must be a whole number from 1 to 5."),
            (r#"{"security_level":"5"}"#, "The policy: security_level must be a whole number from 1 to 5."),
            (r#"{"track":"hd"}"#, "The policy: track must be one of HD, SD."),
            (r#"{"date":"2023-02-29T00:00:00Z"}"#, "The policy: date must be a time as yyyy-mm-ddThh:mm:ssZ, in GMT."),
            (r#"{"name":" "}"#, "The policy: name must be a text that is not empty."),
            (r#"{"inner":{"level":2,"key":"0000"}}"#, "The policy: inner.level must be one of -1, 0, 1."),
            (r#"{"inner":{}}"#, "The policy: inner.key is missing."),
            (r#"{"keys":[{"key":"0000"},{"key":"00"}]}"#, "The policy: keys[1].key must be 2 bytes in hex."),
            (r#"{"keys":[]}"#, "The policy: keys must be a list of at least one object."),
        ] {
            assert_eq!(check(text, false), Err(message.into()), "{text}");
        }
    }

    #[test]
    fn an_unknown_name_finds_its_neighbour() {
        for (text, message) in [
            (r#"{"licenseDuration":1}"#, "The policy: licenseDuration is not known; did you mean \"license_duration\"?"),
            (r#"{"persistant":true}"#, "The policy: persistant is not known; did you mean \"persistent\"?"),
            (r#"{"inner":{"kay":"0000"}}"#, "The policy: inner.kay is not known; did you mean \"key\"?"),
            (r#"{"inner":{"zzzzzz":1}}"#, "The policy: inner.zzzzzz is not known; known are: key, level."),
        ] {
            assert_eq!(check(text, false), Err(message.into()), "{text}");
        }
    }

    #[test]
    fn unknown_names_pass_when_asked_for_but_known_ones_stay_checked() {
        assert_eq!(check(r#"{"brand_new":1,"track":"UHD3","inner":{"key":"0000","level":7}}"#, true), Ok(()));
        assert!(check(r#"{"brand_new":1,"persistent":1}"#, true).is_err());
    }

    #[test]
    fn a_value_never_stands_in_a_message() {
        let message = check(r#"{"inner":{"key":"5ec4e7"}}"#, false).unwrap_err();
        assert!(!message.contains("5ec4e7"), "{message}");
    }

    #[test]
    fn edit_distance() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (a, b, edits) in
            [("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("same", "same", 0)]
        {
            assert_eq!(distance(&chars(a), &chars(b)), edits, "{a} {b}");
        }
    }
}
