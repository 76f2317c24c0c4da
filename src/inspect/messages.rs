//! Challenges, licenses and certificates, recognized by their outer structure.
//!
//! ```text
//! Widevine  SignedMessage, protobuf: 1 type (1 request, 2 license, 4 certificate request, 5 certificate), 2 message
//! FairPlay  SPC  version:u32 0:u32 IV:16 key:128 certificate hash:20 length:u32 payload
//!           CKC  src/license/fairplay.rs
//! X.509     30 82 length:u16 …
//! ```
//! FairPlay's layouts follow Apple's "FairPlay Streaming Programming Guide".

use super::{Finding, keys, of_init_data, tokens};
use crate::bytes::{Reader, Span};
use crate::init_data::{self, Options, fairplay, protobuf};
use crate::json::{self, Value};
use crate::license::{self, body::Kind, server_error};
use crate::system::Drm;
use crate::text::{self, hex, to_base64};

/// The fields of an SPC that a finding shows: name, offset and length.
pub const SPC_FIELDS: [(&str, usize, usize); 2] = [("version", 0, 4), ("certificateHash", 8 + 16 + 128, 20)];

/// Binary messages.
pub fn binary(data: &[u8]) -> Option<Finding> {
    widevine(data).or_else(|| fairplay_message(data)).or_else(|| legacy(data)).or_else(|| certificate(data))
}

fn widevine(data: &[u8]) -> Option<Finding> {
    if data.first() != Some(&8) {
        return None;
    }
    let mut reader = protobuf::Fields::new(Span::whole(data));
    let fields: Vec<_> = reader.by_ref().collect();
    reader.check().ok()?;
    let kind = match fields.first()?.varint {
        1 => "widevine-challenge",
        2 => "widevine-license",
        4 if fields.len() == 1 => "widevine-certificate-request",
        5 => "widevine-certificate",
        _ => return None,
    };
    // PSSH data begins the same way; its second field is a key id, which is short.
    let long = fields.get(1).is_some_and(|field| field.number == 2 && field.wire == 2 && field.value.bytes.len() > 64);
    (long || fields.len() == 1 && kind == "widevine-certificate-request").then(|| sized(kind, data))
}

fn sized(kind: &'static str, data: &[u8]) -> Finding {
    Finding::object(kind, |o| o.number("size", data.len() as u64))
}

fn fairplay_message(data: &[u8]) -> Option<Finding> {
    if license::fairplay::recognize(data) == Some(Kind::License(Drm::FairPlay)) {
        return Some(sized("fairplay-license", data));
    }
    let mut reader = Reader::new(data);
    let version = reader.u32_be().ok()?;
    if !(1..=3).contains(&version) || reader.u32_be() != Ok(0) {
        return None;
    }
    reader.take(16 + 128).ok()?;
    let hash = reader.take(20).ok()?;
    (reader.u32_be().ok()? as usize == reader.remaining()).then(|| {
        Finding::object("fairplay-challenge", |o| {
            o.number("version", u64::from(version));
            o.number("size", data.len() as u64);
            o.string("certificateHash", &hex(hash));
        })
    })
}

fn legacy(data: &[u8]) -> Option<Finding> {
    let read = fairplay::read_legacy(data).ok().filter(|read| !read.uri.is_empty())?;
    Some(Finding::object("fairplay-legacy-init-data", |o| {
        o.string("uri", &read.uri);
        o.string("contentId", &read.content_id);
        o.span("certificate", read.certificate);
    }))
}

fn certificate(data: &[u8]) -> Option<Finding> {
    let mut reader = Reader::new(data);
    (reader.u16_be() == Ok(0x3082) && reader.u16_be().is_ok_and(|length| usize::from(length) == reader.remaining()))
        .then(|| sized("certificate", data))
}

/// JSON: init data, error bodies, ClearKey licenses, keys for packagers, custom data before its base64 encoding.
pub fn json(document: &str) -> Option<Finding> {
    if let Ok(read) = init_data::parse(document.as_bytes(), Options::default()) {
        return Some(of_init_data(document.as_bytes(), &read));
    }
    let value = json::parse(document)?;
    if let Some(error) = server_error::from_body(&value, 200) {
        return Some(Finding::new("error", error.to_json()));
    }
    if let Some(keys) = value.get("keys").and_then(Value::items) {
        let ids: Vec<String> = keys.iter().filter_map(|key| key.field("kid").and_then(text::from_base64)).map(|id| hex(&id)).collect();
        return Some(Finding::object("clearkey-license", |o| o.strings("keyIds", &ids)));
    }
    if let Some(found) = keys::read(&value).or_else(|| tokens::custom_data(&to_base64(document.as_bytes()))) {
        return Some(found);
    }
    if ["license", "ckc", "CkcMessage"].iter().any(|name| value.get(name).is_some_and(|license| license.as_str().is_some())) {
        let Value::Object(fields) = &value else { return None };
        let names: Vec<&str> = fields.iter().map(|(name, _)| &name[..]).collect();
        return Some(Finding::object("license-json", |o| o.strings("fields", &names)));
    }
    None
}
