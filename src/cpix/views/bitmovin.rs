//! Bitmovin: one CENC DRM resource for each track type, to be put on the muxings of that track; the SPEKE resources
//! instead ([`speke`]); the calls of its SDK in order ([`calls`]).
//!
//! Shape: Bitmovin, "Integrating Bitmovin Encoder with DoveRunner Multi-DRM" and the API's CencDrm resource
//! (developer.bitmovin.com/encoding); PallyCon, "Bitmovin Encoder Integration Guide".
//!
//! ```text
//! [ { "track_type": "HD", "cencDrm": {
//!       "key": hex, "kid": hex, "encryptionMode": "CTR" | "CBC",
//!       "widevine":  { "pssh": base64 of the payload },
//!       "playReady": { "laUrl", "pssh": base64 of the payload },
//!       "fairPlay":  { "iv": hex, "uri": skd URI } } } ]            in CBC only
//! ```

pub mod calls;
pub mod speke;

use super::{CHECK, HARDWARE, LICENSE_URL, Make, PERIOD, SCHEME, TRACK, View, check_hardware, scheme, selected};
use crate::cpix::pack::{Pack, PackKey, PackSystem};
use crate::cpix::track::Scheme;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::{system, text};

/// The list of tracks.
pub const VIEW: View = View {
    name: "bitmovin",
    function: "toBitmovin",
    title: "A Bitmovin CencDrm resource for each track type.",
    options: &[TRACK, PERIOD, SCHEME, HARDWARE, LICENSE_URL],
    make: Make::Keys(view),
    #[cfg(test)]
    types: super::typescript::Types {
        options: "BitmovinOptions",
        returns: "BitmovinTrack[]",
        declarations: "
export interface BitmovinTrack {
  track_type?: string;
  /** a CencDrm resource, without its outputs */
  cencDrm: {
    key: string; kid: string; encryptionMode: \"CTR\" | \"CBC\";
    widevine?: { pssh: string }; playReady?: { laUrl?: string; pssh: string }; fairPlay?: { iv?: string; uri?: string };
  };
}
",
    },
};

fn view(pack: &Pack, options: &Value) -> Result<Value, Error> {
    let keys = selected(pack, options)?;
    check_hardware(&keys, options)?;
    let scheme = scheme(&keys, options)?;
    if matches!(scheme, Scheme::Cens | Scheme::Cbc1) {
        return Err(CHECK.refuse(Reason::ViewBitmovinScheme));
    }
    keys.into_iter().map(|key| track(key, scheme, options.field("licenseUrl"))).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn track(key: &PackKey, scheme: Scheme, license_url: Option<&str>) -> Result<Value, Error> {
    let payload = |drm: &PackSystem| {
        let payload = drm.pssh_payload().ok_or_else(|| CHECK.refuse(Reason::ViewPssh).with(&text::uuid(&drm.system_id)))?;
        Ok(Value::string(text::to_base64(&payload)))
    };
    let widevine = key.system(system::WIDEVINE).map(|drm| Ok(Value::object([("pssh", payload(drm)?)]))).transpose()?;
    let playready = key
        .system(system::PLAYREADY)
        .map(|drm| Ok(Value::object([]).with("laUrl", license_url.map(Value::string)).with("pssh", Some(payload(drm)?))))
        .transpose()?;
    let fairplay = key.system(system::FAIRPLAY).filter(|_| scheme == Scheme::Cbcs);
    let fairplay = fairplay.map(|drm| {
        let iv = key.iv.as_deref().map(|iv| Value::string(text::hex(iv)));
        Value::object([]).with("iv", iv).with("uri", drm.key_uri.as_deref().map(Value::string))
    });
    let mode = if scheme.is_counter_mode() { "CTR" } else { "CBC" };
    let cenc = Value::object([
        ("key", Value::string(text::hex(key.key.as_slice()))),
        ("kid", Value::string(text::hex(&key.id))),
        ("encryptionMode", Value::string(mode)),
    ])
    .with("widevine", widevine)
    .with("playReady", playready)
    .with("fairPlay", fairplay);
    Ok(Value::object([]).with("track_type", key.track_type.as_deref().map(Value::string)).with("cencDrm", Some(cenc)))
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};

    #[test]
    fn a_resource_for_each_track() {
        let entry = |digit, track| entry(digit, &[track, WIDEVINE, PLAYREADY, FAIRPLAY]);
        let keys = pack(&[entry('1', r#""track_type":"AUDIO""#), entry('2', r#""track_type":"HD""#)]);
        let cenc = view("bitmovin", &keys, r#"{"track":"AUDIO","licenseUrl":"https://l.example/"}"#).unwrap();
        assert_eq!(
            cenc.to_json(),
            concat!(
                r#"[{"track_type":"AUDIO","cencDrm":{"key":"01010101010101010101010101010101","kid":"11111111111111111111111111111111","#,
                r#""encryptionMode":"CTR","widevine":{"pssh":"AQIDBAUGBwgJCgsM"},"playReady":{"laUrl":"https://l.example/","pssh":"DQ=="}}}]"#
            )
        );
        let cbcs = view("bitmovin", &keys, r#"{"scheme":"cbcs"}"#).unwrap();
        let tracks = cbcs.items().unwrap();
        assert_eq!(tracks.len(), 2);
        let hd = tracks[1].get("cencDrm").unwrap();
        assert_eq!(hd.field("encryptionMode"), Some("CBC"));
        assert_eq!(hd.get("fairPlay").unwrap().to_json(), r#"{"iv":"30313233343536373839616263646566","uri":"skd://x"}"#);
    }

    #[test]
    fn its_rules() {
        let keys = pack(&[entry('1', &[WIDEVINE])]);
        assert!(view("bitmovin", &keys, r#"{"scheme":"cens"}"#).unwrap_err().contains("must be cenc or cbcs"));
        assert!(view("bitmovin", &pack(&[entry('1', &[r#""widevine":{"pssh":"AQID"}"#])]), "{}").unwrap_err().contains("not a PSSH box"));
    }
}
