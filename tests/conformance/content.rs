//! Cases from the field that are about content: `parseInitData`, `parseManifest`, `inspectAny`, CPIX. The expectations
//! are listed by id.

use crate::{Outcome, init_data::outcome, same, strings};
use pallycon_drm::init_data::{self, Options};
use pallycon_drm::text::{from_base64, to_base64, to_utf16_le};
use pallycon_drm::{cpix, inspect, manifest};
use serde_json::Value;

type Check = fn(&str) -> Result<(), String>;
type Described = fn() -> String;

/// Cases whose input is a description, and the described input.
const DESCRIBED: [(&str, Described); 3] =
    [("mpd-key-ids-differ", other_key_ids), ("mpd-unresolved-ref", unresolved), ("hls-playreadyheader-tag", playready_tag)];

const CHECKS: [(&str, Check); 16] = [
    ("mpd-pro-before-pssh", |input| {
        let read = manifest(input)?;
        same("keys of the init data", &strings(&read["protections"][0]["initData"]["keyIds"]), &strings(&read["keyIds"]))?;
        same("number of keys", &strings(&read["keyIds"]).len(), &1)?;
        nothing_warned(&read)
    }),
    ("mpd-turned-playready-id", |input| {
        let read = manifest(input)?;
        same("system", &read["protections"][0]["system"], &"PlayReady".into())?;
        warned(&read, "manifest-system-id", "byte order of a GUID")
    }),
    ("mpd-pssh-not-a-box", |input| {
        let read = manifest(input)?;
        contains(&read["protections"][0]["initDataError"], "no pssh box")?;
        warned(&read, "manifest-init-data", "no pssh box")
    }),
    ("hls-typographic-quotes", |input| {
        let read = manifest(input)?;
        same("system", &read["protections"][0]["system"], &"Widevine".into())?;
        warned(&read, "manifest-quotes", "typographic")
    }),
    ("hls-playreadyheader-tag", |input| {
        let read = manifest(input)?;
        same("system", &read["protections"][0]["system"], &"PlayReady".into())?;
        same("keys", &strings(&read["keyIds"]), &vec!["02".repeat(16)])
    }),
    ("hls-aes128-key-shown", |input| {
        let found = inspected(input);
        same("kind", &found["kind"], &"hls".into())?;
        same("URI", &found["value"]["protections"][0]["uri"], &"data:;base64,…".into())?;
        warned(&found["value"], "content-key-exposed", "content key")
    }),
    ("hls-fairplay-ctr", |input| warned(&manifest(input)?, "manifest-scheme", "FairPlay plays cbcs (SAMPLE-AES) only")),
    ("wrmheader-kids-in-4.1", |input| {
        let read = init_data(input)?;
        same("keys", &strings(&read["keyIds"]), &vec!["0".repeat(32)])?;
        warned(&read, "playready-header", "KIDS: 4.2 and later")
    }),
    ("wrmheader-prose-in-kid", |input| match from_text(input) {
        Ok(read) => Err(format!("read as {read}")),
        Err(error) if error.hint().contains("as a string") => Err(error.hint().into()),
        Err(_) => Ok(()),
    }),
    ("wrmheader-la-url-outside-data", |input| {
        let read = init_data(input)?;
        same("number of keys", &strings(&read["keyIds"]).len(), &1)?;
        same("license URL", &read["boxes"][0]["playready"].get("licenseUrl"), &None)?;
        warned(&read, "playready-header", "LA_URL")
    }),
    ("pssh-empty-playready-record", |input| contains(&init_data(input)?["boxes"][0]["payloadError"], "header is empty")),
    ("bare-payload-where-a-box-belongs", |input| {
        let read = manifest(input)?;
        same("keys", &strings(&read["keyIds"]), &vec!["4e2ea161f01c2273e1a509a5e7357aa3".into()])?;
        warned(&read, "manifest-wrapping", "without its pssh box")
    }),
    ("mpd-key-ids-differ", |input| {
        let read = manifest(input)?;
        warned(&read, "manifest-key-ids", &"01".repeat(16))?;
        warned(&read, "manifest-key-ids", &"02".repeat(16))
    }),
    ("mpd-unresolved-ref", |input| warned(&manifest(input)?, "manifest-ref", "\"there\"")),
    ("cpix-filters-without-track-type", |input| {
        let pack = cpix::response::read(200, input.as_bytes()).map_err(|error| error.message())?.to_value();
        let read: Value = serde_json::from_str(&pack.to_json()).unwrap();
        let tracks = read["content_key_list"].as_array().unwrap().iter().map(|key| key["track_type"].clone());
        same("tracks", &tracks.collect::<Vec<_>>(), &vec!["VIDEO".into(), "AUDIO".into()])?;
        let options = pallycon_drm::json::Value::object([]);
        ["shaka-packager", "bitmovin"].into_iter().try_for_each(|view| {
            cpix::views::make(view, &pack, &options).map(drop).map_err(|error| [view, ": ", &error.message()].concat())
        })
    }),
    ("inspect-damaged-pssh", |input| {
        let found = inspected(input);
        same("kind", &found["kind"], &"cenc".into())?;
        let error = init_data::parse(&from_base64(input).unwrap(), Options::default()).map(drop).unwrap_err();
        same("message", &found["value"]["error"]["message"], &error.message().into())
    }),
];

/// Runs a case that has a check here.
pub fn run(case: &Value) -> Outcome {
    let id = case["id"].as_str().unwrap_or_default();
    let Some((_, check)) = CHECKS.iter().find(|(known, _)| *known == id) else { return Outcome::Skipped };
    let described = DESCRIBED.iter().find(|(known, _)| *known == id).map(|(_, input)| input());
    outcome(check(&described.unwrap_or_else(|| case["input"].as_str().unwrap().into())))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn manifest(input: &str) -> Result<Value, String> {
    manifest::parse(input).map(|read| parsed(&read.to_json())).map_err(|error| error.message())
}

fn inspected(input: &str) -> Value {
    parsed(&inspect::text(input).to_json())
}

fn from_text(input: &str) -> Result<Value, pallycon_drm::error::Error> {
    let data = init_data::from_text(input)?;
    init_data::parse(&data, Options::default()).map(|read| parsed(&read.to_json()))
}

fn init_data(input: &str) -> Result<Value, String> {
    from_text(input).map_err(|error| error.message())
}

fn contains(value: &Value, text: &str) -> Result<(), String> {
    let found = value.as_str().is_some_and(|value| value.contains(text));
    if found { Ok(()) } else { Err(format!("{value}, expected {text:?} in it")) }
}

fn warned(read: &Value, code: &str, text: &str) -> Result<(), String> {
    let warnings = read["warnings"].as_array().ok_or("there are no warnings")?;
    let found = warnings.iter().find(|warning| warning["code"] == code).ok_or(format!("{warnings:?}, expected {code}"))?;
    contains(&found["message"], text)
}

fn nothing_warned(read: &Value) -> Result<(), String> {
    same("warnings", &read["warnings"], &Value::Array(Vec::new()))
}

/// A Widevine box with the key id 01 × 16, and default_KID 02 × 16.
fn other_key_ids() -> String {
    let pssh = "AAAANHBzc2gBAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAEBAQEBAQEBAQEBAQEBAQEBAAAAAA==";
    format!(
        "<MPD><Period><AdaptationSet><ContentProtection schemeIdUri='urn:mpeg:dash:mp4protection:2011' value='cenc' cenc:default_KID='02020202-0202-0202-0202-020202020202'/>\
         <ContentProtection schemeIdUri='urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed'><cenc:pssh>{pssh}</cenc:pssh></ContentProtection></AdaptationSet></Period></MPD>"
    )
}

fn unresolved() -> String {
    "<MPD><Period><AdaptationSet><ContentProtection ref='there'/></AdaptationSet></Period></MPD>".into()
}

/// A PlayReady Object with the key id 02 × 16.
fn playready_tag() -> String {
    let header = to_utf16_le("<WRMHEADER version='4.0.0.0'><DATA><KID>AgICAgICAgICAgICAgICAg==</KID></DATA></WRMHEADER>");
    let length = u16::try_from(header.len()).unwrap();
    let object = [&u32::from(length + 10).to_le_bytes()[..], &[1, 0, 1, 0], &length.to_le_bytes(), &header].concat();
    ["#EXTM3U\n#EXT-X-PLAYREADYHEADER:", &to_base64(&object), "\n#EXTINF:4,\na.ts\n"].concat()
}
