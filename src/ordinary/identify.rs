//! Which content and which keys: what the page's callbacks are told of init data.

use super::{header, sinf};
use crate::bytes::Reader;
use crate::init_data::playready::HEADER_RECORD;
use crate::init_data::{InitDataType, skd};
use crate::system;
use crate::text;

/// More keys than any title has; comparing each with each stays cheap below.
const MOST_KEYS: usize = 64;

/// What init data identify.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// PallyCon's CID.
    pub content_id: Option<String>,
    /// The key period of rotating keys.
    pub key_period_index: Option<u32>,
    /// Each once, in order of appearance.
    pub key_ids: Vec<[u8; 16]>,
}

/// Reads PSSH boxes of Widevine and PlayReady, those of any system that hold no data (the Common system's),
/// `skd` URIs, and the tracks of `sinf`.
pub fn identify(kind: Option<InitDataType>, data: &[u8]) -> Option<Identity> {
    let mut out = Identity::default();
    match kind {
        Some(InitDataType::Cenc) => {
            let mut reader = Reader::new(data);
            while !reader.is_empty() {
                out.pssh(&mut reader)?;
            }
        }
        Some(InitDataType::Skd) => out.skd(str::from_utf8(data).ok()?)?,
        Some(InitDataType::Sinf) => sinf::key_ids(str::from_utf8(data).ok()?, &mut |id| out.add(id))?,
        _ => return None,
    }
    if let Some((cid, index)) = out.content_id.as_deref().and_then(skd::period)
        && Some(index) == out.key_period_index
    {
        out.content_id = Some(cid.into());
    }
    Some(out)
}

impl Identity {
    #[inline(never)]
    fn add(&mut self, id: [u8; 16]) -> Option<()> {
        if !self.key_ids.contains(&id) {
            self.key_ids.push(id);
        }
        (self.key_ids.len() < MOST_KEYS).then_some(())
    }

    /// One box, without flags and padding, its size in 32 bits.
    fn pssh(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let size = (reader.be(4) as usize).checked_sub(4)?;
        let mut body = Reader::new(reader.take(size).ok()?);
        if body.take(4).ok()? != b"pssh" {
            return None;
        }
        let version = body.be(4);
        let system_id = body.id();
        if version == 0x0100_0000 {
            for _ in 0..body.be(4) {
                self.add(body.id())?;
                body.check().ok()?;
            }
        } else if version != 0 {
            return None;
        }
        let size = body.be(4) as usize;
        let data = body.get(size);
        body.check().ok().filter(|()| body.is_empty())?;
        match system_id {
            _ if data.is_empty() => Some(()),
            system::WIDEVINE => self.widevine(data),
            system::PLAYREADY => self.playready(data),
            _ => None,
        }
    }

    /// Widevine's data, each field in its proper form. Of content ids and periods the last counts.
    fn widevine(&mut self, data: &[u8]) -> Option<()> {
        let mut reader = Reader::new(data);
        let mut content_id = None;
        let mut period = None;
        while !reader.is_empty() {
            let (tag, value, bytes) = field(&mut reader)?;
            match tag {
                0x12 => self.add(bytes.try_into().ok()?)?,
                // Algorithm, provider, track type, policy, protection scheme, period's length.
                0x08 | 0x1a | 0x2a | 0x32 | 0x48 | 0x50 => {}
                // An empty one crosses the door as none.
                0x22 if !bytes.is_empty() => content_id = Some(str::from_utf8(bytes).ok()?),
                0x38 => period = Some(value),
                _ => return None,
            }
        }
        self.content_id = self.content_id.take().or_else(|| content_id.map(String::from));
        self.key_period_index = self.key_period_index.or(period);
        Some(())
    }

    /// A PlayReady Object of one record, its header in UTF-16LE.
    fn playready(&mut self, object: &[u8]) -> Option<()> {
        let mut reader = Reader::new(object);
        let (length, count) = (reader.le32() as usize, reader.le16());
        let (kind, size) = (reader.le16(), reader.le16() as usize);
        let mut header = reader.rest().bytes;
        if length != object.len() || count != 1 || kind != HEADER_RECORD || size != header.len() || !header.starts_with(b"<\0") {
            return None;
        }
        let mut xml = Vec::new();
        while let [character, 0, rest @ ..] = header {
            xml.push(*character);
            header = rest;
        }
        let xml = str::from_utf8(&xml).ok().filter(|_| header.is_empty())?;
        for id in header::key_ids(xml)? {
            self.add(text::swap_guid(key_id(id)?))?;
        }
        Some(())
    }

    /// PallyCon's two forms: the key id of VOD, content id and key period of live streams.
    fn skd(&mut self, uri: &str) -> Option<()> {
        let asset_id = uri.strip_prefix("skd://")?;
        if !asset_id.bytes().all(|byte| byte.is_ascii_graphic()) || matches!(asset_id.len(), 32..=38) {
            return None;
        }
        if asset_id.len() == 24 && asset_id.ends_with("==") {
            return self.add(key_id(asset_id)?);
        }
        if let Some((_, index)) = skd::period(asset_id) {
            (self.content_id, self.key_period_index) = (Some(asset_id.into()), Some(index));
        }
        Some(())
    }
}

fn key_id(base64: &str) -> Option<[u8; 16]> {
    text::from_base64(base64)?.try_into().ok()
}

/// A protobuf field with a number below 16: its tag, and the number or the bytes that it holds.
#[inline(never)]
pub(super) fn field<'a>(reader: &mut Reader<'a>) -> Option<(u32, u32, &'a [u8])> {
    let tag = reader.be(1);
    let value = varint(reader)?;
    let size = match tag & 7 {
        0 => 0,
        2 => value as usize,
        _ => return None,
    };
    let bytes = reader.take(size).ok()?;
    (8..0x80).contains(&tag).then_some((tag, value, bytes))
}

/// A number below 2³².
#[inline(never)]
fn varint(reader: &mut Reader<'_>) -> Option<u32> {
    let mut value = 0_u32;
    for shift in [0, 7, 14, 21, 28] {
        let byte = reader.be(1);
        value |= (byte & 0x7f).wrapping_shl(shift);
        if byte < 0x80 {
            return reader.check().ok().filter(|()| shift < 28 || byte < 16).map(|()| value);
        }
    }
    None
}
