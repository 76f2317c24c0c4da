//! Two buffers that stay from call to call, so that bytes cross without `malloc` and `free` (1.9 µs a call).
//!
//! JavaScript asks for room with `input(length)`, writes there, and calls a function with that length. What a function
//! answers is in `output()`, and the function returns how long it is. Both places are good until the next call. What held a
//! token or a challenge is wiped by `clear()`.

use crate::error::Error;
use crate::record::Record;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// How much of the input was asked for since it was last wiped. The buffer is as long as the longest input ever, and
    /// wiping all of it after each call would make a page pay for one long message for ever.
    static USED: Cell<usize> = const { Cell::new(0) };
}

/// A buffer that has grown beyond this is given back.
const MAX_KEPT: usize = 1 << 20;

/// Makes room for an input, and says where.
#[wasm_bindgen]
pub fn input(length: usize) -> *const u8 {
    USED.set(USED.get().max(length));
    INPUT.with_borrow_mut(|input| {
        if input.len() > MAX_KEPT && length <= MAX_KEPT {
            *input = Vec::new();
        }
        if input.len() < length {
            input.resize(length, 0);
        }
        input.as_ptr()
    })
}

/// Where the latest result is.
#[wasm_bindgen]
pub fn output() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// Overwrites what is in both buffers.
#[wasm_bindgen]
pub fn clear() {
    for (buffer, used) in [(&INPUT, USED.take()), (&OUTPUT, usize::MAX)] {
        buffer.with_borrow_mut(|buffer| {
            buffer.iter_mut().take(used).for_each(|byte| *byte = 0);
            if buffer.len() > MAX_KEPT {
                *buffer = Vec::new();
            }
        });
    }
}

/// What an export does: it reads the input and writes a record.
type Work<'w> = dyn Fn(&[u8], &mut Record) -> Result<(), Error> + 'w;

/// Runs a function on the input; the record that it writes, or that of its error, becomes the output. Returns the record's length.
#[inline(never)]
pub(super) fn run(length: usize, work: &Work<'_>) -> usize {
    let mut record = Record::reusing(OUTPUT.take());
    if let Err(error) = INPUT.with_borrow(|input| work(input.get(..length).unwrap_or_default(), &mut record)) {
        record.replace_by(&error);
    }
    let record = record.finish();
    let length = record.len();
    OUTPUT.set(record);
    length
}
