//! Cases of init data: `{kind, base64, expect}`.

use crate::{Outcome, same, strings};
use pallycon_drm::init_data::{InitDataType, Options, parse};
use pallycon_drm::text::{from_base64, from_hex, hex};
use pallycon_drm::xml;
use serde_json::Value;

const LENIENT: Options = Options { kind: None, strict: false };
const STRICT: Options = Options { kind: None, strict: true };

/// The type as which a case's bytes are read.
pub fn read(data: &[u8], options: Options) -> Result<Value, String> {
    parse(data, options).map(|read| serde_json::from_str(&read.to_json()).unwrap()).map_err(|error| error.message())
}

pub fn run(case: &Value) -> Vec<(String, Outcome)> {
    let kind = case["kind"].as_str().unwrap_or("?");
    let expect = &case["expect"];
    let data = from_base64(case["base64"].as_str().unwrap()).unwrap();
    let ambiguous = case["ambiguous"] == true;
    let result = match kind {
        "pssh" | "multi-pssh" => boxes(&data, expect, ambiguous),
        "malformed" => malformed(case, &data, expect),
        "playready-object" => playready_object(&data, expect),
        "keyids" | "webm" | "skd" | "sinf" => typed(kind, &data, expect),
        "init-segment" | "dash-cp" | "hls-key" => crate::tools::run(kind, &data, expect),
        _ => return vec![(kind.into(), Outcome::Skipped)],
    };
    let mut out = vec![(kind.to_string(), outcome(result))];
    if matches!(kind, "pssh" | "multi-pssh") {
        out.extend(bare(&data, expect));
    }
    out.extend(crate::tools::rewrite(kind, &data));
    out
}

pub fn outcome(result: Result<(), String>) -> Outcome {
    result.map_or_else(Outcome::Wrong, |()| Outcome::Right)
}

/// A case's list of boxes; a single box is a list of one.
fn listed(expect: &Value) -> Vec<&Value> {
    match expect.get("boxes") {
        Some(boxes) => boxes.as_array().unwrap().iter().collect(),
        None => vec![expect],
    }
}

fn boxes(data: &[u8], expect: &Value, ambiguous: bool) -> Result<(), String> {
    let named = Options { kind: Some(InitDataType::Cenc), strict: false };
    compare(data, &read(data, named)?, &listed(expect))?;
    if !data.is_empty() {
        compare(data, &read(data, LENIENT)?, &listed(expect))?;
    }
    if !ambiguous {
        compare(data, &read(data, STRICT)?, &listed(expect)).map_err(|error| format!("strict: {error}"))?;
    }
    let skipped = expect["skippedUnsupportedVersion"].as_u64().unwrap_or(0) as usize;
    let warned = read(data, named)?["warnings"].as_array().unwrap().iter().filter(|warning| warning["code"] == "pssh-version").count();
    same("versions left out", &warned, &skipped)
}

fn compare(data: &[u8], ours: &Value, theirs: &[&Value]) -> Result<(), String> {
    let boxes = ours["boxes"].as_array().unwrap();
    same("number of boxes", &boxes.len(), &theirs.len())?;
    boxes.iter().zip(theirs).try_for_each(|(ours, theirs)| one_box(data, ours, theirs))
}

pub fn span<'a>(data: &'a [u8], value: &Value) -> &'a [u8] {
    let [offset, length] = [0, 1].map(|at| value[at].as_u64().unwrap_or(0) as usize);
    &data[offset..offset + length]
}

/// Compares one box with its expectation. An expectation that is not checked here is a mistake of this file.
pub fn one_box(data: &[u8], ours: &Value, theirs: &Value) -> Result<(), String> {
    for (name, value) in theirs.as_object().unwrap() {
        match &name[..] {
            "systemId" => same(name, &ours["systemId"].as_str().unwrap().replace('-', ""), &value.as_str().unwrap().to_string())?,
            "version" | "flags" => same(name, &ours[name], value)?,
            "keyIds" => same(name, &strings(&ours[name]), &strings(value))?,
            "dataSize" => same(name, &ours["data"][1], value)?,
            "dataHex" => same(name, &hex(span(data, &ours["data"])), &value.as_str().unwrap().to_string())?,
            "trailingInBox" => same(name, &ours["padding"][1], value)?,
            "widevine" => widevine(data, &ours["widevine"], value)?,
            "playready" => playready(&ours["playready"], value)?,
            "nagra" | "wiseplay" | "irdeto" => details(&ours["details"], value)?,
            "fairplay" => fairplay(data, &ours["fairplay"], value)?,
            "payloadError" | "container" => {}
            _ => return Err(format!("{name} is not checked")),
        }
    }
    for name in ["payloadError", "widevine", "playready"] {
        same(name, &ours.get(name).is_some(), &theirs.get(name).is_some())?;
    }
    same("padding", &ours["padding"][1].as_u64().unwrap_or(0), &theirs["trailingInBox"].as_u64().unwrap_or(0))
}

const WIDEVINE: [(&str, &str); 8] = [
    ("algorithm", "algorithm"),
    ("provider", "provider"),
    ("policy", "policy"),
    ("track_type", "trackType"),
    ("crypto_period_index", "cryptoPeriodIndex"),
    ("crypto_period_seconds", "cryptoPeriodSeconds"),
    ("protection_scheme", "protectionScheme"),
    ("grouped_license", "groupedLicense"),
];

fn widevine(data: &[u8], ours: &Value, theirs: &Value) -> Result<(), String> {
    for (theirs_name, ours_name) in WIDEVINE {
        same(ours_name, &ours[ours_name], &theirs[theirs_name])?;
    }
    same("keyIds", &strings(&ours["keyIds"]), &strings(&theirs["key_ids"]))?;
    let content_id = ours.get("contentIdBytes").map(|bytes| hex(span(data, bytes)));
    same("content id", &content_id.as_deref(), &theirs["content_id"].as_str())?;
    if let Ok(text) = String::from_utf8(content_id.and_then(|id| from_hex(&id)).unwrap_or_default()) {
        same("content id as text", &ours["contentId"].as_str().unwrap_or_default(), &&text[..])?;
    }
    for pair in theirs["unknown_fields"].as_array().into_iter().flatten() {
        let unknown = ours["unknownFields"].as_array().into_iter().flatten();
        let kept = unknown.clone().any(|field| field["field"] == pair[0] && field["wireType"] == pair[1]);
        // The files know fields 1 to 10.
        let known = pair[0] == 11 && ours.get("type").is_some() || pair[0] == 14 && ours.get("entitledKeys").is_some();
        if !kept && !known {
            return Err(format!("field {pair} is lost"));
        }
    }
    Ok(())
}

fn playready(ours: &Value, theirs: &Value) -> Result<(), String> {
    let xml = ours["xml"].as_str().unwrap_or_default();
    let keys = ours["keys"].as_array().cloned().unwrap_or_default();
    for (name, value) in theirs.as_object().unwrap() {
        match &name[..] {
            "wrmVersion" => same(name, &ours["version"], value)?,
            "laUrl" => same(name, &ours["licenseUrl"], value)?,
            "luiUrl" => same(name, &ours["licenseUiUrl"], value)?,
            "dsId" => same(name, &ours["domainServiceId"], value)?,
            "decryptorSetup" => same(name, &ours["decryptorSetup"], value)?,
            "hasCustomAttributes" => same(name, &ours.get("customAttributes").is_some(), &value.as_bool().unwrap())?,
            "kids" => same(name, &keys.iter().map(|key| key["keyId"].clone()).collect(), value.as_array().unwrap())?,
            "kidDetails" => {
                for (ours, theirs) in keys.iter().zip(value.as_array().unwrap()) {
                    let pair = |key: &Value, names: [&str; 2]| names.map(|name| key.get(name).cloned());
                    same(name, &pair(ours, ["algorithm", "checksum"]), &pair(theirs, ["algid", "checksum"]))?;
                }
            }
            "algid" => same(name, &keys[0]["algorithm"], value)?,
            "checksum" => same(name, &keys[0]["checksum"], value)?,
            "keyLen" => same(name, &xml::text_at(xml, &["PROTECTINFO", "KEYLEN"]).unwrap(), &Some(value.to_string()))?,
            "licenseRequested" => same(name, &attribute(xml, "LICENSEREQUESTED").as_deref(), &value.as_str())?,
            "recordTypes" => {
                let types = ours["records"].as_array().map(|records| records.iter().map(|record| record["type"].clone()).collect());
                same(name, &types.unwrap_or_else(|| vec![1.into()]), value.as_array().unwrap())?;
                same("embedded license", &ours["hasEmbeddedLicense"], &value.as_array().unwrap().contains(&3.into()).into())?;
            }
            _ => return Err(format!("playready.{name} is not checked")),
        }
    }
    for (ours_name, theirs_name) in
        [("licenseUrl", "laUrl"), ("licenseUiUrl", "luiUrl"), ("domainServiceId", "dsId"), ("decryptorSetup", "decryptorSetup")]
    {
        same(ours_name, &ours.get(ours_name).is_some(), &theirs.get(theirs_name).is_some())?;
    }
    Ok(())
}

fn attribute(document: &str, name: &str) -> Option<String> {
    let mut reader = xml::Reader::new(document);
    while let Ok(Some(event)) = reader.event() {
        if let xml::Event::Start(element) = event
            && let Some(value) = element.attribute(name)
        {
            return Some(value.into());
        }
    }
    None
}

fn details(ours: &Value, theirs: &Value) -> Result<(), String> {
    for (name, value) in theirs.as_object().unwrap() {
        match &name[..] {
            "keyId" => same(name, &strings(&ours["keyIds"]), &vec![value.as_str().unwrap().replace('-', "")])?,
            "kids" => {
                let ids = value.as_array().unwrap().iter().map(|id| hex(&from_base64(id.as_str().unwrap()).unwrap())).collect();
                same(name, &strings(&ours["keyIds"]), &ids)?;
            }
            "contentID" => same(name, &ours["contentId"], value)?,
            "enschema" => same(name, &ours["scheme"], value)?,
            _ => same(name, &ours[name], value)?,
        }
    }
    Ok(())
}

fn fairplay(data: &[u8], ours: &Value, theirs: &Value) -> Result<(), String> {
    same("scheme", &ours["scheme"], &theirs["scheme"])?;
    for (ours, theirs) in ours["requests"].as_array().unwrap().iter().zip(theirs["requests"].as_array().unwrap()) {
        same("keyId", &ours["keyId"], &theirs["keyId"])?;
        same("versions", &ours["versions"], &theirs["versions"])?;
        for name in ["assetId", "context"] {
            same(name, &hex(span(data, &ours[name])), &theirs[name].as_str().unwrap().to_string())?;
        }
    }
    Ok(())
}

/// The payloads of a case's boxes serve as payloads without a box.
fn bare(data: &[u8], expect: &Value) -> Vec<(String, Outcome)> {
    let Ok(read) = read(data, LENIENT) else { return Vec::new() };
    let mut out = Vec::new();
    for (ours, theirs) in read["boxes"].as_array().unwrap().iter().zip(listed(expect)) {
        let payload = span(data, &ours["data"]);
        let system = match theirs["systemId"].as_str() {
            _ if payload.is_empty() => continue,
            Some("edef8ba979d64acea3c827dcd51d21ed") => "widevine",
            Some("9a04f07998404286ab92e65be0885f95") => "playready",
            _ => continue,
        };
        // A header without its object is valid on its own, and so is a box in a box.
        if theirs.get("payloadError").is_some() && (payload.starts_with(b"<\0") || payload.get(4..8) == Some(b"pssh")) {
            continue;
        }
        let result = match (self::read(payload, LENIENT), theirs.get(system)) {
            (Ok(read), Some(theirs)) if read["boxes"][0]["bare"] == true => match system {
                "widevine" => widevine(payload, &read["boxes"][0][system], theirs),
                _ => playready(&read["boxes"][0][system], theirs),
            },
            (Err(_), None) => Ok(()),
            (ours, theirs) => Err(format!("{ours:?}, expected {theirs:?}")),
        };
        out.push((format!("bare {system}"), outcome(result)));
    }
    out
}

fn malformed(case: &Value, data: &[u8], expect: &Value) -> Result<(), String> {
    let (strict, lenient) = (read(data, STRICT), read(data, LENIENT));
    if case["form"] == "playready-object" {
        return match (strict, lenient) {
            (Err(_), Err(_)) => Ok(()),
            (strict, lenient) => Err(format!("read as {strict:?}, {lenient:?}")),
        };
    }
    match (expect.get("strict"), &strict) {
        (Some(theirs), Ok(read)) => compare(data, read, &listed(theirs))?,
        (None, Err(_)) => {}
        (_, strict) => return Err(format!("strict reading: {strict:?}")),
    }
    match (expect.get("lenient"), lenient) {
        (Some(theirs), Ok(read)) => {
            compare(data, &read, &listed(theirs))?;
            same("there are warnings", &read["warnings"].as_array().unwrap().is_empty(), &false)
        }
        (Some(theirs), Err(error)) => Err(format!("{error}, expected {theirs}")),
        // A truncated box is an error; the boxes before it are kept, and the truncation is reported.
        (None, Ok(read)) => same("there are warnings", &read["warnings"].as_array().unwrap().is_empty(), &false),
        (None, Err(_)) => Ok(()),
    }
}

fn playready_object(data: &[u8], expect: &Value) -> Result<(), String> {
    let read = read(data, LENIENT)?;
    same("bare", &read["boxes"][0]["bare"], &true.into())?;
    playready(&read["boxes"][0]["playready"], &expect["playready"])
}

fn typed(kind: &str, data: &[u8], expect: &Value) -> Result<(), String> {
    let named = Options { kind: InitDataType::from_name(kind), strict: false };
    let detected = if kind == "webm" { Vec::new() } else { vec![LENIENT, STRICT] };
    for options in [&[named][..], &detected].concat() {
        match read(data, options) {
            Ok(ours) if expect.get("error").is_none() => typed_value(kind, &ours, expect)?,
            Err(_) if expect.get("error").is_some() => {}
            other => return Err(format!("{other:?}, expected {expect}")),
        }
    }
    Ok(())
}

fn typed_value(kind: &str, ours: &Value, expect: &Value) -> Result<(), String> {
    same("type", &ours["type"], &kind.into())?;
    for (name, value) in expect.as_object().unwrap() {
        match &name[..] {
            "keyIds" => same(name, &strings(&ours[name]), &strings(value))?,
            "uri" | "assetId" => same(name, &ours["fairplay"][name], value)?,
            // The encoding of the bytes is not reported.
            "form" => {}
            "sinfs" => {
                let tracks = ours["fairplay"]["tracks"].as_array().unwrap();
                same(name, &tracks.len(), &value.as_array().unwrap().len())?;
                tracks.iter().zip(value.as_array().unwrap()).try_for_each(|(ours, theirs)| track(ours, theirs))?;
            }
            _ => return Err(format!("{name} is not checked")),
        }
    }
    Ok(())
}

/// Compares a track's protection with its expectation.
pub fn track(ours: &Value, theirs: &Value) -> Result<(), String> {
    for (name, value) in theirs.as_object().unwrap() {
        match &name[..] {
            "originalFormat" | "original_format" => same(name, &ours["codec"], value)?,
            "schemeType" | "scheme" => same(name, &ours["scheme"], value)?,
            "defaultKid" | "default_kid" => {
                let key_id = ours.get("keyId").or(ours.get("defaultKeyId"));
                same(name, &key_id, &Some(value))?;
            }
            "perSampleIvSize" | "per_sample_iv_size" => same(name, &ours["ivSize"], value)?,
            "constantIv" | "constant_iv" => same(name, &ours[&"constantIv"], value)?,
            "cryptByteBlock" | "crypt_byte_block" => same(name, &ours["pattern"][0], value)?,
            "skipByteBlock" | "skip_byte_block" => same(name, &ours["pattern"][1], value)?,
            "tencVersion" | "tenc_version" => same(name, &u64::from(ours.get("pattern").is_some()), &value.as_u64().unwrap())?,
            // A track that is not protected has no key id, and the scheme's version is 1.0 everywhere.
            "isProtected" | "is_protected" => same(name, value, &1.into())?,
            "schemeVersion" => same(name, value, &0x1_0000.into())?,
            "sampleEntry" => {}
            _ => return Err(format!("{name} is not checked")),
        }
    }
    Ok(())
}
