//! What the data of a PSSH box says, by the system whose box it is.
//!
//! Beside Widevine, PlayReady and FairPlay, which have modules of their own, these payloads are public:
//!
//! | system | payload | known from |
//! |---|---|---|
//! | Nagra | base64url of JSON: `contentId`, `keyId` (a UUID) | the boxes of public streams, as collected by pssh-box |
//! | WisePlay, ChinaDRM | JSON: `version`, `kids` (base64 of 16 bytes), `contentID`, `enschema` | the same |
//! | Irdeto | nine bytes of unknown meaning, then XML in UTF-8 | pssh-box |
//! | Marlin | box `marl` with box `mkid`: version and flags, count, count × {size, key id, content id} | Bento4, which writes it |
//!
//! The Common box carries its key ids itself. Of PrimeTime, ClearKey and NCG nothing is known beyond the box.

use super::fairplay::{self, FairPlayData};
use super::playready::{self, PlayReadyObject};
use super::widevine::{self, WidevineData};
use crate::bytes::{Fault, Span};
use crate::isobmff::next_box;
use crate::{json, system, text};

/// What a box's data says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload<'a> {
    /// Nothing, or nothing that is public.
    None,
    /// Widevine's.
    Widevine(WidevineData<'a>),
    /// PlayReady's.
    PlayReady(Box<PlayReadyObject<'a>>),
    /// FairPlay's.
    FairPlay(FairPlayData<'a>),
    /// Another system's.
    Other(Details),
}

/// What is public of the other systems' payloads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Keys that it names.
    pub key_ids: Vec<[u8; 16]>,
    /// Name and text of what else it says: `contentId`, `version`, `scheme`, `xml`.
    pub texts: Vec<(&'static str, String)>,
}

/// Reads a box's data. What is wrong with it does not touch the box.
pub fn read<'a>(system_id: &[u8; 16], data: Span<'a>, strict: bool, out: &mut Payload<'a>) -> Result<(), Fault> {
    let bytes = data.bytes;
    if bytes.is_empty() {
        return Ok(());
    }
    if bytes.get(4..8) == Some(b"pssh") && next_box(&mut data.reader()).is_ok() {
        return Err(Fault::new("it is a pssh box itself: wrapped twice", data.offset));
    }
    // Comparing arrays one by one: as patterns of a `match` they are taken apart byte by byte, in two kilobytes of module.
    let is = |id: [u8; 16]| *system_id == id;
    let details = if is(system::WIDEVINE) {
        *out = Payload::Widevine(widevine::read(data)?);
        return Ok(());
    } else if is(system::PLAYREADY) {
        let object = Box::new(playready::read(data)?);
        if strict && object.utf8 {
            return Err(Fault::new("the PlayReady header is not UTF-16LE", data.offset));
        }
        *out = Payload::PlayReady(object);
        return Ok(());
    } else if is(system::FAIRPLAY) {
        *out = Payload::FairPlay(fairplay::read(data)?);
        return Ok(());
    } else if is(system::NAGRA) {
        nagra(bytes)
    } else if is(system::WISEPLAY) {
        wiseplay(bytes)
    } else if is(system::IRDETO) {
        let xml = str::from_utf8(bytes.get(9..).unwrap_or_default()).ok();
        xml.map(|xml| Details { key_ids: Vec::new(), texts: vec![("xml", xml.into())] })
    } else if is(system::MARLIN) || is(system::MARLIN_URN) {
        // Boxes of other forms exist, and the specification is not public: no form is an error.
        *out = marlin(data).map_or(Payload::None, Payload::Other);
        return Ok(());
    } else {
        return Ok(());
    };
    *out = Payload::Other(details.ok_or(Fault::new("it is not what this system writes", data.offset))?);
    Ok(())
}

fn parse_json(bytes: &[u8]) -> Option<json::Value> {
    json::parse(str::from_utf8(bytes).ok()?)
}

fn nagra(data: &[u8]) -> Option<Details> {
    let value = parse_json(&text::from_base64(str::from_utf8(data).ok()?)?)?;
    let key_id = text::key_id(value.field("keyId")?)?;
    let texts = value.field("contentId").map(|id| ("contentId", String::from(id)));
    Some(Details { key_ids: vec![key_id], texts: texts.into_iter().collect() })
}

fn wiseplay(data: &[u8]) -> Option<Details> {
    let value = parse_json(data)?;
    let mut out = Details::default();
    for kid in value.get("kids")?.items()? {
        out.key_ids.push(text::from_base64(kid.as_str()?)?.try_into().ok()?);
    }
    for (name, ours) in [("version", "version"), ("contentID", "contentId"), ("enschema", "scheme")] {
        out.texts.extend(value.field(name).map(|text| (ours, String::from(text))));
    }
    Some(out)
}

fn marlin(data: Span<'_>) -> Option<Details> {
    let table = next_box(&mut data.reader()).ok()?.filter(|found| &found.kind == b"marl")?.body;
    let mut entries = next_box(&mut table.reader()).ok()?.filter(|found| &found.kind == b"mkid")?.body.reader();
    let mut out = Details::default();
    entries.u32_be().ok()?;
    for _ in 0..entries.u32_be().ok()? {
        let size = entries.u32_be().ok()?;
        let mut entry = entries.span(size as usize).ok()?.reader();
        out.key_ids.push(entry.array().ok()?);
        out.texts.push(("contentId", str::from_utf8(entry.rest().bytes).ok()?.into()));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(system_id: [u8; 16], data: &[u8]) -> Result<Payload<'_>, Fault> {
        let mut out = Payload::None;
        read(&system_id, Span::whole(data), true, &mut out).map(|()| out)
    }

    fn other(system_id: [u8; 16], data: &[u8]) -> Result<Details, Fault> {
        match payload(system_id, data)? {
            Payload::Other(details) => Ok(details),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nagra_is_json_in_base64url() {
        let data = text::to_base64url(br#"{"contentId":"film","keyId":"00112233-4455-6677-8899-aabbccddeeff"}"#);
        let read = other(system::NAGRA, data.as_bytes()).unwrap();
        assert_eq!(text::hex(&read.key_ids[0]), "00112233445566778899aabbccddeeff");
        assert_eq!(read.texts, [("contentId", "film".into())]);
        for wrong in ["hello", &text::to_base64(br#"{"contentId":"x"}"#), &text::to_base64(b"[]")] {
            assert!(other(system::NAGRA, wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn wiseplay_is_json() {
        let read =
            other(system::WISEPLAY, br#"{"version":"V1.0","kids":["AAAAAAAAAAAAAAAAAAAAAQ=="],"contentID":"Zm9v","enschema":"cbcs"}"#)
                .unwrap();
        assert_eq!(read.key_ids[0][15], 1);
        assert_eq!(read.texts, [("version", "V1.0".into()), ("contentId", "Zm9v".into()), ("scheme", "cbcs".into())]);
        for wrong in ["{}", r#"{"kids":["AA=="]}"#, r#"{"kids":[1]}"#, "no"] {
            assert!(other(system::WISEPLAY, wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn irdeto_is_xml_behind_nine_bytes() {
        assert_eq!(other(system::IRDETO, b"\0\0\0\0\0\0\0\0\0<a/>").unwrap().texts, [("xml", "<a/>".into())]);
        assert_eq!(other(system::IRDETO, b"\0\0\0\0").unwrap().texts, [("xml", String::new())]);
        assert!(other(system::IRDETO, b"\0\0\0\0\0\0\0\0\0\xff").is_err());
    }

    #[test]
    fn marlin_is_a_table_of_key_ids() {
        let data = b"\0\0\0\x2fmarl\0\0\0\x27mkid\0\0\0\0\0\0\0\x01\0\0\0\x13KKKKKKKKKKKKKKKKcid";
        let read = other(system::MARLIN, data).unwrap();
        assert_eq!((read.key_ids[0], &read.texts[0].1[..]), (*b"KKKKKKKKKKKKKKKK", "cid"));
        // a size past the end, a hostile count, another box: opaque
        for wrong in [&data[..40], b"\0\0\0\x18marl\0\0\0\x10mkid\0\0\0\0\xff\xff\xff\xff", b"\0\0\0\x08free"] {
            assert_eq!(payload(system::MARLIN, wrong), Ok(Payload::None));
        }
    }

    #[test]
    fn a_box_in_a_box_is_said_to_be_one() {
        let fault = payload(system::WIDEVINE, b"\0\0\0\x08pssh").unwrap_err();
        assert_eq!(fault.what, "it is a pssh box itself: wrapped twice");
    }

    #[test]
    fn no_data_and_unknown_systems_are_no_errors() {
        assert_eq!(payload(system::WIDEVINE, b""), Ok(Payload::None));
        assert_eq!(payload([7; 16], b"anything"), Ok(Payload::None));
    }
}
