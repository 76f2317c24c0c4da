//! Why a value does not have its type, and where.

use crate::error::{Code, Error, Reason};
use crate::schema::nearest;
use core::fmt;
use serde::de::{self, Expected, Unexpected};

/// Grows from the inside out: each level prepends its name to the path.
#[derive(Debug)]
pub(super) struct Mismatch {
    path: String,
    reason: Reason,
    details: Vec<String>,
}

impl Mismatch {
    pub fn new(reason: Reason) -> Self {
        Self { path: String::new(), reason, details: Vec::new() }
    }

    pub fn with(mut self, detail: &str) -> Self {
        self.details.push(detail.into());
        self
    }

    /// A text or number that is not one of the known ones.
    pub fn choice(given: &str, known: &[&str]) -> Self {
        match nearest(given, known.iter().copied()) {
            Some(near) if near.parse::<i64>().is_err() => Self::new(Reason::SchemaChoiceNear).with(&known.join(", ")).with(near),
            _ => Self::new(Reason::SchemaChoice).with(&known.join(", ")),
        }
    }

    /// The same, with the name of the enclosing field or list member (`[0]`).
    pub fn inside(mut self, name: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = [name, dot, &self.path].concat();
        self
    }

    pub fn into_error(self, code: Code) -> Error {
        let is_root = self.path.is_empty() && self.reason == Reason::SchemaObject;
        let error = Error::because(code, if is_root { Reason::SchemaRoot } else { self.reason }).with(&self.path);
        self.details.iter().fold(error, |error, detail| error.with(detail))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl std::error::Error for Mismatch {}

// The value found is not repeated: it may be a key.
impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(expected: T) -> Self {
        Self::new(Reason::SchemaMust).with(&expected.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(expected)
    }

    fn unknown_variant(given: &str, known: &'static [&'static str]) -> Self {
        Self::choice(given, known)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(Reason::SchemaMissing).inside(name)
    }
}
