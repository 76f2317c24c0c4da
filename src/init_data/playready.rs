//! The PlayReady Object and its header (Microsoft, "PlayReady Header Specification", versions 4.0 to 4.3).
//!
//! ```text
//! length:u32le  count:u16le  count × { type:u16le  length:u16le  value }
//!   type 1  WRMHEADER, XML in UTF-16LE        type 3  embedded license store
//!
//! WRMHEADER version
//!   DATA
//!     PROTECTINFO  4.0: KEYLEN ALGID   4.1: KID ALGID= CHECKSUM= VALUE=   4.2, 4.3: KIDS / KID ALGID= CHECKSUM= VALUE=
//!     KID CHECKSUM (4.0)   LA_URL   LUI_URL   DS_ID   DECRYPTORSETUP   CUSTOMATTRIBUTES
//! ```
//!
//! Key ids are base64 of a GUID, whose first three fields are little-endian. PallyCon puts the key period of rotating
//! keys into `CUSTOMATTRIBUTES/PERIOD_INDEX`, in decimal.

use crate::bytes::{Fault, Span};
use crate::text;
use crate::xml::{Event, Reader, XmlError};
use std::borrow::Cow;

/// The header.
pub const HEADER_RECORD: u16 = 1;
/// Licenses that came with the content.
pub const LICENSE_STORE_RECORD: u16 = 3;

/// A key that the header names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Key {
    /// In the byte order of CENC.
    pub key_id: [u8; 16],
    /// `AESCTR`, `AESCBC`, `COCKTAIL`.
    pub algorithm: Option<String>,
    /// Base64, as it stands there.
    pub checksum: Option<String>,
}

/// A record of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// See [`HEADER_RECORD`] and [`LICENSE_STORE_RECORD`].
    pub kind: u16,
    /// Its bytes.
    pub value: Span<'a>,
}

/// Texts of a header: the element's name and the name in the public types.
pub const TEXTS: [(&str, &str); 5] = [
    ("LA_URL", "licenseUrl"),
    ("LUI_URL", "licenseUiUrl"),
    ("DS_ID", "domainServiceId"),
    ("DECRYPTORSETUP", "decryptorSetup"),
    (CUSTOM, "customAttributes"),
];
const CUSTOM: &str = "CUSTOMATTRIBUTES";
/// Of version 4.0: one key in three elements.
const OLD_KEY: [&str; 3] = ["KID", "ALGID", "CHECKSUM"];

/// A PlayReady Object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayReadyObject<'a> {
    /// The header's version.
    pub version: Option<String>,
    /// In their order; one key may stand twice with two algorithms.
    pub keys: Vec<Key>,
    /// As [`TEXTS`] lists them: where old players ask for a license (PallyCon's headers may carry an address of long ago), where
    /// a person may buy one, the domain service, `ONDEMAND` where licenses come later, and what is in CUSTOMATTRIBUTES as it is
    /// written.
    pub texts: [Option<String>; 5],
    /// PallyCon's key period.
    pub key_period_index: Option<u32>,
    /// Whether there is a license store.
    pub has_embedded_license: bool,
    /// The header, without byte order mark and closing zeros.
    pub xml: String,
    /// All records, where they are other than one header in plain UTF-16LE.
    pub records: Vec<Record<'a>>,
    /// The header stood in UTF-8, which the specification does not allow.
    pub utf8: bool,
}

/// Reads an object.
pub fn read(object: Span<'_>) -> Result<PlayReadyObject<'_>, Fault> {
    let mut reader = object.reader();
    let length = reader.u32_le()?;
    if length as usize != object.bytes.len() {
        let what = match header_text(object.bytes) {
            Some(_) => "it is a WRMHEADER without the PlayReady Object around it",
            None => "the PlayReady Object's length is not its own",
        };
        return Err(Fault::new(what, object.offset));
    }
    let mut records = Vec::new();
    for _ in 0..reader.u16_le()? {
        let at = reader.offset();
        let kind = reader.u16_le()?;
        let size = usize::from(reader.u16_le()?);
        let value = reader.span(size).map_err(|_| Fault::new("a PlayReady record runs past the end", at))?;
        records.push(Record { kind, value });
    }
    if !reader.is_empty() {
        return Err(Fault::new("bytes follow the last PlayReady record", reader.offset()));
    }
    let mut out = PlayReadyObject::default();
    let mut plain = false;
    if let Some(Record { value, .. }) = records.iter().find(|record| record.kind == HEADER_RECORD) {
        let text = header_text(value.bytes).ok_or(Fault::new("the PlayReady header is neither UTF-16LE nor UTF-8", value.offset))?;
        read_header(&mut out, &text, value.offset)?;
        out.utf8 = matches!(text, Cow::Borrowed(_));
        // One header, and nothing before its first character or behind its last.
        plain = !out.utf8
            && records.len() == 1
            && value.bytes.starts_with(b"<")
            && !value.bytes.ends_with(&[0, 0])
            && value.bytes.len() % 2 == 0;
    }
    out.has_embedded_license = records.iter().any(|record| record.kind == LICENSE_STORE_RECORD);
    if !plain {
        out.records = records;
    }
    Ok(out)
}

/// A header as text: UTF-16LE, or UTF-8 (then borrowed), without a byte order mark and closing zeros.
pub fn header_text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if plain.first() == Some(&b'<') && plain.get(1) != Some(&0) {
        return str::from_utf8(plain).ok().map(|text| Cow::Borrowed(text.trim_end_matches('\0')));
    }
    if !matches!(bytes, [b'<', 0, ..] | [0xff, 0xfe, b'<', 0, ..]) {
        return None;
    }
    // Some packagers end the header with one zero byte, which leaves half a character.
    let even = if bytes.len() % 2 == 1 && bytes.last() == Some(&0) { bytes.split_last()?.1 } else { bytes };
    let text = text::from_utf16_le(even)?;
    Some(Cow::Owned(text.trim_end_matches('\0').into()))
}

/// Reads a header. `offset` is where it stands in the input, for errors.
pub fn read_header(out: &mut PlayReadyObject<'_>, xml: &str, offset: usize) -> Result<(), Fault> {
    out.xml = xml.into();
    elements(out, xml).map_err(|error| Fault::new(error.what, offset))
}

fn elements(out: &mut PlayReadyObject<'_>, xml: &str) -> Result<(), XmlError> {
    let mut reader = Reader::new(xml);
    let mut old_key = [const { None }; 3];
    while let Some(event) = reader.event()? {
        let Event::Start(element) = event else { continue };
        let depth = reader.depth();
        let protected = reader.is_at(&["PROTECTINFO", element.name]);
        if depth == 1 {
            if element.name != "WRMHEADER" {
                return Err(XmlError { what: "the XML is not a WRMHEADER", offset: 0 });
            }
            out.version = element.attribute("version").map(Cow::into_owned);
        } else if depth == 3 && element.name == CUSTOM {
            let start = reader.end();
            out.key_period_index = period(&mut reader)?;
            if let Some(last) = out.texts.last_mut() {
                *last = xml.get(start..reader.offset()).map(String::from);
            }
        } else if element.name == "KID" && (depth == 4 && protected || depth == 5 && reader.is_at(&["PROTECTINFO", "KIDS", "KID"])) {
            let [value, algorithm, checksum] = ["VALUE", "ALGID", "CHECKSUM"].map(|name| element.attribute(name).map(Cow::into_owned));
            out.keys.push(Key { key_id: guid(value)?, algorithm, checksum });
        } else if depth == 3 || depth == 4 && protected && element.name == "ALGID" {
            let text = TEXTS.iter().zip(&mut out.texts).find(|((name, _), _)| *name == element.name).map(|(_, slot)| slot);
            let slot = text.or_else(|| OLD_KEY.iter().zip(&mut old_key).find(|(name, _)| **name == element.name).map(|(_, slot)| slot));
            if let Some(slot) = slot {
                *slot = Some(reader.text()?.trim_matches(text::SPACE).into());
            }
        }
    }
    let [key_id, algorithm, checksum] = old_key;
    if key_id.is_some() {
        out.keys.insert(0, Key { key_id: guid(key_id)?, algorithm, checksum });
    }
    Ok(())
}

fn guid(base64: Option<String>) -> Result<[u8; 16], XmlError> {
    let bytes = base64.and_then(|base64| text::from_base64(&base64)).and_then(|bytes| bytes.try_into().ok());
    bytes.map(text::swap_guid).ok_or(XmlError { what: "a KID of the PlayReady header is not base64 of 16 bytes", offset: 0 })
}

/// Behind the start of CUSTOMATTRIBUTES: goes on to its end, where the reader stays.
fn period(reader: &mut Reader<'_>) -> Result<Option<u32>, XmlError> {
    let mut period = None;
    while let Some(event) = reader.event()? {
        match event {
            Event::Start(element) if element.name == "PERIOD_INDEX" && reader.depth() == 4 => {
                period = reader.text()?.trim_matches(text::SPACE).parse().ok();
            }
            Event::End(_) if reader.depth() < 3 => break,
            _ => {}
        }
    }
    Ok(period)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    const KID: &str = "Z0UjAauJ780BI0VniavN7w==";
    const ID: [u8; 16] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

    fn object(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in records {
            body.extend(kind.to_le_bytes());
            body.extend((value.len() as u16).to_le_bytes());
            body.extend(value);
        }
        [&(body.len() as u32 + 6).to_le_bytes()[..], &(records.len() as u16).to_le_bytes(), &body].concat()
    }

    fn header(xml: &str) -> Result<PlayReadyObject<'static>, Fault> {
        let mut out = PlayReadyObject::default();
        read_header(&mut out, xml, 0).map(|()| out)
    }

    fn text_of<'a>(object: &'a PlayReadyObject<'_>, name: &str) -> Option<&'a str> {
        TEXTS.iter().zip(&object.texts).find(|((element, _), _)| *element == name)?.1.as_deref()
    }

    #[test]
    fn version_4_0_as_pallycon_writes_it() {
        let xml = ["<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" version=\"4.0.0.0\"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>", KID, "</KID><CHECKSUM>6ibP40uTOZ0=</CHECKSUM><LA_URL>https://a.test/?a=1&amp;b=2</LA_URL><CUSTOMATTRIBUTES><PERIOD_INDEX>128</PERIOD_INDEX></CUSTOMATTRIBUTES></DATA></WRMHEADER>"].concat();
        let bytes = object(&[(1, text::to_utf16_le(&xml))]);
        let read = read(Span::whole(&bytes)).unwrap();
        assert_eq!(read.version.as_deref(), Some("4.0.0.0"));
        assert_eq!(read.keys, [Key { key_id: ID, algorithm: Some("AESCTR".into()), checksum: Some("6ibP40uTOZ0=".into()) }]);
        assert_eq!(text_of(&read, "LA_URL"), Some("https://a.test/?a=1&b=2"));
        assert_eq!(read.key_period_index, Some(128));
        assert_eq!(text_of(&read, "CUSTOMATTRIBUTES"), Some("<PERIOD_INDEX>128</PERIOD_INDEX>"));
        assert_eq!(read.xml, xml);
        assert!(read.records.is_empty() && !read.has_embedded_license && !read.utf8);
    }

    #[test]
    fn keys_in_attributes_since_4_1() {
        let one = [
            "<p:WRMHEADER xmlns:p='x' version='4.1.0.0'><p:DATA><p:PROTECTINFO><p:KID VALUE='",
            KID,
            "' ALGID='AESCTR' CHECKSUM='c'/></p:PROTECTINFO></p:DATA></p:WRMHEADER>",
        ]
        .concat();
        assert_eq!(header(&one).unwrap().keys, [Key { key_id: ID, algorithm: Some("AESCTR".into()), checksum: Some("c".into()) }]);
        let two = ["<WRMHEADER version='4.3.0.0'><DATA><PROTECTINFO><KIDS><KID ALGID='AESCBC' VALUE='", KID, "'/><KID VALUE='AAAAAAAAAAAAAAAAAAAAAA=='></KID></KIDS></PROTECTINFO><DECRYPTORSETUP> ONDEMAND </DECRYPTORSETUP></DATA></WRMHEADER>"].concat();
        let read = header(&two).unwrap();
        assert_eq!(read.keys.iter().map(|key| key.key_id).collect::<Vec<_>>(), [ID, [0; 16]]);
        assert_eq!(text_of(&read, "DECRYPTORSETUP"), Some("ONDEMAND"));
    }

    #[test]
    fn names_elsewhere_do_not_count() {
        let xml = ["<WRMHEADER><DATA><!--<KID>AAAAAAAAAAAAAAAAAAAAAA==</KID>--><CUSTOMATTRIBUTES xmlns=''><LA_URL>https://fake.test</LA_URL><x><PERIOD_INDEX>9</PERIOD_INDEX></x></CUSTOMATTRIBUTES><LA_URL><![CDATA[https://real.test/?a&b]]></LA_URL><KID>", KID, "</KID></DATA></WRMHEADER>"].concat();
        let read = header(&xml).unwrap();
        assert_eq!(text_of(&read, "LA_URL"), Some("https://real.test/?a&b"));
        assert_eq!((read.keys.len(), read.keys[0].key_id, read.key_period_index), (1, ID, None));
    }

    #[test]
    fn records_in_any_order_and_odd_headers() {
        let xml = text::to_utf16_le("<WRMHEADER version='4.0.0.0'/>");
        let bytes = object(&[(3, vec![0; 10]), (1, xml.clone())]);
        let both = read(Span::whole(&bytes)).unwrap();
        assert_eq!((both.version.as_deref(), both.has_embedded_license), (Some("4.0.0.0"), true));
        assert_eq!(both.records[1], Record { kind: 1, value: Span { offset: 24, bytes: &xml } });
        let store = object(&[(3, vec![1])]);
        assert_eq!(read(Span::whole(&store)).unwrap().xml, "");
        for (value, utf8) in [
            ([&[0xff, 0xfe][..], &xml].concat(), false),
            ([&xml[..], &[0, 0]].concat(), false),
            ([&xml[..], &[0]].concat(), false),
            (b"<WRMHEADER version='4.0.0.0'/>".to_vec(), true),
        ] {
            let bytes = object(&[(1, value)]);
            let read = read(Span::whole(&bytes)).unwrap();
            assert_eq!((&*read.xml, read.utf8, read.records.len()), ("<WRMHEADER version='4.0.0.0'/>", utf8, 1));
        }
    }

    #[test]
    fn refusals() {
        let good = object(&[(1, text::to_utf16_le("<WRMHEADER/>"))]);
        let change = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            read(Span::whole(&bytes)).map(|_| ()).unwrap_err()
        };
        assert_eq!(change(0, 99).what, "the PlayReady Object's length is not its own");
        assert_eq!(change(8, 99), Fault::new("a PlayReady record runs past the end", 6));
        assert_eq!(change(8, 22).what, "bytes follow the last PlayReady record");
        assert_eq!(change(4, 2).what, "it ends too early");
        assert_eq!(change(12, b'X').what, "the XML is not a WRMHEADER");
        assert_eq!(change(10, 0).what, "the PlayReady header is neither UTF-16LE nor UTF-8");
        assert_eq!(read(Span::whole(&good[10..])).unwrap_err().what, "it is a WRMHEADER without the PlayReady Object around it");
        assert_eq!(read(Span::whole(&[])).unwrap_err().what, "it ends too early");
        for xml in [
            "<WRMHEADER><DATA></WRMHEADER>",
            "<WRMHEADER><DATA><KID>AA==</KID></DATA></WRMHEADER>",
            "<WRMHEADER>",
            "<!DOCTYPE x><WRMHEADER/>",
        ] {
            assert!(header(xml).is_err(), "{xml}");
        }
    }
}
