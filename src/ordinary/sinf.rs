//! The key ids of `sinf` init data (`crate::init_data::sinf`) as Safari and packagers write them:
//!
//! ```text
//! {"sinf":["base64","base64"]}     Safari escapes `/` as `\/`
//!   [sinf]  frma  schm  schi       the box, or its children alone; schi comes last
//!             tenc                 nothing else in it
//! ```

use super::header::cut;
use crate::bytes::Reader;
use crate::text::{ascii, from_base64};

/// One for each track, to `add`.
pub fn key_ids(json: &str, add: &mut dyn FnMut([u8; 16]) -> Option<()>) -> Option<()> {
    let mut rest = Some(json.strip_prefix("{\"sinf\":[\"")?.strip_suffix("\"]}")?);
    while let Some(items) = rest {
        let (item, behind) = cut(items, "\",\"").map_or((items, None), |(item, behind)| (item, Some(behind)));
        let mut base64 = Vec::new();
        let mut escaped = false;
        for byte in item.bytes() {
            // White space is none of a text in JSON, but for the space.
            if byte < b' ' || escaped && byte != b'/' {
                return None;
            }
            escaped = byte == b'\\';
            if !escaped {
                base64.push(byte);
            }
        }
        add(key_id(&from_base64(&ascii(base64)).filter(|_| !escaped)?)?)?;
        rest = behind;
    }
    Some(())
}

const SINF: u32 = u32::from_be_bytes(*b"sinf");
const FRMA: u32 = u32::from_be_bytes(*b"frma");
const SCHM: u32 = u32::from_be_bytes(*b"schm");
const SCHI: u32 = u32::from_be_bytes(*b"schi");
const TENC: u32 = u32::from_be_bytes(*b"tenc");

fn key_id(sinf: &[u8]) -> Option<[u8; 16]> {
    let mut reader = Reader::new(sinf);
    let mut inside = false;
    loop {
        let first = reader.offset() == 0;
        let (size, kind) = (reader.be(4).wrapping_sub(8) as usize, reader.be(4));
        let last = size == reader.remaining();
        match kind {
            TENC if inside && last => break,
            SCHI if !inside && last => inside = true,
            SINF if first && last => {}
            FRMA | SCHM if !inside && matches!((kind, size), (FRMA, 4) | (SCHM, 8..)) => drop(reader.get(size)),
            _ => return None,
        }
    }
    // Version and flags, then reserved, pattern, whether it is protected, size of each IV: without one there is one for all.
    reader.be(4);
    let word = reader.be(4);
    let id = reader.id();
    if word & 0xff00 != 0 && word & 0xff == 0 {
        let size = reader.be(1);
        reader.get(size as usize);
    }
    reader.check().ok().map(|()| id)
}
