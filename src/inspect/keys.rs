//! JSON with content keys, from a key server's clients and for packagers. Keys are never shown, only their ids.
//!
//! ```text
//! {"content_id":…,"content_key_list":[{"key_id_hex":…,"key_hex":…,"track_type"?,"widevine"?:{…}…}]}   pack info
//! [{"key_id":…,"key":…,"iv"?,"pssh":[{"uuid":…,"data":…}]}]                                         nginx-vod-module
//! ```

use super::Finding;
use crate::json::{Object, Value};
use crate::system;
use crate::text::{self, hex};

/// The names of systems in pack info.
const SYSTEMS: [&str; 3] = ["widevine", "playready", "fairplay"];

/// Either of the two.
pub fn read(value: &Value) -> Option<Finding> {
    pack_info(value).or_else(|| nginx_vod(value))
}

fn pack_info(value: &Value) -> Option<Finding> {
    let keys = value.get("content_key_list")?.items()?;
    Some(Finding::object("pack-info", |o| {
        o.optional_string("contentId", value.field("content_id"));
        o.objects("contentKeys", keys, |o, key| {
            let id = key.field("key_id_hex").and_then(text::from_hex).or_else(|| text::from_base64(key.field("key_id_b64")?));
            write(o, id, ["key_hex", "key_b64"].iter().any(|name| key.get(name).is_some()));
            o.optional_string("trackType", key.field("track_type"));
            o.optional_string("scheme", key.field("common_encryption_scheme"));
            let others = key.get("other_systems").and_then(Value::items).unwrap_or_default();
            let others = others.iter().filter_map(|other| other.field("name").or_else(|| other.field("system_id")));
            let systems: Vec<&str> = SYSTEMS.into_iter().filter(|name| key.get(name).is_some()).chain(others).collect();
            o.strings("systems", &systems);
        });
    }))
}

fn nginx_vod(value: &Value) -> Option<Finding> {
    let keys = value.items()?;
    let known = !keys.is_empty() && keys.iter().all(|key| key.get("key_id").is_some() && key.get("key").is_some());
    known.then(|| {
        Finding::object("nginx-vod-drm", |o| {
            o.objects("contentKeys", keys, |o, key| {
                write(o, key.field("key_id").and_then(text::from_base64), true);
                let boxes = key.get("pssh").and_then(Value::items).unwrap_or_default();
                o.objects("systems", boxes, |o, one| {
                    let id = one.field("uuid").and_then(text::key_id);
                    o.optional_string("systemId", id.as_ref().map(text::uuid).as_deref());
                    o.optional_string("system", id.as_ref().and_then(system::name));
                });
            });
        })
    })
}

fn write(o: &mut Object<'_>, id: Option<Vec<u8>>, has_key: bool) {
    o.optional_string("keyId", id.map(|id| hex(&id)).as_deref());
    o.boolean("hasKey", has_key);
}
