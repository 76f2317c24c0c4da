//! What the ordinary way takes and what it leaves, and that the full readers answer the same wherever it answers.
//!
//! Every answer that any test here gets has gone through [`identified`], [`requested`], [`licensed`] or [`certified`], which
//! hold it against the full reader's.

mod agreement;
mod generate;
mod header;
mod identify;
mod message;
mod sinf;

use super::*;
use crate::init_data::{InitDataType, Options, parse};
use crate::license::request::{Carrier, build};
use crate::license::response;
use crate::system::Drm;
use crate::text::to_utf16_le;
use serde_json::Value;

const URL: &str = "https://license.example/ri/licenseManager.do";
const DRMS: [Drm; 4] = [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey];

/// What init data identify.
fn identified(kind: InitDataType, data: &[u8]) -> Option<Identity> {
    let found = super::identify(Some(kind), data)?;
    let full = parse(data, Options { kind: Some(kind), strict: false }).unwrap();
    let ids: Vec<&[u8]> = found.key_ids.iter().map(|id| &id[..]).collect();
    assert_eq!(ids, full.key_ids.iter().collect::<Vec<_>>(), "{data:?}");
    assert_eq!((&found.content_id, found.key_period_index), (&full.content_id, full.key_period_index), "{data:?}");
    assert_ne!(found.content_id.as_deref(), Some(""), "an empty text crosses the door as none");
    // Nothing was lost on the way: of a box that no browser can play it is said so, but all of it was read.
    let json: Value = serde_json::from_str(&full.to_json()).unwrap();
    let [warnings, boxes] = ["warnings", "boxes"].map(|name| json[name].as_array().unwrap());
    assert!(!full.damaged && warnings.iter().all(|warning| warning["code"] == "not-in-browsers"), "{json}");
    assert!(boxes.iter().all(|pssh| pssh.get("payloadError").is_none()), "{json}");
    Some(found)
}

/// URL, headers and body of a license request.
fn requested(drm: Drm, message: &[u8], url: &str, custom_data: Option<&str>, by_url: bool) -> Option<(String, Value, Vec<u8>)> {
    let found = super::request(drm, message, url, custom_data, by_url)?;
    let carrier = if by_url { Carrier::Url } else { Carrier::Header };
    let full = build(drm, message, false, url, custom_data, carrier).unwrap();
    let headers: Value = serde_json::from_str(&found.headers).unwrap();
    assert_eq!(headers, serde_json::from_str::<Value>(&["{", &full.headers.finish(), "}"].concat()).unwrap());
    assert_eq!((&found.url, &found.body), (&full.url, &full.body));
    Some((found.url, headers, found.body.into()))
}

/// The license in an answer.
fn licensed(drm: Drm, body: &[u8]) -> Option<Vec<u8>> {
    let found = super::license(drm, body)?.into_owned();
    let full = response::read(drm, 200, body).unwrap_or_else(|error| panic!("{}: {body:?}", error.message));
    assert_eq!((&found, None), (&full.data, full.details), "{body:?}");
    Some(found)
}

/// The certificate in an answer.
fn certified(drm: Drm, body: &[u8]) -> Option<Vec<u8>> {
    let found = super::certificate(drm, body)?.into_owned();
    let full = crate::license::certificate::read(drm, 200, body).unwrap_or_else(|error| panic!("{}: {body:?}", error.message));
    assert_eq!((found.clone(), None), full, "{body:?}");
    Some(found)
}

/// A PSSH box of version 0, or with key ids of version 1.
fn pssh(system_id: [u8; 16], key_ids: &[[u8; 16]], data: &[u8]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let list = if key_ids.is_empty() { vec![] } else { [&number(key_ids.len())[..], &key_ids.concat()].concat() };
    let version = [u8::from(!key_ids.is_empty()), 0, 0, 0];
    let size = number(32 + list.len() + data.len());
    [&size[..], b"pssh", &version, &system_id, &list, &number(data.len()), data].concat()
}

/// A PlayReady Object of one record.
fn object(header: &[u8]) -> Vec<u8> {
    let length = u32::try_from(header.len() + 10).unwrap().to_le_bytes();
    let size = u16::try_from(header.len()).unwrap().to_le_bytes();
    // one record, of type 1
    [&length[..], &[1, 0, 1, 0], &size, header].concat()
}

/// A box of PlayReady's around a header.
fn playready(xml: &str) -> Vec<u8> {
    pssh(crate::system::PLAYREADY, &[], &object(&to_utf16_le(xml)))
}
