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
use crate::xml::{Element, Event, Reader, XmlError};
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

/// A PlayReady Object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayReadyObject<'a> {
    /// The header's version.
    pub version: Option<String>,
    /// In their order; one key may stand twice with two algorithms.
    pub keys: Vec<Key>,
    /// Where old players ask for a license. PallyCon's headers may carry an address of long ago.
    pub license_url: Option<String>,
    /// Where a person may buy one.
    pub license_ui_url: Option<String>,
    /// The domain service.
    pub domain_service_id: Option<String>,
    /// `ONDEMAND` where licenses come later (4.2).
    pub decryptor_setup: Option<String>,
    /// What is in CUSTOMATTRIBUTES, as it is written.
    pub custom_attributes: Option<String>,
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
    let header = records.iter().find(|record| record.kind == HEADER_RECORD);
    if let Some(Record { value, .. }) = header {
        let text = header_text(value.bytes).ok_or(Fault::new("the PlayReady header is neither UTF-16LE nor UTF-8", value.offset))?;
        out = read_header(&text, value.offset)?;
        out.utf8 = matches!(text, Cow::Borrowed(_));
    }
    out.has_embedded_license = records.iter().any(|record| record.kind == LICENSE_STORE_RECORD);
    if !matches!((records.as_slice(), header), ([only], Some(_)) if text::to_utf16_le(&out.xml) == only.value.bytes) {
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
pub fn read_header<'a>(xml: &str, offset: usize) -> Result<PlayReadyObject<'a>, Fault> {
    let fault = |error: XmlError| Fault::new(error.what, offset);
    let mut out = PlayReadyObject { xml: xml.into(), ..PlayReadyObject::default() };
    let mut reader = Reader::new(xml);
    // Version 4.0 has one key, in three elements.
    let (mut key_id, mut algorithm, mut checksum) = (None, None, None);
    while let Some(event) = reader.event().map_err(fault)? {
        let Event::Start(element) = event else { continue };
        let depth = reader.depth();
        let inside = |path: &[&str]| depth == path.len().saturating_add(2) && reader.is_at(path);
        if depth == 1 {
            if element.name != "WRMHEADER" {
                return Err(Fault::new("the XML is not a WRMHEADER", offset));
            }
            out.version = element.attribute("version").map(Cow::into_owned);
        } else if inside(&["KID"]) {
            key_id = Some(guid(&reader.text().map_err(fault)?, offset)?);
        } else if inside(&["PROTECTINFO", "KID"]) || inside(&["PROTECTINFO", "KIDS", "KID"]) {
            out.keys.push(key(&element, offset)?);
        } else if inside(&["CUSTOMATTRIBUTES"]) {
            let start = reader.end();
            out.key_period_index = period(&mut reader).map_err(fault)?;
            out.custom_attributes = xml.get(start..reader.offset()).map(String::from);
        } else {
            let slot = match element.name {
                "CHECKSUM" if depth == 3 => &mut checksum,
                "ALGID" if inside(&["PROTECTINFO", "ALGID"]) => &mut algorithm,
                "LA_URL" if depth == 3 => &mut out.license_url,
                "LUI_URL" if depth == 3 => &mut out.license_ui_url,
                "DS_ID" if depth == 3 => &mut out.domain_service_id,
                "DECRYPTORSETUP" if depth == 3 => &mut out.decryptor_setup,
                _ => continue,
            };
            *slot = Some(reader.text().map_err(fault)?.trim().into());
        }
    }
    if let Some(key_id) = key_id {
        out.keys.insert(0, Key { key_id, algorithm, checksum });
    }
    Ok(out)
}

fn key(element: &Element<'_>, offset: usize) -> Result<Key, Fault> {
    let text = |name| element.attribute(name).map(Cow::into_owned);
    Ok(Key { key_id: guid(&text("VALUE").unwrap_or_default(), offset)?, algorithm: text("ALGID"), checksum: text("CHECKSUM") })
}

fn guid(base64: &str, offset: usize) -> Result<[u8; 16], Fault> {
    let bytes = text::from_base64(base64).and_then(|bytes| bytes.try_into().ok());
    bytes.map(text::swap_guid).ok_or(Fault::new("a KID of the PlayReady header is not base64 of 16 bytes", offset))
}

/// Behind the start of CUSTOMATTRIBUTES: goes on to its end, where the reader stays.
fn period(reader: &mut Reader<'_>) -> Result<Option<u32>, XmlError> {
    let mut period = None;
    while let Some(event) = reader.event()? {
        match event {
            Event::Start(element) if element.name == "PERIOD_INDEX" && reader.depth() == 4 => period = reader.text()?.trim().parse().ok(),
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
        read_header(xml, 0)
    }

    #[test]
    fn version_4_0_as_pallycon_writes_it() {
        let xml = ["<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" version=\"4.0.0.0\"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>", KID, "</KID><CHECKSUM>6ibP40uTOZ0=</CHECKSUM><LA_URL>https://a.test/?a=1&amp;b=2</LA_URL><CUSTOMATTRIBUTES><PERIOD_INDEX>128</PERIOD_INDEX></CUSTOMATTRIBUTES></DATA></WRMHEADER>"].concat();
        let bytes = object(&[(1, text::to_utf16_le(&xml))]);
        let read = read(Span::whole(&bytes)).unwrap();
        assert_eq!(read.version.as_deref(), Some("4.0.0.0"));
        assert_eq!(read.keys, [Key { key_id: ID, algorithm: Some("AESCTR".into()), checksum: Some("6ibP40uTOZ0=".into()) }]);
        assert_eq!(read.license_url.as_deref(), Some("https://a.test/?a=1&b=2"));
        assert_eq!(read.key_period_index, Some(128));
        assert_eq!(read.custom_attributes.as_deref(), Some("<PERIOD_INDEX>128</PERIOD_INDEX>"));
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
        assert_eq!(read.decryptor_setup.as_deref(), Some("ONDEMAND"));
    }

    #[test]
    fn names_elsewhere_do_not_count() {
        let xml = ["<WRMHEADER><DATA><!--<KID>AAAAAAAAAAAAAAAAAAAAAA==</KID>--><CUSTOMATTRIBUTES xmlns=''><LA_URL>https://fake.test</LA_URL><x><PERIOD_INDEX>9</PERIOD_INDEX></x></CUSTOMATTRIBUTES><LA_URL><![CDATA[https://real.test/?a&b]]></LA_URL><KID>", KID, "</KID></DATA></WRMHEADER>"].concat();
        let read = header(&xml).unwrap();
        assert_eq!(read.license_url.as_deref(), Some("https://real.test/?a&b"));
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
