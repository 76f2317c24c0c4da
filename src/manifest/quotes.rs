//! Typographic quotes, which word processors and web pages substitute for straight ones. No player accepts them.

/// All of them.
const TYPOGRAPHIC: [char; 10] =
    ['\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '\u{2033}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{2032}', '\u{ff02}'];

/// Whether it is one.
pub fn is_typographic(character: char) -> bool {
    TYPOGRAPHIC.contains(&character)
}

/// A value in quotes at the start of a text: the value, what follows its closing quote, and whether a quote is
/// typographic.
pub fn quoted(text: &str) -> Option<(&str, &str, bool)> {
    let opening = text.chars().next().filter(|character| *character == '"' || is_typographic(*character))?;
    let inner = text.get(opening.len_utf8()..)?;
    // A typographic quote inside a value does not end it.
    let ends = |at: usize, quote: char| {
        let behind = inner.get(at.saturating_add(quote.len_utf8())..).unwrap_or_default();
        quote == '"' || is_typographic(quote) && behind.trim_start().chars().next().is_none_or(|next| next == ',')
    };
    let (at, closing) = inner.char_indices().find(|(at, character)| ends(*at, *character))?;
    let (value, rest) = inner.split_at_checked(at)?;
    let typographic = is_typographic(opening) || is_typographic(closing);
    Some((value, rest.get(closing.len_utf8()..).unwrap_or_default(), typographic))
}

/// XML with straight quotes instead, padded with spaces so that nothing moves. `None` without typographic quotes.
pub fn straightened(xml: &str) -> Option<String> {
    xml.contains(is_typographic).then(|| {
        let mut out = String::with_capacity(xml.len());
        // Whether a tag is open, the quote that opened a value in it, and the last character other than whitespace.
        let (mut tag, mut open, mut last) = (false, None, ' ');
        for character in xml.chars() {
            let blanks = " ".repeat(character.len_utf8().saturating_sub(1));
            match open {
                None if tag && last == '=' && is_typographic(character) => {
                    out.push_str(&blanks);
                    out.push('"');
                    open = Some(character);
                }
                Some(opened) if is_typographic(opened) && (character == '"' || is_typographic(character)) => {
                    out.push('"');
                    out.push_str(&blanks);
                    open = None;
                }
                _ => {
                    out.push(character);
                    match character {
                        '"' | '\'' if open.is_none() && tag => open = Some(character),
                        _ if open == Some(character) => open = None,
                        '<' | '>' if open.is_none() => tag = character == '<',
                        _ => {}
                    }
                }
            }
            if !character.is_whitespace() {
                last = character;
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_quotes() {
        for (text, expected) in [
            ("\"a,b\",C=1", Some(("a,b", ",C=1", false))),
            ("\u{201d}a,b\u{201d},C=1", Some(("a,b", ",C=1", true))),
            ("\u{201c}a\u{201d}", Some(("a", "", true))),
            ("\u{201e}a\" ,C", Some(("a", " ,C", true))),
            ("\"a\u{201d} , C", Some(("a", " , C", true))),
            ("\"it\u{2019}s\"", Some(("it\u{2019}s", "", false))),
            ("a", None),
            ("\"a", None),
        ] {
            assert_eq!(quoted(text), expected, "{text}");
        }
    }

    #[test]
    fn xml_with_straight_quotes_keeps_its_places() {
        let xml = "<a b=\u{201d}c\u{201d} d='\u{2019}' e=\"f\u{2033}g\">\u{201c}text\u{201d}</a>";
        let straight = straightened(xml).unwrap();
        assert_eq!(straight, "<a b=  \"c\"   d='\u{2019}' e=\"f\u{2033}g\">\u{201c}text\u{201d}</a>");
        assert_eq!(straight.len(), xml.len());
        assert_eq!(straightened("<a b=\"c\"/>"), None);
    }
}
