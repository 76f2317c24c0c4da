//! Structured inputs and outputs of the server module: [`Value`] to and from JavaScript's values, with serde.
//!
//! Only the server module can afford it (serde-wasm-bindgen is larger than the whole player module).

use crate::error::{Code, Error, Reason};
use crate::json::Value;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use wasm_bindgen::JsValue;

/// Options nest five levels deep; an object that contains itself would never end.
const MAX_DEPTH: u8 = 32;

/// A value from JavaScript.
pub(super) struct Input(pub Value);

impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Nested(0).deserialize(deserializer).map(Input)
    }
}

/// A value at a depth.
struct Nested(u8);

impl Nested {
    fn inner<E: serde::de::Error>(&self) -> Result<u8, E> {
        if self.0 < MAX_DEPTH { Ok(self.0.saturating_add(1)) } else { Err(E::custom(Reason::OptionsTooDeep)) }
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(Reason::OptionsExpected.as_str())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // JSON has neither, so a token could not contain them.
        if value.is_finite() { Ok(Value::Number(value.to_string())) } else { Err(E::custom(Reason::OptionsNotFinite)) }
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.inner()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(Nested(depth))? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let depth = self.inner()?;
        let mut out = Vec::new();
        while let Some(name) = fields.next_key::<String>()? {
            out.push((name, fields.next_value_seed(Nested(depth))?));
        }
        Ok(Value::Object(out))
    }
}

/// A value for JavaScript.
struct Output<'a>(&'a Value);

impl Serialize for Output<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Boolean(value) => serializer.serialize_bool(*value),
            Value::Number(spelling) => serializer.serialize_f64(spelling.parse().unwrap_or(f64::NAN)),
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(items) => {
                let mut out = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| out.serialize_element(&Output(item)))?;
                out.end()
            }
            Value::Object(fields) => {
                let mut out = serializer.serialize_map(Some(fields.len()))?;
                fields.iter().try_for_each(|(name, value)| out.serialize_entry(name, &Output(value)))?;
                out.end()
            }
        }
    }
}

/// A value from JavaScript.
pub(super) fn from_js(value: JsValue) -> Result<Value, Error> {
    serde_wasm_bindgen::from_value::<Input>(value).map(|input| input.0).map_err(|error| {
        // A serde error is text, by which ours is recognized.
        let text = error.to_string();
        match [Reason::OptionsTooDeep, Reason::OptionsNotFinite].into_iter().find(|reason| text.ends_with(reason.as_str())) {
            Some(reason) => Error::because(Code::OptionsInvalid, reason),
            None => Error::because(Code::OptionsInvalid, Reason::OptionsUnreadable).with(&text),
        }
    })
}

/// A value for JavaScript: plain objects, not Maps.
pub(super) fn to_js(value: &Value) -> Option<JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    Output(value).serialize(&serializer).ok()
}
