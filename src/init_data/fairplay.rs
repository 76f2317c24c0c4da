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

use super::sinf::{Protection, TrackEncryption};
use super::visitor::{Report, Value, Visitor};
use crate::bytes::{Reader, Span};
use crate::error::{ParseError, Reason};
use crate::isobmff::{each, next_box};
use crate::record::Field;
use crate::system::Scheme;
use crate::text;

/// Reads FairPlay's data: the encryption scheme, and the keys that the tree requests.
#[inline(never)]
pub fn read<'a, V: Visitor<'a>>(data: Span<'a>, out: &mut Report<'a, '_, V>) -> Result<(), ParseError> {
    tree(data, out).ok_or(ParseError::new(Reason::FpsdUnreadable, data.offset))
}

fn tree<'a, V: Visitor<'a>>(data: Span<'a>, out: &mut Report<'a, '_, V>) -> Option<()> {
    let root = next_box(&mut data.reader()).ok()?.filter(|found| &found.kind == b"fpsd")?;
    let mut scheme = None;
    each(root.body.reader(), &mut |kind, mut body| {
        if kind == b"fpsi" {
            body.be(4);
            scheme = Scheme::from_fourcc(body.be(4).to_be_bytes());
        }
        body.check().ok()
    })?;
    if let Some(scheme) = scheme {
        out.visitor.field(Field::Scheme, Value::Text(scheme.as_str()));
    }
    out.visitor.open_list(Field::Requests);
    each(root.body.reader(), &mut |kind, body| {
        if kind == b"fpsk" {
            out.visitor.open(Field::Requests);
            let key_id = request(body, out)?;
            out.visitor.close();
            let tenc = TrackEncryption { key_id, ..TrackEncryption::default() };
            out.track(&Protection { scheme_type: scheme.map(Scheme::fourcc), tenc: Some(tenc), ..Protection::default() });
        }
        Some(())
    })
}

/// Reports a key request and returns its key id.
fn request<'a, V: Visitor<'a>>(boxes: Reader<'a>, out: &mut Report<'a, '_, V>) -> Option<[u8; 16]> {
    let mut key_id = None;
    out.visitor.open_list(Field::Versions);
    each(boxes, &mut |kind, mut body| {
        match kind {
            b"fkri" => {
                body.be(4);
                if V::PLACES {
                    out.visitor.place({ body }.part(16));
                }
                let id = body.id();
                out.visitor.field(Field::KeyId, Value::DecodedId(&id));
                key_id = Some(id);
            }
            // The key's identifier at the key server.
            b"fkai" => out.visitor.field(Field::AssetId, Value::Bytes(body.rest())),
            // Passed to the key server unchanged.
            b"fkcx" => out.visitor.field(Field::Context, Value::Bytes(body.rest())),
            b"fkvl" => {
                while !body.is_empty() {
                    if V::PLACES {
                        out.visitor.place({ body }.part(4));
                    }
                    out.visitor.field(Field::Versions, Value::Number(body.be(4)));
                }
            }
            _ => {}
        }
        body.check().ok()
    })?;
    key_id
}

/// The blob that WebKitMediaKeys.createSession takes.
pub fn build_legacy(init_data: &[u8], content_id: &str, certificate: &[u8]) -> Vec<u8> {
    let id = text::to_utf16_le(content_id);
    [init_data, &length(&id), &id, &length(certificate), certificate].concat()
}

fn length(bytes: &[u8]) -> [u8; 4] {
    // 4 GiB cannot occur: a wasm memory is smaller.
    (bytes.len() as u32).to_le_bytes()
}

/// The content of a legacy blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legacy<'a> {
    /// The URI from `webkitneedkey`.
    pub uri: String,
    /// The key's identifier at the key server.
    pub content_id: String,
    /// The application certificate, DER.
    pub certificate: Span<'a>,
}

/// Parses a legacy blob.
pub fn read_legacy(blob: &[u8]) -> Result<Legacy<'_>, ParseError> {
    let mut reader = Reader::new(blob);
    let mut part = || {
        let size = reader.u32_le()?;
        reader.span(size as usize)
    };
    let (uri, id, certificate) = (part()?, part()?, part()?);
    let utf16 = |span: Span<'_>| text::from_utf16_le(span.bytes).ok_or(ParseError::new(Reason::LegacyNotUtf16, span.offset));
    if !reader.is_empty() {
        return Err(ParseError::new(Reason::LegacyTrailing, reader.offset()));
    }
    Ok(Legacy { uri: utf16(uri)?, content_id: utf16(id)?, certificate })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init_data::test_support::{boxed, json};
    use crate::system;
    use serde_json::json;

    #[test]
    fn a_tree_with_all_boxes() {
        let data = b"\0\0\0\x65fpsd\0\0\0\x10fpsi\0\0\0\0cbcs\
            \0\0\0\x4dfpsk\0\0\0\x1cfkri\0\0\0\0KKKKKKKKKKKKKKKK\0\0\0\x0cfkaiasst\0\0\0\x0dfkcxcontx\0\0\0\x10fkvl\0\0\0\x01\xde\xad\xbe\xef";
        let (pssh, out) = boxed(system::FAIRPLAY, Some(Field::FairPlay), data, |_, out| read(Span::whole(data), out)).unwrap();
        let id = "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b";
        let request = json!({"keyId": id, "assetId": [68, 4], "context": [80, 5], "versions": [1, 3_735_928_559_u32]});
        assert_eq!(pssh["fairplay"], json!({"scheme": "cbcs", "requests": [request]}));
        assert_eq!(json(&out)["fairplay"]["tracks"], json!([{"scheme": "cbcs", "keyId": id, "ivSize": 0}]));
        assert_eq!(out.key_ids.iter().collect::<Vec<_>>(), [b"KKKKKKKKKKKKKKKK"]);
    }

    #[test]
    fn malformed_trees_are_rejected() {
        for data in [
            &b"\0\0\0\x08fpsx"[..],
            b"\0\0\0\x09fpsd",
            b"\0\0\0\x10fpsd\0\0\0\x08fpsi",
            b"\0\0\0\x10fpsd\0\0\0\x08fpsk",
            b"\0\0\0\x1afpsd\0\0\0\x12fpsk\0\0\0\x0afkvl\0\0",
        ] {
            let read = boxed(system::FAIRPLAY, Some(Field::FairPlay), data, |_, out| read(Span::whole(data), out));
            assert_eq!(read.unwrap_err().reason, Reason::FpsdUnreadable, "{data:?}");
        }
    }

    #[test]
    fn the_legacy_blob_round_trips() {
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
