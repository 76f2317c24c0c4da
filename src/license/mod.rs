//! A CDM's message on its way to PallyCon and the response on its way back.

pub mod body;
pub mod certificate;
pub mod fairplay;
pub mod playready;
pub mod request;
pub mod response;
pub mod server_error;
pub mod sniff;
pub mod widevine;
