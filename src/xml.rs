//! A small XML reader (XML 1.0, fifth edition) for the XML around DRM: PlayReady headers, key messages, SOAP responses,
//! MPDs.
//!
//! It pulls one event after the other from a text and borrows from it. Well-formedness is checked as it reads: tags
//! match, one root, attributes quoted and unique, references resolved. Names have no namespace prefix, because
//! packagers choose prefixes freely. A DOCTYPE is rejected, so there are no entities to expand beyond the five of XML;
//! depth is bounded and time is linear in the length of the text.

use crate::bytes::steps;
use crate::error::{ParseError, Reason};
use crate::text::{self, find};
use std::borrow::Cow;

/// No document of this field nests deeper than twenty levels; a hostile one must not grow the stack of open elements.
const MAX_DEPTH: usize = 64;
/// Attributes are compared pairwise to find one given twice: a bound keeps that linear.
const MAX_ATTRIBUTES: usize = 64;

/// The next part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// An element begins. A self-closing one is followed by its [`Event::End`].
    Start(Element<'a>),
    /// The element with this local name ends.
    End(&'a str),
    /// Text or CDATA, references resolved. Comments and CDATA cut one text into several events.
    Text(Cow<'a, str>),
}

/// The start of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// The name without its prefix.
    pub name: &'a str,
    /// The name in the document's spelling.
    pub qualified: &'a str,
    /// Everything between the name and the end of the tag; known to be well-formed.
    attributes: &'a str,
}

impl<'a> Element<'a> {
    /// An attribute's value by its local name. Namespace declarations do not count.
    #[inline(never)]
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.raw_attributes().find(|(qualified, _)| !qualified.starts_with("xmlns") && local(qualified) == name)?;
        Some(decoded(value))
    }

    /// The same undecoded, a slice of the document; empty if it is missing.
    pub fn raw_attribute(&self, name: &str) -> &'a str {
        let mut all = self.raw_attributes();
        all.find(|(qualified, _)| !qualified.starts_with("xmlns") && local(qualified) == name).map_or("", |(_, value)| value)
    }

    /// All attributes: names in the document's spelling, and values.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'a> {
        self.raw_attributes().map(|(name, value)| (name, decoded(value)))
    }

    /// All attributes undecoded, names and values as slices of the document.
    pub fn raw_attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut rest = Cursor(self.attributes);
        std::iter::from_fn(move || rest.attribute()?)
    }
}

/// Decodes a value that was checked when its tag was read.
fn decoded(value: &str) -> Cow<'_, str> {
    decode(value).unwrap_or(Cow::Borrowed(value))
}

/// The rest of a text.
#[derive(Debug, Clone, Copy)]
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    #[inline(never)]
    fn advance(&mut self, count: usize) -> &'a str {
        let (head, rest) = self.0.split_at_checked(count).unwrap_or((self.0, ""));
        self.0 = rest;
        head
    }

    #[inline(never)]
    fn eat(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    /// Takes the text before `token`, and `token` itself.
    #[inline(never)]
    fn until(&mut self, token: &str) -> Option<&'a str> {
        let text = self.advance(find(self.0.as_bytes(), token.as_bytes())?);
        self.advance(token.len());
        Some(text)
    }

    /// Takes bytes while they are of a kind.
    #[inline(never)]
    fn run(&mut self, class: u8) -> &'a str {
        let end =
            self.0.bytes().position(|byte| CLASSES.get(byte as usize).is_none_or(|classes| classes & class == 0)).unwrap_or(self.0.len());
        steps::add(end);
        self.advance(end)
    }

    #[inline(never)]
    fn name(&mut self) -> Option<&'a str> {
        let name = self.run(NAME);
        let proper = !matches!(name.as_bytes(), [] | [b'0'..=b'9' | b'-' | b'.' | b':', ..] | [.., b':']);
        proper.then_some(name)
    }

    /// Whitespace, then an attribute: name and raw value. The inner `None`: the tag ends.
    #[inline(never)]
    fn attribute(&mut self) -> Option<Option<(&'a str, &'a str)>> {
        let spaced = !self.run(SPACE).is_empty();
        if matches!(self.0.as_bytes(), [] | [b'>' | b'/', ..]) {
            return Some(None);
        }
        let name = self.name().filter(|_| spaced)?;
        self.run(SPACE);
        self.eat("=")?;
        self.run(SPACE);
        let quote = if self.eat("'").is_some() { "'" } else { "\"" };
        if quote == "\"" {
            self.eat(quote)?;
        }
        let value = self.until(quote)?;
        find(value.as_bytes(), b"<").is_none().then_some(Some((name, value)))
    }
}

/// A pull reader over one document.
#[derive(Debug)]
pub struct Reader<'a> {
    input: &'a str,
    rest: Cursor<'a>,
    open: Vec<&'a str>,
    /// Offset of the latest event.
    event: usize,
    /// The latest start was self-closing: its end is next.
    ends: bool,
    root: bool,
    /// The reason of an error, and its place.
    error: ParseError,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a document; a byte order mark is skipped.
    pub fn new(input: &'a str) -> Self {
        let rest = Cursor(input.strip_prefix('\u{feff}').unwrap_or(input));
        let error = ParseError::new(Reason::XmlMalformed, 0);
        Self { input, rest, open: Vec::new(), event: 0, ends: false, root: false, error }
    }

    /// Offset of the latest event's first byte.
    pub fn offset(&self) -> usize {
        self.event
    }

    /// Offset of the first byte after the latest event.
    pub fn end(&self) -> usize {
        self.input.len().wrapping_sub(self.rest.0.len())
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the open elements end in `path` (local names, outermost first).
    #[inline(never)]
    pub fn is_at(&self, path: &[&str]) -> bool {
        let open = self.open.iter().rev().map(|name| local(name));
        self.open.len() >= path.len() && open.zip(path.iter().rev()).all(|(a, b)| a == *b)
    }

    /// The next event; `None` at the end of a well-formed document.
    #[inline(never)]
    pub fn event(&mut self) -> Result<Option<Event<'a>>, ParseError> {
        self.next().ok_or(self.error)
    }

    fn next(&mut self) -> Option<Option<Event<'a>>> {
        loop {
            steps::count();
            self.event = self.end();
            self.error.offset = self.event;
            if std::mem::take(&mut self.ends) {
                return Some(self.close());
            }
            let inside = !self.open.is_empty();
            match self.rest.0.as_bytes() {
                [] => return (self.root && !inside).then_some(None),
                [b'<', b'/', ..] => {
                    self.rest.advance(2);
                    let name = self.rest.name();
                    self.rest.run(SPACE);
                    self.rest.eat(">")?;
                    return (name.is_some() && name == self.open.last().copied()).then(|| self.close());
                }
                [b'<', b'?', ..] => {
                    // The declaration is a processing instruction that may only be at the start of a document.
                    let first = self.event == 0 || self.input.starts_with('\u{feff}') && self.event == 3;
                    self.rest.advance(2);
                    let target = Cursor(self.rest.until("?>")?).run(NAME);
                    if target.is_empty() || target.eq_ignore_ascii_case("xml") && !first {
                        return None;
                    }
                }
                [b'<', b'!', ..] => {
                    if self.rest.eat("<!--").is_some() {
                        self.rest.until("-->")?;
                        continue;
                    }
                    if self.rest.eat("<![CDATA[").is_none() {
                        self.error.reason = Reason::XmlDoctype;
                        return None;
                    }
                    let text = self.rest.until("]]>").filter(|_| inside)?;
                    self.note(check(text))?;
                    return Some(Some(Event::Text(Cow::Borrowed(text))));
                }
                [b'<', ..] => {
                    self.rest.advance(1);
                    return self.start_tag().map(|element| Some(Event::Start(element)));
                }
                rest => {
                    let text = self.rest.advance(find(rest, b"<").unwrap_or(rest.len()));
                    if inside {
                        find(text.as_bytes(), b"]]>").is_none().then_some(())?;
                        return Some(Some(Event::Text(self.note(decode(text))?)));
                    }
                    text.as_bytes().iter().all(is_space).then_some(())?;
                }
            }
        }
    }

    /// Adds the event's place to an error within it.
    fn note<T>(&mut self, result: Result<T, usize>) -> Option<T> {
        result.map_err(|at| self.error.offset = self.error.offset.saturating_add(at)).ok()
    }

    /// After a start: the text of the element and its descendants, up to its end.
    #[inline(never)]
    pub fn text(&mut self) -> Result<String, ParseError> {
        let depth = self.depth();
        let mut out = String::new();
        while let Some(event) = self.event()? {
            match event {
                Event::Text(text) => out.push_str(&text),
                Event::End(_) if self.depth() < depth => break,
                _ => {}
            }
        }
        Ok(out)
    }

    /// After a start: skips to the position after the element's end.
    pub fn skip(&mut self) -> Result<(), ParseError> {
        let depth = self.depth();
        while self.depth() >= depth && self.event()?.is_some() {}
        Ok(())
    }

    fn start_tag(&mut self) -> Option<Element<'a>> {
        let qualified = self.rest.name()?;
        if self.open.is_empty() && self.root {
            return None;
        }
        if self.open.len() >= MAX_DEPTH {
            self.error.reason = Reason::XmlTooDeep;
            return None;
        }
        let attributes = self.rest.0;
        let mut names: Vec<&str> = Vec::new();
        loop {
            self.error.offset = self.end();
            let Some((name, value)) = self.rest.attribute()? else { break };
            if names.len() >= MAX_ATTRIBUTES || names.contains(&name) || decode(value).is_err() {
                return None;
            }
            names.push(name);
        }
        self.error.offset = self.event;
        let attributes = Cursor(attributes).advance(attributes.len().wrapping_sub(self.rest.0.len()));
        self.ends = self.rest.eat("/").is_some();
        self.rest.eat(">")?;
        self.root = true;
        self.open.push(qualified);
        Some(Element { name: local(qualified), qualified, attributes })
    }

    fn close(&mut self) -> Option<Event<'a>> {
        self.open.pop().map(|name| Event::End(local(name)))
    }
}

/// The trimmed text of the first element at `path` (local names; the path may begin anywhere).
pub fn text_at(document: &str, path: &[&str]) -> Result<Option<String>, ParseError> {
    let mut reader = Reader::new(document);
    while let Some(event) = reader.event()? {
        if matches!(event, Event::Start(_)) && reader.is_at(path) {
            return reader.text().map(|text| Some(text.trim().into()));
        }
    }
    Ok(None)
}

/// A text, escaped for an element or an attribute in double quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(character),
        }
    }
    out
}

/// Classes of bytes, as bits: one look-up per byte; a comparison for each allowed character would be twice as slow.
const SPACE: u8 = 1;
const NAME: u8 = 2;

/// Above ASCII every character counts as part of a name: recognizing letters would take a table larger than this
/// reader.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut rest: &mut [u8] = &mut classes;
    let mut byte = 0_u8;
    while let Some((class, behind)) = rest.split_first_mut() {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            *class = SPACE;
        } else if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.' | 0x80..) {
            *class = NAME;
        }
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    classes
};

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[inline(never)]
fn local(name: &str) -> &str {
    let start = name.bytes().rposition(|byte| byte == b':').map_or(0, |colon| colon.wrapping_add(1));
    name.get(start..).unwrap_or(name)
}

/// Whether XML allows a character: below the space, only tab and the line ends.
fn is_char(code: u32) -> bool {
    matches!(code, 9 | 10 | 13 | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..)
}

/// The place of a control character that XML does not allow.
fn check(text: &str) -> Result<(), usize> {
    text.bytes().position(|byte| byte < b' ' && !is_char(u32::from(byte))).map_or(Ok(()), Err)
}

/// Resolves references; fails with the place of one that cannot be resolved.
#[inline(never)]
fn decode(text: &str) -> Result<Cow<'_, str>, usize> {
    check(text)?;
    let mut rest = Cursor(text);
    let mut out = String::new();
    while let Some(plain) = rest.until("&") {
        out.push_str(plain);
        let at = text.len().wrapping_sub(rest.0.len()).wrapping_sub(1);
        // The longest meaningful reference is `&#x10FFFF;` (leading zeros make it longer, within reason).
        let end = rest.0.bytes().take(16).position(|byte| byte == b';').ok_or(at)?;
        out.push(resolve(rest.advance(end)).ok_or(at)?);
        rest.advance(1);
    }
    if rest.0.len() == text.len() {
        return Ok(Cow::Borrowed(text));
    }
    out.push_str(rest.0);
    Ok(Cow::Owned(out))
}

fn resolve(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
            char::from_u32(text::number(digits, radix).filter(|code| is_char(*code))?)?
        }
    })
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
