//! Hostile input, for every parser: no panic, no place outside the input, work linear in its length.
//!
//! Inputs are random bytes, and well-formed examples with bytes changed, cut, doubled and joined, which reach deep
//! code. Work is counted in steps ([`crate::bytes::steps`]), never in time.

use crate::bytes::{Span, steps};
use crate::init_data::collect::Collector;
use crate::init_data::visitor::{PsshHeader, Report};
use crate::init_data::{InitDataType, Options, fairplay, from_text, parse, payload, sinf};
use crate::license::body::{Body, Kind};
use crate::license::response;
use crate::system::Drm;
use crate::{error, init_data, json, record, system, text, xml};
use proptest::collection::vec;
use proptest::prelude::*;

#[path = "../tests/support/record.rs"]
mod record_support;

const XML: &str = "<?xml version='1.0'?><WRMHEADER xmlns='x' version=\"4.3.0.0\"><DATA><PROTECTINFO><KIDS><KID ALGID='AESCTR' VALUE='AgICAgICAgICAgICAgICAg=='/></KIDS></PROTECTINFO><KID>AQEBAQEBAQEBAQEBAQEBAQ==</KID><CHECKSUM>c</CHECKSUM><!-- c --><LA_URL>a&amp;b</LA_URL><CUSTOMATTRIBUTES><PERIOD_INDEX>1</PERIOD_INDEX></CUSTOMATTRIBUTES></DATA></WRMHEADER>";

fn object() -> Vec<u8> {
    let header = text::to_utf16_le(XML);
    let length = |size: usize| u16::try_from(size).unwrap().to_le_bytes();
    [&length(header.len().saturating_add(10))[..], &[0, 0, 1, 0, 1, 0], &length(header.len()), &header].concat()
}

/// Well-formed examples of every format.
fn examples() -> Vec<Vec<u8>> {
    let widevine =
        b"\x08\x01\x12\x10KKKKKKKKKKKKKKKK\x22\x13cid0000000000000080\x38\x80\x01\x72\x06\x0a\x01E\x12\x01K\xa5\x06abcd".to_vec();
    let boxed = |kind: &[u8; 4], parts: &[&[u8]]| {
        let body = parts.concat();
        let size = u32::try_from(body.len().saturating_add(8)).unwrap().to_be_bytes();
        [&size[..], kind, &body].concat()
    };
    let pssh = |id: &[u8; 16], data: &[u8]| boxed(b"pssh", &[&[0; 4], id, &u32::try_from(data.len()).unwrap().to_be_bytes(), data]);
    let common = boxed(b"pssh", &[b"\x01\0\0\0", &system::COMMON, b"\0\0\0\x02KKKKKKKKKKKKKKKKLLLLLLLLLLLLLLLL\0\0\0\0"]);
    let sinf = boxed(
        b"sinf",
        &[b"\0\0\0\x0cfrmaavc1\0\0\0\x14schm\0\0\0\0cbcs\0\x01\0\0\0\0\0\x28schi\0\0\0\x20tenc\0\0\0\0\0\0\x01\x08KKKKKKKKKKKKKKKK"],
    );
    let entry = boxed(b"encv", &[&[0; 78], &sinf]);
    let stbl = boxed(b"stbl", &[&boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &entry])]);
    let trak = boxed(b"trak", &[&boxed(b"tkhd", &[&[0; 20]]), &boxed(b"mdia", &[&boxed(b"minf", &[&stbl])])]);
    let playready = pssh(&system::PLAYREADY, &object());
    let others = [
        pssh(&system::NAGRA, text::to_base64url(br#"{"contentId":"film","keyId":"00112233445566778899aabbccddeeff"}"#).as_bytes()),
        pssh(&system::WISEPLAY, br#"{"version":"V1.0","kids":["AAAAAAAAAAAAAAAAAAAAAQ=="],"contentID":"Zm9v","enschema":"cbcs"}"#),
        pssh(&system::IRDETO, b"\0\0\0\0\0\0\0\0\0<a/>"),
        pssh(&system::MARLIN, b"\0\0\0\x2fmarl\0\0\0\x27mkid\0\0\0\0\0\0\0\x01\0\0\0\x13KKKKKKKKKKKKKKKKcid"),
        pssh(&system::NCG, b"x"),
    ];
    let base64 = text::to_base64(&common).into_bytes();
    let fairplay = b"\0\0\0\x3cfpsd\0\0\0\x10fpsi\0\0\0\0cbcs\0\0\0\x24fpsk\0\0\0\x1cfkri\0\0\0\0KKKKKKKKKKKKKKKK".to_vec();
    vec![
        pssh(&system::WIDEVINE, &widevine),
        [&common[..], &playready, &pssh(&system::FAIRPLAY, &fairplay)].concat(),
        others.concat(),
        boxed(b"moov", &[&trak, &common]),
        widevine,
        object(),
        text::to_utf16_le("skd://cid0000000000000080"),
        fairplay::build_legacy(b"\x06\0\0\0s\0k\0d\0", "id", &[0x30, 0x82]),
        fairplay,
        XML.into(),
        // Its KID is in the place of version 4.1: a warning from within a payload.
        b"<WRMHEADER version='4.3.0.0'><DATA><PROTECTINFO><KID ALGID='AESCTR' VALUE='AAECAwQFBgcICQoLDA0ODw=='/></PROTECTINFO></DATA></WRMHEADER>".to_vec(),
        [b"{\"sinf\":[\"", text::to_base64(&sinf).as_bytes(), b"\"],\"kids\":[\"AQI\",\"\\u0041QI\"]}"].concat(),
        [b"#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"data:;base64,", &base64[..], b"\",KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"\n"].concat(),
        [b"<MPD><Period><AdaptationSet><ContentProtection schemeIdUri='urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed' refId='a'><pssh>", &base64[..], b"</pssh></ContentProtection><ContentProtection ref='a' default_KID='00112233-4455-6677-8899-aabbccddeeff'/></AdaptationSet></Period></MPD>"].concat(),
        base64,
    ]
}

/// Examples in a row, with changes: set a byte, cut, double.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    changed(examples())
}

fn changed(examples: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let pick = vec(0..examples.len(), 1..4);
    let changes = vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..6);
    let mutated = (pick, changes).prop_map(move |(pick, changes)| {
        let mut data: Vec<u8> = pick.iter().flat_map(|at| examples[*at].clone()).collect();
        for (place, byte, what) in changes {
            let at = place.index(data.len().max(1));
            match (what, data.get_mut(at)) {
                (0, Some(old)) => *old = byte,
                (1, Some(old)) => *old ^= 1 << (byte & 7),
                (2, _) => data.truncate(at),
                (_, _) => data.extend_from_within(at..),
            }
        }
        data
    });
    prop_oneof![1 => vec(any::<u8>(), 0..300), 4 => mutated]
}

/// License servers' responses, in several wrappings.
fn responses() -> Vec<Vec<u8>> {
    let widevine = b"\x08\x02\x12\x06abcdef\x1a\x04SSSS\x3a\x01v".to_vec();
    let ckc = b"\0\0\0\x01\0\0\xfb\xffIVIVIVIVIVIVIVIV\0\0\0\x10PPPPPPPPPPPPPPPP".to_vec();
    let envelope = |body: &str| ["<s:Envelope xmlns:s='s'><s:Body>", body, "</s:Body></s:Envelope>"].concat();
    let soap = envelope("<AcquireLicenseResponse><Licenses><License>WE1S</License></Licenses></AcquireLicenseResponse>");
    let fault = envelope("<s:Fault><detail><StatusCode>0x8004c604</StatusCode><CustomData>1|&lt;no&gt;</CustomData></detail></s:Fault>");
    vec![
        text::to_base64(&widevine).into(),
        [b"{\"license\":\"", text::hex(&widevine).as_bytes(), b"\",\"renewal\":true}"].concat(),
        widevine,
        [b"<ckc>", text::to_base64(&ckc).as_bytes(), b"</ckc>"].concat(),
        ckc,
        text::to_utf16_le(&soap),
        text::to_base64(soap.as_bytes()).into(),
        soap.into(),
        fault.into(),
        b"{\"errorCode\":\"7011\",\"message\":\"\xb8\xb8\xb7\xe1\"}".to_vec(),
        b"{\"keys\":[{\"kty\":\"oct\",\"kid\":\"AQI\",\"k\":\"AQI\"}]}".to_vec(),
        b"<Error><Code>AccessDenied</Code></Error>".to_vec(),
    ]
}

/// A maximum number of steps per byte, plus a constant for small inputs.
fn is_linear<T>(length: usize, work: impl FnOnce() -> T) -> Result<T, TestCaseError> {
    let (steps, value) = steps::of(work);
    let bound = (length as u64).saturating_mul(40).saturating_add(2000);
    prop_assert!(steps <= bound, "{steps} steps for {length} bytes");
    Ok(value)
}

/// Whether every place that a JSON text names lies in the input.
fn places_are_inside(json: &serde_json::Value, length: usize) -> bool {
    const PLACES: [&str; 7] = ["data", "padding", "contentIdBytes", "groupedLicense", "value", "assetId", "context"];
    let number = |value: &serde_json::Value| value.as_u64().map_or(usize::MAX, |number| number as usize);
    let inside = |name: &str, value: &serde_json::Value| match value {
        serde_json::Value::Array(pair) if PLACES.contains(&name) => pair.iter().map(number).fold(0, usize::saturating_add) <= length,
        _ if name == "offset" => number(value) <= length,
        _ => true,
    };
    match json {
        serde_json::Value::Object(fields) => {
            fields.iter().all(|(name, value)| inside(name, value) && places_are_inside(value, length))
                && fields.get("size").is_none_or(|size| number(size).saturating_add(number(&json["offset"])) <= length)
        }
        serde_json::Value::Array(items) => items.iter().all(|item| places_are_inside(item, length)),
        _ => true,
    }
}

const KINDS: [Option<InitDataType>; 6] = [
    None,
    Some(InitDataType::Cenc),
    Some(InitDataType::Keyids),
    Some(InitDataType::Webm),
    Some(InitDataType::Skd),
    Some(InitDataType::Sinf),
];

#[test]
fn records_of_examples_equal_the_typed_structs() {
    for data in examples() {
        for kind in KINDS {
            for strict in [false, true] {
                record_support::assert_agreement(&data, Options { kind, strict });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn init_data_of_every_type(data in hostile(), strict: bool) {
        for kind in KINDS {
            let Ok(read) = is_linear(data.len(), || parse(&data, Options { kind, strict }))? else { continue };
            let json: serde_json::Value = serde_json::from_str(&read.to_json()).unwrap();
            prop_assert!(places_are_inside(&json, data.len()), "{json}");
            prop_assert_eq!(json["boxes"].as_array().unwrap().len(), read.boxes.len());
        }
    }

    #[test]
    fn records_equal_the_typed_structs(data in hostile(), strict: bool) {
        for kind in KINDS {
            record_support::assert_agreement(&data, Options { kind, strict });
        }
    }

    #[test]
    fn payloads(data in hostile()) {
        let span = Span::whole(&data);
        for system_id in [system::WIDEVINE, system::PLAYREADY, system::FAIRPLAY, system::NAGRA, system::WISEPLAY, system::MARLIN] {
            let mut collector = Collector::default();
            let mut out = Report::new(&mut collector);
            let pssh = PsshHeader::bare(system_id, span);
            out.begin_box(&pssh);
            let read = is_linear(data.len(), || payload::read(&pssh, false, &mut out))?;
            prop_assert!(read.is_ok() || out.summary.key_ids.is_empty());
            let collected = collector.finished();
            prop_assert!(read.is_ok() || collected.boxes[0].payload.is_none() && collected.fairplay.is_none());
            let json: serde_json::Value = serde_json::from_str(&collected.to_json()).unwrap();
            prop_assert!(places_are_inside(&json, data.len()), "{json}");
        }
        let _ = is_linear(data.len(), || fairplay::read_legacy(&data))?;
        let _ = is_linear(data.len(), || sinf::read(span))?;
    }

    /// An accepted license is also a license without its wrapping; a refusal has a reason.
    #[test]
    fn license_responses(data in changed(responses()), status in prop_oneof![Just(200_u16), Just(400)]) {
        for drm in [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey] {
            match is_linear(data.len(), || response::read(drm, status, &data))? {
                Ok(license) => {
                    prop_assert_eq!(status, 200);
                    prop_assert_eq!(Body::new(&license.data).0, Kind::License(drm));
                }
                Err(error) => {
                    prop_assert!(!error.message().ends_with(": ."), "{}", error);
                    let words = error.server.as_ref().map_or(0, |server| server.message.chars().count());
                    prop_assert!(words <= 200);
                }
            }
        }
    }

    #[test]
    fn texts(data in hostile()) {
        let text = String::from_utf8_lossy(&data);
        let _ = is_linear(text.len(), || from_text(&text))?;
        let _ = is_linear(text.len(), || json::parse(&text))?;
        is_linear(text.len(), || {
            let mut reader = xml::Reader::new(&text);
            while let Ok(Some(_)) = reader.event() {
                assert!(reader.offset() <= reader.end() && reader.end() <= text.len());
            }
        })?;
    }
}

#[cfg(feature = "inspect")]
mod tools {
    use super::*;
    use crate::init_data::segment;
    use crate::write;
    use crate::{inspect, manifest};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn segments(data in hostile()) {
            if let Ok(read) = is_linear(data.len(), || segment::parse(&data))? {
                let json: serde_json::Value = serde_json::from_str(&read.to_json()).unwrap();
                prop_assert!(places_are_inside(&json, data.len()), "{json}");
            }
        }

        #[test]
        fn manifests(data in hostile()) {
            let text = String::from_utf8_lossy(&data);
            if let Ok(read) = is_linear(text.len(), || manifest::parse(&text))? {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&read.to_json()).is_ok());
            }
        }

        #[test]
        fn any_input_is_identified(data in hostile()) {
            let found = is_linear(data.len().saturating_mul(5), || inspect::bytes(&data))?;
            prop_assert!(serde_json::from_str::<serde_json::Value>(&found.to_json()).is_ok());
            let text = String::from_utf8_lossy(&data);
            is_linear(text.len().saturating_mul(5), || inspect::text(&text))?;
        }

        #[test]
        fn boxes_round_trip(data in hostile()) {
            let Ok(read) = parse(&data, Options { kind: Some(InitDataType::Cenc), strict: false }) else { return Ok(()) };
            let json: serde_json::Value = serde_json::from_str(&read.to_json()).unwrap();
            for pssh in json["boxes"].as_array().unwrap() {
                let mut fields = pssh.clone();
                for name in ["data", "padding"] {
                    if let Some(place) = pssh.get(name) {
                        let [at, length] = [0, 1].map(|part| place[part].as_u64().unwrap() as usize);
                        fields[name] = text::hex(&data[at..][..length]).into();
                    }
                }
                let written = write::pssh(&json::parse(&fields.to_string()).unwrap()).unwrap();
                prop_assert!(data[pssh["offset"].as_u64().unwrap() as usize..].starts_with(&written));
                prop_assert_eq!(written.len() as u64, pssh["size"].as_u64().unwrap());
            }
        }
    }
}
