//! A small XML reader (XML 1.0, fifth edition) for what DRMs write: PlayReady headers, key messages, SOAP answers, MPDs.
//!
//! It pulls one event after the other out of a text and borrows from it. Well-formedness is checked as it reads: tags
//! match, one root, attributes quoted and unique, references resolved. Names come without their namespace prefix, as
//! packagers choose prefixes freely. A DOCTYPE is refused, so there are no entities to expand beyond the five of XML;
//! depth is bounded and time is linear in the length of the text.

use crate::bytes::steps;
use std::borrow::Cow;

/// No document of this field nests deeper than twenty; a hostile one may not grow the stack of open elements.
const MAX_DEPTH: usize = 64;
/// Attributes are compared pairwise to find one given twice: a bound keeps that linear.
const MAX_ATTRIBUTES: usize = 64;

/// Why a text is not XML that this reader takes, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlError {
    /// What is wrong, as the end of a sentence.
    pub what: &'static str,
    /// Byte offset in the text.
    pub offset: usize,
}

/// What stands next in a document.
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
    /// The name as it is written.
    pub qualified: &'a str,
    /// All between the name and the end of the tag; known to be well-formed.
    attributes: &'a str,
}

impl<'a> Element<'a> {
    /// An attribute's value by its local name. Namespace declarations do not count.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(qualified, _)| !qualified.starts_with("xmlns") && local(qualified) == name).map(|(_, value)| value)
    }

    /// All attributes: names as they are written, and values.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'a> {
        self.raw_attributes().map(|(name, value)| (name, decode(value, 0).unwrap_or(Cow::Borrowed(value))))
    }

    /// All attributes as they are written, both slices of the document.
    pub fn raw_attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || attribute(&mut rest).ok()?)
    }
}

/// A pull reader over one document.
#[derive(Debug)]
pub struct Reader<'a> {
    input: &'a str,
    rest: &'a str,
    open: Vec<&'a str>,
    /// Offset of the latest event.
    event: usize,
    /// The latest start was self-closing: its end comes next.
    ends: bool,
    root: bool,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a document; a byte order mark is skipped.
    pub fn new(input: &'a str) -> Self {
        let rest = input.strip_prefix('\u{feff}').unwrap_or(input);
        Self { input, rest, open: Vec::new(), event: 0, ends: false, root: false }
    }

    /// Offset of the latest event's first byte.
    pub fn offset(&self) -> usize {
        self.event
    }

    /// Offset of the first byte behind the latest event.
    pub fn end(&self) -> usize {
        self.offset_of(self.rest)
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the open elements end in `path` (local names, outermost first).
    pub fn is_at(&self, path: &[&str]) -> bool {
        let open = self.open.iter().rev().map(|name| local(name));
        self.open.len() >= path.len() && open.zip(path.iter().rev()).all(|(a, b)| a == *b)
    }

    /// The next event; `None` at the end of a well-formed document.
    pub fn event(&mut self) -> Result<Option<Event<'a>>, XmlError> {
        loop {
            steps::count();
            self.event = self.end();
            if self.ends {
                self.ends = false;
                return Ok(self.close());
            }
            if self.rest.is_empty() {
                return match (self.open.is_empty(), self.root) {
                    (true, true) => Ok(None),
                    (true, false) => Err(self.error("there is no element")),
                    _ => Err(self.error("an element is not closed")),
                };
            }
            if !self.rest.starts_with('<') {
                let end = find(self.rest, "<").unwrap_or(self.rest.len());
                let text = self.advance(end);
                if self.open.is_empty() {
                    if !text.bytes().all(is_space) {
                        return Err(self.error("there is text outside of the root element"));
                    }
                    continue;
                }
                if find(text, "]]>").is_some() {
                    return Err(self.error("\"]]>\" stands in a text"));
                }
                return Ok(Some(Event::Text(decode(text, self.event)?)));
            }
            if self.eat("<!--") {
                self.until("-->", "a comment is not closed")?;
            } else if self.eat("<![CDATA[") {
                let text = self.until("]]>", "a CDATA section is not closed")?;
                if self.open.is_empty() {
                    return Err(self.error("there is text outside of the root element"));
                }
                return Ok(Some(Event::Text(decode_plain(text, self.event)?)));
            } else if self.eat("<?") {
                // The declaration is a processing instruction that only the start of a document may hold.
                let first = self.input.trim_start_matches('\u{feff}').len() == self.rest.len().wrapping_add(2);
                let text = self.until("?>", "a processing instruction is not closed")?;
                let end = text.bytes().position(|byte| !is_name(byte)).unwrap_or(text.len());
                let target = text.get(..end).unwrap_or_default();
                if target.is_empty() || target.eq_ignore_ascii_case("xml") && !first {
                    return Err(self.error("a processing instruction has no proper name"));
                }
            } else if self.rest.starts_with("<!") {
                return Err(self.error("a DOCTYPE is not allowed"));
            } else if self.eat("</") {
                return self.end_tag().map(Some);
            } else {
                self.advance(1);
                return self.start_tag().map(|element| Some(Event::Start(element)));
            }
        }
    }

    /// Behind a start: the text of the element and all in it, up to its end.
    pub fn text(&mut self) -> Result<String, XmlError> {
        let depth = self.depth();
        let mut out = String::new();
        loop {
            match self.event()? {
                Some(Event::Text(text)) => out.push_str(&text),
                Some(Event::End(_)) if self.depth() < depth => return Ok(out),
                None => return Ok(out),
                _ => {}
            }
        }
    }

    /// Behind a start: goes to behind the element's end.
    pub fn skip(&mut self) -> Result<(), XmlError> {
        let depth = self.depth();
        while self.depth() >= depth && self.event()?.is_some() {}
        Ok(())
    }

    fn start_tag(&mut self) -> Result<Element<'a>, XmlError> {
        let qualified = self.name()?;
        if self.open.is_empty() && self.root {
            return Err(self.error("there is more than one root element"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.error("elements are nested too deeply"));
        }
        let attributes = self.rest;
        let mut names: Vec<&str> = Vec::new();
        loop {
            let before = self.end();
            match attribute(&mut self.rest) {
                Ok(Some((name, value))) => {
                    let known = names.iter().take(MAX_ATTRIBUTES).any(|other| *other == name);
                    if known || names.len() >= MAX_ATTRIBUTES {
                        return Err(XmlError { what: "an attribute is given twice, or there are too many", offset: before });
                    }
                    names.push(name);
                    decode(value, before)?;
                }
                Ok(None) => break,
                Err(what) => return Err(XmlError { what, offset: before }),
            }
        }
        let attributes = attributes.get(..attributes.len().wrapping_sub(self.rest.len())).unwrap_or_default();
        self.ends = self.eat("/");
        if !self.eat(">") {
            return Err(self.error("a tag is not closed"));
        }
        self.root = true;
        self.open.push(qualified);
        Ok(Element { name: local(qualified), qualified, attributes })
    }

    fn end_tag(&mut self) -> Result<Event<'a>, XmlError> {
        let name = self.name()?;
        self.rest = self.rest.trim_start_matches(SPACE);
        if !self.eat(">") {
            return Err(self.error("a tag is not closed"));
        }
        match self.open.last() {
            Some(open) if *open == name => self.close().ok_or(self.error("an end tag has no start")),
            _ => Err(self.error("an end tag does not match its start")),
        }
    }

    fn close(&mut self) -> Option<Event<'a>> {
        self.open.pop().map(|name| Event::End(local(name)))
    }

    fn name(&mut self) -> Result<&'a str, XmlError> {
        name(&mut self.rest).ok_or(self.error("a tag has no proper name"))
    }

    fn until(&mut self, token: &str, what: &'static str) -> Result<&'a str, XmlError> {
        let Some(end) = find(self.rest, token) else { return Err(self.error(what)) };
        let text = self.advance(end);
        self.advance(token.len());
        Ok(text)
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn advance(&mut self, count: usize) -> &'a str {
        let (head, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, ""));
        self.rest = rest;
        head
    }

    fn offset_of(&self, rest: &str) -> usize {
        self.input.len().wrapping_sub(rest.len())
    }

    fn error(&self, what: &'static str) -> XmlError {
        XmlError { what, offset: self.event }
    }
}

/// The text of the first element that stands at `path` (local names; where the path begins does not matter), trimmed.
pub fn text_at(document: &str, path: &[&str]) -> Result<Option<String>, XmlError> {
    let mut reader = Reader::new(document);
    while let Some(event) = reader.event()? {
        if matches!(event, Event::Start(_)) && reader.is_at(path) {
            return reader.text().map(|text| Some(text.trim().into()));
        }
    }
    Ok(None)
}

/// A text as it stands in an element or an attribute in double quotes.
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

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Above ASCII every character passes: telling letters from the rest would take a table larger than this reader.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.' | 0x80..)
}

fn local(name: &str) -> &str {
    let start = name.bytes().rposition(|byte| byte == b':').map_or(0, |colon| colon.wrapping_add(1));
    name.get(start..).unwrap_or(name)
}

fn name<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let end = rest.bytes().position(|byte| !is_name(byte)).unwrap_or(rest.len());
    steps::add(end);
    let (name, after) = rest.split_at_checked(end)?;
    let first = name.bytes().next()?;
    if first.is_ascii_digit() || matches!(first, b'-' | b'.' | b':') || name.ends_with(':') {
        return None;
    }
    *rest = after;
    Some(name)
}

/// White space, then an attribute: name and raw value. `None` where the tag ends.
fn attribute<'a>(rest: &mut &'a str) -> Result<Option<(&'a str, &'a str)>, &'static str> {
    const WHAT: &str = "an attribute is not written as name=\"value\"";
    let trimmed = rest.trim_start_matches(SPACE);
    let spaced = trimmed.len() < rest.len();
    *rest = trimmed;
    if rest.is_empty() || rest.starts_with(['>', '/']) {
        return Ok(None);
    }
    let name = name(rest).filter(|_| spaced).ok_or(WHAT)?;
    let after = rest.trim_start_matches(SPACE).strip_prefix('=').ok_or(WHAT)?.trim_start_matches(SPACE);
    let quote = if after.starts_with('"') { "\"" } else { "'" };
    let after = after.strip_prefix(quote).ok_or(WHAT)?;
    let value = find(after, quote).and_then(|end| after.split_at_checked(end)).ok_or("an attribute's value is not closed")?;
    if find(value.0, "<").is_some() {
        return Err("\"<\" stands in an attribute's value");
    }
    *rest = value.1.get(1..).unwrap_or_default();
    Ok(Some((name, value.0)))
}

/// Where `token` first stands. Tokens are constants of a few bytes, so this is linear.
fn find(text: &str, token: &str) -> Option<usize> {
    let at = text.as_bytes().windows(token.len()).position(|window| window == token.as_bytes());
    steps::add(at.unwrap_or(text.len()));
    at
}

/// Whether XML allows a control character: of those below the space, tab and the line ends alone.
fn is_char(code: u32) -> bool {
    matches!(code, 9 | 10 | 13 | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..)
}

fn decode_plain(text: &str, offset: usize) -> Result<Cow<'_, str>, XmlError> {
    match text.bytes().position(|byte| !is_char(u32::from(byte))) {
        Some(at) => Err(XmlError { what: "a control character is not allowed", offset: offset.saturating_add(at) }),
        None => Ok(Cow::Borrowed(text)),
    }
}

/// Resolves references. `offset` is where the text stands, for errors.
fn decode(text: &str, offset: usize) -> Result<Cow<'_, str>, XmlError> {
    let error = |rest: &str| XmlError {
        what: "a reference is neither one of XML's five nor a character's number",
        offset: offset.saturating_add(text.len().wrapping_sub(rest.len())),
    };
    decode_plain(text, offset)?;
    let Some(mut at) = find(text, "&") else { return Ok(Cow::Borrowed(text)) };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let (plain, reference) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let Some(body) = reference.strip_prefix('&') else { return Ok(Cow::Owned(out)) };
        // The longest reference that means something is `&#x10FFFF;` (zeros in front make it longer, within reason).
        let window = body.bytes().take(16).position(|byte| byte == b';');
        let (name, after) = window.and_then(|end| body.split_at_checked(end)).ok_or_else(|| error(reference))?;
        out.push(resolve(name).ok_or_else(|| error(reference))?);
        rest = after.get(1..).unwrap_or_default();
        at = find(rest, "&").unwrap_or(rest.len());
    }
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
            // from_str_radix takes a sign, XML does not.
            let code = u32::from_str_radix(digits, radix).ok().filter(|code| is_char(*code) && !digits.starts_with('+'))?;
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
