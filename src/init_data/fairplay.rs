//! FairPlay's PSSH data: a tree of boxes, as WebKit reads it (ISOFairPlayStreamingPsshBox, 2019), and the blob that
//! `webkitneedkey` and WebKitMediaKeys exchange.
//!
//! ```text
//! fpsd                                     legacy blob: init data
//!   fpsi  version/flags:u32  scheme:4                   length:u32le  content id in UTF-16LE
//!   fpsk  (any number)                                  length:u32le  certificate
//!     fkri  version/flags:u32  key id:16
//!     fkai  asset id      fkcx  context      fkvl  version:u32*
//! ```

use crate::bytes::{Fault, Reader, Span};
use crate::isobmff::{each, next_box};
use crate::system::Scheme;
use crate::text;

/// A key that the tree asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyRequest<'a> {
    /// The key.
    pub key_id: [u8; 16],
    /// What the key server knows it by.
    pub asset_id: Option<Span<'a>>,
    /// Goes to the key server as it is.
    pub context: Option<Span<'a>>,
    /// Protocol versions that will do.
    pub versions: Vec<u32>,
}

/// FairPlay's PSSH data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FairPlayData<'a> {
    /// How media is encrypted.
    pub scheme: Option<Scheme>,
    /// The keys.
    pub requests: Vec<KeyRequest<'a>>,
}

/// Reads FairPlay's data.
pub fn read(data: Span<'_>) -> Result<FairPlayData<'_>, Fault> {
    tree(data).ok_or(Fault::new("it is not FairPlay's fpsd box, or the boxes in it cannot be read", data.offset))
}

fn tree(data: Span<'_>) -> Option<FairPlayData<'_>> {
    let root = next_box(&mut data.reader()).ok()?.filter(|found| &found.kind == b"fpsd")?;
    let mut out = FairPlayData::default();
    each(root.body.reader(), &mut |kind, mut body| {
        match kind {
            b"fpsi" => {
                body.u32_be().ok()?;
                out.scheme = Scheme::from_fourcc(body.array().ok()?);
            }
            b"fpsk" => out.requests.push(request(body)?),
            _ => {}
        }
        Some(())
    })?;
    Some(out)
}

fn request(boxes: Reader<'_>) -> Option<KeyRequest<'_>> {
    let mut out = KeyRequest::default();
    let mut key_id = None;
    each(boxes, &mut |kind, mut body| {
        match kind {
            b"fkri" => {
                body.u32_be().ok()?;
                key_id = Some(body.array().ok()?);
            }
            b"fkai" => out.asset_id = Some(body.rest()),
            b"fkcx" => out.context = Some(body.rest()),
            b"fkvl" => {
                while !body.is_empty() {
                    out.versions.push(body.u32_be().ok()?);
                }
            }
            _ => {}
        }
        Some(())
    })?;
    out.key_id = key_id?;
    Some(out)
}

/// The blob that WebKitMediaKeys.createSession takes.
pub fn build_legacy(init_data: &[u8], content_id: &str, certificate: &[u8]) -> Vec<u8> {
    let id = text::to_utf16_le(content_id);
    [init_data, &length(&id), &id, &length(certificate), certificate].concat()
}

fn length(bytes: &[u8]) -> [u8; 4] {
    // Nothing of 4 GiB comes here: a wasm memory could not hold it.
    (bytes.len() as u32).to_le_bytes()
}

/// What is in a legacy blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legacy<'a> {
    /// The URI that `webkitneedkey` gave.
    pub uri: String,
    /// What the key server knows the key by.
    pub content_id: String,
    /// The application certificate, DER.
    pub certificate: Span<'a>,
}

/// Takes a legacy blob apart.
pub fn read_legacy(blob: &[u8]) -> Result<Legacy<'_>, Fault> {
    let mut reader = Reader::new(blob);
    let mut part = || {
        let size = reader.u32_le()?;
        reader.span(size as usize)
    };
    let (uri, id, certificate) = (part()?, part()?, part()?);
    let utf16 =
        |span: Span<'_>| text::from_utf16_le(span.bytes).ok_or(Fault::new("a part of the legacy blob is not UTF-16LE", span.offset));
    if !reader.is_empty() {
        return Err(Fault::new("bytes follow the certificate of the legacy blob", reader.offset()));
    }
    Ok(Legacy { uri: utf16(uri)?, content_id: utf16(id)?, certificate })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_with_everything() {
        let data = b"\0\0\0\x65fpsd\0\0\0\x10fpsi\0\0\0\0cbcs\
            \0\0\0\x4dfpsk\0\0\0\x1cfkri\0\0\0\0KKKKKKKKKKKKKKKK\0\0\0\x0cfkaiasst\0\0\0\x0dfkcxcontx\0\0\0\x10fkvl\0\0\0\x01\xde\xad\xbe\xef";
        let read = read(Span::whole(data)).unwrap();
        assert_eq!(read.scheme, Some(Scheme::Cbcs));
        assert_eq!(read.requests.len(), 1);
        assert_eq!(read.requests[0].key_id, *b"KKKKKKKKKKKKKKKK");
        assert_eq!(read.requests[0].asset_id.unwrap().bytes, b"asst");
        assert_eq!(read.requests[0].context.unwrap(), Span { offset: 80, bytes: b"contx" });
        assert_eq!(read.requests[0].versions, [1, 0xdead_beef]);
    }

    #[test]
    fn trees_that_are_none() {
        for data in [
            &b"\0\0\0\x08fpsx"[..],
            b"\0\0\0\x09fpsd",
            b"\0\0\0\x10fpsd\0\0\0\x08fpsi",
            b"\0\0\0\x10fpsd\0\0\0\x08fpsk",
            b"\0\0\0\x1afpsd\0\0\0\x12fpsk\0\0\0\x0afkvl\0\0",
        ] {
            assert!(read(Span::whole(data)).is_err(), "{data:?}");
        }
    }

    #[test]
    fn the_legacy_blob_there_and_back() {
        let init_data = [&[6, 0, 0, 0][..], b"s\0k\0d\0"].concat();
        let blob = build_legacy(&init_data, "id", &[0x30, 0x82, 1]);
        assert_eq!(blob, [&init_data[..], &[4, 0, 0, 0], b"i\0d\0", &[3, 0, 0, 0], &[0x30, 0x82, 1]].concat());
        let read = read_legacy(&blob).unwrap();
        assert_eq!((&read.uri[..], &read.content_id[..], read.certificate.bytes), ("skd", "id", &[0x30, 0x82, 1][..]));
        for cut in 0..blob.len() {
            assert!(read_legacy(&blob[..cut]).is_err(), "{cut}");
        }
        assert!(read_legacy(&[&blob[..], &[0]].concat()).is_err());
    }
}
