//! Tokens and their carriers: license tokens, URLs with one in a parameter, and JSON Web Tokens of other services.
//!
//! ```text
//! https://…/ri/licenseManager.do?pallycon-customdata-v2=TOKEN     percent-encoded
//! BASE64URL {"alg":…,"typ":"JWT"} . BASE64URL {claims} . BASE64URL signature     RFC 7519; encrypted ones have five parts
//! ```
//! A token's signature and the values of other parameters are not repeated, because they may grant access.

use super::ranges::Ranges;
use super::{Finding, json_places};
use crate::custom_data::inspect::{Expected, Inspection, Kind, inspect};
use crate::error::{Code, Problem};
use crate::json::{self, Object, Value};
use crate::manifest::data_uri::percent_decode;
use crate::text::from_base64;

/// A license token or auth data.
pub fn custom_data(text: &str) -> Option<Finding> {
    let read = inspection(text)?;
    let kind = if read.kind == Kind::Token { "license-token" } else { "auth-data" };
    Some(Finding::new(kind, read.to_json()))
}

fn inspection(text: &str) -> Option<Inspection> {
    inspect(text, &Expected::default()).ok().filter(|read| !read.site_id.is_empty())
}

/// The places of the fields in the JSON of a token, and that JSON if it is in base64.
pub fn ranges(kind: &str, data: &[u8]) -> Ranges {
    // Plain, in base64, or in base64 of base64, as `inspect` accepts it.
    let mut bytes = data.to_vec();
    for _ in 0..2 {
        let Some(inner) = str::from_utf8(&bytes).ok().and_then(|text| from_base64(text.trim())) else { break };
        bytes = inner;
    }
    let read = json_places::of(kind, &bytes);
    Ranges { bytes: Some(bytes), ..read }
}

/// A URL: `license-url` if a parameter is a token, or the path is PallyCon's.
pub fn url(text: &str) -> Option<Finding> {
    let (scheme, rest) = text.split_once("://")?;
    let http = ["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    if !http || rest.contains(|character: char| character.is_whitespace() || character.is_control()) {
        return None;
    }
    let (before, _) = rest.split_once('#').unwrap_or((rest, ""));
    let (place, query) = before.split_once('?').unwrap_or((before, ""));
    let (host, path) = place.find('/').and_then(|slash| place.split_at_checked(slash)).unwrap_or((place, ""));
    // The user info before the host may contain a password.
    let host = host.rsplit('@').next().unwrap_or_default();
    let parameters: Vec<(&str, &str)> =
        query.split('&').filter(|one| !one.is_empty()).map(|one| one.split_once('=').unwrap_or((one, ""))).collect();
    let tokens = parameters.iter().filter_map(|(_, value)| {
        let value = String::from_utf8(percent_decode(value)).ok()?;
        custom_data(&value).or_else(|| jwt(&value))
    });
    let token = tokens.into_iter().next();
    let is_license = token.is_some() || path.ends_with("/licenseManager.do");
    Some(Finding::object(if is_license { "license-url" } else { "url" }, |o| {
        o.string("url", &[scheme, "://", host, path].concat());
        o.strings("parameters", &parameters.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        if let Some(token) = token {
            o.string("tokenKind", token.kind);
            o.raw("token", &token.value);
        }
    }))
}

/// A JSON Web Token, with or without the scheme that precedes it in a header.
pub fn jwt(text: &str) -> Option<Finding> {
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let parts: Vec<&str> = text.split('.').take(6).collect();
    let part = |at: usize| json::parse(&String::from_utf8(from_base64(parts.get(at)?)?).ok()?);
    let (header, claims) = match parts.len() {
        3 => (part(0)?, Some(part(1)?)),
        5 => (part(0)?, None),
        _ => return None,
    };
    header.field("alg")?;
    Some(Finding::object("jwt", |o| {
        o.optional_string("algorithm", header.field("alg"));
        o.optional_string("type", header.field("typ"));
        claims.iter().for_each(|claims| write_claims(claims, o));
        let problem = Problem { code: Code::TokenOfOtherService, reason: None, parameters: Vec::new() };
        o.objects("problems", &[problem], |o, problem| {
            o.string("code", problem.code.as_str());
            o.string("message", &problem.message());
            o.string("hint", problem.hint());
        });
    }))
}

fn write_claims(claims: &Value, o: &mut Object<'_>) {
    o.optional_string("issuer", claims.field("iss"));
    // Seconds since 1970, of which a fraction does not matter here.
    let time = |name| claims.field(name)?.split('.').next()?.parse::<u64>().ok()?.checked_mul(1000);
    o.optional_number("issuedAt", time("iat"));
    o.optional_number("expiresAt", time("exp"));
    if let Value::Object(fields) = claims {
        o.strings("claims", &fields.iter().map(|(name, _)| &name[..]).collect::<Vec<_>>());
    }
}
