//! When to request a license, when to try again, and when to stop. Pure: the clock and random numbers are passed in.
//!
//! | what | module |
//! |---|---|
//! | all attempts at each request of a client | [`chain`]: [`retry`] has the waits, [`circuit`] the circuit breaker |
//! | the moment within a key rotation | [`rotation`] |
//! | when to renew a license | [`renewal`] |
//! | sessions of an element whose EME is driven here | [`session`]; its input and output: [`command`] |
//! | which keys init data request, what key statuses mean | [`key_request`], [`status`] |

pub mod chain;
pub mod circuit;
pub mod command;
pub mod key_request;
pub mod renewal;
pub mod retry;
pub mod rotation;
pub mod session;
pub mod status;
