//! That the full readers answer the same, on many inputs; that nothing panics; that work is linear.

use super::generate::*;
use super::*;
use crate::bytes::steps;
use crate::text::to_base64;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;

/// Inputs of a test.
const CASES: u32 = 2000;

/// Tries inputs. Of a hundred so many must be taken at least, or nothing would be compared.
pub fn many<T: std::fmt::Debug>(inputs: impl Strategy<Value = T>, least: u32, is_taken: impl Fn(T) -> bool) {
    let taken = Cell::new(0_u32);
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&inputs, |input| {
        taken.set(taken.get() + u32::from(is_taken(input)));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(taken.get() * 100 >= CASES * least, "{} of {CASES} were taken", taken.get());
}

#[test]
fn boxes() {
    many(cenc(), 15, |data| identified(InitDataType::Cenc, &data).is_some());
}

#[test]
fn headers() {
    many(xml(), 35, |xml| identified(InitDataType::Cenc, &playready(&xml)).is_some());
}

#[test]
fn uris() {
    many(skd(), 25, |uri| identified(InitDataType::Skd, &uri).is_some());
}

#[test]
fn requests() {
    let others = (prop::sample::select(&DRMS[..]), any::<bool>());
    many((message(), custom_data(), url(), others), 20, |(message, custom_data, url, (drm, by_url))| {
        requested(drm, &message, &url, Some(&custom_data), by_url).is_some()
    });
}

#[test]
fn licenses() {
    many(widevine_license(), 15, |body| licensed(Drm::Widevine, &body).is_some());
    many(soap(), 15, |body| licensed(Drm::PlayReady, &body).is_some());
    many(ckc(), 15, |body| licensed(Drm::FairPlay, &body).is_some());
}

#[test]
fn certificates() {
    many(der(), 35, |body| certified(Drm::FairPlay, &body).is_some());
}

/// Anything at all, to everything.
fn all(data: &[u8]) {
    for kind in [InitDataType::Cenc, InitDataType::Skd] {
        identified(kind, data);
    }
    identified(InitDataType::Cenc, &playready(&String::from_utf8_lossy(data)));
    for drm in DRMS {
        requested(drm, data, URL, Some("token"), false);
        licensed(drm, data);
        certified(drm, data);
    }
}

#[test]
fn of_anything_at_all_each_is_answered_or_left() {
    let bodies = prop_oneof![widevine_license(), soap(), ckc(), der(), message(), skd()];
    many(prop_oneof![1 => vec(any::<u8>(), 0..200), 1 => cenc(), 1 => bodies], 0, |data| {
        all(&data);
        true
    });
}

/// Each byte of what is taken, replaced by each that means something, and each such byte put in.
#[test]
fn every_place_of_what_is_taken() {
    let header = "<WRMHEADER a=\"\"><DATA><KID>AAAAAAAAAAAAAAAAAAAAAA==</KID><PROTECTINFO><KIDS><KID VALUE=\"AQEBAQEBAQEBAQEBAQEBAQ==\" /></KIDS></PROTECTINFO></DATA></WRMHEADER>";
    let bytes: Vec<u8> = (0..=0x20).chain(*b"!\"&'-/:<=>?[]_{|AKaz09\x7f\x80\xc3\xff").collect();
    let each = |data: &[u8], check: &dyn Fn(&[u8]) -> bool| {
        assert!(check(data));
        for at in 0..data.len() {
            for byte in &bytes {
                let (before, behind) = data.split_at(at);
                check(&[before, &[*byte], behind].concat());
                check(&[before, &[*byte], &behind[1..]].concat());
            }
            check(&data[..at]);
        }
    };
    each(header.as_bytes(), &|data| str::from_utf8(data).is_ok_and(|xml| identified(InitDataType::Cenc, &playready(xml)).is_some()));
    let widevine = b"\x08\x01\x12\x10KKKKKKKKKKKKKKKK\x22\x11c0000000000000005\x38\x05\x48\xe3\xdc\x95\x9b\x06";
    let boxed = pssh(crate::system::WIDEVINE, &[[7; 16]], widevine);
    each(&boxed, &|data| identified(InitDataType::Cenc, data).is_some());
    each(widevine, &|data| identified(InitDataType::Cenc, &pssh(crate::system::WIDEVINE, &[], data)).is_some());
    each(b"skd://AAAAAAAAAAAAAAAAAAAAAA==", &|data| identified(InitDataType::Skd, data).is_some());
    each(b"\x08\x02\x12\x03abc\x1a\x02de\x20\x05", &|data| licensed(Drm::Widevine, data).is_some());
    each(b"<soap:Envelope><AcquireLicenseResponse/></soap:Envelope>", &|data| licensed(Drm::PlayReady, data).is_some());
    each(to_base64(b"\0\0\0\x01\xfb\xff\xfe").as_bytes(), &|data| licensed(Drm::FairPlay, data).is_some());
    each(to_base64(b"\x30\x82\x01\0\xfb\xff").as_bytes(), &|data| certified(Drm::FairPlay, data).is_some());
    each(b"\x30\x82\x01\0\xfb\xff", &|data| certified(Drm::FairPlay, data).is_some());
    each(b"<?xml version=\"1.0\"?><soap:Envelope/>", &|data| requested(Drm::PlayReady, data, URL, Some("token"), true).is_some());
}

#[test]
fn work_is_linear() {
    let common = pssh(crate::system::COMMON, &[[1; 16], [2; 16]], b"");
    let widevine = pssh(crate::system::WIDEVINE, &[], b"\x12\x10KKKKKKKKKKKKKKKK\x22\x01a");
    let pieces: [&[u8]; 18] = [
        &common,
        &widevine,
        b"pssh",
        b"\0\0\0\x08pssh",
        b"\xff",
        b"\0",
        b"\x12\x10KKKKKKKKKKKKKKKK",
        b"\x12\0",
        b"\x38\x01",
        b"<",
        b">",
        b"<A>",
        b"<A a=\"b\">",
        b"<A/>",
        b" a=\"b\"",
        b"\"=",
        b"A",
        b"<soap:Envelope",
    ];
    type Frame = fn(&[u8]) -> Vec<u8>;
    let frames: [Frame; 5] = [
        |data| data.into(),
        |data| pssh(crate::system::WIDEVINE, &[], data),
        // As long as an object can tell: to both the same, so that the work of the longer is not cut.
        |data| playready(&["<WRMHEADER><DATA>", &String::from_utf8_lossy(&data[..data.len().min(30_000)]), "</DATA></WRMHEADER>"].concat()),
        |data| [b"\x08\x02", data].concat(),
        |data| [b"<?xml ", data, b"AcquireLicenseResponse</soap:Envelope>"].concat(),
    ];
    let work = |data: &[u8]| {
        steps::of(|| {
            let _ = super::super::identify(Some(InitDataType::Cenc), data);
            let _ = super::super::identify(Some(InitDataType::Skd), data);
            for drm in DRMS {
                let _ = super::super::request(drm, data, URL, Some("token"), false);
                let _ = (super::super::license(drm, data), super::super::certificate(drm, data));
            }
        })
        .0
    };
    for piece in pieces {
        for frame in frames {
            let (small, large) = (work(&frame(&piece.repeat(100))), work(&frame(&piece.repeat(1000))));
            assert!(large <= small * 11 + 2000, "{piece:?}: {small} then {large}");
        }
    }
}
