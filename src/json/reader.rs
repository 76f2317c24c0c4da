//! Reads JSON (RFC 8259). Total: any text yields a value or `None`, in time linear in its length, nested at most
//! [`MAX_DEPTH`] levels deep. Numbers keep their spelling, because PallyCon sends `errorCode` as a number or as a
//! string, and both must have the same result.

use crate::bytes::steps;
use crate::text::{ascii, nibble, owned, push};

/// Error bodies and tokens nest three levels deep at most; a hostile body must not exhaust the stack.
const MAX_DEPTH: u8 = 32;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number, as it was spelled.
    Number(String),
    /// A string, its escapes resolved.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object; the last of repeated names counts, as in JavaScript.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// A field of an object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Object(fields) => fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string or the spelling of a number.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a string; `None` for other values.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a field that is a string or a number.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    /// The members of a list.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }
}

/// Reads one JSON value that is the whole text; whitespace around it is skipped.
#[inline(never)]
pub fn parse(text: &str) -> Option<Value> {
    whole(text, ())
}

/// The same, and reports the place of every value.
#[cfg(feature = "inspect")]
pub fn parse_with<P: Places>(text: &str, places: P) -> Option<Value> {
    whole(text, places)
}

fn whole<P: Places>(text: &str, places: P) -> Option<Value> {
    let mut parser = Parser { rest: text.as_bytes(), places };
    let value = parser.value(0)?;
    parser.space();
    parser.rest.is_empty().then_some(value)
}

/// Receives the places of values. Unused reports are not compiled.
pub trait Places {
    /// The value of this name, or at this index, comes next.
    fn enter(&mut self, _name: Option<&str>, _index: usize) {}
    /// It was read: how much of the text was left where it began, and after it.
    fn leave(&mut self, _before: usize, _behind: usize) {}
}

impl Places for () {}

/// Walks the bytes: JSON's grammar is ASCII, and the bytes in between are kept unchanged.
struct Parser<'a, P> {
    rest: &'a [u8],
    places: P,
}

impl<P: Places> Parser<'_, P> {
    /// The next byte, if it is one of these.
    #[inline(never)]
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        if !bytes.contains(first) {
            return None;
        }
        self.rest = rest;
        Some(*first)
    }

    fn space(&mut self) {
        while self.one_of(b" \t\n\r").is_some() {}
    }

    /// A punctuation character, after whitespace.
    fn eat(&mut self, sign: &[u8]) -> Option<u8> {
        self.space();
        self.one_of(sign)
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(value)
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        steps::count();
        if depth >= MAX_DEPTH {
            return None;
        }
        self.space();
        match self.rest.first()? {
            b'{' => self.members(b"}", depth),
            b'[' => self.members(b"]", depth),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true", Value::Boolean(true)),
            b'f' => self.word("false", Value::Boolean(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    /// An object or a list, starting with its bracket.
    fn members(&mut self, close: &[u8], depth: u8) -> Option<Value> {
        let (mut fields, mut items) = (Vec::new(), Vec::new());
        let named = close == b"}";
        self.one_of(b"{[");
        while self.eat(close).is_none() {
            if !(fields.is_empty() && items.is_empty()) {
                self.eat(b",")?;
            }
            if named {
                let name = self.string()?;
                self.eat(b":")?;
                self.places.enter(Some(&name), 0);
                let value = self.member(depth)?;
                fields.push((name, value));
            } else {
                self.places.enter(None, items.len());
                let value = self.member(depth)?;
                items.push(value);
            }
        }
        Some(if named { Value::Object(fields) } else { Value::Array(items) })
    }

    fn member(&mut self, depth: u8) -> Option<Value> {
        self.space();
        let before = self.rest.len();
        let value = self.value(depth.saturating_add(1))?;
        self.places.leave(before, self.rest.len());
        Some(value)
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    fn number(&mut self) -> Option<Value> {
        let text = self.rest;
        self.one_of(b"-");
        if self.one_of(b"0").is_none() {
            self.digits()?;
        }
        if self.one_of(b".").is_some() {
            self.digits()?;
        }
        if self.one_of(b"eE").is_some() {
            self.one_of(b"+-");
            self.digits()?;
        }
        let length = text.len().saturating_sub(self.rest.len());
        Some(Value::Number(owned(str::from_utf8(text.get(..length)?).ok()?)))
    }

    fn digits(&mut self) -> Option<()> {
        const DIGITS: &[u8] = b"0123456789";
        self.one_of(DIGITS)?;
        while self.one_of(DIGITS).is_some() {}
        Some(())
    }

    #[inline(never)]
    fn string(&mut self) -> Option<String> {
        self.eat(b"\"")?;
        let mut out = Vec::new();
        loop {
            steps::count();
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            match byte {
                b'"' => return Some(ascii(out)),
                b'\\' => {
                    let escape = self.one_of(b"\"\\/bfnrtu")?;
                    let code = match escape {
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => 10,
                        b'r' => 13,
                        b't' => 9,
                        b'u' => self.unicode()?,
                        _ => u32::from(escape),
                    };
                    let character = char::from_u32(code).unwrap_or('\u{fffd}');
                    push(&mut out, character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                // A bare control character is not allowed in a string.
                0..=0x1f => return None,
                _ => out.push(*byte),
            }
        }
    }

    fn unit(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | u32::from(nibble(*digit)?)))
    }

    /// The code point after `\u`, in one unit or in a surrogate pair.
    fn unicode(&mut self) -> Option<u32> {
        let first = self.unit()?;
        if first & 0xfc00 == 0xd800
            && let Some(rest) = self.rest.strip_prefix(b"\\u")
        {
            let mut ahead = Parser { rest, places: () };
            let second = ahead.unit()?;
            if second & 0xfc00 == 0xdc00 {
                self.rest = ahead.rest;
                return Some(((first & 0x3ff) << 10 | second & 0x3ff).wrapping_add(0x1_0000));
            }
        }
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pallycon_errors_with_the_code_as_text_or_number() {
        for body in [r#"{"errorCode":"7011","message":"expired"}"#, " {\"errorCode\" : 7011 ,\n\"message\":\"expired\"}\r\n"] {
            let value = parse(body).unwrap();
            assert_eq!(value.field("errorCode"), Some("7011"));
            assert_eq!(value.field("message"), Some("expired"));
        }
    }

    #[test]
    fn resolves_escapes() {
        let value = parse(r#""a\/b\u00e9\ud83d\ude00\n\ud800x""#).unwrap();
        assert_eq!(value.as_str(), Some("a/bé😀\n\u{fffd}x"));
    }

    #[test]
    fn rejects_other_text() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            "-",
            "1e",
            "+1",
            "tru",
            "nul",
            "\"a",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\u{1}\"",
            "{}x",
            "'a'",
            "{a:1}",
            "<html>",
            "\"\\u123",
            ".5",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn agrees_with_serde_json() {
        for text in ["0", "-0.5e+10", "[]", "{}", "[[],{\"a\":[null,true,false]}]", "\"\"", "1E3", "[ 1 , 2 ]"] {
            assert!(parse(text).is_some(), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(parse(&nested(31)).is_some());
        assert_eq!(parse(&nested(33)), None);
        assert_eq!(parse(&"[".repeat(1_000_000)), None);
    }

    #[test]
    fn work_is_linear() {
        let text = |count: usize| ["[", &r#"{"a":"b\n","c":[1,2]},"#.repeat(count), "0]"].concat();
        let (small, _) = steps::of(|| parse(&text(100)));
        let (large, value) = steps::of(|| parse(&text(1000)));
        assert!(value.is_some());
        assert!(large <= small * 11, "{small} then {large}");
    }

    #[test]
    fn the_last_of_repeated_names_counts() {
        assert_eq!(parse(r#"{"a":1,"a":2}"#).unwrap().field("a"), Some("2"));
    }
}
