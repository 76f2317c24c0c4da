//! Documents, well-formed and not.

use super::*;

/// All events on one line: `<name a=v`, `text`, `/name`.
fn flat(document: &str) -> Result<String, ParseError> {
    let mut reader = Reader::new(document);
    let mut out = Vec::new();
    while let Some(event) = reader.event()? {
        out.push(match event {
            Event::Start(element) => {
                let attributes: Vec<_> = element.attributes().map(|(name, value)| [" ", name, "=", &value].concat()).collect();
                ["<", element.name, &attributes.concat()].concat()
            }
            Event::End(name) => ["/", name].concat(),
            Event::Text(text) => text.into(),
        });
    }
    Ok(out.join("|"))
}

#[test]
fn reads_packagers_documents() {
    assert_eq!(
        flat(
            "\u{feff}<?xml version='1.0'?>\n<!-- c --><p:WRM xmlns:p='urn:x' v = \"4.0\"><KID VALUE='a&amp;&#x41;'/>&lt;x&#66;<![CDATA[<raw>&amp;]]><!--in--></p:WRM >\r\n<?pi?>"
        ),
        Ok("<WRM xmlns:p=urn:x v=4.0|<KID VALUE=a&A|/KID|<xB|<raw>&amp;|/WRM".into())
    );
}

#[test]
fn attributes_by_local_name() {
    let mut reader = Reader::new("<C xmlns:KID='no' cenc:default_KID='k&quot;' a=\"'\"/>");
    let Ok(Some(Event::Start(element))) = reader.event() else { panic!("no start") };
    assert_eq!(element.attribute("default_KID").as_deref(), Some("k\""));
    assert_eq!(element.attribute("a").as_deref(), Some("'"));
    assert_eq!(element.attribute("KID"), None);
}

#[test]
fn text_at_a_path() {
    let soap = "<s:Envelope><s:Body><s:Fault><faultstring>no &lt;<b>key</b></faultstring></s:Fault></s:Body></s:Envelope>";
    assert_eq!(text_at(soap, &["Fault", "faultstring"]), Ok(Some("no <key".into())));
    assert_eq!(text_at(soap, &["Body", "faultstring"]), Ok(None));
    assert_eq!(text_at("x", &["a"]).unwrap_err().offset, 0);
}

#[test]
fn skip_and_offsets() {
    let mut reader = Reader::new("<a><b>x<c/></b><d/></a>");
    reader.event().unwrap();
    reader.event().unwrap();
    assert_eq!((reader.offset(), reader.end(), reader.depth()), (3, 6, 2));
    reader.skip().unwrap();
    assert_eq!(reader.end(), 15);
    assert!(matches!(reader.event(), Ok(Some(Event::Start(Element { name: "d", .. })))));
    assert_eq!(reader.event(), Ok(Some(Event::End("d"))));
    assert_eq!(reader.event(), Ok(Some(Event::End("a"))));
    assert_eq!(reader.event(), Ok(None));
}

#[test]
fn rejects_malformed_documents_with_the_place() {
    for (document, offset) in [
        ("", 0),
        ("  ", 2),
        ("x", 0),
        ("<a>", 3),
        ("<a></b>", 3),
        ("<a><b></a>", 6),
        ("</a>", 0),
        ("<a/><b/>", 4),
        ("<a/>x", 4),
        ("<a b/>", 2),
        ("<a b=c/>", 2),
        ("<a b='1'c='2'/>", 8),
        ("<a b='1' b='2'/>", 8),
        ("<a b='<'/>", 2),
        ("<a b='1", 2),
        ("<a", 0),
        ("<a/ >", 0),
        ("< a/>", 0),
        ("<1/>", 0),
        ("<p:/>", 0),
        ("<a>&nbsp;</a>", 3),
        ("<a>x&amp</a>", 4),
        ("<a>&#0;</a>", 3),
        ("<a>&#xD800;</a>", 3),
        ("<a>&#+65;</a>", 3),
        ("<a>&#;</a>", 3),
        ("<a>\u{0}</a>", 3),
        ("<a>]]></a>", 3),
        ("<a><!-- </a>", 3),
        ("<a><![CDATA[ ]]</a>", 3),
        ("<a><?x </a>", 3),
        ("<a/><?xml version='1.0'?>", 4),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", 0),
        ("<a><!ELEMENT b></a>", 3),
    ] {
        assert_eq!(flat(document).unwrap_err().offset, offset, "{document}");
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| ["<a>".repeat(depth), "</a>".repeat(depth)].concat();
    assert!(flat(&nested(64)).is_ok());
    assert_eq!(flat(&nested(65)).unwrap_err().reason, Reason::XmlTooDeep);
}

#[test]
fn work_is_linear() {
    for piece in ["<b c='d'>e&lt;</b>", "<!--", "<b>", "&", "<![CDATA[", "<b c='", " b='&amp;'", "]]", "<?", "&#x000000000"] {
        let document = |count: usize| ["<a>", &piece.repeat(count), "</a>"].concat();
        let (small, _) = steps::of(|| flat(&document(1000)));
        let (large, _) = steps::of(|| flat(&document(10_000)));
        assert!(large <= small * 11 + 1000, "{piece}: {small} then {large}");
    }
}
