//! The typed structs of init data, and the visitor that fills them. They borrow values that are in the input unchanged.

use super::sinf::Protection;
use super::visitor::{PsshHeader, Summary, Value, Visitor, Warning};
use super::{InitDataType, KeyIds};
use crate::bytes::Span;
use crate::error::ParseError;
use crate::record::Field;
use crate::system::Scheme;
use std::borrow::Cow;

/// Text of the input, or decoded.
pub type Text<'a> = Cow<'a, str>;
/// An id of the input, or decoded.
pub type Id<'a> = Cow<'a, [u8]>;

/// Init data, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InitData<'a> {
    /// Its type.
    pub kind: InitDataType,
    /// One per PSSH box, in file order; empty for other types.
    pub boxes: Vec<PsshBox<'a>>,
    /// All key ids that any part names, in order of appearance, without repeats.
    pub key_ids: KeyIds,
    /// PallyCon's CID.
    pub content_id: Option<Text<'a>>,
    /// The key period of rotating keys.
    pub key_period_index: Option<u32>,
    /// The content of FairPlay's types.
    pub fairplay: Option<FairPlay>,
    /// Deviations from the specifications.
    pub warnings: Vec<Warning>,
}

impl InitData<'_> {
    /// Not a box but a payload without one.
    pub fn is_bare(&self) -> bool {
        self.boxes.first().is_some_and(|pssh| pssh.header.bare)
    }

    /// A box could not be read and was left out.
    pub fn is_damaged(&self) -> bool {
        self.warnings.iter().any(|warning| warning.code == crate::error::Code::BoxLeftOut)
    }
}

/// A PSSH box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsshBox<'a> {
    /// Its own fields.
    pub header: PsshHeader<'a>,
    /// Its data, if the system is known.
    pub payload: Option<Payload<'a>>,
    /// Why the data could not be read.
    pub payload_error: Option<ParseError>,
}

/// The data of a box.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// Google Widevine.
    Widevine(WidevineData<'a>),
    /// Microsoft PlayReady.
    PlayReady(PlayReadyObject<'a>),
    /// Apple FairPlay Streaming.
    FairPlay(FairPlayData<'a>),
    /// Another system whose data are public.
    Other(Details<'a>),
}

/// Widevine's PSSH data: see [`super::widevine`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WidevineData<'a> {
    /// `AESCTR` or `UNENCRYPTED`.
    pub algorithm: Option<Text<'a>>,
    /// The keys, as they are written.
    pub key_ids: Vec<Id<'a>>,
    /// The keys as bytes, if one was written as text.
    pub normalized_key_ids: Vec<Id<'a>>,
    /// The company that packaged it.
    pub provider: Option<Text<'a>>,
    /// The content id, if it is UTF-8.
    pub content_id: Option<Text<'a>>,
    /// The content id's bytes.
    pub content_id_bytes: Option<Span<'a>>,
    /// `SD`, `HD`, `AUDIO`.
    pub track_type: Option<Text<'a>>,
    /// The name of a policy.
    pub policy: Option<Text<'a>>,
    /// The key period of rotating keys.
    pub crypto_period_index: Option<u32>,
    /// The rotation's interval, in seconds.
    pub crypto_period_seconds: Option<u32>,
    /// A license for a group, opaque.
    pub grouped_license: Option<Span<'a>>,
    /// The scheme of the media.
    pub protection_scheme: Option<Text<'a>>,
    /// `single`, `entitlement` or `entitled-key`.
    pub kind: Option<Text<'a>>,
    /// The sequence of keys.
    pub key_sequence: Option<u32>,
    /// The groups that it belongs to.
    pub group_ids: Vec<Id<'a>>,
    /// Keys that are wrapped in others.
    pub entitled_keys: Vec<EntitledKey<'a>>,
    /// The feature that the video needs, `HDR` for example.
    pub video_feature: Option<Text<'a>>,
    /// Unknown fields.
    pub unknown_fields: Vec<UnknownField<'a>>,
    /// The order of the fields, 0 for unknown ones, if it is not the usual one.
    pub field_order: Vec<u32>,
}

/// A key that is wrapped in another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntitledKey<'a> {
    /// The key that wraps it.
    pub entitlement_key_id: Option<Id<'a>>,
    /// The key.
    pub key_id: Option<Id<'a>>,
    /// The wrapped key and other fields.
    pub unknown_fields: Vec<UnknownField<'a>>,
}

/// An unknown protobuf field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnknownField<'a> {
    /// Its number.
    pub number: u32,
    /// Its wire type.
    pub wire: u32,
    /// Its value as it is written.
    pub value: Span<'a>,
}

/// A PlayReady Object: see [`super::playready`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayReadyObject<'a> {
    /// The header's version: `4.0.0.0` to `4.3.0.0`.
    pub version: Option<Text<'a>>,
    /// The keys.
    pub keys: Vec<PlayReadyKey<'a>>,
    /// `LA_URL`.
    pub license_url: Option<Text<'a>>,
    /// `LUI_URL`.
    pub license_ui_url: Option<Text<'a>>,
    /// `DS_ID`.
    pub domain_service_id: Option<Text<'a>>,
    /// `DECRYPTORSETUP`.
    pub decryptor_setup: Option<Text<'a>>,
    /// The XML inside `CUSTOMATTRIBUTES`.
    pub custom_attributes: Option<Text<'a>>,
    /// PallyCon's key period, inside the custom attributes.
    pub key_period_index: Option<u32>,
    /// Whether the content contains licenses.
    pub has_embedded_license: bool,
    /// The header.
    pub xml: Text<'a>,
    /// All records, if there is more than one plain header.
    pub records: Vec<PlayReadyRecord<'a>>,
}

/// A key of a PlayReady header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayReadyKey<'a> {
    /// In CENC's byte order.
    pub key_id: Id<'a>,
    /// `AESCTR`, `AESCBC`, `COCKTAIL`.
    pub algorithm: Option<Text<'a>>,
    /// Base64, as it is written.
    pub checksum: Option<Text<'a>>,
}

/// A record of a PlayReady Object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayReadyRecord<'a> {
    /// 1 a header, 3 a license store.
    pub kind: u32,
    /// Its value.
    pub value: Span<'a>,
}

/// FairPlay's PSSH data: see [`super::fairplay`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FairPlayData<'a> {
    /// The encryption scheme of the media.
    pub scheme: Option<Text<'a>>,
    /// The keys that it requests.
    pub requests: Vec<KeyRequest<'a>>,
}

/// A key request of FairPlay's data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyRequest<'a> {
    /// The key.
    pub key_id: Option<Id<'a>>,
    /// Its identifier at the key server.
    pub asset_id: Option<Span<'a>>,
    /// Passed to the key server unchanged.
    pub context: Option<Span<'a>>,
    /// Versions of the key exchange.
    pub versions: Vec<u32>,
}

/// The data of Nagra, WisePlay, Irdeto and Marlin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details<'a> {
    /// The keys.
    pub key_ids: Vec<Id<'a>>,
    /// The format's version.
    pub version: Option<Text<'a>>,
    /// The content.
    pub content_id: Option<Text<'a>>,
    /// The scheme.
    pub scheme: Option<Text<'a>>,
    /// XML.
    pub xml: Option<Text<'a>>,
}

/// The content of `skd` and `sinf` init data and FairPlay's boxes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FairPlay {
    /// The key's URI.
    pub uri: Option<String>,
    /// Everything after `skd://`.
    pub asset_id: Option<String>,
    /// The tracks.
    pub tracks: Vec<Track>,
}

/// How a track is protected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Track {
    /// The codec's four characters.
    pub codec: Option<[u8; 4]>,
    /// The scheme.
    pub scheme: Option<Scheme>,
    /// The key.
    pub key_id: Option<[u8; 16]>,
    /// Bytes of IV at each sample.
    pub iv_size: Option<u8>,
    /// One IV for all samples.
    pub constant_iv: Option<Vec<u8>>,
    /// Blocks encrypted and blocks in the clear.
    pub pattern: Option<(u8, u8)>,
}

/// Collects what readers report.
#[derive(Debug, Default)]
pub struct Collector<'a> {
    out: InitData<'a>,
    /// The open objects of a payload: members of its lists, and of theirs.
    open: Vec<Field>,
}

fn text<'a>(value: Value<'a, '_>) -> Text<'a> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::DecodedText(text) => Cow::Owned(text.into()),
        _ => Cow::Borrowed(""),
    }
}

fn id<'a>(value: Value<'a, '_>) -> Id<'a> {
    match value {
        Value::Id(id) => Cow::Borrowed(id),
        Value::DecodedId(id) => Cow::Owned(id.into()),
        _ => Cow::Borrowed(b""),
    }
}

fn number(value: Value<'_, '_>) -> u32 {
    if let Value::Number(number) = value { number } else { 0 }
}

fn span<'a>(value: Value<'a, '_>) -> Span<'a> {
    if let Value::Bytes(span) = value { span } else { Span::default() }
}

impl<'a> Collector<'a> {
    /// The result.
    pub fn finished(self) -> InitData<'a> {
        self.out
    }

    fn fairplay(&mut self) -> &mut FairPlay {
        self.out.fairplay.get_or_insert_default()
    }
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn begin_box(&mut self, header: &PsshHeader<'a>) {
        self.out.boxes.push(PsshBox { header: *header, payload: None, payload_error: None });
    }

    fn payload_error(&mut self, error: ParseError) {
        self.out.boxes.last_mut().into_iter().for_each(|pssh| pssh.payload_error = Some(error));
    }

    fn end_box(&mut self) {
        self.open.clear();
    }

    fn track(&mut self, track: &Protection<'_>) {
        let tenc = track.tenc;
        self.fairplay().tracks.push(Track {
            codec: track.codec,
            scheme: track.scheme(),
            key_id: tenc.map(|tenc| tenc.key_id),
            iv_size: tenc.map(|tenc| tenc.iv_size),
            constant_iv: tenc.and_then(|tenc| tenc.constant_iv).map(Vec::from),
            pattern: tenc.and_then(|tenc| tenc.pattern),
        });
    }

    fn warning(&mut self, warning: Warning) {
        self.out.warnings.push(warning);
    }

    fn field(&mut self, field: Field, value: Value<'a, '_>) {
        match self.out.boxes.last_mut().and_then(|pssh| pssh.payload.as_mut()) {
            Some(Payload::Widevine(data)) => data.field(&self.open, field, value),
            Some(Payload::PlayReady(object)) => object.field(&self.open, field, value),
            Some(Payload::FairPlay(data)) => data.field(field, value),
            Some(Payload::Other(details)) => details.field(field, value),
            None => match field {
                Field::Uri => self.fairplay().uri = Some(text(value).into()),
                Field::AssetId => self.fairplay().asset_id = Some(text(value).into()),
                _ => {}
            },
        }
    }

    fn open(&mut self, field: Field) {
        let Some(payload) = self.out.boxes.last_mut().map(|pssh| &mut pssh.payload) else { return };
        match (payload, field) {
            (payload, Field::Widevine) => *payload = Some(Payload::Widevine(WidevineData::default())),
            (payload, Field::PlayReady) => *payload = Some(Payload::PlayReady(PlayReadyObject::default())),
            (payload, Field::FairPlay) => *payload = Some(Payload::FairPlay(FairPlayData::default())),
            (payload, Field::Details) => *payload = Some(Payload::Other(Details::default())),
            (payload, field) => {
                match payload {
                    Some(Payload::Widevine(data)) => data.begin(&self.open, field),
                    Some(Payload::PlayReady(object)) => object.begin(field),
                    Some(Payload::FairPlay(data)) => data.requests.push(KeyRequest::default()),
                    _ => {}
                }
                self.open.push(field);
            }
        }
    }

    fn open_list(&mut self, _field: Field) {}

    fn close(&mut self) {
        self.open.pop();
    }

    fn mark(&self) -> usize {
        self.out.fairplay.as_ref().map_or(0, |fairplay| fairplay.tracks.len())
    }

    fn rewind(&mut self, mark: usize) {
        self.open.clear();
        self.out.boxes.last_mut().into_iter().for_each(|pssh| pssh.payload = None);
        match &mut self.out.fairplay {
            // Only tracks can accompany boxes.
            Some(_) if mark == 0 => self.out.fairplay = None,
            Some(fairplay) => fairplay.tracks.truncate(mark),
            None => {}
        }
    }

    fn finish(&mut self, summary: Summary<'a>) {
        let Summary { kind, key_ids, content_id, key_period_index } = summary;
        (self.out.kind, self.out.key_ids, self.out.content_id, self.out.key_period_index) = (kind, key_ids, content_id, key_period_index);
    }
}

impl<'a> WidevineData<'a> {
    fn begin(&mut self, open: &[Field], field: Field) {
        match field {
            Field::EntitledKeys => self.entitled_keys.push(EntitledKey::default()),
            _ => self.unknown(open).into_iter().for_each(|list| list.push(UnknownField::default())),
        }
    }

    /// The list of unknown fields that is open: the message's own, or that of its latest entitled key.
    fn unknown(&mut self, open: &[Field]) -> Option<&mut Vec<UnknownField<'a>>> {
        match open.first() {
            Some(Field::EntitledKeys) => self.entitled_keys.last_mut().map(|key| &mut key.unknown_fields),
            _ => Some(&mut self.unknown_fields),
        }
    }

    fn field(&mut self, open: &[Field], field: Field, value: Value<'a, '_>) {
        match (open.last(), field) {
            (Some(Field::UnknownFields), _) => {
                let unknown = self.unknown(open).and_then(|list| list.last_mut());
                unknown.into_iter().for_each(|unknown| match field {
                    Field::FieldNumber => unknown.number = number(value),
                    Field::WireType => unknown.wire = number(value),
                    _ => unknown.value = span(value),
                });
            }
            (Some(_), _) => self.entitled_keys.last_mut().into_iter().for_each(|key| match field {
                Field::EntitlementKeyId => key.entitlement_key_id = Some(id(value)),
                _ => key.key_id = Some(id(value)),
            }),
            (None, Field::Algorithm) => self.algorithm = Some(text(value)),
            (None, Field::KeyIds) => self.key_ids.push(id(value)),
            (None, Field::NormalizedKeyIds) => self.normalized_key_ids.push(id(value)),
            (None, Field::Provider) => self.provider = Some(text(value)),
            (None, Field::ContentId) => self.content_id = Some(text(value)),
            (None, Field::ContentIdBytes) => self.content_id_bytes = Some(span(value)),
            (None, Field::TrackType) => self.track_type = Some(text(value)),
            (None, Field::Policy) => self.policy = Some(text(value)),
            (None, Field::CryptoPeriodIndex) => self.crypto_period_index = Some(number(value)),
            (None, Field::CryptoPeriodSeconds) => self.crypto_period_seconds = Some(number(value)),
            (None, Field::GroupedLicense) => self.grouped_license = Some(span(value)),
            (None, Field::ProtectionScheme) => self.protection_scheme = Some(text(value)),
            (None, Field::Type) => self.kind = Some(text(value)),
            (None, Field::KeySequence) => self.key_sequence = Some(number(value)),
            (None, Field::GroupIds) => self.group_ids.push(id(value)),
            (None, Field::VideoFeature) => self.video_feature = Some(text(value)),
            (None, Field::FieldOrder) => self.field_order.push(number(value)),
            _ => {}
        }
    }
}

impl<'a> PlayReadyObject<'a> {
    fn begin(&mut self, field: Field) {
        match field {
            Field::Keys => self.keys.push(PlayReadyKey::default()),
            Field::FirstKey => self.keys.insert(0, PlayReadyKey::default()),
            _ => self.records.push(PlayReadyRecord::default()),
        }
    }

    fn field(&mut self, open: &[Field], field: Field, value: Value<'a, '_>) {
        let key = match open.last() {
            Some(Field::Keys) => self.keys.last_mut(),
            Some(Field::FirstKey) => self.keys.first_mut(),
            _ => None,
        };
        match (key, field) {
            (Some(key), Field::KeyId) => key.key_id = id(value),
            (Some(key), Field::Algorithm) => key.algorithm = Some(text(value)),
            (Some(key), _) => key.checksum = Some(text(value)),
            (None, Field::Type) => self.records.last_mut().into_iter().for_each(|record| record.kind = number(value)),
            (None, Field::Value) => self.records.last_mut().into_iter().for_each(|record| record.value = span(value)),
            (None, Field::Version) => self.version = Some(text(value)),
            (None, Field::LicenseUrl) => self.license_url = Some(text(value)),
            (None, Field::LicenseUiUrl) => self.license_ui_url = Some(text(value)),
            (None, Field::DomainServiceId) => self.domain_service_id = Some(text(value)),
            (None, Field::DecryptorSetup) => self.decryptor_setup = Some(text(value)),
            (None, Field::CustomAttributes) => self.custom_attributes = Some(text(value)),
            (None, Field::KeyPeriodIndex) => self.key_period_index = Some(number(value)),
            (None, Field::HasEmbeddedLicense) => self.has_embedded_license = value == Value::Flag(true),
            (None, Field::Xml) => self.xml = text(value),
            _ => {}
        }
    }
}

impl<'a> FairPlayData<'a> {
    fn field(&mut self, field: Field, value: Value<'a, '_>) {
        let request = self.requests.last_mut();
        match (field, request) {
            (Field::Scheme, _) => self.scheme = Some(text(value)),
            (Field::KeyId, Some(request)) => request.key_id = Some(id(value)),
            (Field::AssetId, Some(request)) => request.asset_id = Some(span(value)),
            (Field::Context, Some(request)) => request.context = Some(span(value)),
            (Field::Versions, Some(request)) => request.versions.push(number(value)),
            _ => {}
        }
    }
}

impl<'a> Details<'a> {
    fn field(&mut self, field: Field, value: Value<'a, '_>) {
        match field {
            Field::KeyIds => self.key_ids.push(id(value)),
            Field::Version => self.version = Some(text(value)),
            Field::ContentId => self.content_id = Some(text(value)),
            Field::Scheme => self.scheme = Some(text(value)),
            Field::Xml => self.xml = Some(text(value)),
            _ => {}
        }
    }
}
