//! Licenses in every form that services send: none of them may be refused.
//!
//! The forms are those of `docs/protocol.md`, "What is a license", and of the local license server
//! (`docs/simulated-drm.md`). Contents are invented and contain no CDM's secret.

use super::*;
use crate::text::{hex, to_base64, to_base64url, to_utf16_le};

/// A protobuf field of bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    [&out[..], &[length as u8], bytes].concat()
}

/// Bytes of every value, including those that base64 spells with + and /.
fn opaque(length: usize) -> Vec<u8> {
    (0..length).map(|at| at.wrapping_mul(167).wrapping_add(251) as u8).collect()
}

/// SignedMessage of a type, with message, signature and session key, then other fields.
fn signed(kind: u8, message: &[u8], others: &[u8]) -> Vec<u8> {
    [&[8, kind][..], &field(2, message), &field(3, &opaque(32)), &field(4, &opaque(256)), others].concat()
}

fn widevine() -> Vec<(&'static str, Vec<u8>)> {
    // License: 1 id, 2 policy, 3 keys, 4 start time.
    let license = [&field(1, &field(1, &opaque(16)))[..], &field(2, &[8, 1, 0x18, 1]), &field(3, &opaque(120)), b"\x20\x80\x01"].concat();
    vec![
        ("a license", signed(2, &license, &[])),
        ("without a session key, as in a renewal", [&[8, 2][..], &field(2, &license), &field(3, &opaque(32))].concat()),
        ("a release: the id of the license and no key", signed(2, &field(1, &opaque(16)), &[])),
        ("a service certificate", [&[8, 5][..], &field(2, &[field(1, &opaque(700)), field(2, &opaque(384))].concat())].concat()),
        // 5 remote attestation, 6 metric data, 7 version of the service (fields of other wire types, too), 9 session
        // key type.
        (
            "unknown fields",
            signed(
                2,
                &license,
                &[
                    &field(5, &opaque(9))[..],
                    &field(7, b"19.0"),
                    b"\x48\x02\x5d\x01\x02\x03\x04\x61\x01\x02\x03\x04\x05\x06\x07\x08\xfa\x07\x00",
                ]
                .concat(),
            ),
        ),
        ("a large one, of many keys", signed(2, &field(3, &opaque(200)).repeat(400), &[])),
        ("fields in another order", [&field(3, &opaque(32))[..], &field(2, &license), &[8, 2]].concat()),
        ("a type in more bytes than it needs", [&[8, 0x82, 0][..], &field(2, &license)].concat()),
    ]
}

fn ckc(version: u8, reserved: [u8; 4], payload: usize) -> Vec<u8> {
    let length = u32::try_from(payload).unwrap().to_be_bytes();
    [&[0, 0, 0, version][..], &reserved, &opaque(16), &length, &opaque(payload)].concat()
}

fn fairplay() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("version 1", ckc(1, [0; 4], 512)),
        ("another version", ckc(2, [0; 4], 640)),
        ("a future version", ckc(26, [0; 4], 640)),
        ("the server's data in the reserved bytes", ckc(1, [0, 0, 0x34, 0x0a], 512)),
        ("a large one, with an offline key", ckc(1, [0; 4], 40_000)),
        ("the smallest payload", ckc(1, [0; 4], 16)),
    ]
}

/// The envelope of "PlayReady License Server" in Microsoft's documentation, with an operation's response in it.
fn envelope(operation: &str, response: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n\t<soap:Body>\n\
         <{operation}Response xmlns=\"http://schemas.microsoft.com/DRM/2007/03/protocols\"><{operation}Result>\
         <Response xmlns=\"http://schemas.microsoft.com/DRM/2007/03/protocols/messages\">{response}\
         <Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignatureValue>{}</SignatureValue></Signature>\
         </Response></{operation}Result></{operation}Response></soap:Body></soap:Envelope>",
        to_base64(&opaque(64))
    )
}

fn licenses(count: usize, size: usize, more: &str) -> String {
    let license = format!("<License>{}</License>", to_base64(&[b"XMR\0", &opaque(size)[..]].concat()));
    let response = format!(
        "<LicenseResponse xmlns=\"http://schemas.microsoft.com/DRM/2007/03/protocols\" Id=\"SignedData\"><Version>1</Version>\
         <Licenses>{}</Licenses>{more}<LicenseNonce>7GYVLC7wvGVR0nqGYXs4DQ==</LicenseNonce></LicenseResponse>",
        license.repeat(count)
    );
    envelope("AcquireLicense", &response)
}

fn playready() -> Vec<(&'static str, Vec<u8>)> {
    let revocation = "<RevInfo><Revocation><ListID>ioydTlK2p0WXkWklprR5Hw==</ListID><ListData>AAAA</ListData></Revocation></RevInfo>\
        <Acknowledgement><TransactionID>265e4a30-72f9-4f46-b41e-102a21ac4bc9</TransactionID></Acknowledgement>\
        <CustomData>code&amp;text</CustomData><SigningCertificateChain>AAAA</SigningCertificateChain>";
    let one = licenses(1, 400, "");
    vec![
        ("a license", one.clone()),
        ("revocation lists, custom data and a request to acknowledge", licenses(1, 400, revocation)),
        ("root and leaf", licenses(2, 400, "")),
        ("a large one", licenses(40, 2_000, "")),
        ("no prefixes", one.replace("soap:", "").replace("xmlns:soap", "xmlns")),
        ("another prefix", one.replace("soap", "s")),
        (
            "SOAP 1.2 with a header",
            one.replace("<soap:Body>", "<soap:Header><a:Action xmlns:a=\"a\">r</a:Action></soap:Header><soap:Body>"),
        ),
        ("a comment and line ends after it", format!("{one}\r\n<!-- node 7 -->\r\n")),
        ("the response to an acknowledgement", envelope("AcknowledgeLicense", "")),
        ("the response to secure stop data", envelope("ProcessSecureStopData", "<SecureStopResponse/>")),
        ("the response to metering data", envelope("ProcessMeteringData", "")),
        ("the response to deleted licenses", envelope("ProcessDeleteLicenseData", "")),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.into_bytes()))
    .collect()
}

/// Lines of 76 characters, as MIME has them.
fn lines(base64: &str) -> String {
    base64.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned() + "\r\n").collect()
}

/// Each license in each known wrapping of its DRM.
fn wrapped(drm: Drm, license: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let base64 = to_base64(license);
    let escaped = base64.replace('/', "\\/");
    let mut out = vec![
        ("unchanged", license.to_vec()),
        ("base64", base64.clone().into_bytes()),
        ("base64 between whitespace", format!("\r\n {base64}\n").into_bytes()),
        ("base64 in lines", lines(&base64).into_bytes()),
        ("base64 after a byte order mark", format!("\u{feff}{base64}").into_bytes()),
        ("base64url", to_base64url(license).into_bytes()),
        ("base64 in JSON", format!("{{\"license\":\"{escaped}\",\"renewal\":true}}").into_bytes()),
        ("base64url in JSON", format!("\u{feff} {{\"license\" : \"{}\"}}\n", to_base64url(license)).into_bytes()),
    ];
    match drm {
        Drm::Widevine => {
            out.push(("hex in JSON", format!("{{\"license\":\"{}\",\"renewal_duration\":60}}", hex(license)).into_bytes()));
            out.push(("upper-case hex in JSON", format!("{{\"license\":\"{}\"}}", hex(license).to_uppercase()).into_bytes()));
        }
        Drm::FairPlay => {
            out.push(("an element", format!("<ckc>{base64}</ckc>").into_bytes()));
            out.push(("an element with line ends", format!("\n<ckc>\n{}</ckc>\n", lines(&base64)).into_bytes()));
            for name in ["ckc", "CkcMessage", "License"] {
                out.push(("JSON", format!("{{\"{name}\":\"{escaped}\"}}").into_bytes()));
            }
        }
        _ => {
            let text = str::from_utf8(license).unwrap();
            let json = crate::json::Value::String(text.into());
            let quoted = serde_json::to_string(json.as_str().unwrap()).unwrap();
            out.push(("text in JSON", format!("{{\"license\":{quoted}}}").into_bytes()));
        }
    }
    out
}

fn accepted(drm: Drm, name: &str, body: &[u8], license: &[u8]) {
    match read(drm, 200, body) {
        Ok(read) => assert!(read.data == license, "{drm:?}, {name}: other bytes"),
        Err(error) => panic!("{drm:?}, {name}: {error}"),
    }
}

#[test]
fn no_real_license_is_refused() {
    for (drm, all) in [(Drm::Widevine, widevine()), (Drm::FairPlay, fairplay()), (Drm::PlayReady, playready())] {
        for (name, license) in all {
            for (wrapping, body) in wrapped(drm, &license) {
                accepted(drm, &format!("{name}, {wrapping}"), &body, &license);
            }
            accepted(drm, name, &license, &license);
            assert_eq!(read(drm, 201, &license).map(|license| license.data.len()), Ok(license.len()), "any 2xx");
        }
    }
}

#[test]
fn playready_in_utf_16() {
    for (name, license) in playready() {
        let text = str::from_utf8(&license).unwrap().replace("utf-8", "utf-16");
        let little = to_utf16_le(&text);
        let big: Vec<u8> = little.chunks(2).flat_map(|unit| [unit[1], unit[0]]).collect();
        for body in [
            little.clone(),
            [&[0xff, 0xfe][..], &little].concat(),
            [&[0xfe, 0xff][..], &big].concat(),
            [&b"\xef\xbb\xbf"[..], &license].concat(),
        ] {
            accepted(Drm::PlayReady, name, &body, &body);
            accepted(Drm::PlayReady, name, to_base64(&body).as_bytes(), &body);
        }
    }
}

#[test]
fn clearkey_key_sets() {
    for body in [
        r#"{"keys":[{"kty":"oct","kid":"AAAAAAAAAAAAAAAAAAAAAQ","k":"AAAAAAAAAAAAAAAAAAAAAg"}],"type":"temporary"}"#,
        " {\"type\":\"persistent-license\",\"keys\":[{\"k\":\"a\",\"kid\":\"b\",\"kty\":\"oct\",\"alg\":\"A128KW\"},{}],\"more\":[1]}\r\n",
    ] {
        accepted(Drm::ClearKey, "a set", body.as_bytes(), body.as_bytes());
    }
}

/// The format that the local license server writes and the bridge reads (`docs/simulated-drm.md`).
#[test]
fn the_simulated_formats_follow_the_real_ones() {
    let message = [field(1, &opaque(16)), field(2, &[field(1, &opaque(16)), field(2, &opaque(16))].concat()), vec![0x18, 60]].concat();
    let license = [&[8, 2][..], &field(2, &message), &field(3, &opaque(32))].concat();
    accepted(Drm::Widevine, "license", &license, &license);
    let certificate = [&[8, 5][..], &field(2, &[field(1, b"certificate"), field(2, &opaque(32))].concat())].concat();
    accepted(Drm::Widevine, "service certificate", &certificate, &certificate);
    // nonce, count, (key id, key), renewal, hash
    let payload = 16 + 1 + 32 + 4 + 32;
    let ckc = ckc(1, [0; 4], payload);
    accepted(Drm::FairPlay, "CKC", to_base64(&ckc).as_bytes(), &ckc);
}
