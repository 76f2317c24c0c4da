//! Cases that were reported from the field: `{id, call, input, expect}`. `call` names the public function, its purpose
//! and the status; `expect` is a sentence, so the expectation is listed here by the case's id.

use crate::init_data::outcome;
use crate::{Outcome, same};
use pallycon_drm::error::Error;
use pallycon_drm::license::response;
use pallycon_drm::system::Drm;
use pallycon_drm::text;
use serde_json::Value;

/// The expected refusals of responses: the case, the code, and a part of the message or of the server's own text.
const REFUSALS: [(&str, &str, &str); 7] = [
    ("playready-fault-custom-data", "playready-fault", "LCN_4003|No CustomData in input"),
    ("playready-challenge-back", "not-a-license", "the challenge itself, sent back"),
    ("playready-any-xml", "not-a-license", "AccessDenied"),
    ("widevine-bad-wire-type", "not-a-license", "binary data of another kind"),
    ("text-in-korean", "not-a-license", "it is text"),
    ("fairplay-words", "not-a-license", "it is text"),
    ("json-of-another-service", "", "device_revoked"),
];

pub fn run(case: &Value) -> Vec<(String, Outcome)> {
    let call = case["call"].as_str().unwrap_or_default();
    let name = call.split(' ').next().unwrap_or_default();
    let outcome = match name {
        "readLicense" => outcome(responses(case, call)),
        _ => crate::content::run(case),
    };
    vec![(format!("field {name}"), outcome)]
}

/// `readLicense DRM and DRM, status N and N (hex)`: each DRM with each status.
fn responses(case: &Value, call: &str) -> Result<(), String> {
    let input = case["input"].as_str().unwrap();
    let body = if call.contains("(hex)") { text::from_hex(input).unwrap() } else { input.as_bytes().to_vec() };
    let words = || call.split([' ', ',']);
    for drm in words().filter_map(Drm::from_name) {
        for status in words().filter_map(|word| word.parse().ok()) {
            match response::read(drm, status, &body) {
                Ok(license) => {
                    return Err(format!("{drm:?} with status {status}: {} bytes were accepted as a license", license.data.len()));
                }
                Err(error) => refused(case, status, &error)?,
            }
        }
    }
    Ok(())
}

fn refused(case: &Value, status: u16, error: &Error) -> Result<(), String> {
    let id = case["id"].as_str().unwrap_or_default();
    let (_, code, part) = REFUSALS.iter().find(|(known, ..)| *known == id).ok_or("this case has no expectation here")?;
    if !code.is_empty() {
        same("code", &error.code.as_str(), code)?;
    }
    same("status", &error.http_status, &Some(status))?;
    let words = error.server.clone().unwrap_or_default().message;
    if error.message().contains(part) || words.contains(part) { Ok(()) } else { Err(format!("{error}: {words:?} lacks {part:?}")) }
}
