//! When to ask, when to ask again, and when to stop: pure state, the clock and the dice are passed in.
//!
//! | what | module |
//! |---|---|
//! | tries of one request | [`retry`] |
//! | sessions of an element that drives EME by itself | [`session`], told and obeyed in the terms of [`command`] |
//! | what init data ask for, what key statuses mean | [`wanted`], [`status`] |

pub mod command;
pub mod retry;
pub mod session;
pub mod status;
pub mod wanted;
