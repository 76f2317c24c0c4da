//! The ordinary way: init data, challenge, answer and certificate as PallyCon's packagers and servers and the CDMs write them.
//!
//! This is all that the module which every viewer loads can do; it is a third of the full one. `None` means that
//! something is not as it mostly is: then the full module is loaded and asked. What is answered here, the full readers would
//! answer the same; `tests` holds the two against each other.

mod header;
mod identify;
mod message;
mod sinf;

pub use identify::{Identity, identify};
pub use message::{Request, certificate, license, request};

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
