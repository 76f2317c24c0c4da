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
use crate::license::sniff::{shown, text};
use crate::system::Drm;
use crate::text::{ascii, from_base64};

/// How long a token is good for where the site sets nothing else.
pub const DEFAULT_LIFETIME: f64 = 600_000.0;
/// What `drm_type` may be, in any case.
const DRM_TYPES: [&str; 5] = ["Widevine", "PlayReady", "FairPlay", "NCG", "Wiseplay"];
/// The longest content id that the guides allow.
const MOST_CONTENT_ID: usize = 200;
/// The encrypted parts are AES-CBC with padding.
const AES_BLOCK: usize = 16;
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

/// A problem: its code, its message with `#` where a part goes in, what to do. Code that puts each message together by itself
/// would make the module that viewers download a kilobyte larger.
struct Complaint(&'static str, &'static str, &'static str);

const MAKE: &str = "Make it anew on the server by the token guide.";
const FRESH: &str = "Return a fresh token from customData for each request; if it is one, compare this device's clock with the server's.";
const CLOCK: &str = "Compare the clock of the server that makes tokens with this device's: PallyCon refuses a token from the future.";
const FOR_DRM: &str = "Let customData make the token for the DRM it is told (context.drm).";
const FOR_CID: &str = "Make the token for the content id with which this content was packaged.";
const FOR_SITE: &str = "Use the site id and keys of one and the same site for tokens and in the player.";
const ONE_LINE: &str = "Remove line breaks and spaces where the token is made or copied; this package strips them before it sends.";
const ONCE: &str = "Encode the token once: PallyCon decodes it once.";
const FORMAT: &str = "Leave response_format out, or set it to original, in tokens for web players.";
const NEEDED: &str = "Make a license token on the server: PlayReady's CDM data carries nothing else.";
const ROTATION: &str = "Set key_rotation to true in tokens for live content with rotating keys; the account needs the right for it, too.";

const MISSING: Complaint = Complaint("token-data-missing", "The custom data lacks #.", MAKE);
const NOT_BASE64: Complaint = Complaint("token-unreadable", "The custom data's # is not base64.", MAKE);
const HASH: Complaint = Complaint("token-hash-mismatch", "The token's hash is not 32 bytes: base64 the raw SHA-256, not its hex.", MAKE);
const SITE_ID: Complaint = Complaint("site-id-invalid", "The custom data's site id does not have 4 characters.", FOR_SITE);
const TIMESTAMP: Complaint = Complaint("timestamp-invalid", "The token's timestamp is not of the form yyyy-mm-ddThh:mm:ssZ.", MAKE);
const EXPIRED: Complaint = Complaint("token-expired", "The token has probably expired: it was made # seconds ago.", FRESH);
const FUTURE: Complaint = Complaint("token-from-future", "The token was made # seconds in the future.", CLOCK);
const OTHER_DRM: Complaint = Complaint("token-drm-mismatch", "The custom data is for #, the player uses #.", FOR_DRM);
const OTHER_CONTENT: Complaint = Complaint("content-id-mismatch", "The token is for content #, the player plays #.", FOR_CID);
const OTHER_SITE: Complaint = Complaint("site-mismatch", "The custom data is of site #, the player is set up for another.", FOR_SITE);
const NO_TOKEN: Complaint = Complaint("token-needed", "This is callback auth data; here a license token is needed.", NEEDED);
const NO_ROTATION: Complaint =
    Complaint("key-rotation-missing", "The token does not allow rotating keys, and this content's keys rotate.", ROTATION);
const WRAPPED: Complaint = Complaint(
    "response-format",
    "The token asks for a license wrapped in JSON (response_format), which a web player cannot use without this package.",
    FORMAT,
);
const NO_DRM: Complaint = Complaint("token-drm-mismatch", "The custom data is for #, a DRM that PallyCon does not know.", FOR_DRM);
const CUT_OFF: Complaint = Complaint("token-unreadable", "The custom data's # is cut off: it is no whole number of AES blocks.", MAKE);
const LONG_CONTENT: Complaint = Complaint("content-id-invalid", "The token's content id is longer than 200 characters.", FOR_CID);
const BASE64URL: Complaint =
    Complaint("custom-data-base64url", "The custom data is base64url, with - and _.", "Encode the token in standard base64, with + and /.");
const TWICE: Complaint = Complaint("custom-data-double-base64", "The custom data is base64 of base64.", ONCE);
const WHITE_SPACE: Complaint = Complaint("custom-data-whitespace", "The custom data holds line breaks or spaces.", ONE_LINE);

/// Texts of the object, and the names of their fields in the public types.
const TEXTS: [(&str, &str); 5] =
    [("drm_type", "drmType"), ("site_id", "siteId"), ("user_id", "userId"), ("cid", "contentId"), ("response_format", "responseFormat")];

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
    let has = |name| object.get(name).is_some();
    let auth_data = has("data") && !has("policy") && !has("token");
    let mut out = Inspection {
        kind: if auth_data { Kind::AuthData } else { Kind::Token },
        site_id: String::new(),
        json: Writer::new(),
        problems: Writer::new(),
    };
    out.json.string("kind", if auth_data { "auth-data" } else { "token" });
    // PallyCon takes a missing drm_type for PlayReady.
    let mut texts = TEXTS.map(|(name, _)| object.field(name).unwrap_or_default());
    if let Some(drm_type) = texts.first_mut().filter(|text| text.trim_ascii().is_empty()) {
        *drm_type = "PlayReady";
    }
    for ((_, name), text) in TEXTS.iter().zip(texts) {
        if !text.trim_ascii().is_empty() || *name == "siteId" {
            out.json.string(name, text);
        }
    }
    let [drm_type, site_id, _, content_id, format] = texts;
    let issued = object.field("timestamp").filter(|_| !auth_data).map(parse_timestamp);
    if let Some(Some(issued)) = issued {
        out.times(issued, expected);
    }
    let rotation = object.get("key_rotation").and_then(|value| match value {
        Value::Boolean(value) => Some(*value),
        other => other.text().map(|text| text == "true"),
    });
    if let Some(rotation) = rotation {
        out.json.boolean("keyRotation", rotation);
    }

    out.check_fields(&object);
    if issued == Some(None) {
        out.problem(&TIMESTAMP, &[]);
    }
    if let Some(drm) = expected.drm
        && drm != Drm::ClearKey
        && !drm_type.eq_ignore_ascii_case(drm.title())
    {
        out.problem(&OTHER_DRM, &[drm_type, drm.title()]);
    } else if !DRM_TYPES.iter().any(|known| drm_type.eq_ignore_ascii_case(known)) {
        out.problem(&NO_DRM, &[drm_type]);
    }
    if let Some(wanted) = expected.content_id
        && wanted != content_id
        && !content_id.is_empty()
    {
        out.problem(&OTHER_CONTENT, &[content_id, wanted]);
    }
    if expected.site_id.is_some_and(|wanted| wanted != site_id) && !site_id.is_empty() {
        out.problem(&OTHER_SITE, &[site_id]);
    }
    out.site_id = site_id.into();
    for (is, complaint) in [
        (expected.token_needed && auth_data, &NO_TOKEN),
        (expected.key_rotation && !auth_data && rotation != Some(true), &NO_ROTATION),
        (!format.is_empty() && !format.eq_ignore_ascii_case("original"), &WRAPPED),
        (content_id.len() > MOST_CONTENT_ID, &LONG_CONTENT),
        (value.bytes().any(|byte| matches!(byte, b'-' | b'_')), &BASE64URL),
        (twice, &TWICE),
        (value.bytes().any(|byte| byte <= b' '), &WHITE_SPACE),
    ] {
        if is {
            out.problem(complaint, &[]);
        }
    }
    Ok(out)
}

/// The object, and whether it was encoded twice.
fn decode(value: &str) -> Option<(Value, bool)> {
    let once = from_base64(value)?;
    if let Some(value) = object(&once) {
        return Some((value, false));
    }
    Some((object(&from_base64(str::from_utf8(&once).ok()?)?)?, true))
}

#[inline(never)]
fn object(bytes: &[u8]) -> Option<Value> {
    json::parse(text(bytes)?).filter(|value| matches!(value, Value::Object(_)))
}

/// Whole seconds, where the clock gives fractions.
#[inline(never)]
fn whole(number: f64) -> u64 {
    number as u64
}

impl Inspection {
    /// Notes a problem, with the parts of its message.
    #[inline(never)]
    fn problem(&mut self, Complaint(code, text, hint): &Complaint, parts: &[&str]) {
        let mut message = Vec::new();
        let mut parts = parts.iter();
        for byte in text.bytes() {
            match parts.as_slice() {
                [part, ..] if byte == b'#' => {
                    message.extend_from_slice(shown(part).as_bytes());
                    parts.next();
                }
                _ => message.push(byte),
            }
        }
        self.problems.object(|out| Problem { code, message: ascii(message), hint }.write(out));
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
            self.problem(&MISSING, &[&missing]);
        }
        for name in ["policy", "token", "data", "hash"] {
            let Some(text) = object.field(name) else { continue };
            match from_base64(text) {
                None => self.problem(&NOT_BASE64, &[name]),
                Some(hash) if token && name == "hash" && hash.len() != 32 => self.problem(&HASH, &[]),
                Some(bytes) if name != "hash" && (bytes.is_empty() || bytes.len() % AES_BLOCK != 0) => self.problem(&CUT_OFF, &[name]),
                Some(_) => {}
            }
        }
        if object.field("site_id").is_some_and(|site| site.trim_ascii().len() != 4) {
            self.problem(&SITE_ID, &[]);
        }
    }

    fn times(&mut self, issued: f64, expected: &Expected<'_>) {
        let ends = issued + expected.token_lifetime.unwrap_or(DEFAULT_LIFETIME);
        self.json.number("issuedAt", whole(issued));
        self.json.number("expiresAt", whole(ends));
        let Some(now) = expected.now else { return };
        let seconds = json::decimal(whole((now - issued).abs() / 1000.0));
        if now >= ends {
            self.problem(&EXPIRED, &[&seconds]);
        } else if issued > now + SKEW {
            self.problem(&FUTURE, &[&seconds]);
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
