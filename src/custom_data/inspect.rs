//! What a license token or callback auth data says, and what is wrong with it, without any key.
//!
//! ```text
//! token      base64 of JSON { drm_type?, site_id, user_id, cid, policy (old name: token), timestamp, hash,
//!                             response_format?, key_rotation? }
//! auth data  base64 of JSON { drm_type, site_id, data }
//! ```
//! Source: `docs/protocol.md`, "License token" and "Callback auth data". Nothing here blocks a request: the viewer's clock
//! may be the one that is wrong, so problems are warnings before the request and reasons after a refusal.

use crate::custom_data::time::parse_timestamp;
use crate::error::{Error, Phase};
use crate::json::{self, Value, Writer};
use crate::license::sniff::{one_line, text};
use crate::system::Drm;
use crate::text::{concat, from_base64};

/// How long a token is good for where the site sets nothing else.
pub const DEFAULT_LIFETIME: f64 = 600_000.0;
/// Clocks differ: a token that is this little in the future is not called so.
const SKEW: f64 = 5_000.0;

/// What the custom data should be good for; only what is given is compared.
#[derive(Debug, Clone, Default)]
pub struct Expected<'a> {
    /// The time, in milliseconds since 1970.
    pub now: Option<f64>,
    /// The DRM in use.
    pub drm: Option<Drm>,
    /// The site.
    pub site_id: Option<&'a str>,
    /// The content id.
    pub content_id: Option<&'a str>,
    /// Whether the content's keys rotate.
    pub key_rotation: bool,
    /// How long the site's tokens are good for, in milliseconds.
    pub token_lifetime: Option<f64>,
    /// Whether auth data will not do (PlayReady's CDM data, tokens of new customers).
    pub token_needed: bool,
}

/// Something a server would refuse, or probably refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable and kebab-case.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

impl Problem {
    /// Its fields, into a JSON object.
    pub fn write(&self, out: &mut json::Object<'_>) {
        out.string("code", self.code);
        out.string("message", &self.message);
        out.string("hint", self.hint);
    }
}

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A license token.
    Token,
    /// Callback auth data.
    AuthData,
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Token or auth data.
    pub kind: Kind,
    /// The site.
    pub site_id: String,
    /// The JSON that crosses into JavaScript; times are milliseconds there and become `Date`s.
    json: Writer,
    /// What is wrong, most serious first.
    problems: Writer,
}

const MAKE: &str = "Make it anew on the server by the token guide.";
const FRESH: &str = "Return a fresh token from customData for each request; if it is one, compare this device's clock with the server's.";
const CLOCK: &str = "Compare the clock of the server that makes tokens with this device's: PallyCon refuses a token from the future.";
const FOR_DRM: &str = "Let customData make the token for the DRM it is told (context.drm).";
const FOR_CID: &str = "Make the token for the content id with which this content was packaged.";
const FOR_SITE: &str = "Use the site id and keys of one and the same site for tokens and in the player.";
const ONE_LINE: &str = "Remove line breaks and spaces where the token is made or copied; this package strips them before it sends.";
const ONCE: &str = "Encode the token once: PallyCon decodes it once.";
const FORMAT: &str = "Leave response_format out, or set it to original, in tokens for web players.";
const ROTATION: &str = "Set key_rotation to true in tokens for live content with rotating keys; the account needs the right for it, too.";

/// Reads custom data. Only what is not base64 (once or twice) of a JSON object is an error.
pub fn inspect(value: &str, expected: &Expected<'_>) -> Result<Inspection, Error> {
    let Some((object, twice)) = decode(value) else {
        return Err(Error::of(
            "custom-data-invalid",
            Phase::CustomData,
            &["The custom data is not base64 of a JSON object."],
            "Let customData return the token's base64 text itself, not a URL, a quoted string or an answer around it.",
        ));
    };
    let auth_data = object.get("data").is_some() && object.get("policy").is_none() && object.get("token").is_none();
    let text = |name: &str| object.field(name).map(one_line).filter(|text| !text.is_empty());
    let mut out = Inspection {
        kind: if auth_data { Kind::AuthData } else { Kind::Token },
        site_id: text("site_id").unwrap_or_default(),
        json: Writer::new(),
        problems: Writer::new(),
    };
    // PallyCon takes a missing one for PlayReady.
    let drm_type = text("drm_type").unwrap_or_else(|| "PlayReady".into());
    let content_id = text("cid");
    let format = text("response_format");
    let issued = object.field("timestamp").filter(|_| !auth_data).map(parse_timestamp);
    let rotation = object.get("key_rotation").and_then(|value| match value {
        Value::Boolean(value) => Some(*value),
        other => other.text().map(|text| text == "true"),
    });
    out.json.string("kind", if auth_data { "auth-data" } else { "token" });
    out.json.string("drmType", &drm_type);
    out.json.string("siteId", &out.site_id);
    out.json.optional_string("userId", text("user_id").as_deref());
    out.json.optional_string("contentId", content_id.as_deref());
    if let Some(Some(issued)) = issued {
        out.times(issued, expected);
    }
    out.json.optional_string("responseFormat", format.as_deref());
    if let Some(rotation) = rotation {
        out.json.boolean("keyRotation", rotation);
    }

    out.check_fields(&object);
    if issued == Some(None) {
        out.problem("timestamp-invalid", &["The token's timestamp is not of the form yyyy-mm-ddThh:mm:ssZ."], MAKE);
    }
    if let Some(drm) = expected.drm
        && drm != Drm::ClearKey
        && !drm_type.eq_ignore_ascii_case(drm.title())
    {
        out.problem("token-drm-mismatch", &["The custom data is for ", &drm_type, ", the player uses ", drm.title(), "."], FOR_DRM);
    }
    if let (Some(wanted), Some(given)) = (expected.content_id, &content_id)
        && wanted != given
    {
        let message = ["The token is for content ", given, ", the player plays ", &one_line(wanted), "."];
        out.problem("content-id-mismatch", &message, FOR_CID);
    }
    if expected.site_id.is_some_and(|wanted| wanted != out.site_id) && !out.site_id.is_empty() {
        let message = ["The custom data is of site ", &out.site_id.clone(), ", the player is set up for another."];
        out.problem("site-mismatch", &message, FOR_SITE);
    }
    if expected.token_needed && auth_data {
        let hint = "Make a license token on the server: PlayReady's CDM data carries nothing else.";
        out.problem("token-needed", &["This is callback auth data; here a license token is needed."], hint);
    }
    if expected.key_rotation && !auth_data && rotation != Some(true) {
        out.problem("key-rotation-missing", &["The token does not allow rotating keys, and this content's keys rotate."], ROTATION);
    }
    if format.is_some_and(|format| !format.eq_ignore_ascii_case("original")) {
        let message = "The token asks for a license wrapped in JSON (response_format), which a web player cannot use without this package.";
        out.problem("response-format", &[message], FORMAT);
    }
    if twice {
        out.problem("custom-data-double-base64", &["The custom data is base64 of base64."], ONCE);
    }
    if value.bytes().any(|byte| byte <= b' ') {
        out.problem("custom-data-whitespace", &["The custom data holds line breaks or spaces."], ONE_LINE);
    }
    Ok(out)
}

fn decode(value: &str) -> Option<(Value, bool)> {
    let once = from_base64(value)?;
    if let Some(value) = object(&once) {
        return Some((value, false));
    }
    let twice = from_base64(core::str::from_utf8(&once).ok()?)?;
    object(&twice).map(|value| (value, true))
}

fn object(bytes: &[u8]) -> Option<Value> {
    json::parse(text(bytes)?).filter(|value| matches!(value, Value::Object(_)))
}

/// Whole seconds, where the clock gives fractions.
#[inline(never)]
fn whole(number: f64) -> u64 {
    number as u64
}

impl Inspection {
    #[inline(never)]
    fn problem(&mut self, code: &'static str, message: &[&str], hint: &'static str) {
        let message = concat(message);
        self.problems.object(|out| Problem { code, message, hint }.write(out));
    }

    fn check_fields(&mut self, object: &Value) {
        let token = self.kind == Kind::Token;
        let required: &[&str] = if token { &["site_id", "user_id", "cid", "timestamp", "hash"] } else { &["drm_type", "site_id", "data"] };
        let mut missing = String::new();
        let mut miss = |name: &str| {
            missing.push_str(if missing.is_empty() { "" } else { ", " });
            missing.push_str(name);
        };
        for name in required {
            if object.field(name).is_none_or(|text| text.trim_ascii().is_empty()) {
                miss(name);
            }
        }
        if token && object.field("policy").or_else(|| object.field("token")).is_none() {
            miss("policy");
        }
        if !missing.is_empty() {
            self.problem("token-data-missing", &["The custom data lacks ", &missing, "."], MAKE);
        }
        for name in ["policy", "token", "data", "hash"] {
            let Some(text) = object.field(name) else { continue };
            match from_base64(text) {
                None => self.problem("token-unreadable", &["The custom data's ", name, " is not base64."], MAKE),
                Some(hash) if token && name == "hash" && hash.len() != 32 => {
                    let message = "The token's hash is not 32 bytes: base64 the raw SHA-256, not its hex.";
                    self.problem("token-hash-mismatch", &[message], MAKE);
                }
                Some(_) => {}
            }
        }
        if object.field("site_id").is_some_and(|site| site.trim_ascii().len() != 4) {
            self.problem("site-id-invalid", &["The custom data's site id does not have 4 characters."], FOR_SITE);
        }
    }

    fn times(&mut self, issued: f64, expected: &Expected<'_>) {
        let ends = issued + expected.token_lifetime.unwrap_or(DEFAULT_LIFETIME);
        self.json.number("issuedAt", whole(issued));
        self.json.number("expiresAt", whole(ends));
        let Some(now) = expected.now else { return };
        let seconds = json::decimal(whole((now - issued).abs() / 1000.0));
        if now >= ends {
            let message = ["The token has probably expired: it was made ", &seconds, " seconds ago."];
            self.problem("token-expired", &message, FRESH);
        } else if issued > now + SKEW {
            self.problem("token-from-future", &["The token was made ", &seconds, " seconds in the future."], CLOCK);
        }
    }

    /// The JSON that crosses into JavaScript.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|out| {
            out.append(&self.json);
            out.list("problems", |out| out.append(&self.problems));
        });
        out.finish()
    }
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
mod tests;
