//! A manifest as the JSON of the public type. Bytes of `initData` are spans of `initDataBase64`, decoded.

use super::{Kind, Manifest, Protection, Warning};
use crate::json::{Object, Writer};
use crate::system::{self, Scheme};
use crate::text::{to_base64, uuid};

impl Manifest {
    /// The JSON of the public type `Manifest`.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| {
            o.string("kind", self.kind.as_str());
            o.objects("protections", &self.protections, |o, protection| protection.write(o));
            o.hexes("keyIds", &mut self.key_ids.iter().map(|id| &id[..]));
            o.objects("warnings", &self.warnings, |o, warning| warning.write(o));
        });
        out.finish()
    }
}

impl Kind {
    /// As the public type spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hls => "hls",
            Self::Dash => "dash",
            Self::Smooth => "smooth",
        }
    }
}

impl Warning {
    fn write(&self, o: &mut Object<'_>) {
        o.string("code", self.problem.code.as_str());
        o.string("message", &self.problem.message());
        o.string("hint", self.problem.hint());
        o.number("line", self.line);
        o.number("offset", self.offset as u64);
    }
}

impl Protection {
    fn write(&self, o: &mut Object<'_>) {
        o.optional_string("system", self.system_id.as_ref().and_then(system::name));
        o.optional_string("systemId", self.system_id.as_ref().map(uuid).as_deref());
        o.optional_string("keyFormat", self.key_format.as_deref());
        o.optional_string("schemeIdUri", self.scheme_id_uri.as_deref());
        o.optional_string("value", self.value.as_deref());
        o.optional_string("method", self.method.as_deref());
        o.optional_string("scheme", self.scheme.map(Scheme::as_str));
        o.hexes("keyIds", &mut self.key_ids.iter().map(|id| &id[..]));
        o.optional_string("keyIdText", self.key_id_text.as_deref());
        o.optional_string("uri", self.uri.as_deref());
        if let (Some((bytes, _)), Some(read)) = (&self.init_data, self.read_init_data()) {
            o.string("initDataBase64", &to_base64(bytes));
            match read {
                Ok(read) => o.nested("initData", |o| read.write(o)),
                Err(error) => o.string("initDataError", &error.message()),
            }
        }
        o.optional_string("playreadyObject", self.playready_object.as_deref().map(to_base64).as_deref());
        o.optional_string("licenseUrl", self.license_url.as_deref());
        o.number("line", self.line);
    }
}
