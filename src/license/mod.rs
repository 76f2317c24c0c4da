//! A CDM's message as a request to PallyCon, and the response.

pub mod body;
pub mod certificate;
pub mod fairplay;
pub mod playready;
pub mod request;
pub mod response;
pub mod server_error;
pub mod sniff;
pub mod widevine;
