//! A segment as the JSON of the public type. Bytes are `[offset, length]` of the input.

use super::{Segment, Track};
use crate::init_data::sinf::fourcc;
use crate::json::{Object, Writer};
use crate::system::Scheme;

impl Segment<'_> {
    /// The JSON of the public type `Segment`.
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object(|o| {
            o.objects("tracks", &self.tracks, |o, track| track.write(o));
            o.objects("boxes", &self.boxes, |o, pssh| pssh.write(o));
            o.hexes("keyIds", &mut self.key_ids.iter());
            o.objects("warnings", &self.warnings, |o, warning| warning.write(o));
        });
        out.finish()
    }
}

impl Track<'_> {
    fn write(&self, o: &mut Object<'_>) {
        let text = |kind: Option<[u8; 4]>| kind.as_ref().map(fourcc);
        o.number("trackId", u64::from(self.track_id));
        o.optional_string("type", self.handler.and_then(kind_of).map(String::from).or(text(self.handler)).as_deref());
        o.optional_string("codec", text(self.codec).as_deref());
        o.optional_string("scheme", self.scheme.map(Scheme::as_str));
        o.optional_string("sampleEntry", text(self.sample_entry).as_deref());
        if let Some(default) = &self.default {
            o.bytes("defaultKeyId", &default.key_id);
            default.write(o);
        }
        if !self.groups.is_empty() {
            o.objects("groups", &self.groups, |o, group| {
                o.bytes("keyId", &group.key_id);
                o.boolean("protected", group.is_protected);
                group.write(o);
            });
        }
    }
}

fn kind_of(handler: [u8; 4]) -> Option<&'static str> {
    Some(match &handler {
        b"vide" => "video",
        b"soun" => "audio",
        b"subt" | b"text" | b"sbtl" => "text",
        _ => return None,
    })
}
