//! Bento4: the arguments of `mp4dash`, with one key.
//!
//! Shape: Bento4, "mp4dash" and "MPEG DASH Encryption and DRM" (bento4.com); JW Player, "Bento4 (Standalone)". A header
//! that begins with `#` is the payload of the PSSH box in base64.
//!
//! ```text
//! --encryption-key=KID:KEY[:IV] --encryption-cenc-scheme=cbcs
//! --widevine-header=#BASE64 --playready-header=#BASE64 --fairplay-key-uri=skd://…
//! ```

use super::{CHECK, Make, PERIOD, SCHEME, TRACK, View, scheme, single, texts};
use crate::cpix::pack::Pack;
use crate::cpix::track::Scheme;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::{system, text};

/// The list of arguments.
pub const VIEW: View = View {
    name: "bento4",
    function: "toBento4",
    title: "Arguments of Bento4's `mp4dash`: one key.",
    options: &[TRACK, PERIOD, SCHEME],
    make: Make::Keys(view),
    #[cfg(test)]
    types: super::typescript::Types { options: "Bento4Options", returns: "string[]", declarations: "" },
};

fn view(pack: &Pack, options: &Value) -> Result<Value, Error> {
    let key = single(pack, options)?;
    let scheme = scheme(&[key], options)?;
    let mut spec = [&text::hex(&key.id), ":", &text::hex(key.key.as_slice())].concat();
    // In counter mode the streams must not share a vector; there Bento4 generates its own.
    if let Some(iv) = key.iv.as_deref().filter(|_| !scheme.is_counter_mode()) {
        spec = [&spec, ":", &text::hex(iv)].concat();
    }
    let mut out = vec![["--encryption-key=", &spec].concat(), ["--encryption-cenc-scheme=", scheme.as_str()].concat()];
    for (name, id) in [("--widevine-header=#", system::WIDEVINE), ("--playready-header=#", system::PLAYREADY)] {
        if let Some(drm) = key.system(id) {
            let payload = drm.pssh_payload().ok_or_else(|| CHECK.refuse(Reason::ViewPssh).with(&text::uuid(&id)))?;
            out.push([name, &text::to_base64(&payload)].concat());
        }
    }
    let uri = key.system(system::FAIRPLAY).filter(|_| scheme == Scheme::Cbcs).and_then(|drm| drm.key_uri.as_deref());
    out.extend(uri.map(|uri| ["--fairplay-key-uri=", uri].concat()));
    Ok(texts(out))
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};

    #[test]
    fn one_key_in_both_schemes() {
        let keys = pack(&[entry('1', &[WIDEVINE, PLAYREADY, FAIRPLAY])]);
        let key = "11111111111111111111111111111111:01010101010101010101010101010101";
        assert_eq!(
            view("bento4", &keys, "{}").unwrap().to_json(),
            format!(
                r##"["--encryption-key={key}","--encryption-cenc-scheme=cenc","--widevine-header=#AQIDBAUGBwgJCgsM","--playready-header=#DQ=="]"##
            )
        );
        let cbcs = view("bento4", &keys, r#"{"scheme":"cbcs"}"#).unwrap().to_json();
        assert!(cbcs.contains(&format!("{key}:30313233343536373839616263646566")) && cbcs.contains("--fairplay-key-uri=skd://x"), "{cbcs}");
    }

    #[test]
    fn two_keys_take_two_runs() {
        let track = |digit, track| entry(digit, &[track, WIDEVINE]);
        let keys = pack(&[track('1', r#""track_type":"AUDIO""#), track('2', r#""track_type":"HD""#)]);
        assert!(view("bento4", &keys, "{}").unwrap_err().contains("which key is meant"));
        assert!(view("bento4", &keys, r#"{"track":"HD"}"#).unwrap().to_json().contains("22222222222222222222222222222222"));
    }
}
