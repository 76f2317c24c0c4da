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

use super::Warning;
use super::payload::{self, Payload};
use crate::bytes::{Fault, Span, steps};
use crate::isobmff::{Mp4Box, SizeForm, is_type, next_box};
use crate::system;

/// EME allows user agents to refuse init data above 64 KiB, and Chromium does.
const STRICT_LIMIT: usize = 65_536;

/// A PSSH box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsshBox<'a> {
    /// Whose box it is.
    pub system_id: [u8; 16],
    /// 0 or 1.
    pub version: u8,
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
    /// What the data says, where it could be read.
    pub payload: Payload<'a>,
    /// Why it could not.
    pub payload_error: Option<Fault>,
}

impl<'a> PsshBox<'a> {
    /// A payload that stands there without a box; whose it is and what it says is yet to be found.
    pub fn bare(data: Span<'a>) -> Self {
        PsshBox {
            system_id: [0; 16],
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
            payload: Payload::None,
            payload_error: None,
        }
    }

    /// The box's own list.
    pub fn key_ids(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.key_ids.bytes.chunks_exact(16)
    }
}

/// Reads boxes one after the other.
pub fn read_all<'a>(data: Span<'a>, strict: bool, boxes: &mut Vec<PsshBox<'a>>, warnings: &mut Vec<Warning>) -> Result<(), Fault> {
    if strict && data.bytes.len() > STRICT_LIMIT {
        return Err(Fault::new("there are more than 64 KiB", data.offset));
    }
    let mut first_fault = None;
    let mut rest = data;
    while !rest.bytes.is_empty() {
        let mut reader = rest.reader();
        let mut pssh = PsshBox::bare(rest);
        // Whether the size can be believed: if not, the next box is looked for.
        let mut framed = false;
        let found = next_box(&mut reader).and_then(|found| match found {
            Some(found) => {
                framed = is_type(&found.kind);
                read(found, strict, &mut pssh)
            }
            None => Ok(false),
        });
        rest = reader.rest();
        match found {
            Ok(true) => {
                if pssh.form == SizeForm::ToEnd && !strict && starts_with_pssh(pssh.padding) {
                    warn(warnings, "box-size", "a box of size 0 is not the last one", pssh.offset);
                    rest = std::mem::take(&mut pssh.padding);
                    pssh.size = rest.offset.wrapping_sub(pssh.offset);
                }
                note(&pssh, warnings);
                boxes.push(pssh);
            }
            Ok(false) => warn(warnings, "pssh-version", UNKNOWN_VERSION, pssh.offset),
            Err(fault) if strict => return Err(fault),
            Err(fault) => {
                warn(warnings, "box-left-out", fault.what, fault.offset);
                first_fault = first_fault.or(Some(fault));
                if !framed {
                    // Behind the first four bytes of what could not be read, or it would be found again.
                    rest = next_readable(data, fault.offset.wrapping_sub(data.offset).saturating_add(4));
                }
            }
        }
    }
    match first_fault {
        Some(fault) if boxes.is_empty() => Err(fault),
        _ => Ok(()),
    }
}

/// What is said of a box that is left out for its version.
pub(crate) const UNKNOWN_VERSION: &str = "a box of a version that is not known was left out";

fn warn(warnings: &mut Vec<Warning>, code: &'static str, message: &'static str, offset: usize) {
    warnings.push(Warning { code, message, offset });
}

/// What is odd about a box that was read.
pub(crate) fn note(pssh: &PsshBox<'_>, warnings: &mut Vec<Warning>) {
    let mut warn = |code, message| warn(warnings, code, message, pssh.offset);
    if pssh.flags != 0 {
        warn("pssh-flags", "a box has flags, for which Chromium refuses it");
    }
    if pssh.no_data_size {
        warn("pssh-data-size", "a box ends where the size of its data should stand");
    }
    if let Payload::PlayReady(object) = &pssh.payload
        && object.utf8
    {
        warn("playready-utf8", "a PlayReady header stands in UTF-8 and not in UTF-16LE");
    }
    if [system::NCG, system::NCG_HLS_AES, system::NCG_HLS_SAMPLE_AES].contains(&pssh.system_id) {
        warn("not-in-browsers", "NCG is for native players: no browser can play it");
    }
}

fn starts_with_pssh(data: Span<'_>) -> bool {
    data.bytes.get(4..8) == Some(b"pssh")
}

/// One box; false where its version is not known.
pub(crate) fn read<'a>(found: Mp4Box<'a>, strict: bool, pssh: &mut PsshBox<'a>) -> Result<bool, Fault> {
    let fault = |what| Fault::new(what, found.offset);
    if &found.kind != b"pssh" {
        return Err(fault("a box is not a pssh box"));
    }
    let mut body = found.body.reader();
    let cut = |_| fault("a pssh box is too short");
    let word = body.u32_be().map_err(cut)?;
    (pssh.offset, pssh.size, pssh.form, pssh.bare) = (found.offset, found.size, found.form, false);
    (pssh.version, pssh.flags) = ((word >> 24) as u8, word & 0x00ff_ffff);
    if pssh.version > 1 {
        return Ok(false);
    }
    if pssh.flags != 0 && strict {
        return Err(fault("a pssh box has flags"));
    }
    pssh.system_id = body.array().map_err(cut)?;
    if pssh.version == 1 {
        let size = (body.u32_be().map_err(cut)? as usize).saturating_mul(16);
        pssh.key_ids = body.span(size).map_err(|_| fault("a pssh box says that it holds more key ids than it has room for"))?;
    }
    // Seen in tests of players: a box that ends behind the system id.
    pssh.no_data_size = body.is_empty() && !strict;
    let size = if pssh.no_data_size { 0 } else { body.u32_be().map_err(cut)? };
    pssh.data = body.span(size as usize).map_err(|_| fault("a pssh box's data is longer than the box"))?;
    pssh.padding = body.rest();
    pssh.payload_error = payload::read(&pssh.system_id, pssh.data, strict, &mut pssh.payload).err();
    Ok(true)
}

/// The rest of `data` from the first `pssh` box that can be read and begins at `from` or later.
fn next_readable(data: Span<'_>, from: usize) -> Span<'_> {
    let mut reader = data.reader();
    if reader.take(from).is_err() {
        return Span::default();
    }
    while reader.remaining() > 8 {
        steps::count();
        let rest = reader;
        if starts_with_pssh(reader.rest()) {
            let mut ahead = rest;
            if let Ok(Some(found)) = next_box(&mut ahead)
                && matches!(read(found, false, &mut PsshBox::bare(data)), Ok(true))
            {
                return { rest }.rest();
            }
        }
        reader = rest;
        if reader.u8().is_err() {
            break;
        }
    }
    Span::default()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

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

    fn lenient(data: &[u8]) -> (Vec<PsshBox<'_>>, Vec<(&'static str, usize)>) {
        let mut warnings = Vec::new();
        let mut boxes = Vec::new();
        read_all(Span::whole(data), false, &mut boxes, &mut warnings).unwrap();
        (boxes, warnings.iter().map(|warning| (warning.code, warning.offset)).collect())
    }

    fn strict(data: &[u8]) -> Result<Vec<PsshBox<'_>>, Fault> {
        let mut boxes = Vec::new();
        read_all(Span::whole(data), true, &mut boxes, &mut Vec::new()).map(|()| boxes)
    }

    #[test]
    fn both_versions_and_their_places() {
        let data = [common(), boxed([7; 16], b"data")].concat();
        let (boxes, warnings) = lenient(&data);
        assert_eq!(warnings, []);
        assert_eq!(boxes[0].key_ids().collect::<Vec<_>>(), [&KEYS[..16], &KEYS[16..]]);
        assert_eq!((boxes[0].version, boxes[0].offset, boxes[0].size, boxes[0].system_id), (1, 0, 68, system::COMMON));
        assert_eq!((boxes[1].version, boxes[1].offset, boxes[1].size), (0, 68, 36));
        assert_eq!(boxes[1].data, Span { offset: 100, bytes: b"data" });
        assert_eq!(strict(&data).unwrap(), boxes);
    }

    #[test]
    fn sizes_of_0_and_in_64_bits() {
        let mut to_end = common();
        to_end[3] = 0;
        assert_eq!(strict(&to_end).unwrap()[0].form, SizeForm::ToEnd);
        let long = [&b"\0\0\0\x01pssh\0\0\0\0\0\0\0\x4c"[..], &common()[8..], &common()].concat();
        let boxes = strict(&long).unwrap();
        assert_eq!((boxes[0].form, boxes[0].size, boxes[1].offset), (SizeForm::Long, 76, 76));
    }

    #[test]
    fn padding_belongs_to_the_box() {
        let mut padded = [common(), vec![0; 4]].concat();
        padded[3] = 72;
        let data = [padded, common()].concat();
        let boxes = strict(&data).unwrap();
        assert_eq!((boxes[0].padding, boxes[1].offset), (Span { offset: 68, bytes: &[0; 4] }, 72));
    }

    #[test]
    fn a_box_of_size_0_that_is_not_the_last() {
        let mut data = [common(), common()].concat();
        data[3] = 0;
        assert_eq!(strict(&data).unwrap()[0].padding.bytes.len(), 68);
        let (boxes, warnings) = lenient(&data);
        assert_eq!(boxes.iter().map(|pssh| (pssh.offset, pssh.size)).collect::<Vec<_>>(), [(0, 68), (68, 68)]);
        assert_eq!(warnings, [("box-size", 0)]);
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
            assert!(read_all(Span::whole(&bad), false, &mut Vec::new(), &mut Vec::new()).is_err(), "{name}, alone");
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
        let (boxes, warnings) = lenient(&data);
        assert_eq!((boxes.len(), warnings), (1, vec![("box-left-out", 68)]));
    }

    #[test]
    fn versions_that_are_not_known_are_left_out() {
        let mut data = [common(), common()].concat();
        data[8] = 2;
        assert_eq!(strict(&data).unwrap().len(), 1);
        assert_eq!(lenient(&data).1, [("pssh-version", 0)]);
        assert_eq!(lenient(&data[..68]).0, []);
    }

    #[test]
    fn flags_and_sizes_that_chromium_refuses() {
        let mut flags = common();
        flags[10] = 3;
        assert!(strict(&flags).is_err());
        let (boxes, warnings) = lenient(&flags);
        assert_eq!((boxes[0].flags, warnings), (0x300, vec![("pssh-flags", 0)]));
        let large = boxed([7; 16], &[0; 70_000]);
        assert_eq!((strict(&large).is_err(), lenient(&large).0.len()), (true, 1));
        let mut no_size = boxed([7; 16], b"")[..28].to_vec();
        no_size[3] = 28;
        assert!(strict(&no_size).is_err());
        assert_eq!(lenient(&no_size).1, [("pssh-data-size", 0)]);
    }

    #[test]
    fn a_bad_payload_keeps_its_box() {
        let data = [boxed(system::WIDEVINE, b"\x01\x02"), boxed(system::PLAYREADY, b"no"), boxed(system::WIDEVINE, b"\x08\x01")].concat();
        let boxes = strict(&data).unwrap();
        assert_eq!(boxes[0].payload_error, Some(Fault::new("a protobuf field has no proper number", 32)));
        assert!(boxes[1].payload_error.is_some() && boxes[2].payload_error.is_none());
        assert_eq!(boxes[1].data.bytes, b"no");
    }

    #[test]
    fn ncg_is_said_to_be_for_native_players() {
        assert_eq!(lenient(&boxed(system::NCG, b"")).1, [("not-in-browsers", 0)]);
    }

    #[test]
    fn work_is_linear() {
        for piece in
            [&b"pssh"[..], b"\0\0\0\x08pssh", b"\0\0\0\0pssh", b"\0\0\0\x01pssh\0\0\0\0\0\0\0\x20", b"\xff", b"\0\0\0\x09free", &common()]
        {
            let data = |count: usize| piece.repeat(count);
            let work = |data: &[u8]| steps::of(|| read_all(Span::whole(data), false, &mut Vec::new(), &mut Vec::new())).0;
            let (small, large) = (work(&data(1000)), work(&data(10_000)));
            assert!(large <= small * 11 + 1000, "{piece:?}: {small} then {large}");
        }
    }
}
