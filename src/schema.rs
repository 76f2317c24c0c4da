//! The fields of input objects: tables, checked by name, type and range.
//!
//! Inputs of the server entry are objects that people write by hand, so a misspelled field must not vanish silently: an
//! unknown name is an error that suggests the nearest known one. A message names the field and what is allowed there,
//! never the given value, which may be a key.

use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::text::decimal;

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number from the first to the second, both included.
    Integer(i64, i64),
    /// A text that is not empty.
    Text,
    /// A text that is not empty, of at most so many characters and without control characters.
    Line(usize),
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
    /// A list of texts, none of them empty; an empty list is refused.
    Texts,
    /// Anything: checked elsewhere.
    Any,
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether it is optional.
    pub optional: bool,
    /// A description for help and types; empty if the name suffices.
    pub doc: &'static str,
}

impl Field {
    /// The same field with a description for help and types.
    pub const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }
}

/// A field that is optional.
pub const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, optional: true, doc: "" }
}

/// A field that is required.
pub const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, optional: false, doc: "" }
}

/// How a check reports, and how strict it is.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The code of the error. Its message names the object: "The policy is invalid: …".
    pub code: Code,
    /// Accept names and listed values that the tables do not know.
    pub allow_unknown: bool,
}

impl Check {
    /// Checks an object against its table.
    pub fn object(&self, value: &Value, fields: &'static [Field]) -> Result<(), Error> {
        self.group(value, fields, "")
    }

    /// The same for an object inside another, at this path.
    pub fn object_at(&self, path: &str, value: &Value, fields: &'static [Field]) -> Result<(), Error> {
        self.group(value, fields, path)
    }

    /// A refusal.
    pub fn refuse(&self, reason: Reason) -> Error {
        Error::because(self.code, reason)
    }

    /// A refusal of a text that is not one of the known ones.
    pub fn refuse_choice(&self, path: &str, given: &str, known: &[&str]) -> Error {
        let near = nearest(given, known.iter().copied());
        let reason = if near.is_some() { Reason::SchemaChoiceNear } else { Reason::SchemaChoice };
        self.refuse(reason).with(path).with(&known.join(", ")).with(near.unwrap_or_default())
    }

    // Recursion follows the tables, which are constants and nest five levels deep at most.
    fn group(&self, value: &Value, fields: &'static [Field], path: &str) -> Result<(), Error> {
        let Value::Object(given) = value else {
            let reason = if path.is_empty() { Reason::SchemaRoot } else { Reason::SchemaObject };
            return Err(self.refuse(reason).with(path));
        };
        for (name, value) in given {
            let path = join(path, name);
            match fields.iter().find(|field| field.name == name) {
                Some(field) => self.value(value, field.kind, &path)?,
                None if self.allow_unknown => {}
                None => {
                    return Err(match nearest(name, names(fields).into_iter()) {
                        Some(near) => self.refuse(Reason::SchemaUnknownNear).with(&path).with(near),
                        None => self.refuse(Reason::SchemaUnknown).with(&path).with(&names(fields).join(", ")),
                    });
                }
            }
        }
        match fields.iter().find(|field| !field.optional && value.get(field.name).is_none()) {
            Some(missing) => Err(self.refuse(Reason::SchemaMissing).with(&join(path, missing.name))),
            None => Ok(()),
        }
    }

    fn value(&self, value: &Value, kind: Kind, path: &str) -> Result<(), Error> {
        let (text, number) = (value.as_str(), integer(value));
        let fits = match kind {
            Kind::Group(fields) => return self.group(value, fields, path),
            Kind::List(fields) => {
                let items = value.items().filter(|items| !items.is_empty()).ok_or_else(|| self.misfit(kind, path))?;
                return items.iter().enumerate().try_for_each(|(at, item)| self.group(item, fields, &indexed(path, at)));
            }
            Kind::Texts => value.items().is_some_and(|items| {
                !items.is_empty() && items.iter().all(|item| item.as_str().is_some_and(|text| !text.trim().is_empty()))
            }),
            Kind::Any => true,
            Kind::Boolean => matches!(value, Value::Boolean(_)),
            Kind::Integer(low, high) => number.is_some_and(|number| (low..=high).contains(&number)),
            Kind::Text => text.is_some_and(|text| !text.trim().is_empty()),
            Kind::Line(most) => return self.line(text, most, path),
            Kind::OneOf(known) => text.is_some_and(|text| self.allow_unknown || known.contains(&text)),
            Kind::OneOfNumber(known) => number.is_some_and(|number| self.allow_unknown || known.contains(&number)),
            Kind::Date => text.and_then(crate::custom_data::time::parse_timestamp).is_some(),
            Kind::Hex(bytes) => is_hex(value, bytes),
        };
        if fits { Ok(()) } else { Err(self.misfit(kind, path)) }
    }

    fn line(&self, text: Option<&str>, most: usize, path: &str) -> Result<(), Error> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return Err(self.misfit(Kind::Text, path));
        };
        if text.chars().nth(most).is_some() {
            return Err(self.refuse(Reason::SchemaTooLong).with(path).with(&decimal(most as u64)));
        }
        if text.chars().any(char::is_control) {
            return Err(self.refuse(Reason::SchemaControl).with(path));
        }
        Ok(())
    }

    /// A field whose value does not have its type.
    fn misfit(&self, kind: Kind, path: &str) -> Error {
        let refuse = |reason| self.refuse(reason).with(path);
        match kind {
            Kind::Group(_) | Kind::Any => refuse(Reason::SchemaObject),
            Kind::List(_) => refuse(Reason::SchemaObjects),
            Kind::Texts => refuse(Reason::SchemaTexts),
            Kind::Boolean => refuse(Reason::SchemaBoolean),
            Kind::Integer(low, i64::MAX) => refuse(Reason::SchemaIntegerFrom).with(&low.to_string()),
            Kind::Integer(low, high) => refuse(Reason::SchemaIntegerRange).with(&low.to_string()).with(&high.to_string()),
            Kind::Text | Kind::Line(_) => refuse(Reason::SchemaText),
            Kind::OneOf(known) => refuse(Reason::SchemaChoice).with(&known.join(", ")),
            Kind::OneOfNumber(known) => {
                let known: Vec<String> = known.iter().map(i64::to_string).collect();
                refuse(Reason::SchemaChoice).with(&known.join(", "))
            }
            Kind::Date => refuse(Reason::SchemaDate),
            Kind::Hex(bytes) => refuse(Reason::SchemaHex).with(&decimal(bytes as u64)),
        }
    }
}

/// A whole number, however it is spelled: JavaScript has no integers, so `3600` may arrive as `3600.0`.
pub fn integer(value: &Value) -> Option<i64> {
    let Value::Number(spelling) = value else { return None };
    if let Ok(number) = spelling.parse() {
        return Some(number);
    }
    // Beyond 2^53 a double is not exact.
    let number: f64 = spelling.parse().ok()?;
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
}

fn is_hex(value: &Value, bytes: usize) -> bool {
    value.as_str().is_some_and(|text| text.len() == bytes.saturating_mul(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { [path, ".", name].concat() }
}

/// The path of a list's member.
pub fn indexed(path: &str, at: usize) -> String {
    [path, "[", &decimal(at as u64), "]"].concat()
}

fn names(fields: &'static [Field]) -> Vec<&'static str> {
    fields.iter().map(|field| field.name).collect()
}

/// The known name closest to a misspelled one, if one is near. Case and underscores do not count, so that
/// `licenseDuration` finds `license_duration`.
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
        optional("line", Kind::Line(3)),
        optional("inner", Kind::Group(INNER)),
        optional("keys", Kind::List(INNER)),
        optional("names", Kind::Texts),
    ];

    fn check(text: &str, allow_unknown: bool) -> Result<(), String> {
        let check = Check { code: Code::PolicyInvalid, allow_unknown };
        check.object(&parse(text).unwrap(), OUTER).map_err(|error| error.message())
    }

    #[test]
    fn accepts_the_fields_of_the_table() {
        let text = r#"{"persistent":true,"license_duration":3600.0,"security_level":5,"track":"HD","date":"2024-02-29T23:59:59Z",
            "name":"x","line":"\u00e9\u00e9 ","inner":{"key":"00fF","level":-1},"keys":[{"key":"0000"}],"names":["a"]}"#;
        assert_eq!(check(text, false), Ok(()));
        assert_eq!(check("{}", false), Ok(()));
    }

    #[test]
    fn errors_name_the_field_and_the_allowed_values() {
        for (text, message) in [
            ("[]", "The policy is invalid: it is not an object."),
            (r#"{"persistent":1}"#, "The policy is invalid: persistent must be true or false."),
            (r#"{"license_duration":-1}"#, "The policy is invalid: license_duration must be a whole number of 0 or more."),
            (r#"{"license_duration":1.5}"#, "The policy is invalid: license_duration must be a whole number of 0 or more."),
            (r#"{"security_level":6}"#, "The policy is invalid: security_level must be a whole number from 1 to 5."),
            (r#"{"security_level":"5"}"#, "The policy is invalid: security_level must be a whole number from 1 to 5."),
            (r#"{"track":"hd"}"#, "The policy is invalid: track must be one of HD, SD."),
            (r#"{"date":"2023-02-29T00:00:00Z"}"#, "The policy is invalid: date must be a GMT time of the form yyyy-mm-ddThh:mm:ssZ."),
            (r#"{"name":" "}"#, "The policy is invalid: name must be text that is not empty."),
            (r#"{"line":""}"#, "The policy is invalid: line must be text that is not empty."),
            (r#"{"line":"\u00e9\u00e9\u00e9\u00e9"}"#, "The policy is invalid: line is longer than 3 characters."),
            (r#"{"line":"a\u0000"}"#, "The policy is invalid: line contains a control character."),
            (r#"{"line":"a\u0085"}"#, "The policy is invalid: line contains a control character."),
            (r#"{"inner":{"level":2,"key":"0000"}}"#, "The policy is invalid: inner.level must be one of -1, 0, 1."),
            (r#"{"inner":1}"#, "The policy is invalid: inner is not an object."),
            (r#"{"inner":{}}"#, "The policy is invalid: inner.key is missing."),
            (r#"{"keys":[{"key":"0000"},{"key":"00"}]}"#, "The policy is invalid: keys[1].key must be 2 bytes in hex."),
            (r#"{"keys":[]}"#, "The policy is invalid: keys must be a list of at least one object."),
            (r#"{"names":"a"}"#, "The policy is invalid: names must be a list of at least one text."),
            (r#"{"names":["a",""]}"#, "The policy is invalid: names must be a list of at least one text."),
            (r#"{"names":[]}"#, "The policy is invalid: names must be a list of at least one text."),
        ] {
            assert_eq!(check(text, false), Err(message.into()), "{text}");
        }
    }

    #[test]
    fn an_unknown_name_suggests_a_similar_one() {
        for (text, message) in [
            (r#"{"licenseDuration":1}"#, "The policy is invalid: licenseDuration is not known; did you mean \"license_duration\"?"),
            (r#"{"persistant":true}"#, "The policy is invalid: persistant is not known; did you mean \"persistent\"?"),
            (r#"{"inner":{"kay":"0000"}}"#, "The policy is invalid: inner.kay is not known; did you mean \"key\"?"),
            (r#"{"inner":{"zzzzzz":1}}"#, "The policy is invalid: inner.zzzzzz is not known; the known fields are key, level."),
        ] {
            assert_eq!(check(text, false), Err(message.into()), "{text}");
        }
    }

    #[test]
    fn allow_unknown_accepts_unknown_names_and_checks_known_ones() {
        assert_eq!(check(r#"{"brand_new":1,"track":"UHD3","inner":{"key":"0000","level":7}}"#, true), Ok(()));
        assert!(check(r#"{"brand_new":1,"persistent":1}"#, true).is_err());
    }

    #[test]
    fn a_message_never_contains_a_value() {
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
