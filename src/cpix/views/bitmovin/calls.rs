//! The calls of Bitmovin's SDK that encrypt an encoding and sign its manifests, in order and as data.
//!
//! Shape: the resources of `@bitmovin/api-sdk` 1.267, in the order of Bitmovin's examples `CencDrmContentProtection`
//! and `DrmContentProtectionWithSpeke`. Each is `api.RESOURCE.METHOD(...ids, body)`; its result's `id` is known as
//! `$NAME` to later calls. `$encoding`, `$output` and a `$stream.TRACK` for each track are the caller's own.
//!
//! ```text
//! for each track   encoding.encodings.muxings.fmp4                    no outputs: clear segments are not written
//!                  encoding.encodings.muxings.fmp4.drm.cenc | speke   with the output
//! Widevine,        encoding.manifests.dash, .periods, and for each track .adaptationsets.audio | video,
//! PlayReady          .representations.fmp4, .contentprotection
//! FairPlay         encoding.manifests.hls, and for each track .media.audio | .streams
//! last             encoding.encodings, start
//! ```

use super::speke;
use crate::cpix::pack::Pack;
use crate::cpix::views::{CHECK, CONTENT_ID, HARDWARE, LICENSE_URL, Make, PERIOD, SCHEME, SYSTEMS, View, texts};
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::schema::{Kind, optional};

/// The list of calls.
pub const VIEW: View = View {
    name: "bitmovin-calls",
    function: "toBitmovinCalls",
    title: "The calls of Bitmovin's SDK in order, as data: CencDrm from keys, SpekeDrm if `url` is given.",
    options: &[
        optional("url", Kind::Text).doc("of kind speke or speke-cbcs: the encoder calls the key server itself"),
        optional("tracks", Kind::Texts).doc("the tracks to encrypt if one key is for all; default AUDIO and HD"),
        optional("outputPath", Kind::Text).doc("of the encrypted files in the output; default the content id"),
        CONTENT_ID,
        SYSTEMS,
        speke::IV,
        PERIOD,
        SCHEME,
        HARDWARE,
        LICENSE_URL,
    ],
    make: Make::Settings(view),
    #[cfg(test)]
    types: crate::cpix::views::typescript::Types {
        options: "BitmovinCallsOptions",
        returns: "BitmovinCall[]",
        declarations: "
/** `api.RESOURCE.METHOD(...ids, body)`; texts that begin with `$` are names of earlier results' ids. */
export interface BitmovinCall {
  resource: string;
  method: \"create\" | \"start\";
  ids: string[];
  body: Record<string, unknown>;
  /** what the `id` of the result is known as */
  as?: string;
}
",
    },
};

const FMP4: &str = "encoding.encodings.muxings.fmp4";
const DASH: &str = "encoding.manifests.dash";
const PERIODS: &str = "encoding.manifests.dash.periods";
const SETS: &str = "encoding.manifests.dash.periods.adaptationsets";
const HLS: &str = "encoding.manifests.hls";

/// An encrypted output of a track.
struct Drm {
    track: String,
    /// `cenc` or `fairplay`; part of the path and of the names of the results.
    name: &'static str,
    /// `cenc` or `speke`.
    resource: &'static str,
    body: Value,
    dash: bool,
    hls: bool,
}

impl Drm {
    /// Where its segments are, from the manifests.
    fn path(&self) -> String {
        [&self.track, "/", self.name].concat()
    }

    /// The reference to its result.
    fn id(&self) -> String {
        ["$drm.", &self.track, ".", self.name].concat()
    }

    fn is_audio(&self) -> bool {
        self.track == "AUDIO"
    }
}

fn view(pack: &Value, options: &Value) -> Result<Value, Error> {
    let drms = if options.get("url").is_some() { by_speke(pack, options)? } else { by_keys(pack, options)? };
    let base = match options.field("outputPath") {
        Some(path) => path.trim_end_matches('/'),
        None => crate::cpix::views::content_id(pack, options)?,
    };
    let mut calls = Vec::new();
    let mut tracks: Vec<&str> = Vec::new();
    for drm in &drms {
        if !tracks.contains(&drm.track.as_str()) {
            tracks.push(&drm.track);
            let streams = Value::Array(vec![Value::object([("streamId", Value::String(["$stream.", &drm.track].concat()))])]);
            let body = Value::object([("segmentLength", Value::Number("4".into())), ("streams", streams)]);
            calls.push(create(FMP4, &["$encoding"], body, &["muxing.", &drm.track].concat()));
        }
        let body = drm.body.clone().with("outputs", Some(outputs(&[base, "/", &drm.path()].concat())));
        let resource = [FMP4, ".drm.", drm.resource].concat();
        calls.push(create(&resource, &["$encoding", &muxing(drm)], body, drm.id().trim_start_matches('$')));
    }
    let mut start = Value::object([("manifestGenerator", Value::string("V2"))]);
    if drms.iter().any(|drm| drm.dash) {
        dash(&mut calls, drms.iter().filter(|drm| drm.dash), base);
        start = start.with("vodDashManifests", Some(manifests("$dash")));
    }
    if drms.iter().any(|drm| drm.hls) {
        hls(&mut calls, drms.iter().filter(|drm| drm.hls), base);
        start = start.with("vodHlsManifests", Some(manifests("$hls")));
    }
    calls.push(call("encoding.encodings", "start", &["$encoding"], start));
    Ok(Value::Array(calls))
}

fn dash<'a>(calls: &mut Vec<Value>, drms: impl Iterator<Item = &'a Drm>, base: &str) {
    let body = Value::object([("manifestName", Value::string("stream.mpd")), ("outputs", outputs(base))]);
    calls.push(create(DASH, &[], body, "dash"));
    calls.push(create(PERIODS, &["$dash"], Value::object([]), "period"));
    for drm in drms {
        let set = ["set.", &drm.track].concat();
        let kind = if drm.is_audio() { ".audio" } else { ".video" };
        calls.push(create(&[SETS, kind].concat(), &["$dash", "$period"], Value::object([]), &set));
        let ids = ["$dash", "$period", &["$", &set].concat()];
        let representation = of_muxing(drm).with("segmentPath", Some(Value::String(drm.path())));
        let representation = representation.with("type", Some(Value::string("TEMPLATE")));
        calls.push(call(&[SETS, ".representations.fmp4"].concat(), "create", &ids, representation));
        let protection = of_muxing(drm).with("drmId", Some(Value::String(drm.id())));
        calls.push(call(&[SETS, ".contentprotection"].concat(), "create", &ids, protection));
    }
}

fn hls<'a>(calls: &mut Vec<Value>, drms: impl Iterator<Item = &'a Drm>, base: &str) {
    let body = Value::object([("manifestName", Value::string("master.m3u8")), ("outputs", outputs(base))]);
    calls.push(create(HLS, &[], body, "hls"));
    for drm in drms {
        let info = of_muxing(drm)
            .with("streamId", Some(Value::String(["$stream.", &drm.track].concat())))
            .with("drmId", Some(Value::String(drm.id())))
            .with("segmentPath", Some(Value::String(drm.path())))
            .with("uri", Some(Value::String([&drm.track, ".m3u8"].concat())));
        let (resource, info) = if drm.is_audio() {
            let named = info.with("groupId", Some(Value::string("audio"))).with("name", Some(Value::string("audio")));
            (".media.audio", named.with("language", Some(Value::string("und"))))
        } else {
            (".streams", info.with("audio", Some(Value::string("audio"))))
        };
        calls.push(call(&[HLS, resource].concat(), "create", &["$hls"], info));
    }
}

/// One CencDrm for each key. In CBC it has all DRMs, in CTR all but FairPlay.
fn by_keys(pack: &Value, options: &Value) -> Result<Vec<Drm>, Error> {
    let list = super::view(&Pack::from_value(pack)?, options)?;
    let list = list.items().unwrap_or_default();
    let shared = list.iter().all(|entry| entry.get("track_type").is_none());
    let misplaced = ["iv", "systems", "tracks"].into_iter().find(|name| options.get(name).is_some() && !(shared && *name == "tracks"));
    if let Some(name) = misplaced {
        return Err(CHECK.refuse(Reason::ViewBitmovinCalls).with(name));
    }
    let drm = |entry: &Value, track: &str| {
        let body = entry.get("cencDrm").cloned().unwrap_or(Value::Null);
        let has = |name: &str| body.get(name).is_some();
        let (dash, hls) = (has("widevine") || has("playReady"), has("fairPlay"));
        Drm { track: track.into(), name: "cenc", resource: "cenc", body, dash, hls }
    };
    Ok(match list {
        [only] if shared => tracks(pack, options).into_iter().map(|track| drm(only, track)).collect(),
        _ => list.iter().map(|entry| drm(entry, entry.field("track_type").unwrap_or_default())).collect(),
    })
}

/// The tracks that share a key.
fn tracks<'a>(pack: &'a Value, options: &'a Value) -> Vec<&'a str> {
    match options.get("tracks").or(pack.get("tracks")) {
        Some(tracks) => tracks.items().unwrap_or_default().iter().filter_map(Value::as_str).collect(),
        None => vec!["AUDIO", "HD"],
    }
}

/// A SpekeDrm for Widevine and PlayReady and one for FairPlay, on each track.
fn by_speke(pack: &Value, options: &Value) -> Result<Vec<Drm>, Error> {
    let resources = speke::view(pack, options)?;
    let mut out = Vec::new();
    for track in tracks(pack, options) {
        for resource in resources.items().unwrap_or_default() {
            let is_fairplay = resource.field("name") == Some("fairplay");
            let body = resource.get("spekeDrm").cloned().unwrap_or(Value::Null);
            let name = if is_fairplay { "fairplay" } else { "cenc" };
            out.push(Drm { track: track.into(), name, resource: "speke", body, dash: !is_fairplay, hls: is_fairplay });
        }
    }
    Ok(out)
}

fn muxing(drm: &Drm) -> String {
    ["$muxing.", &drm.track].concat()
}

fn of_muxing(drm: &Drm) -> Value {
    Value::object([("encodingId", Value::string("$encoding")), ("muxingId", Value::String(muxing(drm)))])
}

fn outputs(path: &str) -> Value {
    Value::Array(vec![Value::object([("outputId", Value::string("$output")), ("outputPath", Value::string(path))])])
}

fn manifests(id: &str) -> Value {
    Value::Array(vec![Value::object([("manifestId", Value::string(id))])])
}

fn create(resource: &str, ids: &[&str], body: Value, name: &str) -> Value {
    call(resource, "create", ids, body).with("as", Some(Value::string(name)))
}

fn call(resource: &str, method: &str, ids: &[&str], body: Value) -> Value {
    let (resource, method) = (Value::string(resource), Value::string(method));
    Value::object([("resource", resource), ("method", method), ("ids", texts(ids.iter().copied())), ("body", body)])
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};
    use crate::json::Value;

    fn calls(pack: &Value, options: &str) -> Vec<Value> {
        view("bitmovin-calls", pack, options).unwrap().items().unwrap().to_vec()
    }

    fn resources(calls: &[Value]) -> Vec<&str> {
        calls.iter().map(|call| call.field("resource").unwrap()).collect()
    }

    fn two() -> Value {
        let entry = |digit, track| entry(digit, &[track, WIDEVINE, PLAYREADY, FAIRPLAY]);
        pack(&[entry('1', r#""track_type":"SD""#), entry('2', r#""track_type":"AUDIO""#)])
    }

    #[test]
    fn each_track_has_a_muxing_and_a_cenc_resource() {
        let calls = calls(&two(), r#"{"outputPath":"out/film"}"#);
        let sets = "encoding.manifests.dash.periods.adaptationsets";
        assert_eq!(
            resources(&calls),
            [
                "encoding.encodings.muxings.fmp4",
                "encoding.encodings.muxings.fmp4.drm.cenc",
                "encoding.encodings.muxings.fmp4",
                "encoding.encodings.muxings.fmp4.drm.cenc",
                "encoding.manifests.dash",
                "encoding.manifests.dash.periods",
                &format!("{sets}.video"),
                &format!("{sets}.representations.fmp4"),
                &format!("{sets}.contentprotection"),
                &format!("{sets}.audio"),
                &format!("{sets}.representations.fmp4"),
                &format!("{sets}.contentprotection"),
                "encoding.encodings",
            ]
        );
        let drm = calls[1].get("body").unwrap();
        assert_eq!(calls[1].get("ids").unwrap().to_json(), r#"["$encoding","$muxing.SD"]"#);
        assert_eq!(drm.field("kid"), Some("11111111111111111111111111111111"));
        assert_eq!(drm.get("outputs").unwrap().to_json(), r#"[{"outputId":"$output","outputPath":"out/film/SD/cenc"}]"#);
        assert!(calls[0].get("body").unwrap().get("outputs").is_none(), "clear segments are not written");
        assert_eq!(calls[8].get("body").unwrap().field("drmId"), Some("$drm.SD.cenc"));
    }

    /// Every reference is to an earlier call, or to a resource of the caller's.
    #[test]
    fn references_point_backwards() {
        let speke = r#"{"url":"https://k.example/cpix/getKey?enc-token=t","systems":["widevine","fairplay"],
            "iv":"00112233445566778899aabbccddeeff","contentId":"film"}"#;
        for calls in [calls(&two(), r#"{"scheme":"cbcs"}"#), calls(&Value::object([]), speke)] {
            let mut known: Vec<String> = ["encoding", "output", "stream.SD", "stream.AUDIO", "stream.HD"].map(String::from).to_vec();
            for call in &calls {
                for reference in call.to_json().split("\"$").skip(1) {
                    let name = reference.split('"').next().unwrap();
                    assert!(known.iter().any(|known| known == name), "{name} in {}", call.to_json());
                }
                known.extend(call.field("as").map(String::from));
            }
            assert!(resources(&calls).contains(&"encoding.manifests.hls.media.audio"));
        }
    }

    #[test]
    fn speke_has_two_resources_for_each_track() {
        let options = r#"{"url":"https://k.example/cpix/getKey?enc-token=t","systems":["widevine","fairplay"],"tracks":["AUDIO","SD"],
            "iv":"00112233445566778899aabbccddeeff","contentId":"film"}"#;
        let calls = calls(&Value::object([]), options);
        let speke: Vec<_> = calls.iter().filter(|call| call.field("resource").unwrap().ends_with("drm.speke")).collect();
        assert_eq!(speke.len(), 4);
        assert_eq!(speke[1].field("as"), Some("drm.AUDIO.fairplay"));
    }

    #[test]
    fn one_key_is_for_all_tracks() {
        let one = pack(&[entry('1', &[WIDEVINE])]);
        let calls = calls(&one, r#"{"tracks":["AUDIO","SD","HD"]}"#);
        assert_eq!(resources(&calls).iter().filter(|resource| resource.ends_with("drm.cenc")).count(), 3);
        assert!(view("bitmovin-calls", &two(), r#"{"tracks":["HD"]}"#).unwrap_err().contains("tracks does not apply"));
        assert!(view("bitmovin-calls", &one, r#"{"systems":["widevine"]}"#).unwrap_err().contains("systems does not apply"));
    }
}
