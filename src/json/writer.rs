//! Writes the JSON that crosses into JavaScript, where `JSON.parse` makes plain objects of it.

use crate::bytes::Span;

/// A number in decimal, without `core::fmt` (which alone costs kilobytes of wasm).
pub fn decimal(number: u64) -> String {
    let mut digits = Vec::with_capacity(20);
    let mut rest = number;
    loop {
        digits.push(b'0'.wrapping_add((rest % 10) as u8));
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// A JSON text in the making.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// One object as the whole text.
    pub fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        self.out.push('{');
        fill(&mut Object { out: &mut self.out, first: true });
        self.out.push('}');
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }
}

/// An object in the making; fields stand in the order of the calls.
#[derive(Debug)]
pub struct Object<'a> {
    out: &'a mut String,
    first: bool,
}

impl Object<'_> {
    fn key(&mut self, key: &str) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        // Keys are literals of this crate: nothing in them needs an escape.
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// A text.
    pub fn string(&mut self, key: &str, value: &str) {
        self.key(key);
        quote(self.out, value);
    }

    /// A text, if there is one.
    pub fn optional_string(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.string(key, value);
        }
    }

    /// A number.
    pub fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        self.out.push_str(&decimal(value));
    }

    /// A number, if there is one.
    pub fn optional_number(&mut self, key: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.number(key, value);
        }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str, value: bool) {
        self.key(key);
        self.out.push_str(if value { "true" } else { "false" });
    }

    /// Bytes of the input, as `[offset, length]`: JavaScript has the input and cuts them out by itself.
    pub fn span(&mut self, key: &str, value: Span<'_>) {
        self.numbers(key, &[value.offset as u64, value.bytes.len() as u64]);
    }

    /// A list of numbers.
    pub fn numbers(&mut self, key: &str, values: &[u64]) {
        self.list(key, values, |out, value| out.push_str(&decimal(*value)));
    }

    /// A list of texts.
    pub fn strings<T: AsRef<str>>(&mut self, key: &str, values: &[T]) {
        self.list(key, values, |out, value| quote(out, value.as_ref()));
    }

    /// A list of bytes in hex.
    pub fn hexes(&mut self, key: &str, values: &mut dyn Iterator<Item = &[u8]>) {
        self.key(key);
        self.out.push('[');
        for (at, value) in values.enumerate() {
            self.out.push_str(if at == 0 { "\"" } else { ",\"" });
            self.out.push_str(&crate::text::hex(value));
            self.out.push('"');
        }
        self.out.push(']');
    }

    /// An object within.
    pub fn nested(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        self.out.push('{');
        fill(&mut Object { out: self.out, first: true });
        self.out.push('}');
    }

    /// A list of objects.
    pub fn objects<T>(&mut self, key: &str, values: &[T], mut fill: impl FnMut(&mut Object<'_>, &T)) {
        self.list(key, values, |out, value| {
            out.push('{');
            fill(&mut Object { out, first: true }, value);
            out.push('}');
        });
    }

    /// A value that is JSON already.
    pub fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.out.push_str(json);
    }

    fn list<T>(&mut self, key: &str, values: &[T], mut write: impl FnMut(&mut String, &T)) {
        self.key(key);
        self.out.push('[');
        let mut first = true;
        for value in values {
            if !first {
                self.out.push(',');
            }
            first = false;
            write(self.out, value);
        }
        self.out.push(']');
    }
}

pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                out.push_str(&crate::text::hex(&[character as u8]));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_every_kind_of_field() {
        let mut out = Writer::new();
        out.object(|o| {
            o.string("text", "a\"\\\n\u{1}é");
            o.number("number", 18_446_744_073_709_551_615);
            o.optional_number("absent", None);
            o.span("bytes", Span { offset: 3, bytes: &[1, 2] });
            o.strings("list", &["a", "b"]);
            o.hexes("hexes", &mut [&b"\x01\xff"[..], b""].into_iter());
            o.objects("objects", &[1_u64, 2], |o, value| o.number("v", *value));
            o.nested("nested", |o| o.boolean("yes", true));
        });
        let text = out.finish();
        assert_eq!(
            text,
            "{\"text\":\"a\\\"\\\\\\n\\u0001é\",\"number\":18446744073709551615,\"bytes\":[3,2],\"list\":[\"a\",\"b\"],\"hexes\":[\"01ff\",\"\"],\"objects\":[{\"v\":1},{\"v\":2}],\"nested\":{\"yes\":true}}"
        );
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["text"], "a\"\\\n\u{1}é");
    }

    #[test]
    fn writes_zero() {
        assert_eq!(decimal(0), "0");
        assert_eq!(decimal(1203), "1203");
    }
}
