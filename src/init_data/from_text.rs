//! Init data as text, pasted or from a manifest: hex, base64 or base64url, or a text that is itself init data.

use super::invalid;
use crate::error::{Error, ParseError, Reason};
use crate::text;
use std::borrow::Cow;

/// The bytes that a text represents. URIs, JSON and XML are kept unchanged; otherwise hex, then base64 and base64url
/// with or without padding are tried; whitespace is ignored.
pub fn from_text(input: &str) -> Result<Cow<'_, [u8]>, Error> {
    let trimmed = str::from_utf8(text::trim(input.strip_prefix('\u{feff}').unwrap_or(input).as_bytes())).unwrap_or_default();
    if matches!(trimmed.as_bytes(), [b'{' | b'<', ..] | [b's', b'k', b'd', b':', ..]) {
        return Ok(Cow::Borrowed(trimmed.as_bytes()));
    }
    let bytes = text::from_hex(trimmed).or_else(|| text::from_base64(trimmed)).filter(|bytes| !bytes.is_empty());
    bytes.map(Cow::Owned).ok_or_else(|| invalid(ParseError::new(Reason::TextUnknown, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn every_form() {
        let box_ = b"\0\0\0\x08pssh";
        for text in ["0000000870737368", " 00 00 00 08\n70737368", "AAAACHBzc2g=", "AAAACHBzc2g", "\nAAAA  CHBz\r\nc2g=\n"] {
            assert_eq!(*from_text(text).unwrap(), *box_, "{text:?}");
        }
        assert_eq!(*from_text("-_8").unwrap(), [0xfb, 0xff]);
        for text in ["skd://a", "{\"kids\":[]}", "<WRMHEADER/>"] {
            assert_eq!(*from_text(&[" \u{feff}", text, "\n"].concat().replace(" \u{feff}", "\u{feff} ")).unwrap(), *text.as_bytes());
        }
        for text in ["", "  ", "what is this?", "A"] {
            assert_eq!(from_text(text).unwrap_err().code, Code::InitDataInvalid, "{text:?}");
        }
    }
}
