//! Errors as data: a stable code, a reason, and parameters.
//!
//! The sentences are in `errors.json`, for the whole project. `build.rs` generates [`Code`] and [`Reason`] from it, so
//! that a code that is not in the table does not compile; the build generates the TypeScript texts and `docs/errors.md`
//! from the same file. A template's placeholders:
//!
//! ```text
//! {reason}  the reason's text    {0} {1} …  parameters    {offset}  place in the input
//! {phase}   license, …           {http}     " (HTTP 503)", or nothing without a status
//! {words}   the code, with spaces for dashes
//! ```
//! A reason, or its group, may have its own template (`message`), which replaces that of the code; hints likewise.
//!
//! No text is linked into the module that viewers download: [`Error::message`] and similar functions are not called
//! there, and an error crosses as numbers (`src/record.rs`).

use crate::text::{concat, decimal, owned};
use core::fmt;

include!(concat!(env!("OUT_DIR"), "/errors.rs"));

/// The step of playback that failed; the `phase` of the public `PallyConError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// The browser, the page or the device.
    Environment,
    /// EME init data.
    InitData,
    /// A license token or callback auth data.
    CustomData,
    /// A FairPlay or Widevine certificate.
    Certificate,
    /// The license request or its response.
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
    /// Its spelling in JavaScript.
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

fn entry<T: Copy + Default>(table: &[T], number: usize) -> T {
    table.get(number).copied().unwrap_or_default()
}

impl Code {
    /// Its spelling in JavaScript and in the documentation.
    pub fn as_str(self) -> &'static str {
        entry(&CODE_NAMES, self as usize)
    }

    /// The code for one of PallyCon's numbers, which arrive as text.
    pub fn from_pallycon(number: &str) -> Option<Self> {
        let number = crate::text::number(number, 10).filter(|_| number.len() == 4)?;
        PALLYCON.iter().find(|(known, _)| u32::from(*known) == number).map(|(_, code)| *code)
    }

    /// The step that it belongs to, unless the error says otherwise.
    pub fn phase(self) -> Phase {
        PHASES.get(self as usize).copied().unwrap_or(Phase::Environment)
    }

    /// Whether the same request may succeed later.
    pub fn is_retryable(self) -> bool {
        RETRYABLE.contains(&self)
    }

    /// What to do about it, unless the reason has its own hint.
    pub fn hint(self) -> &'static str {
        entry(&CODE_HINTS, self as usize)
    }
}

impl Reason {
    /// A sentence, or the end of one: the value of `{reason}` in its code's template.
    pub fn as_str(self) -> &'static str {
        entry(&REASON_TEXTS, self as usize)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why bytes or text could not be read, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub reason: Reason,
    /// Byte offset in the input.
    pub offset: usize,
}

impl ParseError {
    /// A reason at a place.
    pub fn new(reason: Reason, offset: usize) -> Self {
        Self { reason, offset }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.reason, self.offset)
    }
}

impl std::error::Error for ParseError {}

/// A server's own error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerError {
    /// The server's own code, as it was sent; empty if it sent none.
    pub code: String,
    /// The server's own text.
    pub message: String,
    /// The site's own error (code, message) inside PallyCon's 8002.
    pub site_error: Option<(String, String)>,
}

/// A failure. One word in size, so that functions that can fail stay small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Failure>);

/// The facts about a failure, which never include a token, a key or a URL's query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Stable.
    pub code: Code,
    /// Why, if the code has several reasons.
    pub reason: Option<Reason>,
    /// The values of `{0}`, `{1}`, ….
    pub parameters: Vec<String>,
    /// The step that failed.
    pub phase: Phase,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// The server's own error, if it sent one.
    pub server: Option<ServerError>,
    /// The HTTP status, if there was a response.
    pub http_status: Option<u16>,
    /// The place in the input, in bytes.
    pub offset: Option<usize>,
}

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

impl Error {
    /// A failure with the defaults of the table.
    #[inline(never)]
    pub fn new(code: Code) -> Self {
        Self(Box::new(Failure {
            code,
            reason: None,
            parameters: Vec::new(),
            phase: code.phase(),
            retryable: code.is_retryable(),
            server: None,
            http_status: None,
            offset: None,
        }))
    }

    /// A failure with a reason.
    pub fn because(code: Code, reason: Reason) -> Self {
        let mut error = Self::new(code);
        error.reason = Some(reason);
        error
    }

    /// A failure to read something.
    pub fn unreadable(code: Code, error: ParseError) -> Self {
        Self::because(code, error.reason).at(error.offset)
    }

    /// The same failure with another parameter.
    #[inline(never)]
    pub fn with(mut self, parameter: &str) -> Self {
        self.parameters.push(owned(parameter));
        self
    }

    /// The same failure, with its place in the input.
    pub fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same failure in another step.
    pub fn during(mut self, phase: Phase) -> Self {
        self.phase = phase;
        self
    }

    /// The JSON that crosses into JavaScript from modules other than the player's.
    #[cfg(any(test, feature = "inspect", feature = "server"))]
    pub fn to_json(&self) -> String {
        let mut out = crate::json::Writer::new();
        out.object(|o| {
            o.string("code", self.code.as_str());
            o.string("phase", self.phase.as_str());
            o.string("message", &self.message());
            o.string("hint", self.hint());
            o.boolean("retryable", self.retryable);
            if let Some(server) = &self.server {
                if !server.code.is_empty() {
                    o.string("serverCode", &server.code);
                }
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

    /// One line for a person.
    pub fn message(&self) -> String {
        let Failure { code, reason, parameters, phase, http_status, offset, .. } = &*self.0;
        fill(&template(*code, *reason), |name| match name {
            "phase" => phase.as_str().into(),
            "offset" => decimal(offset.unwrap_or_default() as u64),
            "http" => http_status.map_or(String::new(), |status| concat(&[" (HTTP ", &decimal(status.into()), ")"])),
            "words" => code.as_str().replace('-', " "),
            _ => parameter(parameters, name),
        })
    }

    /// One sentence: what to do.
    pub fn hint(&self) -> &'static str {
        hint(self.code, self.reason)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {}

/// Something that a server would refuse or a browser cannot do, but not yet a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable.
    pub code: Code,
    /// Why, if the code has several reasons.
    pub reason: Option<Reason>,
    /// The values of `{0}`, `{1}`, ….
    pub parameters: Vec<String>,
}

impl Problem {
    /// One line for a person.
    pub fn message(&self) -> String {
        fill(&template(self.code, self.reason), |name| parameter(&self.parameters, name))
    }

    /// One sentence: what to do.
    pub fn hint(&self) -> &'static str {
        hint(self.code, self.reason)
    }
}

/// The message before its placeholders are filled in; a reason's own template takes precedence over its code's.
fn template(code: Code, reason: Option<Reason>) -> String {
    let own = reason.map_or("", |reason| entry(&REASON_MESSAGES, reason as usize));
    let template = if own.is_empty() { entry(&CODE_MESSAGES, code as usize) } else { own };
    template.replace("{reason}", reason.map_or("", Reason::as_str))
}

/// A reason's own hint takes precedence over its code's.
fn hint(code: Code, reason: Option<Reason>) -> &'static str {
    let own = reason.map_or("", |reason| entry(&REASON_HINTS, reason as usize));
    if own.is_empty() { code.hint() } else { own }
}

fn parameter(parameters: &[String], name: &str) -> String {
    name.parse().ok().and_then(|at: usize| parameters.get(at).cloned()).unwrap_or_default()
}

/// A template with its placeholders filled in. Parameters are not templates themselves.
fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((text, (name, behind))) = rest.split_once('{').and_then(|(text, rest)| Some((text, rest.split_once('}')?))) {
        out.push_str(text);
        out.push_str(&value(name));
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_reason_has_texts() {
        for code in Code::ALL {
            assert!(code.hint().ends_with(['.', '?']), "{}", code.as_str());
            assert!(code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit()));
            let twice = Code::ALL.iter().filter(|other| other.as_str() == code.as_str()).count();
            assert_eq!(twice, 1, "{}", code.as_str());
        }
        assert!(PALLYCON.windows(2).all(|pair| pair[0].0 < pair[1].0), "PallyCon's codes are in order");
        assert_eq!(Reason::ALL.len(), REASON_TEXTS.len());
    }

    #[test]
    fn retryable_codes_are_those_of_the_protocol() {
        let retryable: Vec<u16> = PALLYCON.iter().filter(|(_, code)| code.is_retryable()).map(|(number, _)| *number).collect();
        assert_eq!(retryable, [2001, 7103, 7202, 8701]);
    }

    #[test]
    fn templates_are_filled_in() {
        let error = Error::because(Code::InitDataInvalid, Reason::EndsEarly).at(7);
        assert_eq!(error.message(), "The init data cannot be read: it ends too early (byte 7).");
        let mut error = Error::because(Code::ServerUnavailable, Reason::WithHtml).during(Phase::Certificate);
        error.http_status = Some(503);
        assert_eq!(error.to_string(), "The certificate server failed (HTTP 503), with an HTML page.");
        assert!(error.hint().contains("captive portal"));
        assert_eq!(Error::new(Code::ServerUnavailable).message(), "The license server failed.");
        let error = Error::because(Code::TokenUnreadable, Reason::PallyconSilent).with("7009");
        assert_eq!(error.message(), "PallyCon 7009: token unreadable");
        let error = Error::because(Code::InitDataInvalid, Reason::WriteNotText).with("data");
        assert_eq!(error.message(), "The init data cannot be written: data is not text.");
        assert!(error.hint().contains("parseInitData"));
        // A server's text is not a template.
        let error = Error::because(Code::TokenUnreadable, Reason::Pallycon).with("7009").with("{0} {reason} {");
        assert_eq!(error.message(), "PallyCon 7009: {0} {reason} {");
    }

    #[test]
    fn pallycons_numbers_have_codes() {
        assert_eq!(Code::from_pallycon("7011"), Some(Code::TokenExpired));
        for unknown in ["", "7", "07011", "70110", "abcd", "9998"] {
            assert_eq!(Code::from_pallycon(unknown), None, "{unknown}");
        }
    }
}
