//! Init data as the JSON that crosses into JavaScript. Field names are those of the public types; bytes are
//! `[offset, length]` of the input, which JavaScript has and cuts them out of.

use super::fairplay::{FairPlayData, KeyRequest};
use super::payload::{Details, Payload};
use super::playready::{PlayReadyObject, TEXTS};
use super::pssh::PsshBox;
use super::sinf::Protection;
use super::{InitData, Warning};
use crate::bytes::Span;
use crate::isobmff::SizeForm;
use crate::json::{Object, Writer};
use crate::system;
use crate::text::{hex, uuid};

impl InitData<'_> {
    /// The JSON of the public type `InitData`.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| self.write(o));
        out.finish()
    }

    /// Its fields, into an object that holds others as well.
    pub fn write(&self, o: &mut Object<'_>) {
        o.string("type", self.kind.as_str());
        o.objects("boxes", &self.boxes, |o, pssh| pssh.write(o));
        o.hexes("keyIds", &mut self.key_ids.iter().map(|id| &**id));
        o.optional_string("contentId", self.content_id.as_deref());
        o.optional_number("keyPeriodIndex", self.key_period_index.map(u64::from));
        if let Some(fairplay) = &self.fairplay {
            o.nested("fairplay", |o| {
                o.optional_string("uri", fairplay.uri.as_deref());
                o.optional_string("assetId", fairplay.asset_id.as_deref());
                o.objects("tracks", &fairplay.tracks, |o, track| track.write(o));
            });
        }
        warnings(o, &self.warnings);
    }
}

/// The list of warnings.
pub(super) fn warnings(o: &mut Object<'_>, warnings: &[Warning]) {
    o.objects("warnings", warnings, |o, warning| {
        o.string("code", warning.code);
        o.string("message", warning.message);
        o.number("offset", warning.offset as u64);
    });
}

impl PsshBox<'_> {
    /// The fields of the public type `PsshBox`.
    pub fn write(&self, o: &mut Object<'_>) {
        o.string("systemId", &uuid(&self.system_id));
        o.optional_string("system", system::name(&self.system_id));
        o.number("version", u64::from(self.version));
        o.number("flags", u64::from(self.flags));
        o.hexes("keyIds", &mut self.key_ids());
        o.span("data", self.data);
        o.number("offset", self.offset as u64);
        o.number("size", self.size as u64);
        if self.bare {
            o.boolean("bare", true);
        }
        match self.form {
            SizeForm::Plain => {}
            SizeForm::Long => o.string("sizeForm", "long"),
            SizeForm::ToEnd => o.string("sizeForm", "to-end"),
        }
        if self.no_data_size {
            o.boolean("noDataSize", true);
        }
        if !self.padding.bytes.is_empty() {
            o.span("padding", self.padding);
        }
        o.optional_string("payloadError", self.payload_error.map(|fault| fault.what));
        match &self.payload {
            Payload::None => {}
            Payload::Widevine(data) => o.nested("widevine", |o| data.write(o)),
            Payload::PlayReady(object) => o.nested("playready", |o| object.write(o)),
            Payload::FairPlay(data) => o.nested("fairplay", |o| data.write(o)),
            Payload::Other(details) => o.nested("details", |o| details.write(o)),
        }
    }
}

fn span(o: &mut Object<'_>, key: &str, value: Option<Span<'_>>) {
    if let Some(value) = value {
        o.span(key, value);
    }
}

impl PlayReadyObject<'_> {
    /// The fields of the public type `PlayReadyObject`.
    pub fn write(&self, o: &mut Object<'_>) {
        o.optional_string("version", self.version.as_deref());
        o.objects("keys", &self.keys, |o, key| {
            o.string("keyId", &hex(&key.key_id));
            o.optional_string("algorithm", key.algorithm.as_deref());
            o.optional_string("checksum", key.checksum.as_deref());
        });
        for ((_, name), text) in TEXTS.iter().zip(&self.texts) {
            o.optional_string(name, text.as_deref());
        }
        o.optional_number("keyPeriodIndex", self.key_period_index.map(u64::from));
        o.boolean("hasEmbeddedLicense", self.has_embedded_license);
        o.string("xml", &self.xml);
        if !self.records.is_empty() {
            o.objects("records", &self.records, |o, record| {
                o.number("type", u64::from(record.kind));
                o.span("value", record.value);
            });
        }
    }
}

impl FairPlayData<'_> {
    fn write(&self, o: &mut Object<'_>) {
        o.optional_string("scheme", self.scheme.map(system::Scheme::as_str));
        o.objects("requests", &self.requests, |o, request: &KeyRequest<'_>| {
            o.string("keyId", &hex(&request.key_id));
            span(o, "assetId", request.asset_id);
            span(o, "context", request.context);
            let versions: Vec<u64> = request.versions.iter().map(|version| u64::from(*version)).collect();
            o.numbers("versions", &versions);
        });
    }
}

impl Details {
    fn write(&self, o: &mut Object<'_>) {
        o.hexes("keyIds", &mut self.key_ids.iter().map(|id| &id[..]));
        for (name, text) in &self.texts {
            o.string(name, text);
        }
    }
}

impl Protection {
    /// The fields of a track in the public types.
    pub fn write(&self, o: &mut Object<'_>) {
        let fourcc = |kind: [u8; 4]| kind.iter().map(|byte| char::from(*byte)).collect::<String>();
        o.optional_string("codec", self.codec.map(fourcc).as_deref());
        o.optional_string("scheme", self.scheme().map(system::Scheme::as_str));
        if let Some(tenc) = &self.tenc {
            self.write_tenc(o, tenc);
        }
    }

    fn write_tenc(&self, o: &mut Object<'_>, tenc: &super::sinf::TrackEncryption) {
        o.string("keyId", &hex(&tenc.key_id));
        tenc.write(o);
    }
}

impl super::sinf::TrackEncryption {
    /// All but the key id, whose name differs from one public type to the other.
    pub fn write(&self, o: &mut Object<'_>) {
        o.number("ivSize", u64::from(self.iv_size));
        o.optional_string("constantIv", self.constant_iv.as_deref().map(hex).as_deref());
        if let Some((crypt, skip)) = self.pattern {
            o.numbers("pattern", &[u64::from(crypt), u64::from(skip)]);
        }
    }
}
