//! What goes into [`super::session::Sessions`] and what comes out of it.

use crate::error::Error;
use crate::init_data::InitDataType;
use crate::json::Writer;
use crate::system::Drm;

/// Something that happened.
#[allow(missing_docs, reason = "each variant's text names its fields")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// `encrypted` or `webkitneedkey`; `description`: see [`wanted`](super::wanted); `buffered`: what can still be played
    /// without the keys, in milliseconds.
    Encrypted { kind: InitDataType, init_data: &'a [u8], description: &'a str, buffered: f64 },
    /// The DRM was chosen and its MediaKeys are attached. `certificate`: whether the page has one for it.
    Access { drm: Drm, legacy: bool, certificate: bool },
    /// The CDM took the certificate.
    CertificateSet,
    /// A session's message, by EME's type.
    Message { session: u32, kind: &'a str },
    /// The CDM took a license; `renewal`: how long the license itself says that it is good for, in milliseconds, or NaN.
    License { session: u32, renewal: f64 },
    /// There was no license, or the CDM did not take it.
    Refused { session: u32, retryable: bool },
    /// A session's key statuses as `keyid:status keyid:status`, ids in hex; `expires`: its expiration, or NaN.
    Statuses { session: u32, statuses: &'a str, expires: f64 },
    /// The CDM closed a session by itself, for EME's reason.
    Closed { session: u32, reason: &'a str },
    /// The media wait for a key.
    WaitingForKey,
    /// The media go on.
    Resumed,
    /// The time that was asked for has come.
    Timer,
    /// The element got another source.
    SourceChanged,
    /// The adapter is taken off.
    Detached,
}

/// Why a license is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// To play.
    License,
    /// To go on playing.
    Renewal,
    /// A key was given back.
    Release,
    /// New keys came after the first license.
    Rotation,
}

impl Reason {
    /// As callbacks are told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::License => "license",
            Self::Renewal => "renewal",
            Self::Release => "release",
            Self::Rotation => "rotation",
        }
    }
}

/// Something to do.
#[allow(missing_docs, reason = "each variant's text names its fields")]
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Fetch the certificate and give it to the CDM.
    Certificate,
    /// Make a session and let it make a request out of this session's init data.
    Open(u32),
    /// Answer the session's message with a license.
    Request(u32, Reason),
    /// Tell FairPlay's session to ask for a renewal.
    Renew(u32),
    /// Close the session.
    Close(u32),
    /// Tell that a key's status changed.
    KeyStatus { key_id: String, status: String },
    /// Tell that something failed.
    Fail(Error),
}

/// The JSON that crosses into JavaScript; `wake`: milliseconds until [`Event::Timer`] is wanted.
pub fn to_json(commands: &[Command], wake: Option<f64>) -> String {
    let mut out = Writer::new();
    out.object(|o| {
        o.objects("list", commands, |o, command| match command {
            Command::Certificate => o.boolean("certificate", true),
            Command::Open(session) => o.number("open", u64::from(*session)),
            Command::Request(session, reason) => {
                o.number("request", u64::from(*session));
                o.string("reason", reason.as_str());
            }
            Command::Renew(session) => o.number("renew", u64::from(*session)),
            Command::Close(session) => o.number("close", u64::from(*session)),
            Command::KeyStatus { key_id, status } => {
                o.string("keyId", key_id);
                o.string("status", status);
            }
            Command::Fail(error) => o.raw("error", &error.to_json()),
        });
        o.optional_number("wake", wake.map(|ms| ms.max(0.0) as u64));
    });
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Phase;

    #[test]
    fn every_command_as_json() {
        let commands = [
            Command::Certificate,
            Command::Open(1),
            Command::Request(1, Reason::Rotation),
            Command::Renew(1),
            Command::Close(1),
            Command::KeyStatus { key_id: "ab".into(), status: "usable".into() },
            Command::Fail(Error::new("a", Phase::Session, "b", "c")),
        ];
        assert_eq!(
            to_json(&commands, Some(-2.5)),
            r#"{"list":[{"certificate":true},{"open":1},{"request":1,"reason":"rotation"},{"renew":1},{"close":1},{"keyId":"ab","status":"usable"},{"error":{"code":"a","phase":"session","message":"b","hint":"c","retryable":false}}],"wake":0}"#
        );
        assert_eq!(to_json(&[], None), r#"{"list":[]}"#);
    }
}
