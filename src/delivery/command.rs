//! The input and output of [`super::session::Sessions`].

use super::key_request::Description;
use crate::error::Error;
use crate::init_data::InitDataType;
use crate::system::Drm;

/// Something that happened.
#[allow(missing_docs, reason = "each variant's text names its fields")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// `encrypted` or `webkitneedkey`; `buffered`: how long playback can continue without the keys, in milliseconds.
    Encrypted { kind: InitDataType, init_data: &'a [u8], description: Description<'a>, buffered: f64 },
    /// The DRM was chosen and its MediaKeys are attached. `certificate`: whether the page has one for it.
    Access { drm: Drm, legacy: bool, certificate: bool },
    /// The CDM accepted the certificate.
    CertificateSet,
    /// A session's message.
    Message { session: u32, kind: MessageType },
    /// The CDM accepted a license; `renewal`: how long the license itself claims to be valid, in milliseconds, or NaN.
    License { session: u32, renewal: f64 },
    /// There was no license, or the CDM rejected it.
    Refused { session: u32, retryable: bool },
    /// All of a session's key statuses; `expires`: its expiration, or NaN.
    Statuses { session: u32, statuses: &'a [KeyStatus], expires: f64 },
    /// The CDM closed a session that was not closed here, with EME's reason.
    Closed { session: u32, reason: &'a str },
    /// Playback stopped for lack of a key.
    WaitingForKey,
    /// Playback continues.
    Resumed,
    /// The requested time is reached.
    Timer,
    /// The element has another source.
    SourceChanged,
    /// The adapter is detached.
    Detached,
}

/// EME's types of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageType {
    /// `license-request`.
    Request,
    /// `license-renewal`.
    Renewal,
    /// `license-release`.
    Release,
    /// `individualization-request`.
    Individualization,
}

/// A key and its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatus {
    /// In hex.
    pub key_id: String,
    /// EME's, or one that a newer CDM reports.
    pub status: String,
}

/// What a license is requested for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestReason {
    /// To start playback.
    License,
    /// To continue playback.
    Renewal,
    /// A key was released.
    Release,
    /// New keys appeared after the first license.
    Rotation,
}

/// An action for the adapter.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Fetch the certificate and give it to the CDM.
    Certificate,
    /// Create a session and generate a request from its init data.
    Open(u32),
    /// Answer the session's message with a license.
    Request(u32, RequestReason),
    /// Make FairPlay's session request a renewal.
    Renew(u32),
    /// Close the session.
    Close(u32),
    /// Report that a key's status changed.
    KeyStatus(KeyStatus),
    /// Report an error.
    Fail(Error),
}
