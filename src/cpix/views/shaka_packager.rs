//! Shaka Packager: the arguments that encrypt with these keys, to follow the stream descriptors.
//!
//! Shape: Shaka Packager, "Using Raw Key" and its general encryption and HLS options
//! (shaka-project.github.io/shaka-packager). Keys find their streams by label, and the packager's own labels
//! (`drm_label`) are CPIX's track types.
//!
//! ```text
//! --enable_raw_key_encryption --protection_scheme cbcs
//! --keys label=AUDIO:key_id=HEX:key=HEX[:iv=HEX],label=HD:…       an empty label is for all streams
//! --pssh HEX                                                      all boxes, one after the other
//! --protection_systems FairPlay --hls_key_uri skd://…             without the first, the second is ignored (3.4.2)
//! ```

use super::{CHECK, HARDWARE, Make, PERIOD, SCHEME, TRACK, View, check_hardware, scheme, selected, texts};
use crate::cpix::pack::{Pack, PackKey};
use crate::cpix::track::Scheme;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::{system, text};

/// The list of arguments.
pub const VIEW: View = View {
    name: "shaka-packager",
    function: "toShakaPackager",
    title: "Arguments of Shaka Packager, to follow its stream descriptors.",
    options: &[TRACK, PERIOD, SCHEME, HARDWARE],
    make: Make::Keys(view),
    #[cfg(test)]
    types: super::typescript::Types { options: "ShakaPackagerOptions", returns: "string[]", declarations: "" },
};

fn view(pack: &Pack, options: &Value) -> Result<Value, Error> {
    let keys = selected(pack, options)?;
    check_hardware(&keys, options)?;
    let scheme = scheme(&keys, options)?;
    let labels = keys.iter().map(|key| label(key, scheme, keys.len())).collect::<Result<Vec<_>, _>>()?;
    let mut arguments =
        vec!["--enable_raw_key_encryption".into(), "--protection_scheme".into(), scheme.as_str().into(), "--keys".into(), labels.join(",")];
    let mut boxes: Vec<String> = Vec::new();
    for (id, pssh) in keys.iter().flat_map(|key| &key.systems).filter_map(|drm| Some((&drm.system_id, drm.pssh.as_deref()?))) {
        let bytes = text::from_base64(pssh).ok_or_else(|| CHECK.refuse(Reason::ViewPsshText).with(&text::uuid(id)))?;
        let hex = text::hex(&bytes);
        if !boxes.contains(&hex) {
            boxes.push(hex);
        }
    }
    if !boxes.is_empty() {
        arguments.extend(["--pssh".into(), boxes.concat()]);
    }
    let mut uris: Vec<&str> = keys.iter().filter_map(|key| key.system(system::FAIRPLAY)?.key_uri.as_deref()).collect();
    uris.dedup();
    match (scheme, uris.as_slice()) {
        (Scheme::Cbcs, [uri]) => {
            arguments.extend(["--protection_systems", "FairPlay", "--hls_key_uri", uri].map(String::from));
        }
        // The packager writes one URI into all playlists; with a key for each track every one of them but one would be
        // wrong.
        (Scheme::Cbcs, [_, _, ..]) => {
            return Err(CHECK.refuse(Reason::ViewShakaUri));
        }
        _ => {}
    }
    Ok(texts(arguments))
}

fn label(key: &PackKey, scheme: Scheme, count: usize) -> Result<String, Error> {
    // A single key is for all streams, whatever track it was requested for.
    let label = key.track_type.as_deref().filter(|_| count > 1).unwrap_or_default();
    if label.is_empty() && count > 1 {
        return Err(CHECK.refuse(Reason::ViewShakaLabel));
    }
    if label.contains([':', ',', '=']) {
        return Err(CHECK.refuse(Reason::ViewShakaCharacters));
    }
    let head = ["label=", label, ":key_id=", &text::hex(&key.id), ":key=", &text::hex(key.key.as_slice())].concat();
    // FairPlay's license carries the vector, so content has to use it. In counter mode two streams with one key and one
    // vector would reveal each other: there the packager generates its own.
    Ok(match key.iv.as_deref() {
        Some(iv) if !scheme.is_counter_mode() => [&head, ":iv=", &text::hex(iv)].concat(),
        _ => head,
    })
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};
    use crate::json::Value;

    fn arguments(pack: &Value, options: &str) -> Result<Vec<String>, String> {
        Ok(view("shaka-packager", pack, options)?.items().unwrap().iter().map(|item| item.as_str().unwrap().to_string()).collect())
    }

    #[test]
    fn one_key_for_all_streams_in_cbcs() {
        let keys = pack(&[entry('1', &[WIDEVINE, PLAYREADY, FAIRPLAY])]);
        assert_eq!(
            arguments(&keys, r#"{"scheme":"cbcs"}"#).unwrap(),
            [
                "--enable_raw_key_encryption",
                "--protection_scheme",
                "cbcs",
                "--keys",
                "label=:key_id=11111111111111111111111111111111:key=01010101010101010101010101010101:iv=30313233343536373839616263646566",
                "--pssh",
                concat!(
                    "0000002c7073736800000000edef8ba979d64acea3c827dcd51d21ed0000000c0102030405060708090a0b0c",
                    "0000002170737368000000009a04f07998404286ab92e65be0885f95000000010d"
                ),
                "--protection_systems",
                "FairPlay",
                "--hls_key_uri",
                "skd://x",
            ]
        );
    }

    #[test]
    fn a_key_for_each_track_in_cenc_and_no_vector() {
        let entry = |digit, track| entry(digit, &[track, WIDEVINE, FAIRPLAY]);
        let keys = pack(&[entry('1', r#""track_type":"AUDIO""#), entry('2', r#""track_type":"HD""#)]);
        let list = arguments(&keys, r#"{"hardwareDrm":true}"#).unwrap();
        assert_eq!(
            list[4],
            concat!(
                "label=AUDIO:key_id=11111111111111111111111111111111:key=01010101010101010101010101010101,",
                "label=HD:key_id=22222222222222222222222222222222:key=02020202020202020202020202020202"
            )
        );
        assert_eq!(list.len(), 7, "equal boxes are given once, and cenc has no FairPlay URI: {list:?}");
    }

    #[test]
    fn its_rules() {
        let nameless = pack(&[entry('1', &[WIDEVINE]), entry('2', &[WIDEVINE])]);
        assert!(arguments(&nameless, "{}").unwrap_err().contains("no track_type"));
        let strange = pack(&[entry('1', &[r#""track_type":"A:B""#]), entry('2', &[r#""track_type":"HD""#])]);
        assert!(arguments(&strange, "{}").unwrap_err().contains("a character that is not allowed in a key list"));
        let two_uris = pack(&[
            entry('1', &[r#""track_type":"AUDIO""#, FAIRPLAY]),
            entry('2', &[r#""track_type":"HD""#, r#""fairplay":{"key_uri":"skd://y"}"#]),
        ]);
        assert!(arguments(&two_uris, r#"{"scheme":"cbcs"}"#).unwrap_err().contains("one FairPlay URI"));
        assert!(arguments(&two_uris, r#"{"scheme":"cbcs","track":"HD"}"#).unwrap().contains(&"skd://y".to_string()));
    }
}
