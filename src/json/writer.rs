//! Writes JSON: the inspect module's output to JavaScript, and JSON on the wire.

use crate::bytes::Span;
use crate::text;

/// A JSON text under construction: a value, or the fields of an object, or the members of a list.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    out: Vec<u8>,
}

/// An object under construction; its fields are in the order of the calls.
pub type Object<'a> = Writer;

impl Writer {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// The current length of the text.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Removes all but the first `len` bytes, which have to end where a value does.
    pub fn truncate(&mut self, len: usize) {
        self.out.truncate(len);
    }

    /// Appends another's content: members to a list, fields to an object.
    #[inline(never)]
    pub fn append(&mut self, other: &Writer) {
        if !other.is_empty() {
            self.next();
            self.out.extend_from_slice(&other.out);
        }
    }

    /// The text.
    #[inline(never)]
    pub fn finish(self) -> String {
        text::ascii(self.out)
    }

    /// A comma, if a value precedes.
    #[inline(never)]
    fn next(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }

    /// Begins an object, a list or a string as a value; it has to be closed.
    #[inline(never)]
    pub fn open(&mut self, bracket: u8) {
        self.next();
        self.out.push(bracket);
    }

    /// Ends an object, a list or a string.
    #[inline(never)]
    pub fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
    }

    /// A field's name; its value has to follow. Names are literals of this crate, which need no escapes.
    #[inline(never)]
    pub fn key(&mut self, key: &str) {
        self.open(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// A field's name that may need escapes; its value has to follow.
    #[inline(never)]
    pub fn name(&mut self, name: &str) {
        self.text(name);
        self.close(b':');
    }

    /// A string as a value.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.open(b'"');
        for byte in text.bytes() {
            match byte {
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', byte]),
                0..=0x1f => {
                    self.out.extend_from_slice(b"\\u00");
                    text::push_hex(&mut self.out, &[byte]);
                }
                _ => self.out.push(byte),
            }
        }
        self.close(b'"');
    }

    /// Bytes as a string of hex digits.
    #[inline(never)]
    pub fn hex(&mut self, bytes: &[u8]) {
        self.open(b'"');
        text::push_hex(&mut self.out, bytes);
        self.close(b'"');
    }

    /// A value that is JSON already.
    #[inline(never)]
    pub fn json(&mut self, json: &str) {
        self.next();
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A number as a value.
    #[inline(never)]
    pub fn count(&mut self, number: u64) {
        self.next();
        self.out.extend_from_slice(text::decimal(number).as_bytes());
    }

    /// An object as a value.
    pub fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        self.open(b'{');
        fill(self);
        self.close(b'}');
    }

    /// A list as a value.
    pub fn array<T>(&mut self, fill: impl FnOnce(&mut Writer) -> T) -> T {
        self.open(b'[');
        let result = fill(self);
        self.close(b']');
        result
    }

    /// A list as a field.
    pub fn list<T>(&mut self, key: &str, fill: impl FnOnce(&mut Writer) -> T) -> T {
        self.key(key);
        self.array(fill)
    }

    /// A text.
    #[inline(never)]
    pub fn string(&mut self, key: &str, value: &str) {
        self.key(key);
        self.text(value);
    }

    /// A text, if there is one.
    #[inline(never)]
    pub fn optional_string(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.string(key, value);
        }
    }

    /// Bytes in hex.
    #[inline(never)]
    pub fn bytes(&mut self, key: &str, value: &[u8]) {
        self.key(key);
        self.hex(value);
    }

    /// A number.
    #[inline(never)]
    pub fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        self.count(value);
    }

    /// A number, if there is one.
    #[inline(never)]
    pub fn optional_number(&mut self, key: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.number(key, value);
        }
    }

    /// `true` or `false`.
    #[inline(never)]
    pub fn boolean(&mut self, key: &str, value: bool) {
        self.key(key);
        self.json(if value { "true" } else { "false" });
    }

    /// Bytes of the input, as `[offset, length]`: JavaScript has the input and slices it.
    #[inline(never)]
    pub fn span(&mut self, key: &str, value: Span<'_>) {
        self.numbers(key, &[value.offset as u64, value.bytes.len() as u64]);
    }

    /// A list of numbers.
    #[inline(never)]
    pub fn numbers(&mut self, key: &str, values: &[u64]) {
        self.list(key, |out| values.iter().for_each(|value| out.count(*value)));
    }

    /// A list of texts.
    pub fn strings<T: AsRef<str>>(&mut self, key: &str, values: &[T]) {
        self.list(key, |out| values.iter().for_each(|value| out.text(value.as_ref())));
    }

    /// A list of bytes in hex.
    #[inline(never)]
    pub fn hexes(&mut self, key: &str, values: &mut dyn Iterator<Item = &[u8]>) {
        self.list(key, |out| values.for_each(|value| out.hex(value)));
    }

    /// A nested object.
    pub fn nested(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        self.object(fill);
    }

    /// A list of objects.
    pub fn objects<T>(&mut self, key: &str, values: &[T], mut fill: impl FnMut(&mut Object<'_>, &T)) {
        self.list(key, |out| values.iter().for_each(|value| out.object(|out| fill(out, value))));
    }

    /// A field that is JSON already.
    #[inline(never)]
    pub fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.json(json);
    }
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
        assert_eq!(text::decimal(0), "0");
        assert_eq!(text::decimal(1203), "1203");
    }
}
