//! Cases for the inspector: segments and manifests.

use crate::init_data::{one_box, outcome, read, span, track};
use crate::messages::system_ids;
use crate::{Outcome, same, strings};
use pallycon_drm::init_data::{Options, from_text, segment};
use pallycon_drm::manifest;
use pallycon_drm::text::{from_base64, hex, to_base64};
use pallycon_drm::{json as own_json, write};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A case of `init-data.json`.
pub fn run(kind: &str, data: &[u8], expect: &Value) -> Result<(), String> {
    match kind {
        "init-segment" => init_segment(data, expect),
        "dash-cp" => content_protection(str::from_utf8(data).unwrap(), expect),
        _ => hls_key(str::from_utf8(data).unwrap(), expect),
    }
}

fn init_segment(data: &[u8], expect: &Value) -> Result<(), String> {
    let read = json(&segment::parse(data).map_err(|error| error.message())?.to_json());
    let (boxes, theirs) = (read["boxes"].as_array().unwrap(), expect["psshBoxes"].as_array().unwrap());
    same("number of boxes", &boxes.len(), &theirs.len())?;
    boxes.iter().zip(theirs).try_for_each(|(ours, theirs)| one_box(data, ours, theirs))?;
    let protected: Vec<_> = read["tracks"].as_array().unwrap().iter().filter(|track| track.get("defaultKeyId").is_some()).collect();
    let theirs = expect["tracks"].as_array().unwrap();
    same("number of tracks", &protected.len(), &theirs.len())?;
    for (ours, theirs) in protected.into_iter().zip(theirs) {
        track(ours, theirs)?;
        same("sample entry", &ours["sampleEntry"], &theirs["sampleEntry"])?;
    }
    Ok(())
}

fn content_protection(text: &str, expect: &Value) -> Result<(), String> {
    let read = json(&manifest::parse(text).map_err(|error| error.message())?.to_json());
    same("number of elements", &read["protections"].as_array().unwrap().len(), &1)?;
    let ours = &read["protections"][0];
    let bytes = |value: &Value| from_base64(value.as_str().unwrap()).unwrap();
    for (name, value) in expect.as_object().unwrap() {
        match &name[..] {
            // The files spell URNs in lower case.
            "schemeIdUri" => same(name, &ours[name].as_str().unwrap().to_lowercase().into(), value)?,
            "value" => same(name, &ours[name], value)?,
            "systemId" => same(name, &ours[name].as_str().unwrap().replace('-', ""), &value.as_str().unwrap().to_string())?,
            "psshBase64" => same(name, &ours["initDataBase64"], &to_base64(&bytes(value)).into())?,
            "proBase64" => same(name, &ours["playreadyObject"], &to_base64(&bytes(value)).into())?,
            "laUrl" => same(name, &ours["licenseUrl"], value)?,
            "defaultKid" => same(name, &strings(&ours["keyIds"]), &vec![value.as_str().unwrap().to_string()])?,
            _ => return Err(format!("nothing looks at {name}")),
        }
    }
    Ok(())
}

fn hls_key(text: &str, expect: &Value) -> Result<(), String> {
    let read = json(&manifest::parse(text).map_err(|error| error.message())?.to_json());
    let ours = &read["protections"][0];
    for (name, value) in expect.as_object().unwrap() {
        match &name[..] {
            "method" | "uri" | "keyFormat" => same(name, &ours[name], value)?,
            "system" => same(name, &ours[name].as_str().unwrap().to_lowercase(), &value.as_str().unwrap().to_string())?,
            "dataUri" => {
                let bytes = from_text(value["dataBase64"].as_str().unwrap()).unwrap();
                same(name, &ours["initDataBase64"], &to_base64(&bytes).into())?;
                same("init data", &ours["initData"]["boxes"][0]["playready"].is_object(), &true)?;
            }
            "tag" | "keyFormatVersions" => {}
            _ => return Err(format!("nothing looks at {name}")),
        }
    }
    Ok(())
}

/// A case of `messages.json`.
pub fn message(data: &[u8], case: &Value) -> Result<(), String> {
    let read = json(&segment::parse(data).map_err(|error| error.message())?.to_json());
    for facts in [&case["expected"], &case["derived"]] {
        for (name, value) in facts.as_object().into_iter().flatten() {
            let track = &read["tracks"][0];
            match &name[..] {
                "system_ids" => same(name, &system_ids(&read["boxes"]), &strings(value))?,
                "key_ids" => same(name, &strings(&read["keyIds"])[..1].to_vec(), &strings(value))?,
                "scheme" => same(name, &track["scheme"], value)?,
                "default_kid" | "tenc_kid" => same(name, &track["defaultKeyId"], value)?,
                "boxes_hex_concat" => {
                    let boxes = read["boxes"].as_array().unwrap().iter();
                    let all: String = boxes.map(|pssh| hex(range(data, pssh))).collect();
                    same(name, &all, &value.as_str().unwrap().to_string())?;
                }
                "pssh" => {
                    let all = read["boxes"].as_array().unwrap().iter().map(|pssh| to_base64(range(data, pssh)));
                    let theirs = value.as_array().unwrap().iter().map(|pssh| pssh["pssh_base64"].as_str().unwrap().to_string());
                    same(name, &all.collect::<Vec<_>>(), &theirs.collect())?;
                }
                _ => return Err(format!("nothing looks at {name}")),
            }
        }
    }
    Ok(())
}

fn range<'a>(data: &'a [u8], pssh: &Value) -> &'a [u8] {
    let at = |name: &str| pssh[name].as_u64().unwrap() as usize;
    &data[at("offset")..at("offset") + at("size")]
}

/// Writes back every box and payload from its public fields alone, byte for byte.
pub fn rewrite(kind: &str, data: &[u8]) -> Vec<(String, Outcome)> {
    let boxes = match kind {
        "init-segment" => segment::parse(data).map(|read| json(&read.to_json())).unwrap_or_default()["boxes"].clone(),
        _ => read(data, Options::default()).unwrap_or_default()["boxes"].clone(),
    };
    let mut out = Vec::new();
    for mut pssh in boxes.as_array().cloned().unwrap_or_default() {
        let (whole, payload) = (range(data, &pssh), span(data, &pssh["data"]));
        resolve(&mut pssh, data);
        let fields = |value: &Value| own_json::parse(&value.to_string()).unwrap();
        let mut add = |what: &str, written: Result<Vec<u8>, _>, expected: &[u8]| {
            let result = written
                .map_err(|error: pallycon_drm::error::Error| error.message())
                .and_then(|written| same(what, &hex(&written), &hex(expected)));
            out.push((format!("rewrite {what}"), outcome(result)));
        };
        if pssh["bare"] != true {
            add("box", write::pssh(&fields(&pssh)), whole);
        }
        if pssh.get("widevine").is_some() {
            add("widevine", write::widevine_data(&fields(&pssh["widevine"])), payload);
        }
        // A bare header is put into an object, so the result differs from the input.
        if pssh.get("playready").is_some() && !payload.starts_with(b"<") {
            add("playready", write::playready_object(&fields(&pssh["playready"])), payload);
        }
    }
    out
}

/// Turns spans into bytes in hex, as JavaScript passes them.
fn resolve(value: &mut Value, data: &[u8]) {
    const BYTES: [&str; 7] = ["data", "padding", "contentIdBytes", "groupedLicense", "value", "assetId", "context"];
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, data)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if BYTES.contains(&&name[..]) && value.is_array() {
                    *value = hex(span(data, value)).into();
                } else {
                    resolve(value, data);
                }
            }
        }
        _ => {}
    }
}

/// Puts a header's text into an object in a box.
pub fn from_header(data: &[u8], case: &Value) -> Result<(), String> {
    let bare = json(&pallycon_drm::init_data::parse(data, Options::default()).map_err(|error| error.message())?.to_json());
    let derived = &case["derived"]["kid_uuid_hex_big_endian"];
    same("key", &bare["keyIds"][0], derived)?;
    let object =
        write::playready_object(&own_json::parse(&bare["boxes"][0]["playready"].to_string()).unwrap()).map_err(|error| error.message())?;
    let fields = serde_json::json!({"systemId": "9a04f079-9840-4286-ab92-e65be0885f95", "data": hex(&object)});
    let pssh = write::pssh(&own_json::parse(&fields.to_string()).unwrap()).map_err(|error| error.message())?;
    same("length", &Value::from(pssh.len()), &case["expected"]["pssh_length"])?;
    same("key in the box", &read(&pssh, Options { kind: None, strict: true })?["keyIds"][0], derived)
}
