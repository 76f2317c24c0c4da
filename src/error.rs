//! What went wrong, for the person at the keyboard: a stable code, what failed, and what to do about it.

use crate::json::Writer;
use crate::text::concat;

/// The step of playback that failed; the `phase` of the public `PallyConError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The browser, the page or the device.
    Environment,
    /// EME init data.
    InitData,
    /// A license token or callback auth data.
    CustomData,
    /// A FairPlay or Widevine certificate.
    Certificate,
    /// The license request or its answer.
    License,
    /// A MediaKeySession.
    Session,
    /// An HLS playlist or a DASH MPD.
    Manifest,
    /// An fMP4 segment.
    Segment,
    /// The server entry: tokens, auth data, CPIX.
    Server,
}

impl Phase {
    /// As it reads in JavaScript.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::InitData => "init-data",
            Self::CustomData => "custom-data",
            Self::Certificate => "certificate",
            Self::License => "license",
            Self::Session => "session",
            Self::Manifest => "manifest",
            Self::Segment => "segment",
            Self::Server => "server",
        }
    }
}

/// What a server says of its refusal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerError {
    /// PallyCon's own code, as it was sent.
    pub code: String,
    /// PallyCon's own text.
    pub message: String,
    /// The site's own error (code, message) inside PallyCon's 8002.
    pub site_error: Option<(String, String)>,
}

/// A failure: one word, so that functions that can fail stay small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Failure>);

impl core::ops::Deref for Error {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl core::ops::DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Failure {
        &mut self.0
    }
}

/// What there is to say of a failure. `message` never holds a token, a key or a URL's query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Stable and kebab-case.
    pub code: &'static str,
    /// The step that failed.
    pub phase: Phase,
    /// One line for a person.
    pub message: String,
    /// One sentence: what to do.
    pub hint: &'static str,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// What the server itself said.
    pub server: Option<ServerError>,
    /// The HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// Where in the input, in bytes.
    pub offset: Option<usize>,
}

impl Error {
    /// A failure that a retry cannot mend.
    pub fn new(code: &'static str, phase: Phase, message: impl Into<String>, hint: &'static str) -> Self {
        Self(Box::new(Failure {
            code,
            phase,
            message: message.into(),
            hint,
            retryable: false,
            server: None,
            http_status: None,
            offset: None,
        }))
    }

    /// The same, with a message in parts.
    #[inline(never)]
    pub fn of(code: &'static str, phase: Phase, message: &[&str], hint: &'static str) -> Self {
        Self::new(code, phase, concat(message), hint)
    }

    /// A failure of the server entry. What failed is given as a clause, and becomes a sentence.
    #[cfg(feature = "server")]
    pub fn server(code: &'static str, what: impl AsRef<str>, hint: &'static str) -> Self {
        let what = what.as_ref();
        let mut rest = what.chars();
        let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        let end = if what.ends_with(['.', '?', '!']) { "" } else { "." };
        Self::new(code, Phase::Server, concat(&[&first, rest.as_str(), end]), hint)
    }

    /// The same failure, with its place in the input.
    pub fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same failure, of another step.
    pub fn during(mut self, phase: Phase) -> Self {
        self.phase = phase;
        self
    }

    /// The JSON that crosses into JavaScript, where it becomes a `PallyConError`.
    #[inline(never)]
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| {
            o.string("code", self.code);
            o.string("phase", self.phase.as_str());
            o.string("message", &self.message);
            o.string("hint", self.hint);
            o.boolean("retryable", self.retryable);
            if let Some(server) = &self.server {
                o.string("serverCode", &server.code);
                o.string("serverMessage", &server.message);
                if let Some((code, message)) = &server.site_error {
                    o.nested("siteError", |site| {
                        site.string("code", code);
                        site.string("message", message);
                    });
                }
            }
            o.optional_number("httpStatus", self.http_status.map(u64::from));
            o.optional_number("offset", self.offset.map(|offset| offset as u64));
        });
        out.finish()
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crosses_as_json_with_only_what_is_known() {
        let error = Error::new("init-data-invalid", Phase::InitData, "the box ends early", "Check the packager.").at(7);
        assert_eq!(
            error.to_json(),
            r#"{"code":"init-data-invalid","phase":"init-data","message":"the box ends early","hint":"Check the packager.","retryable":false,"offset":7}"#
        );
    }
}
