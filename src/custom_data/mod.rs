//! The custom data that a license request carries: a license token, or callback auth data.

pub mod inspect;
pub mod time;
