//! A CPIX document as a tree of the elements that CPIX knows.
//!
//! Namespaces matter, prefixes do not: an element of a foreign namespace is skipped with its content (ATEME's
//! responses declare xenc, ds and xsi). If a prefix is not declared at all, the local name counts. A DOCTYPE is
//! refused, so nothing can be expanded.

use super::{CPIX_NAMESPACE, PSKC_NAMESPACE, SPEKE_NAMESPACE, invalid};
use crate::error::{Error, Reason};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// CPIX nests six levels deep.
const MAX_DEPTH: usize = 64;
/// Attributes are compared pairwise to find one given twice.
const MAX_ATTRIBUTES: usize = 64;

/// An element: its local name, its attributes by local name, its text, its children.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    pub text: String,
    children: Vec<Element>,
}

impl Element {
    /// An attribute by its local name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The children of this name.
    pub fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child of this name.
    pub fn child<'a>(&'a self, name: &'a str) -> Option<&'a Element> {
        self.children(name).next()
    }

    /// The trimmed text, unless it is empty.
    pub fn trimmed(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }
}

/// XML's own rule (1.0, production 2, `Char`), which the parser does not check.
fn is_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Reads a document. Its root may have any name.
pub(super) fn parse(text: &str) -> Result<Element, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some((at, _)) = text.char_indices().find(|(_, character)| !is_char(*character)) {
        return Err(invalid(Reason::CpixControl).with("the XML").at(at));
    }
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    // How many elements are open within a skipped one, itself included.
    let mut skipped = 0_usize;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (namespace, event) = reader.read_resolved_event().map_err(|error| malformed(error).at(at))?;
        let known = is_known(&namespace);
        match event {
            Event::Start(_) | Event::Empty(_) if skipped.saturating_add(open.len()) >= MAX_DEPTH => {
                return Err(invalid(Reason::XmlTooDeep).at(at));
            }
            Event::Start(_) if skipped > 0 || !known => skipped = skipped.saturating_add(1),
            Event::Empty(_) if skipped > 0 || !known => {}
            Event::Start(start) => {
                if open.is_empty() && root.is_some() {
                    return Err(invalid(Reason::CpixTwoRoots).at(at));
                }
                open.push(element(&start).map_err(|error| error.at(at))?);
            }
            Event::Empty(start) => {
                let result = element(&start).and_then(|element| close(element, &mut open, &mut root));
                result.map_err(|error| error.at(at))?;
            }
            Event::End(_) if skipped > 0 => skipped = skipped.saturating_sub(1),
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut root).map_err(|error| error.at(at))?;
                }
            }
            Event::DocType(_) => return Err(invalid(Reason::XmlDoctype).at(at)),
            Event::Text(text) => {
                let result = text.decode().map_err(malformed).and_then(|text| push(&mut open, skipped, &text));
                result.map_err(|error| error.at(at))?;
            }
            Event::CData(text) => {
                let result = text.decode().map_err(malformed).and_then(|text| push(&mut open, skipped, &text));
                result.map_err(|error| error.at(at))?;
            }
            Event::GeneralRef(reference) => {
                let character = resolve(&reference).ok_or_else(|| invalid(Reason::CpixEntity).at(at))?;
                push(&mut open, skipped, character.encode_utf8(&mut [0; 4])).map_err(|error| error.at(at))?;
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if open.is_empty() && skipped == 0 => {
                return root.ok_or_else(|| invalid(Reason::CpixNoElement).at(at));
            }
            Event::Eof => return Err(invalid(Reason::EndsEarly).at(at)),
        }
    }
}

/// Errors of the XML parser itself.
fn malformed(error: impl core::fmt::Display) -> Error {
    invalid(Reason::CpixXml).with(&error.to_string())
}

fn is_known(namespace: &ResolveResult<'_>) -> bool {
    match namespace {
        ResolveResult::Bound(namespace) => {
            [CPIX_NAMESPACE, PSKC_NAMESPACE, SPEKE_NAMESPACE].iter().any(|known| known.as_bytes() == namespace.as_ref())
        }
        ResolveResult::Unbound | ResolveResult::Unknown(_) => true,
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), Error> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_some() => return Err(invalid(Reason::CpixTwoRoots)),
        None => *root = Some(element),
    }
    Ok(())
}

fn push(open: &mut [Element], skipped: usize, text: &str) -> Result<(), Error> {
    match open.last_mut() {
        _ if skipped > 0 => {}
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(invalid(Reason::CpixTextOutside)),
    }
    Ok(())
}

fn element(start: &BytesStart<'_>) -> Result<Element, Error> {
    let utf8 = |bytes: &[u8]| str::from_utf8(bytes).map(String::from).map_err(|_| invalid(Reason::NotUtf8));
    let mut element = Element { name: utf8(start.local_name().as_ref())?, ..Element::default() };
    for (count, attribute) in start.attributes().enumerate() {
        let attribute = attribute.map_err(malformed)?;
        if count >= MAX_ATTRIBUTES {
            return Err(invalid(Reason::CpixAttributes));
        }
        if attribute.key.as_namespace_binding().is_none() {
            let value = attribute.unescape_value().map_err(malformed)?;
            if !value.chars().all(is_char) {
                return Err(invalid(Reason::CpixControl).with("an attribute"));
            }
            element.attributes.push((utf8(attribute.key.local_name().as_ref())?, value.into_owned()));
        }
    }
    Ok(element)
}

fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok()?.filter(|character| is_char(*character));
    }
    match &**reference {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"apos" => Some('\''),
        b"quot" => Some('"'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn any_prefix_entities_cdata_and_comments() {
        let text = "\u{feff}<?xml version='1.0'?><!-- a --><x:CPIX xmlns:x='urn:dashif:org:cpix' id='a&amp;b&#x41;'>\n\
            <x:PSSH a='1'>AA&#65;<!-- b -->A<![CDATA[<=>]]>&lt;</x:PSSH><x:PSSH/></x:CPIX>\n<!-- c -->";
        let root = parse(text).unwrap();
        assert_eq!((root.name.as_str(), root.attribute("id")), ("CPIX", Some("a&bA")));
        let texts: Vec<_> = root.children("PSSH").map(Element::trimmed).collect();
        assert_eq!(texts, [Some("AAAA<=><"), None]);
    }

    #[test]
    fn the_default_namespace_or_none_is_accepted() {
        for text in [
            "<CPIX xmlns='urn:dashif:org:cpix'><PSSH>x</PSSH></CPIX>",
            "<CPIX><PSSH>x</PSSH></CPIX>",
            "<c:CPIX><c:PSSH>x</c:PSSH></c:CPIX>",
        ] {
            assert_eq!(parse(text).unwrap().child("PSSH").unwrap().text, "x", "{text}");
        }
    }

    #[test]
    fn foreign_namespaces_are_skipped() {
        let text = "<CPIX xmlns='urn:dashif:org:cpix' xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>\
            <ds:PSSH>no<PSSH>no</PSSH><ds:X/></ds:PSSH><ds:Y/><PSSH>yes</PSSH></CPIX>";
        let root = parse(text).unwrap();
        assert_eq!(root.children("PSSH").map(|element| element.text.as_str()).collect::<Vec<_>>(), ["yes"]);
    }

    #[test]
    fn rejects_malformed_documents() {
        let wide = ["<a ", &(0..70).map(|n| format!("a{n}='' ")).collect::<String>(), "/>"].concat();
        let deep = "<a>".repeat(65);
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a></a><b></b>",
            "<a/>text",
            "<a>&unknown;</a>",
            "<a>&#0;</a>",
            "<a>&#1;</a>",
            "<a>\0</a>",
            "<a>\u{1b}[2J</a>",
            "<a b='\u{7}'/>",
            "<a b='&#7;'/>",
            "<a>\u{ffff}</a>",
            "<a/>\0",
            "<a b='&x;'/>",
            "<a b='1' b='2'/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
            "<f:a xmlns:f='foreign'/>",
            &wide,
            &deep,
        ] {
            assert_eq!(parse(text).map(|root| root.name).unwrap_err().code, Code::CpixInvalid, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_in_skipped_elements_too() {
        let deep = ["<a xmlns:f='foreign'>", &"<f:a>".repeat(1000), &"</f:a>".repeat(1000), "</a>"].concat();
        assert!(parse(&deep).unwrap_err().message().contains("too deep"));
    }

    /// Pieces of markup, whole and truncated.
    const PIECES: [&str; 24] = [
        "<a",
        "<b:a",
        "</a",
        "</b:a",
        ">",
        "/>",
        " x='",
        " xmlns:b='",
        " xmlns='",
        "'",
        "=",
        "&",
        "&amp;",
        "&#65;",
        ";",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?p",
        "?>",
        "<!D",
        " ",
        "\u{e9}",
    ];

    proptest::proptest! {
        #[test]
        fn any_text_gives_a_tree_or_an_error(picks in proptest::collection::vec(0..PIECES.len(), 0..60)) {
            let text: String = picks.into_iter().map(|pick| PIECES[pick]).collect();
            for text in [text.clone(), ["<CPIX>", &text, "</CPIX>"].concat()] {
                if let Err(error) = crate::cpix::document::Document::parse(&text) {
                    proptest::prop_assert!(error.code == Code::CpixInvalid && !error.message().is_empty());
                }
            }
        }
    }
}
