//! ffmpeg: the output options of its mov and mp4 muxer. It encrypts in cenc, with one key for all streams, and writes
//! no PSSH boxes: they have to be in the manifest.
//!
//! Shape: FFmpeg Formats Documentation, "mov, mp4, ismv": `encryption_scheme`, `encryption_key`, `encryption_kid`.
//!
//! ```text
//! -encryption_scheme cenc-aes-ctr -encryption_key HEX -encryption_kid HEX
//! ```

use super::{CHECK, Make, PERIOD, SCHEME, TRACK, View, scheme, single, texts};
use crate::cpix::pack::Pack;
use crate::cpix::track::Scheme;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::text;

/// The list of arguments.
pub const VIEW: View = View {
    name: "ffmpeg",
    function: "toFfmpeg",
    title: "Output options of ffmpeg's mp4 muxer: cenc, one key.",
    options: &[TRACK, PERIOD, SCHEME],
    make: Make::Keys(view),
    #[cfg(test)]
    types: super::typescript::Types { options: "FfmpegOptions", returns: "string[]", declarations: "" },
};

fn view(pack: &Pack, options: &Value) -> Result<Value, Error> {
    let key = single(pack, options)?;
    if scheme(&[key], options)? != Scheme::Cenc {
        return Err(CHECK.refuse(Reason::ViewFfmpegScheme));
    }
    let (id, key) = (text::hex(&key.id), text::hex(key.key.as_slice()));
    Ok(texts(["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", &key, "-encryption_kid", &id]))
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, WIDEVINE, entry, pack, view};

    #[test]
    fn the_options_of_the_muxer() {
        let list = view("ffmpeg", &pack(&[entry('1', &[WIDEVINE])]), "{}").unwrap();
        assert_eq!(
            list.to_json(),
            concat!(
                r#"["-encryption_scheme","cenc-aes-ctr","-encryption_key","01010101010101010101010101010101","#,
                r#""-encryption_kid","11111111111111111111111111111111"]"#
            )
        );
        let cbcs = view("ffmpeg", &pack(&[entry('1', &[FAIRPLAY])]), r#"{"scheme":"cbcs"}"#);
        assert!(cbcs.unwrap_err().contains("ffmpeg encrypts with nothing else"));
    }
}
