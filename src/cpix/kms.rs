//! The URLs of PallyCon's key servers (KMS), which issue content keys.
//!
//! | kind | URL | body |
//! |---|---|---|
//! | `v1` | `https://kms.pallycon.com/v1/cpix/pallycon/getKey/TOKEN` | CPIX, one key |
//! | `v2` | `https://kms.pallycon.com/v2/cpix/pallycon/getKey/TOKEN` | CPIX |
//! | `doverunner` | `https://drm-kms.doverunner.com/v2/cpix/doverunner/getKey/TOKEN` | CPIX |
//! | `speke` | `https://kms.pallycon.com/cpix/getKey?enc-token=TOKEN` | SPEKE v1, one key |
//! | `speke-v2` | BASE`?enc-token=TOKEN` | SPEKE v2 |
//! | `speke-cbcs` | BASE`?enc-token=TOKEN` | SPEKE v1 for CMAF in cbcs, one key |
//! | `ateme` | `https://kms.pallycon.com/cpix/anevia/dash\|hls/TOKEN/CID` | none, it is a GET |
//!
//! BASE is not public, but the console shows it. For the other kinds a given base replaces the scheme and the host: the
//! newest samples have version 2 at `https://drm-kms.doverunner.com`. For live content with rotating keys the official
//! client adds `key-rotation=true` to the URL of any kind.

use crate::custom_data::token;
use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::schema::{Check, Field, Kind, optional, required};
use crate::text::percent_encode;

/// Which key server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// PallyCon's CPIX API, version 1.
    V1,
    /// Its version 2.
    V2,
    /// Version 2 under the new name.
    DoveRunner,
    /// SPEKE v1: AWS MediaConvert.
    Speke,
    /// SPEKE v2: AWS MediaPackage.
    SpekeV2,
    /// SPEKE v1 for cbcs in CMAF.
    SpekeCbcs,
    /// ATEME NEA-DVR.
    Ateme,
}

impl Service {
    /// Their names in the public API.
    pub const NAMES: [&'static str; 7] = ["v1", "v2", "doverunner", "speke", "speke-v2", "speke-cbcs", "ateme"];

    /// From the public API's spelling.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::V1, Self::V2, Self::DoveRunner, Self::Speke, Self::SpekeV2, Self::SpekeCbcs, Self::Ateme];
        all.into_iter().zip(Self::NAMES).find(|(_, known)| *known == name).map(|(service, _)| service)
    }

    /// The service of a URL, if its path shows it: a request that this service cannot answer is refused before it is
    /// sent.
    pub fn from_url(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next()?;
        [("/v1/cpix/", Self::V1), ("/v2/cpix/", Self::V2), ("/cpix/anevia/", Self::Ateme), ("/cpix/getKey", Self::Speke)]
            .into_iter()
            .find(|(part, _)| path.contains(part))
            .map(|(_, service)| service)
    }

    /// Whether it has only one key for each content.
    pub fn has_one_key(self) -> bool {
        matches!(self, Self::V1 | Self::Speke | Self::SpekeCbcs)
    }

    /// Whether its requests are SPEKE, which names every element that the response should have.
    pub fn is_speke(self) -> bool {
        matches!(self, Self::Speke | Self::SpekeV2 | Self::SpekeCbcs)
    }
}

const OPTIONS: &[Field] = &[
    required("kind", Kind::OneOf(&Service::NAMES)),
    required("token", Kind::Text),
    optional("base", Kind::Text),
    optional("keyRotation", Kind::Boolean),
    optional("format", Kind::OneOf(&["dash", "hls"])),
    optional("contentId", token::CONTENT_ID),
];
const CHECK: Check = Check { code: Code::KmsOptionsInvalid, allow_unknown: false };

/// The URL of a key server.
pub fn url(options: &Value) -> Result<String, Error> {
    CHECK.object(options, OPTIONS)?;
    let text = |name| options.field(name).map(str::trim);
    let token = percent_encode(text("token").unwrap_or_default());
    let service = text("kind").and_then(Service::from_name).ok_or_else(|| CHECK.refuse(Reason::SchemaMissing).with("kind"))?;
    let base = text("base").map(|base| base.trim_end_matches('/'));
    if let Some(base) = base {
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty() || base.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
            return Err(CHECK.refuse(Reason::KmsBase));
        }
    }
    if service != Service::Ateme && (options.get("format").is_some() || options.get("contentId").is_some()) {
        return Err(CHECK.refuse(Reason::KmsAtemeOnly));
    }
    let kms = base.unwrap_or("https://kms.pallycon.com");
    let url = match service {
        Service::V1 => [kms, "/v1/cpix/pallycon/getKey/", &token].concat(),
        Service::V2 => [kms, "/v2/cpix/pallycon/getKey/", &token].concat(),
        Service::DoveRunner => [base.unwrap_or("https://drm-kms.doverunner.com"), "/v2/cpix/doverunner/getKey/", &token].concat(),
        Service::Speke => [kms, "/cpix/getKey?enc-token=", &token].concat(),
        Service::SpekeV2 | Service::SpekeCbcs => {
            let base = base.ok_or_else(|| CHECK.refuse(Reason::KmsBaseMissing))?;
            if base.contains("enc-token=") {
                return Err(CHECK.refuse(Reason::KmsBaseToken));
            }
            [base, separator(base), "enc-token=", &token].concat()
        }
        Service::Ateme => {
            let format = text("format").ok_or_else(|| CHECK.refuse(Reason::KmsFormatMissing))?;
            let content_id = text("contentId").ok_or_else(|| CHECK.refuse(Reason::KmsContentIdMissing))?;
            [kms, "/cpix/anevia/", format, "/", &token, "/", &percent_encode(content_id)].concat()
        }
    };
    if options.get("keyRotation") != Some(&Value::Boolean(true)) {
        return Ok(url);
    }
    Ok([&url, separator(&url), "key-rotation=true"].concat())
}

/// What comes before one more parameter.
fn separator(url: &str) -> &'static str {
    if url.contains('?') { "&" } else { "?" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn make(options: &str) -> Result<String, String> {
        url(&parse(options).unwrap()).map_err(|error| error.message())
    }

    #[test]
    fn every_kind_has_its_url() {
        for (options, expected) in [
            (r#"{"kind":"v1","token":"a/b+c="}"#, "https://kms.pallycon.com/v1/cpix/pallycon/getKey/a%2Fb%2Bc%3D"),
            (r#"{"kind":"v2","token":"t"}"#, "https://kms.pallycon.com/v2/cpix/pallycon/getKey/t"),
            (r#"{"kind":"v2","token":"t","base":"http://127.0.0.1:8080/"}"#, "http://127.0.0.1:8080/v2/cpix/pallycon/getKey/t"),
            (r#"{"kind":"doverunner","token":"t"}"#, "https://drm-kms.doverunner.com/v2/cpix/doverunner/getKey/t"),
            (r#"{"kind":"speke","token":"t="}"#, "https://kms.pallycon.com/cpix/getKey?enc-token=t%3D"),
            (
                r#"{"kind":"speke-v2","token":"t","base":"https://kms.example/speke","keyRotation":true}"#,
                "https://kms.example/speke?enc-token=t&key-rotation=true",
            ),
            (r#"{"kind":"v1","token":"t","keyRotation":true}"#, "https://kms.pallycon.com/v1/cpix/pallycon/getKey/t?key-rotation=true"),
            (r#"{"kind":"v2","token":"t","keyRotation":false}"#, "https://kms.pallycon.com/v2/cpix/pallycon/getKey/t"),
            (
                r#"{"kind":"doverunner","token":"t","keyRotation":true}"#,
                "https://drm-kms.doverunner.com/v2/cpix/doverunner/getKey/t?key-rotation=true",
            ),
            (
                r#"{"kind":"v2","token":"t","base":"https://drm-kms.doverunner.com"}"#,
                "https://drm-kms.doverunner.com/v2/cpix/pallycon/getKey/t",
            ),
            (r#"{"kind":"speke","token":"t","keyRotation":true}"#, "https://kms.pallycon.com/cpix/getKey?enc-token=t&key-rotation=true"),
            (
                r#"{"kind":"speke-cbcs","token":"t","base":"https://k.example/cbcs","keyRotation":true}"#,
                "https://k.example/cbcs?enc-token=t&key-rotation=true",
            ),
            (
                r#"{"kind":"ateme","token":"t","format":"dash","contentId":"c","keyRotation":true}"#,
                "https://kms.pallycon.com/cpix/anevia/dash/t/c?key-rotation=true",
            ),
            (r#"{"kind":"speke-v2","token":"t","base":"https://kms.example/speke?a=1"}"#, "https://kms.example/speke?a=1&enc-token=t"),
            (r#"{"kind":"speke-cbcs","token":"t","base":"https://kms.example/cbcs/"}"#, "https://kms.example/cbcs?enc-token=t"),
            (r#"{"kind":"ateme","token":"t","format":"hls","contentId":"a/b c"}"#, "https://kms.pallycon.com/cpix/anevia/hls/t/a%2Fb%20c"),
        ] {
            assert_eq!(make(options).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn options_of_another_kind_are_refused() {
        for (options, what) in [
            (r#"{"kind":"speke-v2","token":"t"}"#, "base is missing"),
            (r#"{"kind":"speke-cbcs","token":"t"}"#, "base is missing"),
            (r#"{"kind":"speke-v2","token":"t","base":"https://k.example/?enc-token=x"}"#, "already contains a token"),
            (r#"{"kind":"v2","token":"t","format":"dash"}"#, "format and contentId are for ateme"),
            (r#"{"kind":"ateme","token":"t","contentId":"c"}"#, "format is missing"),
            (r#"{"kind":"ateme","token":"t","format":"dash"}"#, "contentId is missing"),
            (r#"{"kind":"v3","token":"t"}"#, "kind must be one of v1, v2"),
            (r#"{"kind":"v2","token":" "}"#, "token must be text"),
            (r#"{"kind":"v2","token":"t","base":"kms.pallycon.com"}"#, "base is not an http(s) URL"),
            (r#"{"kind":"v2","token":"t","base":"ftp://kms"}"#, "base is not an http(s) URL"),
        ] {
            let message = make(options).unwrap_err();
            assert!(message.contains(what), "{options}: {message}");
        }
    }

    #[test]
    fn the_kind_is_derived_from_a_url() {
        for (url, service) in [
            ("https://kms.pallycon.com/v1/cpix/pallycon/getKey/t", Some(Service::V1)),
            ("https://drm-kms.doverunner.com/v2/cpix/doverunner/getKey/t", Some(Service::V2)),
            ("https://kms.pallycon.com/cpix/getKey?enc-token=/v2/cpix/", Some(Service::Speke)),
            ("https://kms.pallycon.com/cpix/anevia/dash/t/c", Some(Service::Ateme)),
            ("https://kms.example/own", None),
        ] {
            assert_eq!(Service::from_url(url), service, "{url}");
        }
    }
}
