//! Allocations of parsers are bounded by the length of their input, whatever counts and sizes the input claims.
//!
//! All memory of this test goes through an allocator that counts. It counts for the whole process, so there is one
//! test.
#![cfg(not(target_arch = "wasm32"))] // There the crate has its own allocator.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

use pallycon_drm::init_data::{InitDataType, Options, parse};
use pallycon_drm::record::Record;
use pallycon_drm::{init_data, json, xml};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes allocated for each byte of input, growth of lists counted each time; a list of boxes needs the most.
const FACTOR: usize = 400;

fn bounded<T>(name: &str, length: usize, work: impl FnOnce() -> T) {
    let region = Region::new(ALLOCATOR);
    drop(work());
    let allocated = region.change().bytes_allocated;
    assert!(allocated <= length * FACTOR + 20_000, "{name}: {allocated} bytes for {length}");
}

#[test]
fn allocations_are_bounded_by_the_input() {
    let system = [7; 16];
    let large = u32::MAX.to_be_bytes();
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("a count of keys", [&b"\0\0\0\x34pssh\x01\0\0\0"[..], &system, &large, &[0; 20]].concat()),
        ("a size of data", [&b"\0\0\0\x20pssh\0\0\0\0"[..], &system, &large].concat()),
        ("a 64-bit size", [&b"\0\0\0\x01pssh\xff\xff\xff\xff\xff\xff\xff\xff"[..], &[0; 64]].concat()),
        ("a length of a field", b"\x12\xff\xff\xff\xff\x0f".to_vec()),
        ("a count of records", b"\x08\0\0\0\xff\xff\x01\0".to_vec()),
        ("many boxes", [&b"\0\0\0\x20pssh\0\0\0\0"[..], &system, &[0; 4]].concat().repeat(5000)),
        ("many key ids", [&160_032_u32.to_be_bytes()[..], b"pssh\x01\0\0\0", &system, &10_000_u32.to_be_bytes(), &[9; 160_000]].concat()),
        ("many fields", b"\x12\x01k".repeat(20_000)),
        ("many texts", [&b"{\"kids\":["[..], &b"\"AQ\",".repeat(20_000), b"\"AQ\"]}"].concat()),
        ("deep JSON", b"[".repeat(100_000)),
        ("deep XML", b"<a>".repeat(30_000)),
        ("many references", [&b"<WRMHEADER>"[..], &b"&#65;".repeat(20_000), b"</WRMHEADER>"].concat()),
        ("many records", [&60_006_u32.to_le_bytes()[..], &15_000_u16.to_le_bytes(), &b"\x03\0\0\0".repeat(15_000)].concat()),
    ];
    for (name, data) in &inputs {
        for kind in [None, Some(InitDataType::Cenc), Some(InitDataType::Skd), Some(InitDataType::Sinf)] {
            let options = Options { kind, strict: false };
            bounded(name, data.len(), || parse(data, options).map(drop).map_err(drop));
            bounded(name, data.len(), || init_data::read(data, options, &mut Record::new()).map_err(drop));
        }
        if let Ok(text) = str::from_utf8(data) {
            bounded(name, data.len(), || json::parse(text));
            bounded(name, data.len(), || {
                let mut reader = xml::Reader::new(text);
                while let Ok(Some(_)) = reader.event() {}
            });
        }
        #[cfg(feature = "inspect")]
        tools(name, data);
    }
}

#[cfg(feature = "inspect")]
fn tools(name: &str, data: &[u8]) {
    use pallycon_drm::init_data::segment;
    use pallycon_drm::{inspect, manifest};
    bounded(name, data.len(), || parse(data, Options::default()).map(|read| read.to_json().len()).map_err(drop));
    let moov = [&u32::try_from(data.len() + 8).unwrap().to_be_bytes()[..], b"moov", data].concat();
    bounded(name, moov.len(), || segment::parse(&moov).map(|read| read.to_json().len()).map_err(drop));
    bounded(name, data.len(), || inspect::bytes(data));
    if let Ok(text) = str::from_utf8(data) {
        bounded(name, data.len(), || manifest::parse(text).map_err(drop));
        bounded(name, data.len(), || manifest::hls::parse(text));
    }
}
