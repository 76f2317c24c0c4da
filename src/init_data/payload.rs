//! The data of a PSSH box, by DRM system.
//!
//! Besides Widevine, PlayReady and FairPlay, which have their own modules, these payloads are public:
//!
//! | system | payload | known from |
//! |---|---|---|
//! | Nagra | base64url of JSON: `contentId`, `keyId` (a UUID) | the boxes of public streams, as collected by pssh-box |
//! | WisePlay, ChinaDRM | JSON: `version`, `kids` (base64 of 16 bytes), `contentID`, `enschema` | the same |
//! | Irdeto | nine bytes of unknown meaning, then XML in UTF-8 | pssh-box |
//! | Marlin | box `marl` with box `mkid`: version and flags, count, count × {size, key id, content id} | Bento4, which writes it |
//!
//! The Common box carries its key ids itself. The payloads of PrimeTime, ClearKey and NCG are unknown.

use super::visitor::{PsshHeader, Report, Value, Visitor};
use super::{fairplay, playready, widevine};
use crate::bytes::Span;
use crate::error::{ParseError, Reason};
use crate::isobmff::next_box;
use crate::record::Field;
use crate::system::{self, PayloadFormat};
use crate::{json, text};

/// Reads a box's data. Data that cannot be read are not reported at all.
#[inline(never)]
pub fn read<'a, V: Visitor<'a>>(pssh: &PsshHeader<'a>, strict: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    let mark = out.mark();
    let format = system::payload_format(&pssh.system_id);
    let result = known(format, pssh, strict, out);
    if result.is_err() {
        out.rewind(mark);
    }
    // Boxes of other forms exist, and Marlin's specification is not public: an unknown form is not an error.
    if format == PayloadFormat::Marlin { Ok(()) } else { result }
}

fn known<'a, V: Visitor<'a>>(
    format: PayloadFormat,
    pssh: &PsshHeader<'a>,
    strict: bool,
    out: &mut Report<'a, '_, V>,
) -> Result<(), ParseError> {
    let data = pssh.data;
    if data.bytes.is_empty() && !pssh.bare {
        return Ok(());
    }
    if data.bytes.get(4..8) == Some(b"pssh") && next_box(&mut data.reader()).is_ok() {
        return Err(ParseError::new(Reason::WrappedTwice, data.offset));
    }
    out.visitor.open(match format {
        PayloadFormat::Widevine => Field::Widevine,
        PayloadFormat::PlayReady => Field::PlayReady,
        PayloadFormat::FairPlay => Field::FairPlay,
        PayloadFormat::Native | PayloadFormat::Opaque => return Ok(()),
        _ => Field::Details,
    });
    match format {
        PayloadFormat::Widevine => widevine::read(data, pssh.bare, out)?,
        PayloadFormat::PlayReady => playready::read(pssh, strict, out)?,
        PayloadFormat::FairPlay => fairplay::read(data, out)?,
        _ => details(format, data, out).ok_or(ParseError::new(Reason::OtherPayload, data.offset))?,
    }
    out.visitor.close();
    Ok(())
}

#[inline(never)]
fn details<'a, V: Visitor<'a>>(format: PayloadFormat, data: Span<'a>, out: &mut Report<'a, '_, V>) -> Option<()> {
    out.visitor.open_list(Field::KeyIds);
    match format {
        PayloadFormat::Nagra => nagra(data.bytes, out),
        PayloadFormat::WisePlay => wiseplay(data.bytes, out),
        PayloadFormat::Marlin => marlin(data, out),
        _ => {
            let xml = str::from_utf8(data.bytes.get(9..).unwrap_or_default()).ok()?;
            out.visitor.field(Field::Xml, Value::Text(xml));
            Some(())
        }
    }
}

fn key_id<'a, V: Visitor<'a>>(id: [u8; 16], out: &mut Report<'a, '_, V>) {
    out.key_id(&id);
    out.visitor.field(Field::KeyIds, Value::DecodedId(&id));
}

fn parse_json(bytes: &[u8]) -> Option<json::Value> {
    json::parse(str::from_utf8(bytes).ok()?)
}

fn nagra<'a, V: Visitor<'a>>(data: &[u8], out: &mut Report<'a, '_, V>) -> Option<()> {
    let value = parse_json(&text::from_base64(str::from_utf8(data).ok()?)?)?;
    key_id(text::key_id(value.field("keyId")?)?, out);
    out.optional(Field::ContentId, value.field("contentId"));
    Some(())
}

fn wiseplay<'a, V: Visitor<'a>>(data: &[u8], out: &mut Report<'a, '_, V>) -> Option<()> {
    let value = parse_json(data)?;
    for kid in value.get("kids")?.items()? {
        key_id(text::from_base64(kid.as_str()?)?.try_into().ok()?, out);
    }
    for (name, field) in [("version", Field::Version), ("contentID", Field::ContentId), ("enschema", Field::Scheme)] {
        out.optional(field, value.field(name));
    }
    Some(())
}

fn marlin<'a, V: Visitor<'a>>(data: Span<'a>, out: &mut Report<'a, '_, V>) -> Option<()> {
    let table = next_box(&mut data.reader()).ok()?.filter(|found| &found.kind == b"marl")?.body;
    let mut entries = next_box(&mut table.reader()).ok()?.filter(|found| &found.kind == b"mkid")?.body.reader();
    entries.be(4);
    for _ in 0..entries.be(4) {
        let size = entries.be(4) as usize;
        let mut entry = entries.part(size).reader();
        let place = { entry }.part(16);
        let id = entry.id();
        entry.check().and(entries.check()).ok()?;
        if V::PLACES {
            out.visitor.place(place);
        }
        key_id(id, out);
        out.visitor.field(Field::ContentId, Value::Text(str::from_utf8(entry.rest().bytes).ok()?));
    }
    entries.check().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init_data::collect::Collector;
    use crate::init_data::test_support::boxed;
    use serde_json::json;

    /// The data of a system other than the large three, if known.
    fn payload(system_id: [u8; 16], data: &[u8]) -> Result<Option<serde_json::Value>, ParseError> {
        let (pssh, read) = boxed(system_id, None, data, |pssh, out| read(pssh, true, out))?;
        assert_eq!(pssh.get("details").is_some(), read.boxes[0].payload.is_some());
        Ok(pssh.get("details").cloned())
    }

    #[test]
    fn nagra_is_json_in_base64url() {
        let data = text::to_base64url(br#"{"contentId":"film","keyId":"00112233-4455-6677-8899-aabbccddeeff"}"#);
        let expected = json!({"keyIds": ["00112233445566778899aabbccddeeff"], "contentId": "film"});
        assert_eq!(payload(system::NAGRA, data.as_bytes()), Ok(Some(expected)));
        for wrong in ["hello", &text::to_base64(br#"{"contentId":"x"}"#), &text::to_base64(b"[]")] {
            assert!(payload(system::NAGRA, wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn wiseplay_is_json() {
        let data = br#"{"version":"V1.0","kids":["AAAAAAAAAAAAAAAAAAAAAQ=="],"contentID":"Zm9v","enschema":"cbcs"}"#;
        let expected = json!({"keyIds": ["00000000000000000000000000000001"], "version": "V1.0", "contentId": "Zm9v", "scheme": "cbcs"});
        assert_eq!(payload(system::WISEPLAY, data), Ok(Some(expected)));
        for wrong in ["{}", r#"{"kids":["AA=="]}"#, r#"{"kids":[1]}"#, "no"] {
            assert!(payload(system::WISEPLAY, wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn irdeto_is_xml_after_nine_bytes() {
        let expected = |xml: &str| Ok(Some(json!({"keyIds": [], "xml": xml})));
        assert_eq!(payload(system::IRDETO, b"\0\0\0\0\0\0\0\0\0<a/>"), expected("<a/>"));
        assert_eq!(payload(system::IRDETO, b"\0\0\0\0"), expected(""));
        assert!(payload(system::IRDETO, b"\0\0\0\0\0\0\0\0\0\xff").is_err());
    }

    #[test]
    fn marlin_is_a_table_of_key_ids() {
        let data = b"\0\0\0\x2fmarl\0\0\0\x27mkid\0\0\0\0\0\0\0\x01\0\0\0\x13KKKKKKKKKKKKKKKKcid";
        let expected = json!({"keyIds": ["4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"], "contentId": "cid"});
        assert_eq!(payload(system::MARLIN, data), Ok(Some(expected)));
        // a size past the end, a hostile count, another box: opaque
        for wrong in [&data[..40], b"\0\0\0\x18marl\0\0\0\x10mkid\0\0\0\0\xff\xff\xff\xff", b"\0\0\0\x08free"] {
            assert_eq!(payload(system::MARLIN, wrong), Ok(None));
        }
    }

    #[test]
    fn unreadable_data_leave_no_fields() {
        let mut collector = Collector::default();
        let mut out = Report::new(&mut collector);
        let half = PsshHeader::bare(system::WISEPLAY, Span::whole(br#"{"kids":["AAAAAAAAAAAAAAAAAAAAAQ==","no"]}"#));
        out.begin_box(&half);
        assert!(read(&half, true, &mut out).is_err());
        assert!(out.summary.key_ids.is_empty());
        assert_eq!(collector.finished().boxes[0].payload, None);
    }

    #[test]
    fn a_box_in_a_box_is_reported() {
        assert_eq!(payload(system::WIDEVINE, b"\0\0\0\x08pssh").unwrap_err().reason, Reason::WrappedTwice);
    }

    #[test]
    fn empty_data_and_unknown_systems_are_not_errors() {
        assert_eq!(payload(system::WIDEVINE, b""), Ok(None));
        assert_eq!(payload([7; 16], b"anything"), Ok(None));
    }
}
