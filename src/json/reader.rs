//! Reads JSON (RFC 8259). Total: any text gives a value or `None`, in time linear in its length, nested at most
//! [`MAX_DEPTH`] deep. Numbers keep their spelling, because PallyCon sends `errorCode` as a number or as a string and
//! both must read the same.

use crate::bytes::steps;

/// Error bodies and tokens nest three deep at most; a hostile body may not use up the stack.
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
    /// A text, its escapes resolved.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object; of a repeated name the last counts, as in JavaScript.
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

    /// The text of a string, and of nothing else.
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

/// Reads one JSON value that is the whole text; white space around it is skipped.
pub fn parse(text: &str) -> Option<Value> {
    let mut parser = Parser { rest: text };
    parser.space();
    let value = parser.value(0)?;
    parser.space();
    parser.rest.is_empty().then_some(value)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, token: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        steps::count();
        if depth >= MAX_DEPTH {
            return None;
        }
        let inner = depth.saturating_add(1);
        match self.rest.bytes().next()? {
            b'{' => self.object(inner),
            b'[' => self.array(inner),
            b'"' => self.string().map(Value::String),
            b't' => self.eat("true").map(|()| Value::Boolean(true)),
            b'f' => self.eat("false").map(|()| Value::Boolean(false)),
            b'n' => self.eat("null").map(|()| Value::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: u8) -> Option<Value> {
        self.eat("{")?;
        self.space();
        let mut fields = Vec::new();
        if self.eat("}").is_some() {
            return Some(Value::Object(fields));
        }
        loop {
            self.space();
            let key = self.string()?;
            self.space();
            self.eat(":")?;
            self.space();
            fields.push((key, self.value(depth)?));
            self.space();
            if self.eat(",").is_none() {
                self.eat("}")?;
                return Some(Value::Object(fields));
            }
        }
    }

    fn array(&mut self, depth: u8) -> Option<Value> {
        self.eat("[")?;
        self.space();
        let mut items = Vec::new();
        if self.eat("]").is_some() {
            return Some(Value::Array(items));
        }
        loop {
            self.space();
            items.push(self.value(depth)?);
            self.space();
            if self.eat(",").is_none() {
                self.eat("]")?;
                return Some(Value::Array(items));
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let end = self.rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end)?;
        if !is_number(text) {
            return None;
        }
        self.rest = rest;
        Some(Value::Number(text.into()))
    }

    fn string(&mut self) -> Option<String> {
        self.eat("\"")?;
        let mut out = String::new();
        loop {
            steps::count();
            let stop = self.rest.find(|c| matches!(c, '"' | '\\' | '\0'..='\u{1f}'))?;
            let (plain, rest) = self.rest.split_at_checked(stop)?;
            out.push_str(plain);
            let mut characters = rest.chars();
            match characters.next()? {
                '"' => {
                    self.rest = characters.as_str();
                    return Some(out);
                }
                '\\' => {
                    let escape = characters.next()?;
                    self.rest = characters.as_str();
                    out.push(match escape {
                        '"' | '\\' | '/' => escape,
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => self.unicode()?,
                        _ => return None,
                    });
                }
                // A bare control character is not allowed in a string.
                _ => return None,
            }
        }
    }

    fn unit(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = rest;
        u32::from_str_radix(digits, 16).ok()
    }

    /// What stands behind `\u`: a code point, in one unit or in a surrogate pair. A lone surrogate becomes U+FFFD.
    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        if (0xd800..0xdc00).contains(&first) {
            let before = self.rest;
            if self.eat("\\u").is_some() {
                let second = self.unit()?;
                if (0xdc00..0xe000).contains(&second) {
                    let high = (first & 0x3ff) << 10;
                    return char::from_u32((high | (second & 0x3ff)).wrapping_add(0x1_0000));
                }
                self.rest = before;
            }
        }
        Some(char::from_u32(first).unwrap_or('\u{fffd}'))
    }
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    digits(whole) && (whole.len() == 1 || !whole.starts_with('0')) && fraction.is_none_or(digits) && exponent.is_none_or(digits)
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
    fn refuses_what_is_not_json() {
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
    fn agrees_with_serde_json_on_what_is_json() {
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
    fn of_a_repeated_name_the_last_counts() {
        assert_eq!(parse(r#"{"a":1,"a":2}"#).unwrap().field("a"), Some("2"));
    }
}
