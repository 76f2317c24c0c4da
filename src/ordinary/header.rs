//! The key ids of a PlayReady header (`crate::init_data::playready`) in the XML that packagers write: ASCII, no comments, no
//! references, no prefixes, double quotes.

/// More than any header nests or names; what is compared pairwise stays cheap.
const MOST: usize = 16;

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// ` name="value"`, any number of times: the value of this one, or nothing.
fn attribute<'a>(mut rest: &'a str, wanted: &str) -> Option<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    let mut found = "";
    while !rest.is_empty() {
        let (name, behind) = cut(rest.strip_prefix(" ")?, "=\"")?;
        let (value, behind) = cut(behind, "\"")?;
        if !is_name(name) || names.len() > MOST || names.contains(&name) {
            return None;
        }
        names.push(name);
        if name == wanted {
            found = value;
        }
        rest = behind;
    }
    Some(found)
}

/// What stands before and behind a token.
#[inline(never)]
pub(super) fn cut<'a>(text: &'a str, token: &str) -> Option<(&'a str, &'a str)> {
    let (head, rest) = text.split_at_checked(crate::text::find(text.as_bytes(), token.as_bytes())?)?;
    Some((head, rest.get(token.len()..)?))
}

/// The values of all KIDs, in base64: those of versions 4.1 to 4.3 in their order, that of version 4.0 last.
pub fn key_ids(xml: &str) -> Option<Vec<&str>> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n') && byte != b'&';
    if !xml.bytes().all(plain) {
        return None;
    }
    let mut out = Vec::new();
    let (mut old, mut begun) = (None, false);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while !rest.is_empty() {
        let (text, behind) = cut(rest, "<")?;
        let (tag, behind) = cut(behind, ">")?;
        rest = behind;
        // Outside of the root there is nothing. A `>` may stand in a text, and does not.
        if open.is_empty() && (begun || !text.is_empty()) || open.len() > MOST || has(text, ">") || has(tag, "<") {
            return None;
        }
        if let Some(name) = tag.strip_prefix("/") {
            if open.pop() != Some(name) {
                return None;
            }
            if name == "KID" && open.len() == 2 {
                old = Some(text);
            }
            continue;
        }
        begun = true;
        let (tag, ends) = tag.strip_suffix("/").map_or((tag, false), |tag| (tag, true));
        let tag = tag.trim_ascii_end();
        let (name, behind) = tag.split_at_checked(crate::text::find(tag.as_bytes(), b" ").unwrap_or(tag.len()))?;
        let value = attribute(behind, "VALUE")?;
        match (name, &open[..]) {
            ("WRMHEADER", []) => {}
            (_, []) => return None,
            // Of version 4.0: a text, in which no element stands.
            ("KID", [_, _]) if !ends => {}
            (_, [.., "KID"]) => return None,
            ("KID", [_, _, "PROTECTINFO"] | [_, _, "PROTECTINFO", "KIDS"]) => {
                out.push(value);
            }
            // The key period stands there.
            ("KID" | "PERIOD_INDEX", _) => return None,
            _ if !is_name(name) => return None,
            _ => {}
        }
        if !ends {
            open.push(name);
        }
    }
    if let Some(id) = old {
        out.push(id);
    }
    open.is_empty().then_some(out)
}

fn has(text: &str, token: &str) -> bool {
    crate::text::find(text.as_bytes(), token.as_bytes()).is_some()
}
