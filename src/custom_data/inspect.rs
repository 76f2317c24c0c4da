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
use crate::license::sniff::one_line;
use crate::system::Drm;
use crate::text::from_base64;

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
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// Token or auth data.
    pub kind: Kind,
    /// As it is spelled there; PallyCon takes a missing one for PlayReady.
    pub drm_type: String,
    /// The site.
    pub site_id: String,
    /// The user, in a token.
    pub user_id: Option<String>,
    /// The content id, in a token.
    pub content_id: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub issued_at: Option<f64>,
    /// When it probably ends.
    pub expires_at: Option<f64>,
    /// `original`, `json` or `custom`.
    pub response_format: Option<String>,
    /// Whether it is good for rotating keys.
    pub key_rotation: Option<bool>,
    /// Most serious first.
    pub problems: Vec<Problem>,
}

const MAKE: &str = "Make it anew on the server by the token guide.";
const FRESH: &str = "Return a fresh token from customData for each request; if it is fresh, compare this device's clock with the server's.";
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
    let (object, twice) = decode(value).ok_or_else(|| {
        Error::new(
            "custom-data-invalid",
            Phase::CustomData,
            "The custom data is not base64 of a JSON object.",
            "Let customData return the token's base64 text itself, not a URL, a quoted string or an answer around it.",
        )
    })?;
    let mut problems = Vec::new();
    let kind = if object.get("data").is_some() && object.get("policy").is_none() && object.get("token").is_none() {
        Kind::AuthData
    } else {
        Kind::Token
    };
    let field = |name: &str| object.field(name).map(one_line).filter(|text| !text.is_empty());
    let mut inspection = Inspection {
        kind,
        drm_type: field("drm_type").unwrap_or_else(|| "PlayReady".into()),
        site_id: field("site_id").unwrap_or_default(),
        user_id: field("user_id"),
        content_id: field("cid"),
        issued_at: None,
        expires_at: None,
        response_format: field("response_format"),
        key_rotation: match object.get("key_rotation") {
            Some(Value::Boolean(value)) => Some(*value),
            Some(other) => other.text().map(|text| text == "true"),
            None => None,
        },
        problems: Vec::new(),
    };
    check_fields(&object, kind, &mut problems);
    if kind == Kind::Token {
        check_times(&object, expected, &mut inspection, &mut problems);
    }
    compare(&inspection, expected, &mut problems);
    if twice {
        problems.push(problem("custom-data-double-base64", "The custom data is base64 of base64.", ONCE));
    }
    if value.chars().any(char::is_whitespace) {
        problems.push(problem("custom-data-whitespace", "The custom data holds line breaks or spaces.", ONE_LINE));
    }
    inspection.problems = problems;
    Ok(inspection)
}

fn problem(code: &'static str, message: impl Into<String>, hint: &'static str) -> Problem {
    Problem { code, message: message.into(), hint }
}

fn decode(value: &str) -> Option<(Value, bool)> {
    let once = from_base64(value)?;
    let object = |bytes: &[u8]| {
        let text = core::str::from_utf8(bytes).ok()?;
        json::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).filter(|value| matches!(value, Value::Object(_)))
    };
    if let Some(value) = object(&once) {
        return Some((value, false));
    }
    let twice = from_base64(core::str::from_utf8(&once).ok()?)?;
    object(&twice).map(|value| (value, true))
}

fn check_fields(object: &Value, kind: Kind, problems: &mut Vec<Problem>) {
    let required: &[&str] = match kind {
        Kind::Token => &["site_id", "user_id", "cid", "timestamp", "hash"],
        Kind::AuthData => &["drm_type", "site_id", "data"],
    };
    let mut missing: Vec<&str> =
        required.iter().copied().filter(|name| object.field(name).is_none_or(|text| text.trim().is_empty())).collect();
    if kind == Kind::Token && object.field("policy").or_else(|| object.field("token")).is_none() {
        missing.push("policy");
    }
    if !missing.is_empty() {
        problems.push(problem("token-data-missing", ["The custom data lacks ", &missing.join(", "), "."].concat(), MAKE));
    }
    for name in ["policy", "token", "data", "hash"] {
        if object.field(name).is_some_and(|text| from_base64(text).is_none()) {
            problems.push(problem("token-unreadable", ["The custom data's ", name, " is not base64."].concat(), MAKE));
        }
    }
    let hash = object.field("hash").and_then(from_base64);
    if kind == Kind::Token && hash.is_some_and(|hash| hash.len() != 32) {
        problems.push(problem("token-hash-mismatch", "The token's hash is not 32 bytes: base64 the raw SHA-256, not its hex.", MAKE));
    }
    if object.field("site_id").is_some_and(|site| site.trim().chars().count() != 4) {
        problems.push(problem("site-id-invalid", "The custom data's site id does not have 4 characters.", FOR_SITE));
    }
}

fn check_times(object: &Value, expected: &Expected<'_>, inspection: &mut Inspection, problems: &mut Vec<Problem>) {
    let Some(text) = object.field("timestamp") else { return };
    let Some(issued) = parse_timestamp(text) else {
        problems.push(problem("timestamp-invalid", "The token's timestamp is not of the form yyyy-mm-ddThh:mm:ssZ.", MAKE));
        return;
    };
    let ends = issued + expected.token_lifetime.unwrap_or(DEFAULT_LIFETIME);
    inspection.issued_at = Some(issued);
    inspection.expires_at = Some(ends);
    let Some(now) = expected.now else { return };
    let seconds = |milliseconds: f64| json::decimal((milliseconds / 1000.0) as u64);
    if now >= ends {
        let message = ["The token has probably expired: it was made ", &seconds(now - issued), " seconds ago."].concat();
        problems.insert(0, problem("token-expired", message, FRESH));
    } else if issued > now + SKEW {
        let message = ["The token was made ", &seconds(issued - now), " seconds in the future."].concat();
        problems.insert(0, problem("token-from-future", message, CLOCK));
    }
}

fn compare(inspection: &Inspection, expected: &Expected<'_>, problems: &mut Vec<Problem>) {
    if let Some(drm) = expected.drm.filter(|drm| *drm != Drm::ClearKey && Drm::from_name(&inspection.drm_type) != Some(*drm)) {
        let message = ["The custom data is for ", &inspection.drm_type, ", the player uses ", drm.title(), "."].concat();
        problems.push(problem("token-drm-mismatch", message, FOR_DRM));
    }
    let differs = |expected: Option<&str>, actual: Option<&str>| matches!((expected, actual), (Some(e), Some(a)) if e != a);
    if differs(expected.content_id, inspection.content_id.as_deref()) {
        let (is, wants) = (inspection.content_id.as_deref().unwrap_or_default(), one_line(expected.content_id.unwrap_or_default()));
        let message = ["The token is for content ", is, ", the player plays ", &wants, "."].concat();
        problems.push(problem("content-id-mismatch", message, FOR_CID));
    }
    if differs(expected.site_id, Some(&inspection.site_id)) && !inspection.site_id.is_empty() {
        let message = ["The custom data is of site ", &inspection.site_id, ", the player is set up for another."].concat();
        problems.push(problem("site-mismatch", message, FOR_SITE));
    }
    if expected.token_needed && inspection.kind == Kind::AuthData {
        let message = "This is callback auth data; here a license token is needed.";
        problems.push(problem("token-needed", message, "Make a license token on the server: PlayReady's CDM data carries nothing else."));
    }
    if expected.key_rotation && inspection.kind == Kind::Token && inspection.key_rotation != Some(true) {
        problems.push(problem("key-rotation-missing", "The token does not allow rotating keys, and this content's keys rotate.", ROTATION));
    }
    if inspection.response_format.as_deref().is_some_and(|format| !format.eq_ignore_ascii_case("original")) {
        let message = "The token asks for a license wrapped in JSON (response_format), which a web player cannot use without this package.";
        problems.push(problem("response-format", message, FORMAT));
    }
}

impl Inspection {
    /// The JSON that crosses into JavaScript; times are milliseconds there and become `Date`s.
    pub fn to_json(&self) -> String {
        let mut writer = Writer::new();
        writer.object(|out| {
            out.string("kind", if self.kind == Kind::Token { "token" } else { "auth-data" });
            out.string("drmType", &self.drm_type);
            out.string("siteId", &self.site_id);
            out.optional_string("userId", self.user_id.as_deref());
            out.optional_string("contentId", self.content_id.as_deref());
            out.optional_number("issuedAt", self.issued_at.map(|time| time as u64));
            out.optional_number("expiresAt", self.expires_at.map(|time| time as u64));
            out.optional_string("responseFormat", self.response_format.as_deref());
            if let Some(rotation) = self.key_rotation {
                out.boolean("keyRotation", rotation);
            }
            out.objects("problems", &self.problems, |out, problem| problem.write(out));
        });
        writer.finish()
    }
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
mod tests;
