//! Writes a [`Value`] as compact JSON: fields in their order, numbers as they were spelled.

use super::Value;
use super::writer::quote;

impl Value {
    /// An object of these fields, in this order.
    pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A text.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// The same object with one field more, where there is a value for it. Anything but an object stays as it is.
    pub fn with(mut self, name: &str, value: Option<Value>) -> Self {
        if let (Self::Object(fields), Some(value)) = (&mut self, value) {
            fields.push((name.into(), value));
        }
        self
    }

    /// As JSON. Recursion is bounded by whoever made the value: [`super::parse`] and the binding both limit the depth.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.print(&mut out);
        out
    }

    fn print(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(spelling) => out.push_str(spelling),
            Self::String(text) => quote(out, text),
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.print(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (at, (name, value)) in fields.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    quote(out, name);
                    out.push(':');
                    value.print(out);
                }
                out.push('}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_was_parsed() {
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
