//! Reads a license token or callback auth data and finds its problems, without any key.
//!
//! ```text
//! token      base64 of JSON { drm_type?, site_id, user_id, cid, policy (old name: token), timestamp, hash,
//!                             response_format?, key_rotation? }
//! auth data  base64 of JSON { drm_type, site_id, data }
//! ```
//! Source: `docs/protocol.md`, "License token" and "Callback auth data". Nothing here blocks a request: the viewer's
//! clock may be wrong, so problems are warnings before the request and reasons after a refusal.

use crate::custom_data::time::parse_timestamp;
use crate::error::{Code, Error, Problem, Reason};
#[cfg(any(test, feature = "inspect"))]
use crate::json::Writer;
use crate::json::{self, Value};
use crate::license::sniff::{shown, text};
use crate::record::{Field, Record};
use crate::system::Drm;
use crate::text::{decimal, from_base64, owned, push_str};

/// How long a token is valid if the site does not configure it.
pub const DEFAULT_LIFETIME: f64 = 600_000.0;
/// The values of `drm_type`, in any case.
const DRM_TYPES: [&str; 5] = ["Widevine", "PlayReady", "FairPlay", "NCG", "Wiseplay"];
/// The longest content id that the guides allow.
const MAX_CONTENT_ID: usize = 200;
/// The encrypted parts are AES-CBC with padding.
const AES_BLOCK: usize = 16;
/// Clocks differ: a timestamp this close in the future is not reported.
const SKEW: f64 = 5_000.0;

/// What the custom data should match; only fields that are given are compared.
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
    /// How long the site's tokens are valid, in milliseconds.
    pub token_lifetime: Option<f64>,
    /// Whether auth data is not accepted (PlayReady's CDM data, tokens of new customers).
    pub token_needed: bool,
}

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A license token.
    Token,
    /// Callback auth data.
    AuthData,
}

impl Kind {
    /// As the public type spells it.
    pub fn as_str(self) -> &'static str {
        if self == Self::Token { "token" } else { "auth-data" }
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// Token or auth data.
    pub kind: Kind,
    /// `Widevine`, `PlayReady`, …, in any case. PallyCon takes a missing one for PlayReady.
    pub drm_type: String,
    /// The site.
    pub site_id: String,
    /// The user.
    pub user_id: Option<String>,
    /// The content.
    pub content_id: Option<String>,
    /// The format of the response.
    pub response_format: Option<String>,
    /// When it was issued, in milliseconds since 1970.
    pub issued_at: Option<f64>,
    /// When it expires.
    pub expires_at: Option<f64>,
    /// Whether keys may rotate.
    pub key_rotation: Option<bool>,
    /// The problems, most serious first.
    pub problems: Vec<Problem>,
}

/// Reads custom data. The only error is text that is not base64 (once or twice) of a JSON object.
pub fn inspect(value: &str, expected: &Expected<'_>) -> Result<Inspection, Error> {
    let Some((object, twice)) = decode(value) else {
        return Err(Error::because(Code::CustomDataInvalid, Reason::CustomDataNotObject));
    };
    let has = |name| object.get(name).is_some();
    let text_of = |name| object.field(name).filter(|text| !text.trim_ascii().is_empty());
    let auth_data = has("data") && !has("policy") && !has("token");
    let issued = object.field("timestamp").filter(|_| !auth_data).map(parse_timestamp);
    let key_rotation = object.get("key_rotation").and_then(|value| match value {
        Value::Boolean(value) => Some(*value),
        other => other.text().map(|text| text == "true"),
    });
    let mut out = Inspection {
        kind: if auth_data { Kind::AuthData } else { Kind::Token },
        drm_type: owned(text_of("drm_type").unwrap_or("PlayReady")),
        site_id: owned(object.field("site_id").unwrap_or_default()),
        user_id: text_of("user_id").map(owned),
        content_id: text_of("cid").map(owned),
        response_format: text_of("response_format").map(owned),
        issued_at: issued.flatten(),
        expires_at: issued.flatten().map(|issued| issued + expected.token_lifetime.unwrap_or(DEFAULT_LIFETIME)),
        key_rotation,
        problems: Vec::new(),
    };
    out.check_times(expected);
    out.check_fields(&object);
    if issued == Some(None) {
        out.problem(Code::TimestampInvalid, None, &[]);
    }
    out.check_expected(expected);
    for (is, code) in [
        (expected.token_needed && auth_data, Code::TokenNeeded),
        (expected.key_rotation && !auth_data && key_rotation != Some(true), Code::KeyRotationMissing),
        (out.response_format.as_deref().is_some_and(|format| !format.eq_ignore_ascii_case("original")), Code::ResponseFormat),
        (out.content_id.as_ref().is_some_and(|id| id.len() > MAX_CONTENT_ID), Code::ContentIdInvalid),
        (value.bytes().any(|byte| matches!(byte, b'-' | b'_')), Code::CustomDataBase64url),
        (twice, Code::CustomDataDoubleBase64),
        (value.bytes().any(|byte| byte <= b' '), Code::CustomDataWhitespace),
    ] {
        if is {
            out.problem(code, None, &[]);
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

impl Inspection {
    /// Adds a problem, with the parameters of its message.
    #[inline(never)]
    fn problem(&mut self, code: Code, reason: Option<Reason>, parts: &[&str]) {
        self.problems.push(Problem { code, reason, parameters: parts.iter().map(|part| shown(part)).collect() });
    }

    fn check_times(&mut self, expected: &Expected<'_>) {
        let (Some(issued), Some(expires), Some(now)) = (self.issued_at, self.expires_at, expected.now) else { return };
        // Whole seconds, in case the clock has fractions.
        let seconds = decimal(((now - issued).abs() / 1000.0) as u64);
        if now >= expires {
            self.problem(Code::TokenExpired, Some(Reason::ProbablyExpired), &[&seconds]);
        } else if issued > now + SKEW {
            self.problem(Code::TokenFromFuture, None, &[&seconds]);
        }
    }

    fn check_fields(&mut self, object: &Value) {
        let token = self.kind == Kind::Token;
        let required: &[&str] = if token { &["site_id", "user_id", "cid", "timestamp", "hash"] } else { &["drm_type", "site_id", "data"] };
        let mut missing = String::new();
        let mut miss = |name: &str| {
            let separator = if missing.is_empty() { "" } else { ", " };
            push_str(&mut missing, separator);
            push_str(&mut missing, name);
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
            self.problem(Code::TokenDataMissing, Some(Reason::FieldMissing), &[&missing]);
        }
        for name in ["policy", "token", "data", "hash"] {
            let Some(text) = object.field(name) else { continue };
            match from_base64(text) {
                None => self.problem(Code::TokenUnreadable, Some(Reason::FieldNotBase64), &[name]),
                Some(hash) if token && name == "hash" && hash.len() != 32 => {
                    self.problem(Code::TokenHashMismatch, Some(Reason::HashNotRaw), &[]);
                }
                Some(bytes) if name != "hash" && (bytes.is_empty() || bytes.len() % AES_BLOCK != 0) => {
                    self.problem(Code::TokenUnreadable, Some(Reason::FieldCutOff), &[name]);
                }
                Some(_) => {}
            }
        }
        if object.field("site_id").is_some_and(|site| site.trim_ascii().len() != 4) {
            self.problem(Code::SiteIdInvalid, None, &[]);
        }
    }

    fn check_expected(&mut self, expected: &Expected<'_>) {
        let drm_type = self.drm_type.clone();
        let is = |name: &str| drm_type.eq_ignore_ascii_case(name);
        match expected.drm {
            Some(drm) if drm != Drm::ClearKey && !is(drm.title()) => {
                self.problem(Code::TokenDrmMismatch, Some(Reason::OtherDrm), &[&drm_type, drm.title()]);
            }
            _ if !DRM_TYPES.iter().any(|known| is(known)) => {
                self.problem(Code::TokenDrmMismatch, Some(Reason::UnknownDrm), &[&drm_type]);
            }
            _ => {}
        }
        if let (Some(wanted), Some(content_id)) = (expected.content_id, self.content_id.clone())
            && wanted != content_id
        {
            self.problem(Code::ContentIdMismatch, Some(Reason::OtherContent), &[&content_id, wanted]);
        }
        if expected.site_id.is_some_and(|wanted| wanted != self.site_id) && !self.site_id.is_empty() {
            let site_id = self.site_id.clone();
            self.problem(Code::SiteMismatch, Some(Reason::OtherSite), &[&site_id]);
        }
    }

    /// Writes what crosses into JavaScript.
    pub fn write(&self, out: &mut Record) {
        out.text(Field::Kind, self.kind.as_str());
        out.text(Field::DrmType, &self.drm_type);
        out.text(Field::SiteId, &self.site_id);
        let texts = [(Field::UserId, &self.user_id), (Field::ContentId, &self.content_id), (Field::ResponseFormat, &self.response_format)];
        for (field, text) in texts {
            text.iter().for_each(|text| out.text(field, text));
        }
        for (field, time) in [(Field::IssuedAt, self.issued_at), (Field::ExpiresAt, self.expires_at)] {
            time.into_iter().for_each(|time| out.float(field, time));
        }
        self.key_rotation.into_iter().for_each(|rotates| out.flag(Field::KeyRotation, rotates));
        out.list(Field::Problems);
        for problem in &self.problems {
            out.problem(Field::Problems, problem);
        }
    }

    /// The same as JSON; times are milliseconds there.
    #[cfg(any(test, feature = "inspect"))]
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| {
            o.string("kind", self.kind.as_str());
            o.string("drmType", &self.drm_type);
            o.string("siteId", &self.site_id);
            let texts = [("userId", &self.user_id), ("contentId", &self.content_id), ("responseFormat", &self.response_format)];
            texts.into_iter().for_each(|(name, text)| o.optional_string(name, text.as_deref()));
            for (name, time) in [("issuedAt", self.issued_at), ("expiresAt", self.expires_at)] {
                o.optional_number(name, time.map(|time| time as u64));
            }
            self.key_rotation.into_iter().for_each(|rotates| o.boolean("keyRotation", rotates));
            o.objects("problems", &self.problems, |o, problem| {
                o.string("code", problem.code.as_str());
                o.string("message", &problem.message());
                o.string("hint", problem.hint());
            });
        });
        out.finish()
    }
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
mod tests;
