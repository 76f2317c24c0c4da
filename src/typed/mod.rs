//! A [`Value`] as a typed struct: a serde deserializer whose errors name the place and the allowed values, with the
//! texts of `errors.json`.
//!
//! Inputs of the server entry are objects that people write by hand, so a misspelled field must not vanish silently: an
//! unknown name is an error that suggests the nearest known one. A message names the field and what is allowed there,
//! never the given value, which may be a key.
//!
//! ```text
//! struct   its fields, and no others unless unknown ones are allowed
//! enum     its variants; if all of them are whole numbers, a number
//! Option   absent; null is a value, valid only for a type that allows it
//! ```

mod mismatch;
pub mod scalar;

use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::schema::{indexed, integer, nearest};
use mismatch::Mismatch;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

/// How strict reading is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// Accept fields and listed values that the types do not know. The value of such an enum is then its first variant,
    /// so the result can be checked but not written.
    pub allow_unknown: bool,
    /// Wrong names that have been seen, each with the intended one, which the search for similar names would not find.
    pub slips: &'static [(&'static str, &'static str)],
}

/// Reads a typed struct. An error has this code; its message names the object: "The policy is invalid: …".
pub fn read<'a, T: Deserialize<'a>>(value: &'a Value, code: Code, rules: Rules) -> Result<T, Error> {
    T::deserialize(Typed { value, rules }).map_err(|mismatch| mismatch.into_error(code))
}

/// A value and how strictly it is read.
#[derive(Clone, Copy)]
struct Typed<'a> {
    value: &'a Value,
    rules: Rules,
}

// Recursion follows the types, which nest five levels deep.
impl<'de> Deserializer<'de> for Typed<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Number(spelling) => match integer(self.value) {
                Some(number) => visitor.visit_i64(number),
                None => visitor.visit_f64(spelling.parse().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(fields) => visitor.visit_map(self.fields(fields, None)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Boolean(value) => visitor.visit_bool(*value),
            _ => Err(Mismatch::new(Reason::SchemaBoolean)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Array(items) => visitor.visit_seq(Items { items: items.iter().enumerate(), rules: self.rules }),
            _ => Err(Mismatch::new(Reason::SchemaList)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, known: Names, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Object(fields) => visitor.visit_map(self.fields(fields, Some(known))),
            _ => Err(Mismatch::new(Reason::SchemaObject)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, known: Names, visitor: V) -> Result<V::Value, Mismatch> {
        let has_numbers = known.iter().all(|name| name.parse::<i64>().is_ok());
        let spelled = match self.value {
            Value::String(text) if !has_numbers => Some(text.clone()),
            number if has_numbers => integer(number).map(|number| number.to_string()),
            _ => None,
        };
        let found = spelled.as_ref().and_then(|spelled| known.iter().find(|name| *name == spelled));
        let passed = if spelled.is_some() && self.rules.allow_unknown { known.first() } else { None };
        match found.or(passed) {
            Some(name) => visitor.visit_enum(IntoDeserializer::<Mismatch>::into_deserializer(*name)),
            None => Err(Mismatch::choice(spelled.as_deref().unwrap_or_default(), known)),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map
        identifier ignored_any
    }
}

type Names = &'static [&'static str];

impl<'a> Typed<'a> {
    fn fields(self, fields: &'a [(String, Value)], known: Option<Names>) -> Fields<'a> {
        Fields { fields: fields.iter(), known, current: None, rules: self.rules }
    }
}

/// The fields of an object.
struct Fields<'a> {
    fields: core::slice::Iter<'a, (String, Value)>,
    known: Option<Names>,
    current: Option<&'a (String, Value)>,
    rules: Rules,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        for field in self.fields.by_ref() {
            let (name, _) = field;
            match self.known {
                Some(known) if !known.contains(&name.as_str()) => {
                    if !self.rules.allow_unknown {
                        return Err(self.unknown(name, known));
                    }
                }
                _ => {
                    self.current = Some(field);
                    let name: StrDeserializer<'_, Mismatch> = name.as_str().into_deserializer();
                    return seed.deserialize(name).map(Some);
                }
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        let Some((name, value)) = self.current.take() else {
            return Err(Mismatch::new(Reason::SchemaObject));
        };
        seed.deserialize(Typed { value, rules: self.rules }).map_err(|mismatch| mismatch.inside(name))
    }
}

impl Fields<'_> {
    fn unknown(&self, name: &str, known: Names) -> Mismatch {
        let slip = self.rules.slips.iter().find(|(wrong, right)| *wrong == name && known.contains(right)).map(|(_, right)| *right);
        let mismatch = match slip.or_else(|| nearest(name, known.iter().copied())) {
            Some(near) => Mismatch::new(Reason::SchemaUnknownNear).with(near),
            None => Mismatch::new(Reason::SchemaUnknown).with(&known.join(", ")),
        };
        mismatch.inside(name)
    }
}

/// The members of a list.
struct Items<'a> {
    items: core::iter::Enumerate<core::slice::Iter<'a, Value>>,
    rules: Rules,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Mismatch;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mismatch> {
        let Some((at, value)) = self.items.next() else { return Ok(None) };
        let item = seed.deserialize(Typed { value, rules: self.rules });
        item.map(Some).map_err(|mismatch| mismatch.inside(&indexed("", at)))
    }
}

#[cfg(test)]
mod tests;
