//! Numbers and texts that are checked while they are read, with a type for each rule.

use crate::custom_data::time::parse_timestamp;
use crate::error::Reason;
use core::fmt;
use core::marker::PhantomData;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A rule for one number or text.
trait Scalar: Sized {
    /// The valid values, for an error; `{0}` is [`Scalar::SIZE`].
    const WHAT: Reason;
    /// The rule's parameter.
    const SIZE: usize = 0;

    fn from_number(_: i64) -> Option<Self> {
        None
    }

    fn from_text(_: &str) -> Option<Self> {
        None
    }

    fn from_null() -> Option<Self> {
        None
    }
}

struct Reading<T>(PhantomData<T>);

impl<T: Scalar> Reading<T> {
    fn checked<E: Error>(&self, found: Option<T>) -> Result<T, E> {
        found.ok_or_else(|| E::invalid_value(Unexpected::Other("another value"), self))
    }
}

impl<T: Scalar> Visitor<'_> for Reading<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&T::WHAT.as_str().replace("{0}", &T::SIZE.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.checked(T::from_null())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.checked(T::from_number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.checked(T::from_text(text))
    }
}

/// Deserializes types by their rules; the argument names their TypeScript type.
macro_rules! scalars {
    ($([$($generics:tt)*] $name:ty = $typescript:literal;)+) => { $(
        impl<'de, $($generics)*> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Reading(PhantomData))
            }
        }

        #[cfg(test)]
        impl<$($generics)*> ts_rs::TS for $name {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &ts_rs::Config) -> String {
                $typescript.into()
            }

            fn inline(_: &ts_rs::Config) -> String {
                $typescript.into()
            }
        }
    )+ };
}

scalars! {
    [] Seconds = "number | `${number}`";
    [] Count = "number";
    [] Date = "string | Date";
    [const BYTES: usize] Hex<BYTES> = "string";
    [const BYTES: usize] HexOrNull<BYTES> = "string | null";
}

/// A duration: a number, or that number as text, as the vendor's samples have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub i64);

impl Scalar for Seconds {
    const WHAT: Reason = Reason::ExpectedSeconds;

    fn from_number(number: i64) -> Option<Self> {
        (number >= 0).then_some(Self(number))
    }

    fn from_text(text: &str) -> Option<Self> {
        // `parse` alone would accept a sign, too.
        text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok().map(Self)).flatten()
    }
}

/// A count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub i64);

impl Scalar for Count {
    const WHAT: Reason = Reason::ExpectedCount;

    fn from_number(number: i64) -> Option<Self> {
        (number >= 0).then_some(Self(number))
    }
}

/// `yyyy-mm-ddThh:mm:ssZ`, a day of the calendar, as milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Date(pub f64);

impl Scalar for Date {
    const WHAT: Reason = Reason::ExpectedDate;

    fn from_text(text: &str) -> Option<Self> {
        parse_timestamp(text).map(Self)
    }
}

/// Bytes in hex. The value is not kept: it may be a key.
#[derive(Debug, Clone, Copy)]
pub struct Hex<const BYTES: usize>;

impl<const BYTES: usize> Scalar for Hex<BYTES> {
    const WHAT: Reason = Reason::ExpectedHex;
    const SIZE: usize = BYTES;

    fn from_text(text: &str) -> Option<Self> {
        (text.len() == BYTES.saturating_mul(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(Self)
    }
}

/// The same, or null.
#[derive(Debug, Clone, Copy)]
pub struct HexOrNull<const BYTES: usize>;

impl<const BYTES: usize> Scalar for HexOrNull<BYTES> {
    const WHAT: Reason = Reason::ExpectedHexOrNull;
    const SIZE: usize = BYTES;

    fn from_text(text: &str) -> Option<Self> {
        Hex::<BYTES>::from_text(text).map(|_| Self)
    }

    fn from_null() -> Option<Self> {
        Some(Self)
    }
}

/// A type that is one of some numbers: to serde an enum, whose variants are these numbers.
#[macro_export]
#[doc(hidden)]
macro_rules! numbers {
    ($(#[doc = $doc:literal] $name:ident: $first:literal $(| $other:literal)*;)+) => { $(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub i64);

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const NAMES: &[&str] = &[stringify!($first) $(, stringify!($other))*];
                deserializer.deserialize_enum(stringify!($name), NAMES, $crate::typed::scalar::OneOf).map(Self)
            }
        }

        #[cfg(test)]
        impl ts_rs::TS for $name {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &ts_rs::Config) -> String {
                concat!(stringify!($first) $(, " | ", stringify!($other))*).into()
            }

            fn inline(config: &ts_rs::Config) -> String {
                Self::name(config)
            }
        }
    )+ };
}

/// Reads a variant's name as the number that it is.
#[doc(hidden)]
pub struct OneOf;

impl<'de> Visitor<'de> for OneOf {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Reason::ExpectedCount.as_str())
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, access: A) -> Result<i64, A::Error> {
        let (name, _) = access.variant::<String>()?;
        name.parse().map_err(|_| A::Error::invalid_value(Unexpected::Other("another value"), &self))
    }
}
