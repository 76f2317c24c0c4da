//! Qencode: the `cenc_drm` object of an output, the job with it, and the parameters of Qencode's player. One key, one
//! DRM.
//!
//! Shapes: Qencode, "DoveRunner DRM" (docs.qencode.com/tutorials/transcoding/drm/doverunner) and "Player Reference"
//! (docs.qencode.com/api-reference/player/reference).
//!
//! ```text
//! cenc_drm   { "key_id": hex, "key": hex, "iv": hex, "pssh": base64 of the box, "la_url": the license URL }
//! job        { "query": { "source", "format": [ { "output": "advanced_dash", "destination": { "url", "key", "secret" },
//!                                                 "stream": [ {…} ], "cenc_drm": {…} } ] } }
//! player     { "videoSources": { "src", "keySystems": { key system: the license URL },
//!                                "emeHeaders": { "pallycon-customdata-v2": token } } }
//! ```

use super::{CHECK, DEFAULT_LICENSE_URL, LICENSE_URL, Make, PERIOD, SCHEME, TRACK, View, scheme, single};
use crate::cpix::pack::Pack;
use crate::cpix::system_id;
use crate::cpix::track::Scheme;
use crate::error::{Error, Reason};
use crate::json::{self, Value};
use crate::schema::{Field, Kind, indexed, optional, required};
use crate::{system, text};

const SYSTEM: Field = optional("system", Kind::OneOf(&["widevine", "playready"])).doc("whose PSSH; default widevine");

/// The `cenc_drm` object.
pub const DRM: View = View {
    name: "qencode",
    function: "toQencode",
    title: "`cenc_drm` of a Qencode output format.",
    options: &[TRACK, PERIOD, SCHEME, SYSTEM, LICENSE_URL],
    make: Make::Keys(drm),
    #[cfg(test)]
    types: super::typescript::Types {
        options: "QencodeOptions",
        returns: "QencodeDrm",
        declarations: "
/** `cenc_drm` of a Qencode output format. */
export interface QencodeDrm { key_id: string; key: string; iv?: string; pssh: string; la_url: string }
",
    },
};

/// The job.
pub const JOB: View = View {
    name: "qencode-job",
    function: "toQencodeJob",
    title: "A whole Qencode job: the template with `cenc_drm` in every DASH output.",
    options: &[
        required("template", Kind::Any).doc("the job without DRM: `{ query: { source, format: [{ output, destination, stream }] } }`"),
        optional("source", Kind::Text).doc("replaces the template's `query.source`"),
        optional("allowClear", Kind::Boolean).doc("accepts outputs without DRM beside the encrypted ones"),
        TRACK,
        PERIOD,
        SCHEME,
        SYSTEM,
        LICENSE_URL,
    ],
    make: Make::Keys(job),
    #[cfg(test)]
    types: super::typescript::Types {
        options: "QencodeJobOptions",
        returns: "QencodeJob",
        declarations: "
/** The body of a Qencode job; what the template has beside this stays in it. */
export interface QencodeJob { query: { source: string; format: ({ output: string; cenc_drm?: QencodeDrm } & Record<string, unknown>)[] } & Record<string, unknown> }
",
    },
};

/// The parameters of the player.
pub const PLAYER: View = View {
    name: "qencode-player",
    function: "qencodePlayerParams",
    title: "Parameters of Qencode's player. Its header is static, while a token is valid for ten minutes: see `warning`.",
    options: &[
        required("src", Kind::Text).doc("the manifest"),
        required("token", Kind::Text).doc("a license token, for the DRM that it names"),
        LICENSE_URL,
    ],
    make: Make::Options(player),
    #[cfg(test)]
    types: super::typescript::Types {
        options: "QencodePlayerOptions",
        returns: "QencodePlayerParams",
        declarations: "
export interface QencodePlayerParams {
  videoSources: { src: string; type: string; keySystems: Record<string, string>; emeHeaders: { \"pallycon-customdata-v2\": string } };
  /** the limits of a static header; for the developer, not a parameter of the player */
  warning: string;
}
",
    },
};

/// Outputs that are not played.
const HARMLESS: [&str; 3] = ["thumbnail", "thumbnails", "metadata"];

fn drm(pack: &Pack, options: &Value) -> Result<Value, Error> {
    let key = single(pack, options)?;
    if scheme(&[key], options)? != Scheme::Cenc {
        return Err(CHECK.refuse(Reason::ViewQencodeScheme));
    }
    let name = options.field("system").unwrap_or("widevine");
    let pssh = key.system(system_id(name).unwrap_or(system::WIDEVINE)).and_then(|drm| drm.pssh.clone());
    let pssh = pssh.ok_or_else(|| CHECK.refuse(Reason::ViewPsshMissing).with(name))?;
    Ok(Value::object([("key_id", Value::string(text::hex(&key.id))), ("key", Value::string(text::hex(key.key.as_slice())))])
        .with("iv", key.iv.as_deref().map(|iv| Value::string(text::hex(iv))))
        .with("pssh", Some(Value::String(pssh)))
        .with("la_url", Some(Value::string(options.field("licenseUrl").unwrap_or(DEFAULT_LICENSE_URL)))))
}

fn job(pack: &Pack, options: &Value) -> Result<Value, Error> {
    let drm = drm(pack, options)?;
    let template = options.get("template").unwrap_or(&Value::Null);
    let query = template.get("query").ok_or_else(|| refuse("query", "is missing"))?;
    let source = options.field("source").or(query.get("source").and_then(Value::as_str)).filter(|source| !source.trim().is_empty());
    let source = Value::string(source.ok_or_else(|| refuse("query.source", "must be the URL of a video"))?);
    let formats = query.get("format").and_then(Value::items).filter(|formats| !formats.is_empty());
    let formats = formats.ok_or_else(|| refuse("query.format", "must be a list of at least one output"))?;
    let allow_clear = options.get("allowClear") == Some(&Value::Boolean(true));
    let mut encrypted = 0_usize;
    let mut out = Vec::with_capacity(formats.len());
    for (at, format) in formats.iter().enumerate() {
        let path = indexed("query.format", at);
        let output = format.get("output").and_then(Value::as_str).unwrap_or_default();
        // cenc_drm, fps_drm, buydrm_drm, …
        let has_drm = |(name, _): &(String, Value)| name.ends_with("_drm") || name.contains("encryption");
        if matches!(format, Value::Object(fields) if fields.iter().any(has_drm)) {
            return Err(refuse(&path, "has an encryption of its own; leave it out of the template"));
        }
        if output == "advanced_dash" {
            check_format(format, &path)?;
            encrypted = encrypted.saturating_add(1);
            out.push(format.clone().with("cenc_drm", Some(drm.clone())));
        } else if allow_clear || HARMLESS.contains(&output) {
            out.push(format.clone());
        } else {
            return Err(refuse(&path, "would stay unencrypted: cenc_drm is for advanced_dash; allowClear accepts that"));
        }
    }
    if encrypted == 0 {
        return Err(refuse("query.format", "has no output advanced_dash to encrypt"));
    }
    Ok(replaced(template, "query", replaced(&replaced(query, "source", source), "format", Value::Array(out))))
}

/// The fields of an output in the guide's job.
fn check_format(format: &Value, path: &str) -> Result<(), Error> {
    let is_object = |value: &Value| matches!(value, Value::Object(_));
    if !format.get("stream").and_then(Value::items).is_some_and(|streams| !streams.is_empty() && streams.iter().all(is_object)) {
        return Err(refuse(&[path, ".stream"].concat(), "must be a list of at least one stream"));
    }
    let destinations = match format.get("destination") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let fits = |one: &Value| one.get("url").is_some_and(is_text) && ["key", "secret"].iter().all(|name| one.get(name).is_none_or(is_text));
    if destinations.is_empty() || !destinations.iter().all(fits) {
        return Err(refuse(&[path, ".destination"].concat(), "must have url, and key and secret as text"));
    }
    Ok(())
}

/// An object in which a field replaces the one of the same name, or is added at the end.
fn replaced(object: &Value, name: &str, value: Value) -> Value {
    let Value::Object(fields) = object else { return Value::object([(name, value)]) };
    let is_there = fields.iter().any(|(known, _)| known == name);
    let fields = fields.iter().map(|(known, old)| (known.clone(), if known == name { value.clone() } else { old.clone() }));
    Value::Object(fields.collect()).with(name, Some(value.clone()).filter(|_| !is_there))
}

fn refuse(path: &str, what: &str) -> Error {
    CHECK.refuse(Reason::ViewQencodeJob).with(path).with(what)
}

fn player(options: &Value) -> Result<Value, Error> {
    // A token names its DRM, and the player sends this one header whatever DRM it uses: so there is one key system.
    let token: String = options.field("token").unwrap_or_default().split_ascii_whitespace().collect();
    let opened = text::from_base64(&token).and_then(|bytes| json::parse(std::str::from_utf8(&bytes).ok()?));
    let drm = opened.as_ref().and_then(|token| token.get("drm_type")?.as_str()).unwrap_or_default();
    let key_system = match drm.to_ascii_lowercase().as_str() {
        "widevine" => "com.widevine.alpha",
        "playready" => "com.microsoft.playready",
        _ => return Err(CHECK.refuse(Reason::ViewQencodeToken)),
    };
    let license_url = Value::string(options.field("licenseUrl").unwrap_or(DEFAULT_LICENSE_URL));
    let sources = Value::object([
        ("src", Value::string(options.field("src").unwrap_or_default())),
        ("type", Value::string("application/dash+xml")),
        ("keySystems", Value::object([(key_system, license_url)])),
        ("emeHeaders", Value::object([("pallycon-customdata-v2", Value::String(token))])),
    ]);
    Ok(Value::object([("videoSources", sources), ("warning", Value::string(WARNING))]))
}

const WARNING: &str = "The header is static: the player sends this one token with every license request, and PallyCon accepts \
a token for ten minutes. Create the parameters again for each playback; license renewal, key rotation and limits on streams \
need a player that requests a token each time, as the adapters of pallycon-drm do.";

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};
    use crate::json::Value;
    use crate::text;

    const DRM: &str = concat!(
        r#"{"key_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","key":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","iv":"30313233343536373839616263646566","#,
        r#""pssh":"AAAALHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAwBAgMEBQYHCAkKCww=","la_url":"https://drm-license.doverunner.com/ri/licenseManager.do"}"#
    );

    fn keys() -> Value {
        pack(&[entry('a', &[WIDEVINE, PLAYREADY])])
    }

    fn job(format: &str, options: &str) -> Result<String, String> {
        let options = format!(r#"{{"template":{{"query":{{"source":"https://v.example/a.mp4","format":[{format}]}}}}{options}}}"#);
        view("qencode-job", &keys(), &options).map(|job| job.to_json())
    }

    #[test]
    fn the_widevine_settings() {
        assert_eq!(view("qencode", &keys(), "{}").unwrap().to_json(), DRM);
    }

    #[test]
    fn its_rules() {
        let both = pack(&[entry('a', &[PLAYREADY])]);
        assert!(view("qencode", &both, "{}").unwrap_err().contains("no PSSH for widevine"));
        let job = view("qencode", &both, r#"{"system":"playready","licenseUrl":"https://l.example/"}"#).unwrap();
        assert_eq!(
            (job.field("pssh"), job.field("la_url")),
            (Some("AAAAIXBzc2gAAAAAmgTweZhAQoarkuZb4IhflQAAAAEN"), Some("https://l.example/"))
        );
        let fairplay = pack(&[entry('a', &[FAIRPLAY])]);
        assert!(view("qencode", &fairplay, r#"{"scheme":"cbcs"}"#).unwrap_err().contains("must be cenc"));
    }

    const DASH: &str = r#"{"output":"advanced_dash","destination":{"url":"s3://b/p/","key":"k","secret":"s"},"stream":[{"height":720}]"#;

    #[test]
    fn the_whole_job() {
        let thumbnail = r#"{"output":"thumbnail","time":0.5}"#;
        assert_eq!(
            job(&format!("{DASH}}},{thumbnail}"), "").unwrap(),
            format!(r#"{{"query":{{"source":"https://v.example/a.mp4","format":[{DASH},"cenc_drm":{DRM}}},{thumbnail}]}}}}"#)
        );
        let other = job(&format!("{DASH}}}"), r#","source":"https://v.example/b.mp4""#).unwrap();
        assert!(other.starts_with(r#"{"query":{"source":"https://v.example/b.mp4","format":"#), "{other}");
    }

    #[test]
    fn a_job_is_validated() {
        for (format, what) in [
            ("", "query.format must be a list of at least one output"),
            (r#"{"output":"advanced_dash","stream":[{}]}"#, "query.format[0].destination must have url"),
            (r#"{"output":"advanced_dash","destination":{"url":"s3://b"},"stream":[]}"#, "query.format[0].stream must be a list"),
            (r#"{"output":"advanced_dash","destination":{"url":"s3://b","key":1},"stream":[{}]}"#, "key and secret as text"),
            (r#"{"output":"mp4"}"#, "query.format[0] would stay unencrypted"),
            (r#"{"output":"thumbnail"}"#, "query.format has no output advanced_dash"),
        ] {
            let message = job(format, "").unwrap_err();
            assert!(message.contains(what), "{format}: {message}");
        }
        let twice = job(&format!(r#"{DASH},"cenc_drm":{{}}}}"#), "").unwrap_err();
        assert!(twice.contains("query.format[0] has an encryption of its own"), "{twice}");
        assert!(job(&format!(r#"{DASH}}},{{"output":"mp4"}}"#), r#","allowClear":true"#).is_ok());
        for (template, what) in [("{}", "query is missing"), (r#"{"query":{"format":[]}}"#, "query.source must be the URL")] {
            assert!(view("qencode-job", &keys(), &format!(r#"{{"template":{template}}}"#)).unwrap_err().contains(what));
        }
        assert!(view("qencode-job", &keys(), "{}").unwrap_err().contains("template is missing"));
    }

    #[test]
    fn the_player_has_one_static_header_for_one_drm() {
        let token = text::to_base64(br#"{"drm_type":"widevine","site_id":"DEMO"}"#);
        let options = format!(r#"{{"src":"https://v.example/a.mpd","token":"{token}"}}"#);
        let params = view("qencode-player", &Value::Null, &options).unwrap();
        assert_eq!(
            params.get("videoSources").unwrap().to_json(),
            format!(
                concat!(
                    r#"{{"src":"https://v.example/a.mpd","type":"application/dash+xml","#,
                    r#""keySystems":{{"com.widevine.alpha":"https://drm-license.doverunner.com/ri/licenseManager.do"}},"#,
                    r#""emeHeaders":{{"pallycon-customdata-v2":"{}"}}}}"#
                ),
                token
            )
        );
        assert!(params.field("warning").unwrap().contains("ten minutes"));
        for token in ["x", &text::to_base64(br#"{"drm_type":"FairPlay"}"#)] {
            let options = format!(r#"{{"src":"a.mpd","token":"{token}"}}"#);
            assert!(view("qencode-player", &Value::Null, &options).unwrap_err().contains("a license token for Widevine or PlayReady"));
        }
    }
}
