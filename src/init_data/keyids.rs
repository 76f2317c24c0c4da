//! `keyids` init data (W3C, "keyids" Initialization Data Format): `{"kids":["base64url"…]}`, 1 to 512 bytes each.
//! `webm` init data is a single key id.

use super::visitor::{Report, Visitor};
use crate::error::{ParseError, Reason};
use crate::{json, text};

/// The longest key id that EME allows.
pub const MAX_KEY_ID: usize = 512;

/// Reads the key ids of a `keyids` object. base64url is strict here: no padding, no `+` and `/`. One bad id invalidates
/// the whole, as in every browser: a session would request other keys than intended.
pub fn read<'a, V: Visitor<'a>>(value: &json::Value, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    let error = |reason| ParseError::new(reason, 0);
    let kids = value.get("kids").and_then(json::Value::items).ok_or(error(Reason::KidsMissing))?;
    for kid in kids {
        let id = kid.as_str().and_then(text::from_base64url_strict).ok_or(error(Reason::KidNotBase64url))?;
        if id.is_empty() || id.len() > MAX_KEY_ID {
            return Err(error(Reason::KidLength));
        }
        out.key_id(&id);
    }
    if kids.is_empty() { Err(error(Reason::KidsEmpty)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init_data::collect::Collector;

    fn kids(text: &str) -> Result<Vec<Vec<u8>>, ParseError> {
        let mut visitor = Collector::default();
        let mut out = Report::new(&mut visitor);
        read(&json::parse(text).unwrap(), &mut out)?;
        Ok(out.summary.key_ids.iter().map(Vec::from).collect())
    }

    #[test]
    fn lengths_from_1_to_512() {
        assert_eq!(kids(r#"{"kids":["AQI","AQIDBA"],"type":"temporary"}"#), Ok(vec![vec![1, 2], vec![1, 2, 3, 4]]));
        let of = |length: usize| ["{\"kids\":[\"", &text::to_base64url(&vec![7; length]), "\"]}"].concat();
        assert_eq!(kids(&of(1)).unwrap()[0].len(), 1);
        assert_eq!(kids(&of(512)).unwrap()[0].len(), 512);
        assert!(kids(&of(513)).is_err());
    }

    #[test]
    fn refusals() {
        for text in [
            r#"{"kids":["AQI+"]}"#,
            r#"{"kids":["AQI="]}"#,
            r#"{"kids":["AQI","AQI/"]}"#,
            r#"{"kids":[""]}"#,
            r#"{"kids":[1]}"#,
            r#"{"kids":[]}"#,
            r#"{"kids":{"id":"AQI"}}"#,
            r#"{"keys":["AQI"]}"#,
            "[]",
            r#"{"kids":["AQJ"]}"#,
        ] {
            assert!(kids(text).is_err(), "{text}");
        }
    }
}
