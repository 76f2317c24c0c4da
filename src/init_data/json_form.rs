//! Init data as the JSON of the public types, for the inspect module's interface and for tests. Bytes are `[offset,
//! length]` of the input.

use super::collect::{
    Details, EntitledKey, FairPlay, FairPlayData, InitData, KeyRequest, Payload, PlayReadyObject, PsshBox, Track, UnknownField,
    WidevineData,
};
use super::sinf::{TrackEncryption, fourcc};
use super::visitor::Warning;
use crate::bytes::Span;
use crate::error::Problem;
use crate::isobmff::SizeForm;
use crate::json::{Object, Writer};
use crate::system::{self, Scheme};
use crate::text::uuid;

impl InitData<'_> {
    /// The JSON of the public type `InitData`.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| self.write(o));
        out.finish()
    }

    /// Its fields, added to an object with others.
    pub fn write(&self, o: &mut Object<'_>) {
        o.string("type", self.kind.as_str());
        o.objects("boxes", &self.boxes, |o, pssh| pssh.write(o));
        o.hexes("keyIds", &mut self.key_ids.iter());
        o.optional_string("contentId", self.content_id.as_deref());
        o.optional_number("keyPeriodIndex", self.key_period_index.map(u64::from));
        if let Some(FairPlay { uri, asset_id, tracks }) = &self.fairplay {
            o.nested("fairplay", |o| {
                o.optional_string("uri", uri.as_deref());
                o.optional_string("assetId", asset_id.as_deref());
                o.objects("tracks", tracks, |o, track| track.write(o));
            });
        }
        o.objects("warnings", &self.warnings, |o, warning| warning.write(o));
    }
}

impl Warning {
    /// `{code, message, offset}`
    pub fn write(&self, o: &mut Object<'_>) {
        o.string("code", self.code.as_str());
        o.string("message", &Problem { code: self.code, reason: self.reason, parameters: Vec::new() }.message());
        o.number("offset", self.offset as u64);
    }
}

impl PsshBox<'_> {
    /// The fields of the public type `PsshBox`.
    pub fn write(&self, o: &mut Object<'_>) {
        let header = &self.header;
        o.string("systemId", &uuid(&header.system_id));
        o.optional_string("system", system::name(&header.system_id));
        o.number("version", header.version.into());
        o.number("flags", header.flags.into());
        o.hexes("keyIds", &mut header.key_ids.bytes.chunks_exact(16));
        o.span("data", header.data);
        o.number("offset", header.offset as u64);
        o.number("size", header.size as u64);
        if header.bare {
            o.boolean("bare", true);
        }
        match header.form {
            SizeForm::Plain => {}
            SizeForm::Long => o.string("sizeForm", "long"),
            SizeForm::ToEnd => o.string("sizeForm", "to-end"),
        }
        if header.no_data_size {
            o.boolean("noDataSize", true);
        }
        if !header.padding.bytes.is_empty() {
            o.span("padding", header.padding);
        }
        match &self.payload {
            Some(Payload::Widevine(data)) => o.nested("widevine", |o| data.write(o)),
            Some(Payload::PlayReady(object)) => o.nested("playready", |o| object.write(o)),
            Some(Payload::FairPlay(data)) => o.nested("fairplay", |o| data.write(o)),
            Some(Payload::Other(details)) => o.nested("details", |o| details.write(o)),
            None => {}
        }
        o.optional_string("payloadError", self.payload_error.map(|error| error.reason.as_str()));
    }
}

fn span(o: &mut Object<'_>, name: &str, span: Option<Span<'_>>) {
    if let Some(span) = span {
        o.span(name, span);
    }
}

fn ids<T: AsRef<[u8]>>(o: &mut Object<'_>, name: &str, ids: &[T]) {
    o.hexes(name, &mut ids.iter().map(AsRef::as_ref));
}

fn unknown_fields(o: &mut Object<'_>, fields: &[UnknownField<'_>]) {
    if !fields.is_empty() {
        o.objects("unknownFields", fields, |o, field| {
            o.number("field", field.number.into());
            o.number("wireType", field.wire.into());
            o.span("value", field.value);
        });
    }
}

fn numbers(o: &mut Object<'_>, name: &str, numbers: &[u32]) {
    o.list(name, |o| numbers.iter().for_each(|number| o.count((*number).into())));
}

impl WidevineData<'_> {
    fn write(&self, o: &mut Object<'_>) {
        o.optional_string("algorithm", self.algorithm.as_deref());
        ids(o, "keyIds", &self.key_ids);
        o.optional_string("provider", self.provider.as_deref());
        o.optional_string("contentId", self.content_id.as_deref());
        span(o, "contentIdBytes", self.content_id_bytes);
        o.optional_string("trackType", self.track_type.as_deref());
        o.optional_string("policy", self.policy.as_deref());
        o.optional_number("cryptoPeriodIndex", self.crypto_period_index.map(u64::from));
        span(o, "groupedLicense", self.grouped_license);
        o.optional_string("protectionScheme", self.protection_scheme.as_deref());
        o.optional_number("cryptoPeriodSeconds", self.crypto_period_seconds.map(u64::from));
        o.optional_string("type", self.kind.as_deref());
        o.optional_number("keySequence", self.key_sequence.map(u64::from));
        if !self.group_ids.is_empty() {
            ids(o, "groupIds", &self.group_ids);
        }
        if !self.entitled_keys.is_empty() {
            o.objects("entitledKeys", &self.entitled_keys, |o, EntitledKey { entitlement_key_id, key_id, unknown_fields: unknown }| {
                for (name, id) in [("entitlementKeyId", entitlement_key_id), ("keyId", key_id)] {
                    id.iter().for_each(|id| o.bytes(name, id));
                }
                unknown_fields(o, unknown);
            });
        }
        o.optional_string("videoFeature", self.video_feature.as_deref());
        if !self.normalized_key_ids.is_empty() {
            ids(o, "normalizedKeyIds", &self.normalized_key_ids);
        }
        unknown_fields(o, &self.unknown_fields);
        if !self.field_order.is_empty() {
            numbers(o, "fieldOrder", &self.field_order);
        }
    }
}

impl PlayReadyObject<'_> {
    /// The fields of the public type `PlayReadyObject`.
    pub fn write(&self, o: &mut Object<'_>) {
        o.optional_string("version", self.version.as_deref());
        o.objects("keys", &self.keys, |o, key| {
            o.bytes("keyId", &key.key_id);
            o.optional_string("algorithm", key.algorithm.as_deref());
            o.optional_string("checksum", key.checksum.as_deref());
        });
        o.optional_string("licenseUrl", self.license_url.as_deref());
        o.optional_string("licenseUiUrl", self.license_ui_url.as_deref());
        o.optional_string("domainServiceId", self.domain_service_id.as_deref());
        o.optional_string("decryptorSetup", self.decryptor_setup.as_deref());
        o.optional_number("keyPeriodIndex", self.key_period_index.map(u64::from));
        o.optional_string("customAttributes", self.custom_attributes.as_deref());
        o.boolean("hasEmbeddedLicense", self.has_embedded_license);
        o.string("xml", &self.xml);
        if !self.records.is_empty() {
            o.objects("records", &self.records, |o, record| {
                o.number("type", record.kind.into());
                o.span("value", record.value);
            });
        }
    }
}

impl FairPlayData<'_> {
    fn write(&self, o: &mut Object<'_>) {
        o.optional_string("scheme", self.scheme.as_deref());
        o.objects("requests", &self.requests, |o, KeyRequest { key_id, asset_id, context, versions }| {
            key_id.iter().for_each(|id| o.bytes("keyId", id));
            span(o, "assetId", *asset_id);
            span(o, "context", *context);
            numbers(o, "versions", versions);
        });
    }
}

impl Details<'_> {
    fn write(&self, o: &mut Object<'_>) {
        ids(o, "keyIds", &self.key_ids);
        o.optional_string("version", self.version.as_deref());
        o.optional_string("contentId", self.content_id.as_deref());
        o.optional_string("scheme", self.scheme.as_deref());
        o.optional_string("xml", self.xml.as_deref());
    }
}

impl Track {
    /// The fields of a track in the public types.
    pub fn write(&self, o: &mut Object<'_>) {
        o.optional_string("codec", self.codec.as_ref().map(fourcc).as_deref());
        o.optional_string("scheme", self.scheme.map(Scheme::as_str));
        self.key_id.iter().for_each(|id| o.bytes("keyId", id));
        o.optional_number("ivSize", self.iv_size.map(u64::from));
        self.constant_iv.iter().for_each(|iv| o.bytes("constantIv", iv));
        self.pattern.iter().for_each(|(crypt, skip)| o.numbers("pattern", &[u64::from(*crypt), u64::from(*skip)]));
    }
}

impl TrackEncryption<'_> {
    /// All but the key id, whose name differs from one public type to the other.
    pub fn write(&self, o: &mut Object<'_>) {
        o.number("ivSize", self.iv_size.into());
        if let Some(iv) = self.constant_iv {
            o.bytes("constantIv", iv);
        }
        if let Some((crypt, skip)) = self.pattern {
            o.numbers("pattern", &[crypt.into(), skip.into()]);
        }
    }
}
