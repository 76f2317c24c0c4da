//! Reads a record back (the layout is drawn in `src/record.rs`), as `js/wasm/record.ts` does, and compares it with the
//! typed structs. Unit tests and a fuzz target share this file by its path: the enclosing module imports the crate's
//! modules.

use super::{error, init_data, json, record, text};
use error::{Code, Error, Problem, Reason};
use init_data::{InitDataType, Options};
use json::Value;
use record::{Field, Record};

/// Asserts that the record of some init data equals the typed structs, and that both fail alike.
pub fn assert_agreement(data: &[u8], options: Options) {
    let mut record = Record::new();
    match (init_data::read(data, options, &mut record), init_data::parse(data, options)) {
        (Ok(()), Ok(read)) => {
            let json = json::parse(&read.to_json()).expect("the output is JSON");
            assert_eq!(init_data_of(&record.finish(), data), sorted(json), "{options:?}");
        }
        (Err(ours), Err(theirs)) => {
            assert_eq!(ours, theirs);
            assert_eq!(decode(&Record::error(&ours).finish(), 1, data), error_of(&ours));
        }
        (ours, theirs) => panic!("{options:?}: {ours:?}, typed: {theirs:?}"),
    }
}

/// The content of an error's record.
fn error_of(error: &Error) -> Vec<(String, Value)> {
    let number = |number: usize| Value::Number(number.to_string());
    let fields = [
        ("code", Some(number(error.code as usize))),
        ("reason", error.reason.map(|reason| number(reason as usize))),
        ("phase", Some(number(error.phase as usize))),
        ("retryable", Some(Value::Boolean(error.retryable))),
        ("offset", error.offset.map(number)),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect()
}

/// The names of init data's fields and an error's; a list's members all have one name.
fn name_of(field: u8) -> &'static str {
    const NAMES: [(Field, &str); 62] = [
        (Field::Type, "type"),
        (Field::ContentId, "contentId"),
        (Field::KeyPeriodIndex, "keyPeriodIndex"),
        (Field::PayloadError, "payloadError"),
        (Field::Widevine, "widevine"),
        (Field::PlayReady, "playready"),
        (Field::FairPlay, "fairplay"),
        (Field::Details, "details"),
        (Field::Algorithm, "algorithm"),
        (Field::Provider, "provider"),
        (Field::ContentIdBytes, "contentIdBytes"),
        (Field::TrackType, "trackType"),
        (Field::Policy, "policy"),
        (Field::CryptoPeriodIndex, "cryptoPeriodIndex"),
        (Field::GroupedLicense, "groupedLicense"),
        (Field::ProtectionScheme, "protectionScheme"),
        (Field::CryptoPeriodSeconds, "cryptoPeriodSeconds"),
        (Field::KeySequence, "keySequence"),
        (Field::VideoFeature, "videoFeature"),
        (Field::EntitlementKeyId, "entitlementKeyId"),
        (Field::KeyId, "keyId"),
        (Field::FieldNumber, "field"),
        (Field::WireType, "wireType"),
        (Field::Value, "value"),
        (Field::Version, "version"),
        (Field::LicenseUrl, "licenseUrl"),
        (Field::LicenseUiUrl, "licenseUiUrl"),
        (Field::DomainServiceId, "domainServiceId"),
        (Field::DecryptorSetup, "decryptorSetup"),
        (Field::CustomAttributes, "customAttributes"),
        (Field::Checksum, "checksum"),
        (Field::HasEmbeddedLicense, "hasEmbeddedLicense"),
        (Field::Xml, "xml"),
        (Field::Uri, "uri"),
        (Field::AssetId, "assetId"),
        (Field::Scheme, "scheme"),
        (Field::Context, "context"),
        (Field::Codec, "codec"),
        (Field::IvSize, "ivSize"),
        (Field::ConstantIv, "constantIv"),
        (Field::Code, "code"),
        (Field::Reason, "reason"),
        (Field::Phase, "phase"),
        (Field::Retryable, "retryable"),
        (Field::Offset, "offset"),
        (Field::KeyIds, "keyIds"),
        (Field::GroupIds, "groupIds"),
        (Field::EntitledKeys, "entitledKeys"),
        (Field::UnknownFields, "unknownFields"),
        (Field::NormalizedKeyIds, "normalizedKeyIds"),
        (Field::FieldOrder, "fieldOrder"),
        (Field::Keys, "keys"),
        (Field::FirstKey, "keys"),
        (Field::Records, "records"),
        (Field::Requests, "requests"),
        (Field::Versions, "versions"),
        (Field::Tracks, "tracks"),
        (Field::Pattern, "pattern"),
        (Field::Boxes, "boxes"),
        (Field::Warnings, "warnings"),
        (Field::Parameters, "parameters"),
        (Field::Headers, "headers"),
    ];
    let known = NAMES.iter().find(|(known, _)| *known as u8 == field);
    known.unwrap_or_else(|| panic!("field {field} is not one of init data")).1
}

/// A record's fields, in order; the record has to begin with `status`.
fn decode(record: &[u8], status: u8, input: &[u8]) -> Vec<(String, Value)> {
    assert_eq!(record[0], status);
    let mut decoder = Decoder { rest: &record[1..], input, lifted: Vec::new() };
    let mut fields = decoder.object();
    assert!(decoder.rest.is_empty(), "an object ends without a beginning");
    decoder.lifted.into_iter().for_each(|(field, value)| add(&mut fields, name_of(field), usize::MAX, value));
    fields
}

struct Decoder<'r> {
    rest: &'r [u8],
    input: &'r [u8],
    /// Tracks and warnings belong to the init data, wherever they are reported.
    lifted: Vec<(u8, Value)>,
}

impl<'r> Decoder<'r> {
    fn bytes(&mut self, count: usize) -> &'r [u8] {
        let (bytes, rest) = self.rest.split_at(count);
        self.rest = rest;
        bytes
    }

    fn byte(&mut self) -> u8 {
        self.bytes(1)[0]
    }

    fn word(&mut self) -> usize {
        u32::from_le_bytes(self.bytes(4).try_into().expect("four bytes")) as usize
    }

    fn counted(&mut self) -> &'r [u8] {
        let count = self.word();
        self.bytes(count)
    }

    /// Bytes of the input, and their place.
    fn span(&mut self) -> (&'r [u8], Value) {
        let (offset, length) = (self.word(), self.word());
        let place = [offset, length].map(|number| Value::Number(number.to_string()));
        (&self.input[offset..][..length], Value::Array(place.into()))
    }

    /// Entries up to the end of the open object.
    fn object(&mut self) -> Vec<(String, Value)> {
        let mut fields = Vec::new();
        while !self.rest.is_empty() {
            let (field, form) = (self.byte(), self.byte());
            let value = match form {
                0 => Value::Number(self.word().to_string()),
                2 => Value::String(String::from_utf8(self.counted().into()).expect("text is UTF-8")),
                3 => Value::String(text::hex(self.counted())),
                5 => self.span().1,
                6 | 7 => Value::Boolean(form == 6),
                8 => Value::Object(self.object()),
                9 => return fields,
                10 => {
                    set(&mut fields, name_of(field), Value::Array(Vec::new()));
                    continue;
                }
                11 => Value::Object(self.pssh()),
                form => panic!("form {form} does not occur in init data"),
            };
            if field == Field::Tracks as u8 || field == Field::Warnings as u8 {
                self.lifted.push((field, value));
            } else if field < Field::KeyIds as u8 {
                set(&mut fields, name_of(field), value);
            } else {
                let at = if field == Field::FirstKey as u8 { 0 } else { usize::MAX };
                add(&mut fields, name_of(field), at, value);
            }
        }
        fields
    }

    fn pssh(&mut self) -> Vec<(String, Value)> {
        let system_id = self.bytes(16).try_into().expect("16 bytes");
        let [word, offset, size] = [(); 3].map(|()| self.word());
        let [(key_ids, _), (_, data), (padding, padding_place)] = [(); 3].map(|()| self.span());
        let [name_length, form, bare, no_data_size] = [(); 4].map(|()| self.byte());
        let name = str::from_utf8(self.bytes(name_length.into())).expect("a name is UTF-8");
        let number = |number: usize| Value::Number(number.to_string());
        let ids = key_ids.chunks_exact(16).map(|id| Value::String(text::hex(id))).collect();
        let fields = [
            ("systemId", Some(Value::String(text::uuid(&system_id)))),
            ("system", Some(Value::String(name.into())).filter(|_| !name.is_empty())),
            ("version", Some(number(word >> 24))),
            ("flags", Some(number(word & 0xff_ffff))),
            ("keyIds", Some(Value::Array(ids))),
            ("data", Some(data)),
            ("offset", Some(number(offset))),
            ("size", Some(number(size))),
            ("bare", (bare != 0).then_some(Value::Boolean(true))),
            ("sizeForm", [None, Some("long"), Some("to-end")][usize::from(form)].map(|form| Value::String(form.into()))),
            ("noDataSize", (no_data_size != 0).then_some(Value::Boolean(true))),
            ("padding", Some(padding_place).filter(|_| !padding.is_empty())),
        ];
        let mut fields: Vec<_> = fields.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect();
        self.object().into_iter().for_each(|(name, value)| set(&mut fields, &name, value));
        fields
    }
}

/// The last value of a repeated name counts.
fn set(fields: &mut Vec<(String, Value)>, name: &str, value: Value) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.into(), value));
}

fn take(fields: &mut Vec<(String, Value)>, name: &str) -> Option<Value> {
    let at = fields.iter().position(|(known, _)| known == name)?;
    Some(fields.remove(at).1)
}

fn add(fields: &mut Vec<(String, Value)>, name: &str, at: usize, value: Value) {
    if !fields.iter().any(|(known, _)| known == name) {
        fields.push((name.into(), Value::Array(Vec::new())));
    }
    match fields.iter_mut().find(|(known, _)| known == name) {
        Some((_, Value::Array(items))) => items.insert(at.min(items.len()), value),
        other => panic!("{name} is not a list: {other:?}"),
    }
}

fn number_of(value: &Value) -> usize {
    value.text().and_then(|text| text.parse().ok()).expect("a number")
}

fn reason_of(value: &Value) -> Reason {
    Reason::ALL[number_of(value)]
}

/// A record of init data as the JSON of the public type, its names in order.
fn init_data_of(record: &[u8], input: &[u8]) -> Value {
    const TYPES: [InitDataType; 5] = [InitDataType::Cenc, InitDataType::Keyids, InitDataType::Webm, InitDataType::Skd, InitDataType::Sinf];
    let mut fields = decode(record, 0, input);
    let kind = number_of(&take(&mut fields, "type").expect("a type"));
    fields.push(("type".into(), Value::String(TYPES[kind].as_str().into())));
    let [uri, asset_id, tracks] = ["uri", "assetId", "tracks"].map(|name| take(&mut fields, name));
    if uri.is_some() || tracks.is_some() {
        let parts = [("uri", uri), ("assetId", asset_id), ("tracks", tracks.or(Some(Value::Array(Vec::new()))))];
        let parts = parts.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?)));
        fields.push(("fairplay".into(), Value::Object(parts.collect())));
    }
    for name in ["boxes", "keyIds", "warnings"] {
        let mut list = take(&mut fields, name).unwrap_or(Value::Array(Vec::new()));
        if let Value::Array(items) = &mut list {
            items.iter_mut().for_each(worded);
        }
        fields.push((name.into(), list));
    }
    sorted(Value::Object(fields))
}

/// Turns numbers of codes and reasons into names, in boxes and warnings.
fn worded(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    if let Some(error) = take(fields, "payloadError") {
        fields.push(("payloadError".into(), Value::String(reason_of(&error).as_str().into())));
    }
    if let Some(code) = take(fields, "code") {
        let (code, reason) = (Code::ALL[number_of(&code)], take(fields, "reason").map(|reason| reason_of(&reason)));
        let message = Problem { code, reason, parameters: Vec::new() }.message();
        fields.push(("code".into(), Value::String(code.as_str().into())));
        fields.push(("message".into(), Value::String(message)));
    }
}

/// The same value with the fields of its objects by their names, each once.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Object(fields) => {
            let mut once = Vec::new();
            fields.into_iter().for_each(|(name, value)| set(&mut once, &name, sorted(value)));
            once.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(once)
        }
        other => other,
    }
}
