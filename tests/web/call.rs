//! Calls of the player module's exports through its buffers.

use js_sys::{Uint8Array, WebAssembly};
use pallycon_drm::bytes::Span;
use pallycon_drm::error::{Code, Error, Reason};
use pallycon_drm::record::{Field, Record};
use pallycon_drm::web::buffers::{input, output};
use wasm_bindgen::JsCast;

/// A view of the module's memory.
fn memory(start: *const u8, length: usize) -> Uint8Array {
    let memory = wasm_bindgen::memory().unchecked_into::<WebAssembly::Memory>();
    Uint8Array::new_with_byte_offset_and_length(&memory.buffer(), start as u32, length as u32)
}

/// Puts bytes into the input buffer, runs an export, and returns the record in the output buffer, as
/// `js/wasm/core.ts` does.
pub fn call(bytes: &[u8], export: impl FnOnce(usize) -> usize) -> Vec<u8> {
    let start = input(bytes.len());
    memory(start, bytes.len()).copy_from(bytes);
    let length = export(bytes.len());
    read(output(), length)
}

/// Writes one byte of the input buffer.
pub fn put(at: usize, byte: u8) {
    memory(input(0), at + 1).set_index(at as u32, byte);
}

/// Copies the bytes. The space is allocated before the view is created: growing memory would detach the view.
pub fn read(start: *const u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    memory(start, length).copy_to(&mut bytes);
    bytes
}

/// The record of a result. Its layout is that of `src/record.rs`, and tested there.
pub fn result(write: impl FnOnce(&mut Record)) -> Vec<u8> {
    let mut record = Record::new();
    write(&mut record);
    record.finish()
}

/// The record of an error.
pub fn failure(error: &Error) -> Vec<u8> {
    Record::error(error).finish()
}

/// The record of an error that is only a code and a reason.
pub fn refused(code: Code, reason: Reason) -> Vec<u8> {
    failure(&Error::because(code, reason))
}

/// The record of `data` that is the whole input.
pub fn whole(bytes: &[u8]) -> Vec<u8> {
    result(|out| out.input(Field::Data, Span::whole(bytes)))
}

/// The record of `data` that the core created.
pub fn made(bytes: &[u8]) -> Vec<u8> {
    result(|out| out.bytes(Field::Data, bytes))
}
