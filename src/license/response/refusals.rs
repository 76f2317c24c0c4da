//! Anything but a license never reaches the CDM; its error describes it and keeps the server's own text.

use super::*;
use crate::text::{to_base64, to_utf16_le};

const CDM: [Drm; 3] = [Drm::Widevine, Drm::PlayReady, Drm::FairPlay];

fn refused(drm: Drm, status: u16, body: &[u8]) -> Error {
    match read(drm, status, body) {
        Err(error) => error,
        Ok(license) => panic!("{drm:?}: {} bytes were accepted as a license: {:?}", license.data.len(), String::from_utf8_lossy(body)),
    }
}

/// A refusal with status 200: its reason, and the server's own error.
fn named(drm: Drm, body: &[u8]) -> (Reason, Option<String>) {
    let error = refused(drm, 200, body);
    assert_eq!(
        (error.code, error.phase, error.http_status, error.retryable),
        (Code::NotALicense, Phase::License, Some(200), false),
        "{error}"
    );
    (error.reason.unwrap(), error.server.as_ref().map(|server| server.message.clone()))
}

/// xorshift64*: the same bodies in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn fill(&mut self, length: usize) -> Vec<u8> {
        (0..length.div_ceil(8)).flat_map(|_| self.next().to_be_bytes()).take(length).collect()
    }
}

#[test]
fn no_random_body_is_a_license() {
    let mut random = Random(20_261_128);
    for _ in 0..100_000 {
        let length = random.next() % 40;
        let body = random.fill(length as usize);
        for drm in [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey] {
            refused(drm, 200, &body);
        }
    }
}

/// Bodies of only letters, which base64 and hex can decode, and bodies that begin like a license.
#[test]
fn no_random_text_or_random_end_is_a_license() {
    let mut random = Random(7011);
    for _ in 0..3_000 {
        let length = random.next() % 40;
        let bytes = random.fill(length as usize);
        let hex = crate::text::hex(&bytes);
        let ckc = [&[0, 0, 0, 1][..], &bytes].concat();
        for text in [to_base64(&bytes), hex.clone(), format!(r#"{{"license":"{hex}"}}"#), format!("<{hex}>"), format!("<ckc>{hex}</ckc>")] {
            CDM.iter().for_each(|drm| drop(refused(*drm, 200, text.as_bytes())));
        }
        CDM.iter().for_each(|drm| drop(refused(*drm, 200, &ckc)));
    }
}

#[test]
fn text_is_recognized_in_every_language_and_encoding() {
    let words =
        ["서비스를 사용할 수 없습니다", "Le service n’est pas disponible", "{“errorCode”:“7011”}", "Service Unavailable", "7011", "OK"];
    for text in words {
        for drm in CDM {
            assert_eq!(named(drm, text.as_bytes()), (Reason::Text, Some(text.into())), "{drm:?} {text}");
            assert_eq!(named(drm, format!("\u{feff}{text}\n").as_bytes()), (Reason::Text, Some(text.into())), "{drm:?} {text}");
        }
    }
    // EUC-KR and Latin-1: ASCII characters stay readable.
    for (body, said) in [(&b"code 7: \xbc\xad\xba\xf1\xbd\xba"[..], "code 7: ??????"), (b"r\xe9ponse", "r?ponse")] {
        CDM.iter().for_each(|drm| assert_eq!(named(*drm, body), (Reason::Text, Some(said.into()))));
    }
}

#[test]
fn pages_are_recognized_in_every_encoding() {
    let page = "<!DOCTYPE html><html><body>Sign in</body></html>";
    let little = to_utf16_le(page);
    let big: Vec<u8> = little.chunks(2).flat_map(|unit| [unit[1], unit[0]]).collect();
    for drm in CDM {
        for body in [
            page.as_bytes().to_vec(),
            [&[0xff, 0xfe][..], &little].concat(),
            [&[0xfe, 0xff][..], &big].concat(),
            big.clone(),
            [page.as_bytes(), b"\xbc\xad\xba\xf1"].concat(),
            to_base64(page.as_bytes()).into_bytes(),
        ] {
            assert_eq!(named(drm, &body).0, Reason::Html, "{drm:?} {body:?}");
        }
    }
}

#[test]
fn files_of_other_kinds() {
    for body in [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01"[..],
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xabV",                            // gzip
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nstream\n\x01\x02", // PDF
        b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41",                 // MP4
        b"\x07",
        b"\x0e\0\x12\x01a",                   // wire type 6
        b"^nt,\xde<ua\x04\x12\x96Gk\xdc\xf1", // wire type 6 as well
        b"\x08\x06\x12\x01a",                 // a well-formed message of another type
        b"\x12\x10KKKKKKKKKKKKKKKK",          // Widevine's init data
    ] {
        for drm in CDM {
            let (reason, said) = named(drm, body);
            assert!(matches!(reason, Reason::Binary | Reason::OtherDrmResponse | Reason::LicenseCutOff), "{drm:?} {body:?} {reason:?}");
            assert_eq!(said, None, "{body:?}");
        }
    }
    CDM.iter().for_each(|drm| drop(refused(*drm, 200, b"\xff\xff")));
}

#[test]
fn a_returned_challenge() {
    let soap = r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><AcquireLicense xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols"><challenge/></AcquireLicense></soap:Body></soap:Envelope>"#;
    let message = "<PlayReadyKeyMessage type=\"LicenseAcquisition\"><LicenseAcquisition><Challenge>AA==</Challenge></LicenseAcquisition></PlayReadyKeyMessage>";
    for (drm, body) in [
        (Drm::PlayReady, soap.as_bytes().to_vec()),
        (Drm::PlayReady, to_utf16_le(message)),
        (Drm::PlayReady, to_base64(soap.as_bytes()).into_bytes()),
        (Drm::Widevine, vec![8, 1, 0x12, 2, 1, 2, 0x1a, 1, 3]),
        (Drm::Widevine, vec![8, 4]),
        (Drm::FairPlay, b"spc=AAAA%2B".to_vec()),
    ] {
        // It contains the token if the CDM included one, so nothing of it is repeated.
        assert_eq!(named(drm, &body), (Reason::ChallengeBack, None), "{drm:?}");
    }
}

#[test]
fn widevine_s_own_errors() {
    // type 3, msg: LicenseError { 1: 2, the device is revoked }
    let error = [8, 3, 0x12, 2, 8, 2];
    assert_eq!(named(Drm::Widevine, &error).0, Reason::WidevineError);
    assert_eq!(named(Drm::PlayReady, &error).0, Reason::OtherDrmResponse);
}

#[test]
fn xml_of_other_services() {
    let body = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message><HostId>x</HostId></Error>";
    for drm in CDM {
        let error = refused(drm, 200, body);
        assert_eq!(
            error.message(),
            format!("The license server's response is not a {} license: it is an XML error, AccessDenied.", drm.title())
        );
        let server = error.server.as_ref().unwrap();
        assert_eq!((&*server.code, &*server.message), ("AccessDenied", "Access Denied"));
        let error = refused(drm, 403, body);
        assert_eq!((error.code, &*error.server.as_ref().unwrap().code), (Code::Forbidden, "AccessDenied"));
        assert_eq!(named(drm, b"<status>down</status>"), (Reason::Xml, Some("<status>down</status>".into())));
    }
}

/// The error quotes the decoded base64, and nothing of a license.
#[test]
fn base64_is_quoted_decoded() {
    let error = to_base64(b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
    assert_eq!(named(Drm::PlayReady, error.as_bytes()), (Reason::XmlError, Some("Access Denied".into())));
    let cut = to_base64(&[8, 2, 0x12, 90, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(named(Drm::Widevine, cut.as_bytes()), (Reason::LicenseCutOff, None));
}

#[test]
fn soap_without_a_license() {
    let envelope = |body: &str| format!("<s:Envelope xmlns:s='s'><s:Body>{body}</s:Body></s:Envelope>");
    for body in [
        "",
        "<GetUserResponse><License>AA==</License></GetUserResponse>",
        "<AcquireLicenseResponse><Licenses/></AcquireLicenseResponse>",
        "<License>AA==</License>",
        "<a><AcquireLicenseResponse><License>AA==</License></AcquireLicenseResponse></a>",
    ] {
        assert_eq!(named(Drm::PlayReady, envelope(body).as_bytes()).0, Reason::Xml, "{body}");
        assert_eq!(named(Drm::Widevine, envelope(body).as_bytes()).0, Reason::OtherDrmResponse, "{body}");
    }
    let bare = "<LicenseResponse><Licenses><License>AA==</License></Licenses></LicenseResponse>";
    assert_eq!(named(Drm::PlayReady, bare.as_bytes()).0, Reason::Xml);
}

#[test]
fn a_fault_is_explained_by_its_custom_data() {
    let body = r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>x</faultstring><detail><Exception><StatusCode>0x8004c604</StatusCode><Message>m</Message><CustomData>LCN_4003|No CustomData in input</CustomData></Exception></detail></soap:Fault></soap:Body></soap:Envelope>"#;
    for (status, body) in
        [(500, body.as_bytes().to_vec()), (200, body.into()), (200, to_utf16_le(body)), (200, to_base64(body.as_bytes()).into())]
    {
        let error = refused(Drm::PlayReady, status, &body);
        assert_eq!((error.code, error.http_status), (Code::PlayreadyFault, Some(status)));
        let server = error.server.as_ref().unwrap();
        assert_eq!((&*server.code, &*server.message), ("0x8004c604", "LCN_4003|No CustomData in input"));
        assert_eq!(error.message(), "The PlayReady server refused the license (0x8004c604): LCN_4003|No CustomData in input");
    }
}

#[test]
fn the_text_of_another_service_is_kept() {
    for body in [
        r#"{"errors":[{"code":"device_revoked"}]}"#,
        r#"{"code":403,"message":"no subscription"}"#,
        r#"["no"]"#,
        "upstream request timeout",
    ] {
        for drm in [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey] {
            for status in [200, 400, 401, 404, 429, 500, 503] {
                let error = refused(drm, status, body.as_bytes());
                let server = error.server.as_ref().unwrap();
                assert_eq!((&*server.code, &*server.message), ("", body), "{drm:?} {status}");
                assert!(!error.to_json().contains("serverCode") && error.to_json().contains("serverMessage"));
            }
        }
    }
}

#[test]
fn the_text_of_another_service_is_bounded_and_without_secrets() {
    let token = to_base64(&[7; 60]).replace('/', "\\/");
    let body = format!(r#"{{"error":"bad token","token":"{token}","trace":"{}"}}"#, "at line. ".repeat(100));
    let error = refused(Drm::Widevine, 400, body.as_bytes());
    let message = &error.server.as_ref().unwrap().message;
    assert!(message.starts_with(r#"{"error":"bad token","token":"…","trace":"at line."#) && message.chars().count() <= 200, "{message}");
    // ClearKey's response consists of keys.
    let keys = br#"{"keys":[{"kty":"oct","kid":"AAAAAAAAAAAAAAAAAAAAAQ","k":"AAAAAAAAAAAAAAAAAAAAAg"}]}"#;
    assert_eq!(named(Drm::Widevine, keys), (Reason::OtherDrmResponse, None));
}

#[test]
fn pallycon_s_error_is_read_in_every_encoding() {
    let plain = r#"{"errorCode":"7011","message":"expired"}"#;
    let little = to_utf16_le(plain);
    for body in [
        b"{\"errorCode\":\"7011\",\"message\":\"\xb8\xb8\xb7\xe1\xb5\xc7\xbe\xfa\xbd\xc0\xb4\xcf\xb4\xd9\"}".to_vec(), // EUC-KR
        b"{\"errorCode\":7011,\"message\":\"expir\xe9\"}".to_vec(),                                                    // Latin-1
        little.clone(),
        [&[0xff, 0xfe][..], &little].concat(),
        format!("\u{feff}{plain}").into_bytes(),
    ] {
        for drm in CDM {
            let error = refused(drm, 200, &body);
            assert_eq!((error.code.as_str(), &*error.server.as_ref().unwrap().code), ("token-expired", "7011"), "{body:?}");
        }
    }
}
