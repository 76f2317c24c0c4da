//! The custom data that a license request carries: a license token, or callback auth data.

#[cfg(feature = "server")]
pub mod account;
#[cfg(feature = "server")]
pub mod auth_data;
#[cfg(feature = "server")]
pub mod callback;
pub mod inspect;
#[cfg(feature = "server")]
pub mod policy;
pub mod time;
#[cfg(feature = "server")]
pub mod token;
