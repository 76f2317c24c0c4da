//! PSSH boxes, one after the other (ISO/IEC 23001-7, 8.1; W3C, "cenc" Initialization Data Format).
//!
//! ```text
//! size:u32 "pssh"  version:u8 flags:u24  system id:16
//!   [count:u32  count × key id:16   in version 1]  size:u32 data  padding to the end of the box
//! ```
//!
//! Lenient reading never loses a box because of another: errors become warnings, and reading continues after
//! the bad box, or at the next readable `pssh` if the bad box's size is useless. `docs/init-data.md`
//! lists the recoveries.

use super::payload;
use super::visitor::{PsshHeader, Report, Visitor};
use crate::bytes::{Span, steps};
use crate::error::{Code, ParseError, Reason};
use crate::isobmff::{Mp4Box, SizeForm, is_type, next_box};
use crate::system::{self, PayloadFormat};

/// EME allows user agents to refuse init data above 64 KiB, and Chromium does.
const STRICT_LIMIT: usize = 65_536;

/// Reads boxes one after the other.
#[inline(never)]
pub fn read_all<'a, V: Visitor<'a>>(data: Span<'a>, strict: bool, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    if strict && data.bytes.len() > STRICT_LIMIT {
        return Err(ParseError::new(Reason::Over64Kib, data.offset));
    }
    let mut first_error = None;
    let mut rest = data;
    while !rest.bytes.is_empty() {
        let mut reader = rest.reader();
        // Whether the size is plausible: if not, the next box is searched for.
        let mut framed = false;
        let found = next_box(&mut reader).and_then(|found| match found {
            Some(found) => {
                framed = is_type(&found.kind);
                read(&found, strict, out)
            }
            None => Ok(Span::default()),
        });
        rest = reader.rest();
        match found {
            Ok(follows) if !follows.bytes.is_empty() => rest = follows,
            Ok(_) => {}
            Err(error) if strict => return Err(error),
            Err(error) => {
                leave_out(error, out);
                first_error = first_error.or(Some(error));
                if !framed {
                    // After the first four bytes of the unreadable box, or it would be found again.
                    rest = next_readable(data, error.offset.wrapping_sub(data.offset).saturating_add(4));
                }
            }
        }
    }
    match first_error {
        Some(error) if out.boxes == 0 => Err(error),
        _ => Ok(()),
    }
}

/// Reports a box that could not be read.
pub(crate) fn leave_out<'a, V: Visitor<'a>>(error: ParseError, out: &mut Report<'a, '_, V>) {
    out.warn_because(Code::BoxLeftOut, error.reason, error.offset);
}

fn starts_with_pssh(data: Span<'_>) -> bool {
    data.bytes.get(4..8) == Some(b"pssh")
}

/// The fields of a box, and the boxes that follow inside it: a size of 0 covers the rest of the input.
/// `None` for a box of an unknown version.
#[inline(never)]
fn header<'a>(found: &Mp4Box<'a>, strict: bool) -> Result<Option<(PsshHeader<'a>, Span<'a>)>, ParseError> {
    let error = |reason| Err(ParseError::new(reason, found.offset));
    if &found.kind != b"pssh" {
        return error(Reason::NotPssh);
    }
    let mut body = found.body.reader();
    let word = body.be(4);
    let mut pssh = PsshHeader::bare(body.id(), found.body);
    (pssh.version, pssh.flags) = (word >> 24, word & 0x00ff_ffff);
    if pssh.version > 1 {
        return Ok(None);
    }
    if pssh.flags != 0 && strict {
        return error(Reason::PsshHasFlags);
    }
    if pssh.version == 1 {
        let size = (body.be(4) as usize).saturating_mul(16);
        pssh.key_ids = body.part(size);
    }
    // Seen in tests of players: a box that ends after the system id.
    pssh.no_data_size = body.is_empty() && !strict;
    let size = if pssh.no_data_size { 0 } else { body.be(4) as usize };
    pssh.data = body.part(size);
    if body.check().is_err() {
        return error(Reason::PsshTooShort);
    }
    (pssh.offset, pssh.size, pssh.form, pssh.bare, pssh.padding) = (found.offset, found.size, found.form, false, body.rest());
    let mut follows = Span::default();
    if pssh.form == SizeForm::ToEnd && !strict && starts_with_pssh(pssh.padding) {
        follows = std::mem::take(&mut pssh.padding);
        pssh.size = follows.offset.wrapping_sub(found.offset);
    }
    Ok(Some((pssh, follows)))
}

/// Reads one box; returns the boxes that follow inside it.
#[inline(never)]
pub(crate) fn read<'a, V: Visitor<'a>>(found: &Mp4Box<'a>, strict: bool, out: &mut Report<'a, '_, V>) -> Result<Span<'a>, ParseError> {
    let Some((pssh, follows)) = header(found, strict)? else {
        out.warn(Code::PsshVersion, found.offset);
        return Ok(Span::default());
    };
    if !follows.bytes.is_empty() {
        out.warn(Code::BoxSize, found.offset);
    }
    if pssh.flags != 0 {
        out.warn(Code::PsshFlags, found.offset);
    }
    if pssh.no_data_size {
        out.warn(Code::PsshDataSize, found.offset);
    }
    if system::payload_format(&pssh.system_id) == PayloadFormat::Native {
        out.warn(Code::NotInBrowsers, found.offset);
    }
    out.begin_box(&pssh);
    if let Err(error) = payload::read(&pssh, strict, out) {
        out.visitor.payload_error(error);
    }
    out.visitor.end_box();
    Ok(follows)
}

/// The rest of `data` from the first `pssh` box that can be read and begins at `from` or later.
fn next_readable(data: Span<'_>, from: usize) -> Span<'_> {
    let mut reader = data.reader();
    reader.get(from);
    while reader.remaining() > 8 {
        steps::count();
        let mut ahead = reader;
        let rest = { reader }.rest();
        if starts_with_pssh(rest)
            && let Ok(Some(found)) = next_box(&mut ahead)
            && matches!(header(&found, false), Ok(Some(_)))
        {
            return rest;
        }
        reader.get(1);
    }
    Span::default()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::init_data::InitData;
    use crate::init_data::test_support::{self, collect};
    use crate::text::uuid;
    use serde_json::{Value, json};

    const KEYS: &[u8] = b"KKKKKKKKKKKKKKKKLLLLLLLLLLLLLLLL";

    /// A version 1 box of the common system with two keys: 68 bytes.
    fn common() -> Vec<u8> {
        [&b"\0\0\0\x44pssh\x01\0\0\0"[..], &system::COMMON, b"\0\0\0\x02", KEYS, b"\0\0\0\0"].concat()
    }

    /// A version 0 box: 32 bytes and the data.
    fn boxed(system_id: [u8; 16], data: &[u8]) -> Vec<u8> {
        let size = (32 + data.len() as u32).to_be_bytes();
        [&size[..], b"pssh\0\0\0\0", &system_id, &(data.len() as u32).to_be_bytes(), data].concat()
    }

    fn read(data: &[u8], strict: bool) -> Result<InitData<'_>, ParseError> {
        collect(|out| read_all(Span::whole(data), strict, out))
    }

    /// The boxes, and the warnings with their places.
    fn lenient(data: &[u8]) -> (Vec<Value>, Vec<(String, u64)>) {
        let json = test_support::json(&read(data, false).unwrap());
        let warning = |warning: &Value| (warning["code"].as_str().unwrap().to_string(), warning["offset"].as_u64().unwrap());
        (json["boxes"].as_array().unwrap().clone(), json["warnings"].as_array().unwrap().iter().map(warning).collect())
    }

    fn strict(data: &[u8]) -> Result<Vec<Value>, ParseError> {
        Ok(test_support::json(&read(data, true)?)["boxes"].as_array().unwrap().clone())
    }

    fn warnings(of: &[(&str, u64)]) -> Vec<(String, u64)> {
        of.iter().map(|(code, offset)| (code.to_string(), *offset)).collect()
    }

    #[test]
    fn both_versions_and_their_places() {
        let data = [common(), boxed([7; 16], b"data")].concat();
        let (boxes, warned) = lenient(&data);
        assert_eq!(warned, []);
        let ids = [&KEYS[..16], &KEYS[16..]].map(crate::text::hex);
        let first = json!({
            "systemId": uuid(&system::COMMON), "system": "Common", "version": 1, "flags": 0, "keyIds": ids, "data": [68, 0], "offset": 0, "size": 68,
        });
        let second = json!({
            "systemId": uuid(&[7; 16]), "version": 0, "flags": 0, "keyIds": [], "data": [100, 4], "offset": 68, "size": 36,
        });
        assert_eq!(boxes, [first, second]);
        assert_eq!(strict(&data).unwrap(), boxes);
    }

    #[test]
    fn sizes_of_0_and_in_64_bits() {
        let mut to_end = common();
        to_end[3] = 0;
        assert_eq!(strict(&to_end).unwrap()[0]["sizeForm"], "to-end");
        let long = [&b"\0\0\0\x01pssh\0\0\0\0\0\0\0\x4c"[..], &common()[8..], &common()].concat();
        let boxes = strict(&long).unwrap();
        assert_eq!([&boxes[0]["sizeForm"], &boxes[0]["size"], &boxes[1]["offset"]], [&json!("long"), &json!(76), &json!(76)]);
    }

    #[test]
    fn padding_belongs_to_the_box() {
        let mut padded = [common(), vec![0; 4]].concat();
        padded[3] = 72;
        let data = [padded, common()].concat();
        let boxes = strict(&data).unwrap();
        assert_eq!((&boxes[0]["padding"], &boxes[1]["offset"]), (&json!([68, 4]), &json!(72)));
    }

    #[test]
    fn a_box_of_size_0_that_is_not_the_last() {
        let mut data = [common(), common()].concat();
        data[3] = 0;
        assert_eq!(strict(&data).unwrap()[0]["padding"], json!([68, 68]));
        let (boxes, warned) = lenient(&data);
        assert_eq!(boxes.iter().map(|pssh| [&pssh["offset"], &pssh["size"]]).collect::<Vec<_>>(), [[0, 68], [68, 68]]);
        assert_eq!(warned, warnings(&[("box-size", 0)]));
    }

    #[test]
    fn an_error_in_one_box_loses_no_other() {
        let good = common();
        let change = |at: usize, byte: u8| {
            let mut bad = common();
            bad[at] = byte;
            bad
        };
        for (name, bad) in [
            ("not a pssh box", b"\0\0\0\x0cfreewhat".to_vec()),
            ("longer than the input", change(0, 9)),
            ("shorter than its header", change(3, 7)),
            ("shorter than a pssh box", change(3, 8)),
            ("more keys than room", change(31, 200)),
            ("more data than room", change(67, 1)),
            ("no type at all", b"\0\0\0\x09\x01\x02\x03\x04\x05".to_vec()),
        ] {
            assert!(strict(&bad).is_err(), "{name}");
            assert!(read(&bad, false).is_err(), "{name}, alone");
            for data in [[&good[..], &bad].concat(), [&bad[..], &good].concat(), [&good[..], &bad, &good].concat()] {
                assert!(strict(&data).is_err(), "{name}");
                let (boxes, warnings) = lenient(&data);
                assert_eq!(boxes.len(), (data.len() - bad.len()) / good.len(), "{name}");
                assert!(warnings.iter().all(|(code, _)| *code == "box-left-out"), "{name}: {warnings:?}");
            }
        }
    }

    #[test]
    fn a_truncated_box_is_reported_with_its_place() {
        let data = [common(), common()[..60].to_vec()].concat();
        assert_eq!(strict(&data).unwrap_err(), ParseError::new(Reason::BoxTooLong, 68));
        let (boxes, warned) = lenient(&data);
        assert_eq!((boxes.len(), warned), (1, warnings(&[("box-left-out", 68)])));
    }

    #[test]
    fn boxes_of_unknown_versions_are_left_out() {
        let mut data = [common(), common()].concat();
        data[8] = 2;
        assert_eq!(strict(&data).unwrap().len(), 1);
        assert_eq!(lenient(&data).1, warnings(&[("pssh-version", 0)]));
        assert!(lenient(&data[..68]).0.is_empty());
    }

    #[test]
    fn flags_and_sizes_that_chromium_refuses() {
        let mut flags = common();
        flags[10] = 3;
        assert!(strict(&flags).is_err());
        let (boxes, warned) = lenient(&flags);
        assert_eq!((&boxes[0]["flags"], warned), (&json!(0x300), warnings(&[("pssh-flags", 0)])));
        let large = boxed([7; 16], &[0; 70_000]);
        assert_eq!((strict(&large).is_err(), lenient(&large).0.len()), (true, 1));
        let mut no_size = boxed([7; 16], b"")[..28].to_vec();
        no_size[3] = 28;
        assert!(strict(&no_size).is_err());
        assert_eq!(lenient(&no_size).1, warnings(&[("pssh-data-size", 0)]));
    }

    #[test]
    fn a_bad_payload_keeps_its_box() {
        let data = [boxed(system::WIDEVINE, b"\x01\x02"), boxed(system::PLAYREADY, b"no"), boxed(system::WIDEVINE, b"\x08\x01")].concat();
        let boxes = strict(&data).unwrap();
        assert_eq!(boxes[0]["payloadError"], Reason::FieldNumber.as_str());
        assert!(boxes[1].get("payloadError").is_some() && boxes[2].get("payloadError").is_none());
        assert_eq!(boxes[1]["data"][1], 2);
    }

    #[test]
    fn ncg_is_reported_as_for_native_players() {
        assert_eq!(lenient(&boxed(system::NCG, b"")).1, warnings(&[("not-in-browsers", 0)]));
    }

    #[test]
    fn work_is_linear() {
        for piece in
            [&b"pssh"[..], b"\0\0\0\x08pssh", b"\0\0\0\0pssh", b"\0\0\0\x01pssh\0\0\0\0\0\0\0\x20", b"\xff", b"\0\0\0\x09free", &common()]
        {
            let data = |count: usize| piece.repeat(count);
            let work = |data: &[u8]| steps::of(|| read(data, false)).0;
            let (small, large) = (work(&data(1000)), work(&data(10_000)));
            assert!(large <= small * 11 + 1000, "{piece:?}: {small} then {large}");
        }
    }
}
