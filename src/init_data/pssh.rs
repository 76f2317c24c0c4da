//! PSSH boxes, one after the other (ISO/IEC 23001-7, 8.1; W3C, "cenc" Initialization Data Format).
//!
//! ```text
//! size:u32 "pssh"  version:u8 flags:u24  system id:16
//!   [count:u32  count × key id:16   in version 1]  size:u32 data  padding to the end of the box
//! ```
//!
//! Lenient reading loses no box for the sake of another: what is wrong becomes a warning, and reading goes on behind
//! the bad box, or at the next `pssh` that can be read where the bad box's size says nothing. `docs/init-data.md`
//! lists the recoveries.

use super::{InitData, payload};
use crate::bytes::{Fault, Span, steps};
use crate::isobmff::{Mp4Box, SizeForm, is_type, next_box};
use crate::json::Writer;
use crate::system::{self, Payload};
use crate::text::uuid;

/// EME allows user agents to refuse init data above 64 KiB, and Chromium does.
const STRICT_LIMIT: usize = 65_536;

/// A PSSH box, as far as its own fields go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PsshBox<'a> {
    /// Whose box it is.
    pub system_id: [u8; 16],
    /// 0 or 1.
    pub version: u32,
    /// 24 bits; 0 in every known box.
    pub flags: u32,
    /// The box's own list: 16 bytes each.
    pub key_ids: Span<'a>,
    /// What is for the DRM.
    pub data: Span<'a>,
    /// Where it begins in the input.
    pub offset: usize,
    /// Its bytes, the header too.
    pub size: usize,
    /// Not a box at all but a payload without one.
    pub bare: bool,
    /// How the size was written.
    pub form: SizeForm,
    /// The field that holds the data's size is missing.
    pub no_data_size: bool,
    /// Bytes behind the data.
    pub padding: Span<'a>,
}

impl<'a> PsshBox<'a> {
    /// A payload that stood there without a box.
    pub fn bare(system_id: [u8; 16], data: Span<'a>) -> Self {
        PsshBox {
            system_id,
            version: 0,
            flags: 0,
            key_ids: Span::default(),
            data,
            offset: data.offset,
            size: data.bytes.len(),
            bare: true,
            form: SizeForm::Plain,
            no_data_size: false,
            padding: Span::default(),
        }
    }

    /// The fields of the public type `PsshBox`, but for the payload.
    #[inline(never)]
    pub fn write(&self, o: &mut Writer) {
        o.string("systemId", &uuid(&self.system_id));
        o.optional_string("system", system::name(&self.system_id));
        o.number("version", self.version.into());
        o.number("flags", self.flags.into());
        o.hexes("keyIds", &mut self.key_ids.bytes.chunks_exact(16));
        o.span("data", self.data);
        o.number("offset", self.offset as u64);
        o.number("size", self.size as u64);
        if self.bare {
            o.boolean("bare", true);
        }
        match self.form {
            SizeForm::Plain => {}
            SizeForm::Long => o.string("sizeForm", "long"),
            SizeForm::ToEnd => o.string("sizeForm", "to-end"),
        }
        if self.no_data_size {
            o.boolean("noDataSize", true);
        }
        if !self.padding.bytes.is_empty() {
            o.span("padding", self.padding);
        }
    }
}

/// Reads boxes one after the other.
pub fn read_all(data: Span<'_>, strict: bool, out: &mut InitData) -> Result<(), Fault> {
    if strict && data.bytes.len() > STRICT_LIMIT {
        return Err(Fault::new("there are more than 64 KiB", data.offset));
    }
    let mut first_fault = None;
    let mut rest = data;
    while !rest.bytes.is_empty() {
        let mut reader = rest.reader();
        // Whether the size can be believed: if not, the next box is looked for.
        let mut framed = false;
        let found = next_box(&mut reader).and_then(|found| match found {
            Some(found) => {
                framed = is_type(&found.kind);
                read(found, strict, out)
            }
            None => Ok(None),
        });
        rest = reader.rest();
        match found {
            Ok(Some(follows)) if !follows.bytes.is_empty() => rest = follows,
            Ok(_) => {}
            Err(fault) if strict => return Err(fault),
            Err(fault) => {
                out.leave_out(fault);
                first_fault = first_fault.or(Some(fault));
                if !framed {
                    // Behind the first four bytes of what could not be read, or it would be found again.
                    rest = next_readable(data, fault.offset.wrapping_sub(data.offset).saturating_add(4));
                }
            }
        }
    }
    match first_fault {
        Some(fault) if out.systems.is_empty() => Err(fault),
        _ => Ok(()),
    }
}

fn starts_with_pssh(data: Span<'_>) -> bool {
    data.bytes.get(4..8) == Some(b"pssh")
}

/// Reads one box. Tells which boxes follow inside of it: a size of 0 covers the rest of the input, whatever that is. `None`
/// for a box of a version that is not known.
pub(crate) fn read<'a>(found: Mp4Box<'a>, strict: bool, out: &mut InitData) -> Result<Option<Span<'a>>, Fault> {
    let fault = |what| Err(Fault::new(what, found.offset));
    if &found.kind != b"pssh" {
        return fault("a box is not a pssh box");
    }
    let mut body = found.body.reader();
    let word = body.be(4);
    let mut pssh = PsshBox::bare(body.id(), found.body);
    (pssh.version, pssh.flags) = (word >> 24, word & 0x00ff_ffff);
    if pssh.version > 1 {
        out.warn("pssh-version", "a box of a version that is not known was left out", found.offset);
        return Ok(None);
    }
    if pssh.flags != 0 && strict {
        return fault("a pssh box has flags");
    }
    if pssh.version == 1 {
        let size = (body.be(4) as usize).saturating_mul(16);
        pssh.key_ids = body.part(size);
    }
    // Seen in tests of players: a box that ends behind the system id.
    pssh.no_data_size = body.is_empty() && !strict;
    let size = if pssh.no_data_size { 0 } else { body.be(4) as usize };
    pssh.data = body.part(size);
    if body.check().is_err() {
        return fault("a pssh box is shorter than what it says it holds");
    }
    (pssh.offset, pssh.size, pssh.form, pssh.bare, pssh.padding) = (found.offset, found.size, found.form, false, body.rest());
    let mut follows = Span::default();
    if pssh.form == SizeForm::ToEnd && !strict && starts_with_pssh(pssh.padding) {
        out.warn("box-size", "a box of size 0 is not the last one", found.offset);
        follows = std::mem::take(&mut pssh.padding);
        pssh.size = follows.offset.wrapping_sub(found.offset);
    }
    if pssh.flags != 0 {
        out.warn("pssh-flags", "a box has flags, for which Chromium refuses it", found.offset);
    }
    if pssh.no_data_size {
        out.warn("pssh-data-size", "a box ends where the size of its data should stand", found.offset);
    }
    if system::payload(&pssh.system_id) == Payload::Native {
        out.warn("not-in-browsers", "NCG is for native players: no browser can play it", found.offset);
    }
    out.open(&pssh);
    if let Err(fault) = payload::read(&pssh, strict, out) {
        out.boxes.string("payloadError", fault.what);
    }
    out.boxes.close(b'}');
    Ok(Some(follows))
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
            && matches!(read(found, false, &mut InitData::default()), Ok(Some(_)))
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

    /// The boxes, and the warnings with their places.
    fn lenient(data: &[u8]) -> (Vec<Value>, Vec<(String, u64)>) {
        let mut out = InitData::default();
        read_all(Span::whole(data), false, &mut out).unwrap();
        let json: Value = serde_json::from_str(&out.to_json()).unwrap();
        let warning = |warning: &Value| (warning["code"].as_str().unwrap().to_string(), warning["offset"].as_u64().unwrap());
        (json["boxes"].as_array().unwrap().clone(), json["warnings"].as_array().unwrap().iter().map(warning).collect())
    }

    fn strict(data: &[u8]) -> Result<Vec<Value>, Fault> {
        let mut out = InitData::default();
        read_all(Span::whole(data), true, &mut out)?;
        Ok(serde_json::from_str::<Value>(&out.to_json()).unwrap()["boxes"].as_array().unwrap().clone())
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
    fn what_is_wrong_with_one_box_loses_no_other() {
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
            assert!(read_all(Span::whole(&bad), false, &mut InitData::default()).is_err(), "{name}, alone");
            for data in [[&good[..], &bad].concat(), [&bad[..], &good].concat(), [&good[..], &bad, &good].concat()] {
                assert!(strict(&data).is_err(), "{name}");
                let (boxes, warnings) = lenient(&data);
                assert_eq!(boxes.len(), (data.len() - bad.len()) / good.len(), "{name}");
                assert!(warnings.iter().all(|(code, _)| *code == "box-left-out"), "{name}: {warnings:?}");
            }
        }
    }

    #[test]
    fn a_box_cut_off_is_named_by_its_place() {
        let data = [common(), common()[..60].to_vec()].concat();
        assert_eq!(strict(&data).unwrap_err(), Fault::new("a box is longer than what is there", 68));
        let (boxes, warned) = lenient(&data);
        assert_eq!((boxes.len(), warned), (1, warnings(&[("box-left-out", 68)])));
    }

    #[test]
    fn versions_that_are_not_known_are_left_out() {
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
        assert_eq!(boxes[0]["payloadError"], "a protobuf field has no proper number");
        assert!(boxes[1].get("payloadError").is_some() && boxes[2].get("payloadError").is_none());
        assert_eq!(boxes[1]["data"][1], 2);
    }

    #[test]
    fn ncg_is_said_to_be_for_native_players() {
        assert_eq!(lenient(&boxed(system::NCG, b"")).1, warnings(&[("not-in-browsers", 0)]));
    }

    #[test]
    fn work_is_linear() {
        for piece in
            [&b"pssh"[..], b"\0\0\0\x08pssh", b"\0\0\0\0pssh", b"\0\0\0\x01pssh\0\0\0\0\0\0\0\x20", b"\xff", b"\0\0\0\x09free", &common()]
        {
            let data = |count: usize| piece.repeat(count);
            let work = |data: &[u8]| steps::of(|| read_all(Span::whole(data), false, &mut InitData::default())).0;
            let (small, large) = (work(&data(1000)), work(&data(10_000)));
            assert!(large <= small * 11 + 1000, "{piece:?}: {small} then {large}");
        }
    }
}
