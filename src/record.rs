//! Results with more than one part cross from the player module into JavaScript as one compact record of bytes, which
//! `js/wasm/record.ts` turns into a plain object.
//!
//! ```text
//! record  status:u8 (0 a result, 1 an error) entry*           numbers are little-endian
//! entry   field:u8 form:u8 value
//! form    0 number u32              5 bytes of the input: offset:u32 length:u32
//!         1 number f64              6 true     7 false
//!         2 text   length:u32 UTF-8 8 an object begins     9 it ends
//!         3 hex    length:u32 bytes 10 a list, empty so far
//!         4 bytes  length:u32 bytes 11 a PSSH box begins (below); it ends like an object
//! box     system id:16  version<<24|flags:u32  offset:u32 size:u32  key ids, data, padding: offset:u32 length:u32 each
//!         name length:u8 form:u8 (0 plain, 1 long, 2 to the end) bare:u8 no data size:u8, then the system's name
//! ```
//!
//! [`Field::KeyIds`] and all later fields are lists: each entry adds a member. A track or a warning belongs to the init
//! data, wherever it is reported, and [`Field::FirstKey`] is inserted at the front of `keys`.

use crate::bytes::Span;
use crate::error::{Code, Error, Problem, Reason};
use crate::text::push;

/// The fields of all results. The order is that of the names in `js/wasm/record.ts`.
#[allow(missing_docs, reason = "the names are those of the public types")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    Type,
    ContentId,
    KeyPeriodIndex,
    PayloadError,
    Widevine,
    PlayReady,
    FairPlay,
    Details,
    Algorithm,
    Provider,
    ContentIdBytes,
    TrackType,
    Policy,
    CryptoPeriodIndex,
    GroupedLicense,
    ProtectionScheme,
    CryptoPeriodSeconds,
    KeySequence,
    VideoFeature,
    EntitlementKeyId,
    KeyId,
    FieldNumber,
    WireType,
    Value,
    Version,
    LicenseUrl,
    LicenseUiUrl,
    DomainServiceId,
    DecryptorSetup,
    CustomAttributes,
    Checksum,
    HasEmbeddedLicense,
    Xml,
    Uri,
    AssetId,
    Scheme,
    Context,
    Codec,
    IvSize,
    ConstantIv,
    Code,
    Reason,
    Phase,
    Retryable,
    HttpStatus,
    Offset,
    ServerCode,
    ServerMessage,
    SiteError,
    Message,
    Url,
    Body,
    ServiceCertificate,
    Data,
    Envelope,
    LicenseField,
    Warning,
    Kind,
    DrmType,
    SiteId,
    UserId,
    ResponseFormat,
    IssuedAt,
    ExpiresAt,
    KeyRotation,
    Attempt,
    // All fields below are lists.
    KeyIds,
    GroupIds,
    EntitledKeys,
    UnknownFields,
    NormalizedKeyIds,
    FieldOrder,
    Keys,
    FirstKey,
    Records,
    Requests,
    Versions,
    Tracks,
    Pattern,
    Boxes,
    Warnings,
    Problems,
    Parameters,
    Headers,
    Notices,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Form {
    Number,
    Float,
    Text,
    Hex,
    Bytes,
    Input,
    True,
    False,
    Open,
    Close,
    List,
    Box,
}

/// A record under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    out: Vec<u8>,
}

impl Record {
    /// An empty result.
    pub fn new() -> Self {
        Self { out: vec![0] }
    }

    /// The same in a used buffer, which need not grow again.
    pub fn reusing(mut buffer: Vec<u8>) -> Self {
        buffer.clear();
        buffer.push(0);
        Self { out: buffer }
    }

    /// The record.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Its current length.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Removes all entries after a place between two entries.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.out.truncate(len);
    }

    #[inline(never)]
    fn entry(&mut self, field: Field, form: Form) {
        push(&mut self.out, &[field as u8, form as u8]);
    }

    #[inline(never)]
    fn word(&mut self, word: u32) {
        push(&mut self.out, &word.to_le_bytes());
    }

    #[inline(never)]
    fn counted(&mut self, field: Field, form: Form, bytes: &[u8]) {
        self.entry(field, form);
        self.word(bytes.len() as u32);
        push(&mut self.out, bytes);
    }

    fn span(&mut self, span: Span<'_>) {
        self.word(span.offset as u32);
        self.word(span.bytes.len() as u32);
    }

    /// A number.
    #[inline(never)]
    pub fn number(&mut self, field: Field, number: u32) {
        self.entry(field, Form::Number);
        self.word(number);
    }

    /// A number that may be large or have fractions.
    #[inline(never)]
    pub fn float(&mut self, field: Field, number: f64) {
        self.entry(field, Form::Float);
        push(&mut self.out, &number.to_le_bytes());
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self, field: Field, text: &str) {
        self.counted(field, Form::Text, text.as_bytes());
    }

    /// Bytes shown in hex.
    #[inline(never)]
    pub fn hex(&mut self, field: Field, bytes: &[u8]) {
        self.counted(field, Form::Hex, bytes);
    }

    /// Bytes that are not in the input.
    #[inline(never)]
    pub fn bytes(&mut self, field: Field, bytes: &[u8]) {
        self.counted(field, Form::Bytes, bytes);
    }

    /// Bytes of the input: JavaScript has them, and copies them out.
    #[inline(never)]
    pub fn input(&mut self, field: Field, span: Span<'_>) {
        self.entry(field, Form::Input);
        self.span(span);
    }

    /// Yes or no.
    #[inline(never)]
    pub fn flag(&mut self, field: Field, flag: bool) {
        self.entry(field, if flag { Form::True } else { Form::False });
    }

    /// An object begins.
    #[inline(never)]
    pub fn open(&mut self, field: Field) {
        self.entry(field, Form::Open);
    }

    /// It ends.
    #[inline(never)]
    pub fn close(&mut self) {
        self.entry(Field::Type, Form::Close);
    }

    /// A list, which may stay empty.
    #[inline(never)]
    pub fn list(&mut self, field: Field) {
        self.entry(field, Form::List);
    }

    /// A PSSH box begins.
    pub(crate) fn pssh(&mut self, system_id: &[u8; 16], name: &str, words: [u32; 3], spans: [Span<'_>; 3], form: [u8; 3]) {
        self.entry(Field::Boxes, Form::Box);
        push(&mut self.out, system_id);
        words.into_iter().for_each(|word| self.word(word));
        spans.into_iter().for_each(|span| self.span(span));
        self.out.push(name.len() as u8);
        push(&mut self.out, &form);
        push(&mut self.out, name.as_bytes());
    }

    #[inline(never)]
    fn sentence(&mut self, code: Code, reason: Option<Reason>, parameters: &[String]) {
        self.number(Field::Code, code as u32);
        if let Some(reason) = reason {
            self.number(Field::Reason, reason as u32);
        }
        parameters.iter().for_each(|text| self.text(Field::Parameters, text));
    }

    /// A problem, as a member of a list.
    pub fn problem(&mut self, field: Field, problem: &Problem) {
        self.open(field);
        self.sentence(problem.code, problem.reason, &problem.parameters);
        self.close();
    }

    /// An error as a whole record.
    pub fn error(error: &Error) -> Self {
        let mut out = Self::default();
        out.replace_by(error);
        out
    }

    /// Replaces everything by an error.
    #[inline(never)]
    pub fn replace_by(&mut self, error: &Error) {
        self.out.clear();
        self.out.push(1);
        self.sentence(error.code, error.reason, &error.parameters);
        self.number(Field::Phase, error.phase as u32);
        self.flag(Field::Retryable, error.retryable);
        if let Some(server) = &error.server {
            if !server.code.is_empty() {
                self.text(Field::ServerCode, &server.code);
            }
            self.text(Field::ServerMessage, &server.message);
            if let Some((code, message)) = &server.site_error {
                self.open(Field::SiteError);
                self.text(Field::Code, code);
                self.text(Field::Message, message);
                self.close();
            }
        }
        if let Some(status) = error.http_status {
            self.number(Field::HttpStatus, status.into());
        }
        if let Some(offset) = error.offset {
            self.number(Field::Offset, offset as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Reason};

    #[test]
    fn every_form_has_its_layout() {
        let mut out = Record::new();
        out.number(Field::Version, 0x0102);
        out.text(Field::Uri, "é");
        out.hex(Field::KeyIds, &[0xab]);
        out.input(Field::Data, Span { offset: 3, bytes: &[0; 2] });
        out.flag(Field::Retryable, true);
        out.open(Field::Widevine);
        out.list(Field::KeyIds);
        out.close();
        let [version, uri, ids, data, retryable, widevine] =
            [Field::Version, Field::Uri, Field::KeyIds, Field::Data, Field::Retryable, Field::Widevine].map(|field| field as u8);
        #[rustfmt::skip]
        let expected = [
            0, // a result
            version, 0, 2, 1, 0, 0,
            uri, 2, 2, 0, 0, 0, 0xc3, 0xa9,
            ids, 3, 1, 0, 0, 0, 0xab,
            data, 5, 3, 0, 0, 0, 2, 0, 0, 0,
            retryable, 6,
            widevine, 8, ids, 10, 0, 9,
        ];
        assert_eq!(out.finish(), expected);
    }

    #[test]
    fn an_error_consists_of_numbers_and_parameters() {
        let error = Error::because(Code::InitDataInvalid, Reason::EndsEarly).at(4).with("x");
        let record = Record::error(&error).finish();
        assert_eq!(record[..9], [1, Field::Code as u8, 0, Code::InitDataInvalid as u8, 0, 0, 0, Field::Reason as u8, 0]);
        assert!(record.ends_with(&[Field::Offset as u8, 0, 4, 0, 0, 0]));
    }
}
