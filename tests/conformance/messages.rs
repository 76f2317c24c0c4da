//! Cases of messages: `{kind, input: {encoding, value}, expected}`.

use crate::init_data::{outcome, read, track};
use crate::{Outcome, same, strings};
use pallycon_drm::init_data::{Options, fairplay, from_text};
use pallycon_drm::license::playready;
use pallycon_drm::text;
use pallycon_drm::xml;
use serde_json::Value;

const LENIENT: Options = Options { kind: None, strict: false };

pub fn run(case: &Value) -> Vec<(String, Outcome)> {
    let kind = case["kind"].as_str().unwrap_or("?");
    let value = case["input"]["value"].as_str().unwrap();
    let data = match case["input"]["encoding"].as_str().unwrap() {
        "hex" => text::from_hex(value).unwrap(),
        "base64" => text::from_base64(value).unwrap(),
        _ => value.as_bytes().to_vec(),
    };
    let expected = &case["expected"];
    let result = match kind {
        "pssh" => systems(&data, expected),
        "pssh-error" => read(&data, Options { kind: None, strict: true }).map_or(Ok(()), |read| Err(format!("read as {read}"))),
        "playready-pssh" | "playready-object" | "widevine-pssh" => payload(&data, case),
        "base64-pssh-whitespace" => whitespace(value, expected),
        "playready-guid-to-uuid" => {
            let swapped = text::swap_guid(data.clone().try_into().unwrap());
            same("hex", &text::hex(&swapped), &expected["hex"].as_str().unwrap().to_string())
        }
        "fairplay-sinf-json" => read(&data, LENIENT).and_then(|read| track(&read["fairplay"]["tracks"][0], expected)),
        "fairplay-skd" => skd(&data, expected),
        "fairplay-legacy-initdata" => legacy(&data, expected),
        "fairplay-legacy-rebuild" => rebuild(&data, expected),
        "playready-challenge" | "playready-challenge-error" => challenge(&data, expected),
        "playready-soap-response" => soap(&data, expected),
        "clearkey-normalize" => {
            let bytes = text::key_id(value).map(Vec::from).or_else(|| text::from_base64(value)).unwrap();
            same("base64url", &text::to_base64url(&bytes), &expected["base64url"].as_str().unwrap().to_string())
        }
        "build-playready-pssh-from-header" => crate::tools::from_header(&data, case),
        "init-segment" | "pssh-in-moof" | "pssh-in-moov" => crate::tools::message(&data, case),
        _ => return vec![(kind.into(), Outcome::Skipped)],
    };
    vec![(kind.into(), outcome(result))]
}

/// The system ids of boxes, without dashes.
pub fn system_ids(boxes: &Value) -> Vec<String> {
    boxes.as_array().into_iter().flatten().map(|pssh| pssh["systemId"].as_str().unwrap().replace('-', "")).collect()
}

fn systems(data: &[u8], expected: &Value) -> Result<(), String> {
    let read = read(data, LENIENT)?;
    same("systems", &system_ids(&read["boxes"]), &strings(&expected["system_ids"]))?;
    match expected.get("derived_key_ids") {
        Some(ids) => same("key ids", &strings(&read["keyIds"]), &strings(ids)),
        None => Ok(()),
    }
}

fn payload(data: &[u8], case: &Value) -> Result<(), String> {
    let read = read(data, LENIENT)?;
    let object = &read["boxes"][0]["playready"];
    let xml = object["xml"].as_str().unwrap_or_default();
    for facts in [&case["expected"], &case["derived"]] {
        for (name, value) in facts.as_object().into_iter().flatten() {
            match &name[..] {
                "la_url" => same(name, &object["licenseUrl"], value)?,
                "wrmheader_version" => same(name, &object["version"], value)?,
                "kid_uuid_hex_big_endian" => same(name, &object["keys"][0]["keyId"], value)?,
                "algid" => same(name, &object["keys"][0]["algorithm"], value)?,
                "ds_id" => same(name, &object["domainServiceId"], value)?,
                "key_ids" => same(name, &strings(&read["keyIds"]), &strings(value))?,
                "default_KID" => same(name, &strings(&read["keyIds"])[0], &value.as_str().unwrap().replace('-', ""))?,
                "keylen" => same(name, &xml::text_at(xml, &["KEYLEN"]).unwrap().as_deref(), &value.as_str())?,
                "kid_base64_in_header" => same(name, &xml.contains(value.as_str().unwrap()), &true)?,
                "encrypted" => same(name, &object.is_object().into(), value)?,
                _ => return Err(format!("nothing looks at {name}")),
            }
        }
    }
    Ok(())
}

fn whitespace(value: &str, expected: &Value) -> Result<(), String> {
    let bytes = from_text(value).map_err(|error| error.message())?;
    same("length", &Value::from(bytes.len()), &expected["byte_length"])?;
    same("bytes", &text::to_base64(&bytes), &expected["base64"].as_str().unwrap().to_string())?;
    systems(&bytes, expected)
}

fn skd(data: &[u8], expected: &Value) -> Result<(), String> {
    let read = read(data, LENIENT)?;
    for (name, value) in expected.as_object().unwrap() {
        match &name[..] {
            "uri" => same(name, &read["fairplay"]["uri"], value)?,
            "content_id" => same(name, &read["fairplay"]["assetId"], value)?,
            "key_id" => same(name, &strings(&read["keyIds"]).first().cloned(), &value.as_str().map(String::from))?,
            _ => return Err(format!("nothing looks at {name}")),
        }
    }
    Ok(())
}

fn legacy(data: &[u8], expected: &Value) -> Result<(), String> {
    match (read(data, LENIENT), expected.get("error")) {
        (Ok(read), None) => same("uri", &read["fairplay"]["uri"], &expected["skd_uri"]),
        (Err(_), Some(_)) => Ok(()),
        (ours, _) => Err(format!("{ours:?}, expected {expected}")),
    }
}

fn rebuild(data: &[u8], expected: &Value) -> Result<(), String> {
    let parts: Value = serde_json::from_slice(data).unwrap();
    let text_of = |name: &str| parts[name].as_str().unwrap();
    let uri = text::to_utf16_le(text_of("skd_uri"));
    let init_data = [&(uri.len() as u32).to_le_bytes()[..], &uri].concat();
    let certificate = text::from_hex(text_of("cert_hex")).unwrap();
    let blob = fairplay::build_legacy(&init_data, text_of("content_id"), &certificate);
    same("blob", &text::hex(&blob), &expected["hex"].as_str().unwrap().to_string())?;
    let read = fairplay::read_legacy(&blob).unwrap();
    same("uri", &&read.uri[..], &text_of("skd_uri"))?;
    same("content id", &&read.content_id[..], &text_of("content_id"))?;
    same("certificate", &read.certificate.bytes, &&certificate[..])
}

fn challenge(data: &[u8], expected: &Value) -> Result<(), String> {
    let challenge = match (playready::unwrap(data), expected.get("error")) {
        (Ok(challenge), None) => challenge,
        (Err(_), Some(_)) => return Ok(()),
        (ours, _) => return Err(format!("{ours:?}, expected {expected}")),
    };
    let body = match expected["body_base64"].as_str() {
        Some(base64) => text::from_base64(base64).unwrap(),
        None => expected["body_utf8"].as_str().unwrap().into(),
    };
    same("body", &&*challenge.body, &&body[..])?;
    // The last of repeated names counts.
    let headers: Value = challenge.headers.iter().cloned().collect();
    same("headers", &headers, &expected["headers"])
}

fn soap(data: &[u8], expected: &Value) -> Result<(), String> {
    let fault = playready::fault(&String::from_utf8_lossy(data));
    same("is a fault", &Value::from(fault.is_some()), &expected["is_fault"])?;
    let fault = fault.unwrap_or_default();
    for (name, ours) in [("status_code", fault.status_code), ("fault_string", fault.fault_string), ("message", fault.message)] {
        same(name, &ours.as_deref(), &expected[name].as_str())?;
    }
    Ok(())
}
