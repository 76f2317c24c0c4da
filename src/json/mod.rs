//! JSON in and out, without serde: the player module counts every kilobyte, and reads only small bodies
//! (error responses, tokens, `keyids` and `sinf` init data).

mod print;
mod reader;
mod writer;

#[cfg(feature = "inspect")]
pub use reader::{Places, parse_with};
pub use reader::{Value, parse};
pub use writer::{Object, Writer};
