//! Classifies a response body by its structure: a license of one of the DRMs, or anything that a server, a gateway or a
//! portal sends instead.
//!
//! One check for each DRM decides whether it is a license: [`widevine::recognize`], [`playready::recognize`],
//! [`fairplay::recognize`], and the JWK set of ClearKey here. All other kinds exist only to describe the refused body.

use crate::error::{Error, ServerError};
use crate::json::{self, Value};
use crate::license::playready::{self, Fault};
use crate::license::sniff::{is_html, quoted, readable};
use crate::license::{fairplay, widevine};
use crate::system::Drm;
use crate::text::owned;

/// The kind of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Accepted by a DRM's CDM: a license, or the response to a message that does not request one.
    License(Drm),
    /// It starts as a license does; the rest is missing or damaged.
    CutOff(Drm),
    /// A challenge: the server returned the request.
    Challenge,
    /// Widevine's own message for an error.
    WidevineError,
    /// A SOAP fault.
    Fault,
    /// Other SOAP.
    Soap,
    /// Other XML; many services send errors as XML.
    Xml,
    /// An object or a list.
    Json,
    /// An HTML page: a captive portal, a gateway, a sign-in.
    Html,
    /// Text.
    Text,
    /// Nothing but whitespace.
    Empty,
    /// Other binary data.
    Binary,
}

/// A classified body.
#[derive(Debug, Default)]
pub struct Body {
    /// The text, if it is one.
    pub text: Option<String>,
    /// The JSON in it.
    pub json: Option<Value>,
    /// The content of a fault or an error in XML.
    pub fault: Fault,
}

impl Body {
    /// Classifies a whole body.
    pub fn new(data: &[u8]) -> (Kind, Self) {
        let mut body = Self::default();
        let structure = fairplay::recognize(data).or_else(|| widevine::recognize(data));
        (structure.unwrap_or_else(|| body.of_text(data)), body)
    }

    fn of_text(&mut self, data: &[u8]) -> Kind {
        self.text = readable(data);
        let Some(text) = &self.text else { return Kind::Binary };
        if is_html(text) {
            return Kind::Html;
        }
        match text.as_bytes() {
            [] => Kind::Empty,
            [b'<', ..] => {
                let kind;
                (kind, self.fault) = playready::recognize(text);
                kind
            }
            [b'{' | b'[', ..] => {
                self.json = json::parse(text);
                match &self.json {
                    Some(value) if matches!(value.get("keys").and_then(Value::items), Some([_, ..])) => Kind::License(Drm::ClearKey),
                    Some(_) => Kind::Json,
                    None => Kind::Text,
                }
            }
            [b's', b'p', b'c', b'=', ..] => Kind::Challenge,
            _ => Kind::Text,
        }
    }

    /// The same failure with the server's own text, if the responder is not PallyCon's license service.
    #[inline(never)]
    pub fn quoted_in(&self, mut error: Error, kind: Kind) -> Error {
        if error.server.is_none() && matches!(kind, Kind::Text | Kind::Json | Kind::Soap | Kind::Xml) {
            let said = self.fault.message.as_ref().or(self.text.as_ref()).map_or("", |text| text);
            let code = owned(self.fault.status_code.as_deref().unwrap_or_default());
            error.server = Some(ServerError { code, message: quoted(said), site_error: None });
        }
        error
    }
}
