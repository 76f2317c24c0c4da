//! A CDM's message on its way to PallyCon and the answer on its way back.

pub mod catalogue;
pub mod certificate;
pub mod playready;
pub mod request;
pub mod response;
pub mod sniff;
pub mod widevine;
