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

#[cfg(feature = "inspect")]
use super::collect::{Collector, Payload, PlayReadyObject};
use super::visitor::{PsshHeader, Report, Value, Visitor};
use crate::bytes::{Reader, Span};
use crate::error::{Code, ParseError, Reason};
use crate::record::Field;
use crate::text;
use crate::xml::{self, Event};
use std::borrow::Cow;

/// The record that contains the header.
pub const HEADER_RECORD: u32 = 1;
/// Licenses within the content.
const LICENSE_STORE_RECORD: u32 = 3;

/// Elements of the header that contain one text, and the names of their fields in the public types.
pub const TEXTS: [(&str, Field, &str); 5] = [
    ("LA_URL", Field::LicenseUrl, "licenseUrl"),
    ("LUI_URL", Field::LicenseUiUrl, "licenseUiUrl"),
    ("DS_ID", Field::DomainServiceId, "domainServiceId"),
    ("DECRYPTORSETUP", Field::DecryptorSetup, "decryptorSetup"),
    (CUSTOM, Field::CustomAttributes, "customAttributes"),
];
const CUSTOM: &str = "CUSTOMATTRIBUTES";
/// Properties of a key besides its id: elements in version 4.0, attributes in later ones.
const OF_KEY: [(&str, Field); 2] = [("ALGID", Field::Algorithm), ("CHECKSUM", Field::Checksum)];

/// The records of an object.
struct Records<'a> {
    reader: Reader<'a>,
    left: u32,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u32, Span<'a>), ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let at = self.reader.offset();
        let kind = self.reader.le16();
        let size = self.reader.le16() as usize;
        let value = self.reader.part(size);
        let whole = self.reader.check().map_err(|_| ParseError::new(Reason::RecordTooLong, at));
        if whole.is_err() {
            self.left = 0;
        }
        Some(whole.map(|()| (kind, value)))
    }
}

/// Reads the object in a box.
#[inline(never)]
pub fn read<'a, V: Visitor<'a>>(pssh: &PsshHeader<'a>, strict: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    let object = pssh.data;
    let mut reader = object.reader();
    let length = reader.le32() as usize;
    let left = reader.le16();
    reader.check()?;
    let wrong = |reason| Err(ParseError::new(reason, object.offset));
    if length != object.bytes.len() {
        return wrong(if header_text(object.bytes).is_some() { Reason::ObjectMissing } else { Reason::ObjectLength });
    }
    let mut header = None;
    let mut licenses = false;
    let mut records = Records { reader, left };
    for record in records.by_ref() {
        match record? {
            (HEADER_RECORD, value) if header.is_none() => header = Some(value),
            (LICENSE_STORE_RECORD, _) => licenses = true,
            _ => {}
        }
    }
    if !records.reader.is_empty() {
        return Err(ParseError::new(Reason::RecordTrailing, records.reader.offset()));
    }
    let mut text = Cow::Borrowed("");
    let mut plain = false;
    let mut offset = object.offset;
    if let Some(Span { bytes, offset: at }) = header {
        offset = at;
        let reason = if bytes.is_empty() { Reason::HeaderEmpty } else { Reason::HeaderEncoding };
        text = header_text(bytes).ok_or(ParseError::new(reason, offset))?;
        // One header, with nothing before its first character or after its last.
        plain = left == 1 && bytes.starts_with(b"<") && !bytes.ends_with(&[0, 0]) && bytes.len() % 2 == 0;
    }
    let utf8 = matches!(text, Cow::Borrowed(text) if !text.is_empty());
    if utf8 && strict {
        return wrong(Reason::HeaderNotUtf16);
    }
    if let (true, Some(header)) = (V::PLACES, header) {
        out.visitor.xml(header, &text);
    }
    read_header(&text, offset, licenses, out)?;
    if utf8 {
        out.warn(Code::PlayreadyUtf8, pssh.offset);
    }
    if utf8 || !plain {
        let mut records = Records { reader, left };
        while let Some(Ok((kind, value))) = records.next() {
            out.visitor.open(Field::Records);
            out.visitor.field(Field::Type, Value::Number(kind));
            out.visitor.field(Field::Value, Value::Bytes(value));
            out.visitor.close();
        }
    }
    Ok(())
}

/// A header as text: UTF-16LE, or UTF-8 (then borrowed), without a byte order mark and closing zeros.
pub fn header_text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if plain.first() == Some(&b'<') && plain.get(1) != Some(&0) {
        return str::from_utf8(plain).ok().map(|text| Cow::Borrowed(text::without_suffix(text, "\0")));
    }
    if !matches!(bytes, [b'<', 0, ..] | [0xff, 0xfe, b'<', 0, ..]) {
        return None;
    }
    // Some packagers end the header with a single zero byte, half a character.
    let even = if bytes.len() % 2 == 1 && bytes.last() == Some(&0) { bytes.split_last()?.1 } else { bytes };
    let mut text = text::from_utf16_le(even)?;
    text.truncate(text::without_suffix(&text, "\0").len());
    Some(Cow::Owned(text))
}

/// Reads a header, if the text is not empty. `offset` is its place in the input, for errors; `licenses`, whether the
/// object contains some.
#[inline(never)]
pub fn read_header<'a, V: Visitor<'a>>(xml: &str, offset: usize, licenses: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    out.visitor.open_list(Field::Keys);
    elements(xml, offset, out).map_err(|error| ParseError::new(error.reason, offset))?;
    out.visitor.field(Field::HasEmbeddedLicense, Value::Flag(licenses));
    if V::PLACES {
        out.visitor.place_in_xml(xml);
    }
    out.visitor.field(Field::Xml, Value::DecodedText(xml));
    Ok(())
}

fn elements<'a, V: Visitor<'a>>(xml: &str, offset: usize, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    if xml.is_empty() {
        return Ok(());
    }
    let mut reader = xml::Reader::new(xml);
    // Version 4.0 has one key, in its own elements.
    let (mut old_id, mut old_key, mut old_places) = (None, [None, None], [""; 3]);
    // The version's second digit, the digit that matches where a key was found (0 for neither), and whether LA_URL is
    // elsewhere.
    let (mut version, mut form, mut outside) = (0, 0, false);
    while let Some(event) = reader.event()? {
        let Event::Start(element) = event else { continue };
        let name = element.name;
        let depth = reader.depth();
        let protected = depth == 4 && reader.is_at(&["PROTECTINFO", name]);
        if depth == 1 {
            if name != "WRMHEADER" {
                return Err(ParseError::new(Reason::NotWrmheader, 0));
            }
            let text = element.attribute("version");
            // Later versions have keys where 4.2 has them.
            version = text.as_deref().and_then(|text| text.as_bytes().get(2)).map_or(0, |digit| b'2'.min(*digit));
            if V::PLACES {
                out.visitor.place_in_xml(element.raw_attribute("version"));
            }
            out.optional(Field::Version, text.as_deref());
        } else if depth == 3 && name == CUSTOM {
            let start = reader.end();
            if let Some(period) = period(&mut reader)? {
                out.key_period(period);
                out.visitor.field(Field::KeyPeriodIndex, Value::Number(period));
            }
            let inside = xml.get(start..reader.offset());
            if V::PLACES {
                out.visitor.place_in_xml(inside.unwrap_or_default());
            }
            out.optional(Field::CustomAttributes, inside);
        } else if name == "KID" && (protected || depth == 5 && reader.is_at(&["PROTECTINFO", "KIDS", name])) {
            let rest = OF_KEY.map(|(name, _)| element.attribute(name).as_deref().map(text::owned));
            let places = if V::PLACES { ["VALUE", "ALGID", "CHECKSUM"].map(|name| element.raw_attribute(name)) } else { [""; 3] };
            key(Field::Keys, &element.attribute("VALUE").unwrap_or_default(), rest, places, out)?;
            form = if protected { b'1' } else { b'2' };
        } else if depth == 3 || protected && name == "ALGID" {
            // The last of repeated elements counts, as with fields in JSON.
            let start = reader.end();
            if let Some((_, field, _)) = TEXTS.iter().find(|(known, ..)| *known == name) {
                let text = reader.text()?;
                if V::PLACES {
                    out.visitor.place_in_xml(xml.get(start..reader.offset()).unwrap_or_default().trim_ascii());
                }
                out.visitor.field(*field, Value::DecodedText(text.trim_ascii()));
            } else if let Some(at) = OF_KEY.iter().position(|(known, _)| *known == name) {
                let text = reader.text()?;
                if let (Some(slot), Some(place)) = (old_key.get_mut(at), old_places.get_mut(at.saturating_add(1))) {
                    *slot = Some(text::owned(text.trim_ascii()));
                    *place = if V::PLACES { xml.get(start..reader.offset()).unwrap_or_default().trim_ascii() } else { "" };
                }
            } else if name == "KID" {
                old_id = Some(reader.text()?);
                if V::PLACES {
                    old_places[0] = xml.get(start..reader.offset()).unwrap_or_default().trim_ascii();
                }
            }
        } else {
            outside |= name == "LA_URL";
        }
    }
    if let Some(id) = old_id {
        key(Field::FirstKey, &id, old_key, old_places, out)?;
        form = b'0'.max(form);
    }
    if form != 0 && version != 0 && form != version {
        out.warn_because(Code::PlayreadyHeader, Reason::HeaderKeyPlace, offset);
    }
    if outside {
        out.warn_because(Code::PlayreadyHeader, Reason::HeaderUrlPlace, offset);
    }
    Ok(())
}

/// A key: its id in the other byte order and base64, its properties, and where the three are in the XML.
fn key<'a, V: Visitor<'a>>(
    field: Field,
    id: &str,
    rest: [Option<String>; 2],
    [place, places @ ..]: [&str; 3],
    out: &mut Report<'a, '_, V>,
) -> Result<(), ParseError> {
    let id = text::from_base64(id).and_then(|id| id.try_into().ok()).map(text::swap_guid);
    let id = id.ok_or(ParseError::new(Reason::KidNotGuid, 0))?;
    out.key_id(&id);
    out.visitor.open(field);
    if V::PLACES {
        out.visitor.place_in_xml(place);
    }
    out.visitor.field(Field::KeyId, Value::DecodedId(&id));
    for (((_, field), text), place) in OF_KEY.iter().zip(&rest).zip(places) {
        if V::PLACES {
            out.visitor.place_in_xml(place);
        }
        out.optional(*field, text.as_deref());
    }
    out.visitor.close();
    Ok(())
}

/// After the start of CUSTOMATTRIBUTES: reads on to its end, where the reader stays.
fn period(reader: &mut xml::Reader<'_>) -> Result<Option<u32>, ParseError> {
    let mut period = None;
    while let Some(event) = reader.event()? {
        match event {
            Event::Start(element) if element.name == "PERIOD_INDEX" && reader.depth() == 4 => {
                period = text::number(reader.text()?.trim_ascii(), 10);
            }
            Event::End(_) if reader.depth() < 3 => break,
            _ => {}
        }
    }
    Ok(period)
}

/// Reads a header without an object, if the text is not empty.
#[cfg(feature = "inspect")]
pub fn parse_header(xml: &str) -> Result<PlayReadyObject<'static>, ParseError> {
    let mut collector = Collector::default();
    let mut out = Report::new(&mut collector);
    out.begin_box(&PsshHeader::bare(crate::system::PLAYREADY, Span::default()));
    out.visitor.open(Field::PlayReady);
    read_header(xml, 0, false, &mut out)?;
    let payload = collector.finished().boxes.pop().and_then(|pssh| pssh.payload);
    Ok(if let Some(Payload::PlayReady(object)) = payload { object } else { PlayReadyObject::default() })
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::init_data::test_support::boxed;
    use crate::system::PLAYREADY;
    use serde_json::{Value, json};

    const KID: &str = "Z0UjAauJ780BI0VniavN7w==";
    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn object(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in records {
            body.extend(kind.to_le_bytes());
            body.extend((value.len() as u16).to_le_bytes());
            body.extend(value);
        }
        [&(body.len() as u32 + 6).to_le_bytes()[..], &(records.len() as u16).to_le_bytes(), &body].concat()
    }

    /// An object's fields and its warnings.
    fn read(bytes: &[u8]) -> Result<(Value, Vec<Code>), ParseError> {
        let (mut pssh, read) = boxed(PLAYREADY, Some(Field::PlayReady), bytes, |pssh, out| super::read(pssh, false, out))?;
        Ok((pssh["playready"].take(), read.warnings.iter().map(|warning| warning.code).collect()))
    }

    fn header(xml: &str) -> Result<Value, ParseError> {
        let (mut pssh, _) = boxed(PLAYREADY, Some(Field::PlayReady), b"", |_, out| read_header(xml, 0, false, out))?;
        Ok(pssh["playready"].take())
    }

    #[test]
    fn version_4_0_as_pallycon_writes_it() {
        let xml = ["<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" version=\"4.0.0.0\"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>", KID, "</KID><CHECKSUM>6ibP40uTOZ0=</CHECKSUM><LA_URL>https://a.test/?a=1&amp;b=2</LA_URL><CUSTOMATTRIBUTES><PERIOD_INDEX>128</PERIOD_INDEX></CUSTOMATTRIBUTES></DATA></WRMHEADER>"].concat();
        let bytes = object(&[(1, text::to_utf16_le(&xml))]);
        let expected = json!({
            "version": "4.0.0.0", "keys": [{"keyId": ID, "algorithm": "AESCTR", "checksum": "6ibP40uTOZ0="}],
            "licenseUrl": "https://a.test/?a=1&b=2", "customAttributes": "<PERIOD_INDEX>128</PERIOD_INDEX>", "keyPeriodIndex": 128,
            "hasEmbeddedLicense": false, "xml": xml,
        });
        assert_eq!(read(&bytes).unwrap(), (expected, Vec::new()));
    }

    #[test]
    fn keys_in_attributes_since_4_1() {
        let one = [
            "<p:WRMHEADER xmlns:p='x' version='4.1.0.0'><p:DATA><p:PROTECTINFO><p:KID VALUE='",
            KID,
            "' ALGID='AESCTR' CHECKSUM='c'/></p:PROTECTINFO></p:DATA></p:WRMHEADER>",
        ]
        .concat();
        assert_eq!(header(&one).unwrap()["keys"], json!([{"keyId": ID, "algorithm": "AESCTR", "checksum": "c"}]));
        let two = ["<WRMHEADER version='4.3.0.0'><DATA><PROTECTINFO><KIDS><KID ALGID='AESCBC' VALUE='", KID, "'/><KID VALUE='AAAAAAAAAAAAAAAAAAAAAA=='></KID></KIDS></PROTECTINFO><DECRYPTORSETUP> ONDEMAND </DECRYPTORSETUP></DATA></WRMHEADER>"].concat();
        let read = header(&two).unwrap();
        assert_eq!(read["keys"], json!([{"keyId": ID, "algorithm": "AESCBC"}, {"keyId": "0".repeat(32)}]));
        assert_eq!(read["decryptorSetup"], "ONDEMAND");
    }

    #[test]
    fn keys_and_urls_in_the_wrong_place_for_the_version() {
        let old = ["<KID>", KID, "</KID>"].concat();
        let one = ["<PROTECTINFO><KID ALGID='AESCTR' VALUE='", KID, "'/></PROTECTINFO>"].concat();
        let list = ["<PROTECTINFO><KIDS><KID ALGID='AESCTR' VALUE='", KID, "'/></KIDS></PROTECTINFO>"].concat();
        let warned = |version: &str, data: &str, behind: &str| {
            let xml = ["<WRMHEADER version='", version, "'><DATA>", data, "</DATA>", behind, "</WRMHEADER>"].concat();
            let bytes = object(&[(1, text::to_utf16_le(&xml))]);
            let (_, read) = boxed(PLAYREADY, Some(Field::PlayReady), &bytes, |pssh, out| super::read(pssh, false, out)).unwrap();
            assert_eq!(read.key_ids.iter().map(text::hex).collect::<Vec<_>>(), [ID], "{xml}");
            let Some(crate::init_data::Payload::PlayReady(object)) = &read.boxes[0].payload else { unreachable!() };
            assert_eq!(object.license_url, None);
            read.warnings.iter().map(|warning| (warning.code, warning.reason.unwrap())).collect::<Vec<_>>()
        };
        let place = (Code::PlayreadyHeader, Reason::HeaderKeyPlace);
        for (version, right) in [("4.0.0.0", 0), ("4.1.0.0", 1), ("4.2.0.0", 2), ("4.3.0.0", 2), ("4.4.0.0", 2), ("", 3)] {
            for (form, data) in [&old, &one, &list].into_iter().enumerate() {
                let expected = if form == right || right == 3 { Vec::new() } else { vec![place] };
                assert_eq!(warned(version, data, ""), expected, "{version} {data}");
            }
        }
        let url = "<LA_URL>https://license.example/</LA_URL>";
        assert_eq!(warned("4.0.0.0", &old, url), [(Code::PlayreadyHeader, Reason::HeaderUrlPlace)]);
        assert_eq!(warned("4.1.0.0", &old, url), [place, (Code::PlayreadyHeader, Reason::HeaderUrlPlace)]);
    }

    #[test]
    fn names_elsewhere_do_not_count() {
        let xml = ["<WRMHEADER><DATA><!--<KID>AAAAAAAAAAAAAAAAAAAAAA==</KID>--><CUSTOMATTRIBUTES xmlns=''><LA_URL>https://fake.test</LA_URL><x><PERIOD_INDEX>9</PERIOD_INDEX></x></CUSTOMATTRIBUTES><LA_URL><![CDATA[https://real.test/?a&b]]></LA_URL><KID>", KID, "</KID></DATA></WRMHEADER>"].concat();
        let read = header(&xml).unwrap();
        assert_eq!(read["licenseUrl"], "https://real.test/?a&b");
        assert_eq!((&read["keys"], read.get("keyPeriodIndex")), (&json!([{"keyId": ID}]), None));
    }

    #[test]
    fn records_in_any_order_and_odd_headers() {
        let xml = text::to_utf16_le("<WRMHEADER version='4.0.0.0'/>");
        let bytes = object(&[(3, vec![0; 10]), (1, xml.clone())]);
        let both = read(&bytes).unwrap().0;
        assert_eq!((&both["version"], &both["hasEmbeddedLicense"]), (&json!("4.0.0.0"), &json!(true)));
        assert_eq!(both["records"][1], json!({"type": 1, "value": [24, xml.len()]}));
        let store = object(&[(3, vec![1])]);
        assert_eq!(read(&store).unwrap().0["xml"], "");
        for (value, utf8) in [
            ([&[0xff, 0xfe][..], &xml].concat(), false),
            ([&xml[..], &[0, 0]].concat(), false),
            ([&xml[..], &[0]].concat(), false),
            (b"<WRMHEADER version='4.0.0.0'/>".to_vec(), true),
        ] {
            let (read, warnings) = read(&object(&[(1, value)])).unwrap();
            assert_eq!((&read["xml"], read["records"].as_array().unwrap().len()), (&json!("<WRMHEADER version='4.0.0.0'/>"), 1));
            assert_eq!(warnings.contains(&Code::PlayreadyUtf8), utf8);
        }
    }

    #[test]
    fn refusals() {
        let good = object(&[(1, text::to_utf16_le("<WRMHEADER/>"))]);
        let change = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            read(&bytes).map(|_| ()).unwrap_err()
        };
        assert_eq!(change(0, 99).reason, Reason::ObjectLength);
        assert_eq!(change(8, 99), ParseError::new(Reason::RecordTooLong, 6));
        assert_eq!(change(8, 22).reason, Reason::RecordTrailing);
        assert_eq!(change(4, 2).reason, Reason::RecordTooLong);
        assert_eq!(change(12, b'X').reason, Reason::NotWrmheader);
        assert_eq!(change(10, 0).reason, Reason::HeaderEncoding);
        assert_eq!(read(&good[10..]).unwrap_err().reason, Reason::ObjectMissing);
        assert_eq!(read(&object(&[(1, Vec::new())])).unwrap_err().reason, Reason::HeaderEmpty);
        assert_eq!(read(&[]).unwrap_err().reason, Reason::EndsEarly);
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
