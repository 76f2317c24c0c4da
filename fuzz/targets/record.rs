//! Init data of every type: the record that crosses into JavaScript says what the typed structs say.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use pallycon_drm::init_data::{InitDataType, Options};

fuzz_target!(|data: &[u8]| {
    let kinds = [None, Some(InitDataType::Cenc), Some(InitDataType::Keyids), Some(InitDataType::Webm), Some(InitDataType::Skd), Some(InitDataType::Sinf)];
    // The first byte chooses: all types at once would take twelve times as long.
    let Some((choice, data)) = data.split_first() else { return };
    let kind = kinds[usize::from(choice >> 1) % kinds.len()];
    support::record_support::assert_agreement(data, Options { kind, strict: choice & 1 == 1 });
});
