//! When to ask, when to ask again, and when to stop: pure state, the clock and the dice are passed in.

pub mod retry;
