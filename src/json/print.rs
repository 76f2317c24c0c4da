//! Writes a [`Value`] as compact JSON: fields in their order, numbers in their spelling.

use super::Value;
use super::Writer;

impl Value {
    /// An object of these fields, in this order.
    pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A text.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// The same object with another field, if there is a value for it. Anything but an object is unchanged.
    pub fn with(mut self, name: &str, value: Option<Value>) -> Self {
        if let (Self::Object(fields), Some(value)) = (&mut self, value) {
            fields.push((name.into(), value));
        }
        self
    }

    /// As JSON. Recursion is bounded by the source of the value: [`super::parse`] and the binding both limit the depth.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        self.print(&mut out);
        out.finish()
    }

    fn print(&self, out: &mut Writer) {
        match self {
            Self::Null => out.json("null"),
            Self::Boolean(value) => out.json(if *value { "true" } else { "false" }),
            Self::Number(spelling) => out.json(spelling),
            Self::String(text) => out.text(text),
            Self::Array(items) => out.array(|out| items.iter().for_each(|item| item.print(out))),
            Self::Object(fields) => out.object(|out| {
                for (name, value) in fields {
                    out.name(name);
                    value.print(out);
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_parsed_values() {
        let text = r#"{"a":[1,-0.5e3,true,null,"x\"\\\n"],"b\"":{}}"#;
        assert_eq!(super::super::parse(text).unwrap().to_json(), text);
    }

    #[test]
    fn builds_objects_in_order() {
        let value = Value::object([("z", Value::string("1"))]).with("a", Some(Value::Null)).with("b", None);
        assert_eq!(value.to_json(), r#"{"z":"1","a":null}"#);
        assert_eq!(Value::Null.with("a", Some(Value::Null)), Value::Null);
    }
}
