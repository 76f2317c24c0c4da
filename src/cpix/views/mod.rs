//! The settings of each packager, built from the keys. A view checks the rules of its packager, so that a wrong job
//! fails here and not in a player.
//!
//! [`VIEWS`] is the only list of them. A test writes the functions and types of `pallycon-drm/server`
//! (`js/server/views.ts`) from it, and the command line requests it from the module. A new view is a file here, a line
//! in the list, its reasons in errors.json and its page in docs/.

pub mod aws;
pub mod bento4;
pub mod bitmovin;
pub mod ffmpeg;
pub mod flussonic;
pub mod nginx_vod;
pub mod qencode;
pub mod shaka_packager;

use super::pack::{Pack, PackKey};
use super::track::Scheme;
use crate::error::{Code, Error, Reason};
use crate::json::Value;
use crate::schema::{Check, Field, Kind, integer, optional};
use crate::system;
use crate::text::decimal;

/// Every view, in the order of the documentation.
pub const VIEWS: &[View] = &[
    qencode::DRM,
    qencode::JOB,
    qencode::PLAYER,
    nginx_vod::VIEW,
    bitmovin::VIEW,
    bitmovin::speke::VIEW,
    bitmovin::calls::VIEW,
    shaka_packager::VIEW,
    ffmpeg::VIEW,
    bento4::VIEW,
    aws::mediaconvert::VIEW,
    aws::mediapackage::V1,
    aws::mediapackage::V2,
    aws::checklist::VIEW,
    flussonic::VIEW,
];

/// A packager's settings, under their name in the public API and on the command line.
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// The function of `pallycon-drm/server`. Several views may share one, which then selects by `service`.
    pub function: &'static str,
    /// What it returns, in words.
    pub title: &'static str,
    /// The options, checked before it is made.
    pub options: &'static [Field],
    /// The function that builds it.
    pub make: Make,
    /// Its types in TypeScript.
    #[cfg(test)]
    types: typescript::Types,
}

/// The input of a view, besides its options.
pub enum Make {
    /// Keys: pack info.
    Keys(fn(&Pack, &Value) -> Result<Value, Error>),
    /// The packager calls the key server itself: pack info, or `contentId` and `systems`.
    Settings(fn(&Value, &Value) -> Result<Value, Error>),
    /// Nothing.
    Options(fn(&Value) -> Result<Value, Error>),
}

pub(super) const CHECK: Check = Check { code: Code::ViewOptionsInvalid, allow_unknown: false };

/// Which key, for a packager that takes one.
pub(super) const TRACK: Field = optional("track", Kind::Text).doc("which key, if the response has several");
/// Which key period, by its index or its id.
pub(super) const PERIOD: Field = optional("period", Kind::Any).doc("which key period, by index or id, if the response has several");
/// The scheme that the packager encrypts with.
pub(super) const SCHEME: Field = optional("scheme", Kind::OneOf(&Scheme::NAMES)).doc("the scheme that the keys were issued for");
/// Whether the content has to play with hardware DRM.
pub(super) const HARDWARE: Field = optional("hardwareDrm", Kind::Boolean).doc("checks that audio and video have separate keys");
/// Where the players request licenses.
pub(super) const LICENSE_URL: Field = optional("licenseUrl", Kind::Text).doc("the license URL for players; default PallyCon's");
/// The key server that the packager calls.
pub(super) const CONTENT_ID: Field = optional("contentId", Kind::Text).doc("default: that of the pack info");
/// The DRMs, by name or system id.
pub(super) const SYSTEMS: Field = optional("systems", Kind::Texts).doc("DRMs, by name or system id; default: those of the pack info");

/// The license URL where none is given.
pub(super) const DEFAULT_LICENSE_URL: &str = "https://drm-license.doverunner.com/ri/licenseManager.do";

/// Builds a view by its name in the public API.
pub fn make(name: &str, pack: &Value, options: &Value) -> Result<Value, Error> {
    let Some(view) = VIEWS.iter().find(|view| view.name == name) else {
        return Err(CHECK.refuse_choice("name", name, &VIEWS.iter().map(|view| view.name).collect::<Vec<_>>()));
    };
    let check = || CHECK.object(options, view.options);
    match view.make {
        Make::Keys(make) => {
            // Unreadable keys are reported first: without keys no option can be valid.
            let keys = Pack::from_value(pack)?;
            check().and_then(|()| make(&keys, options))
        }
        Make::Settings(make) => check().and_then(|()| make(pack, options)),
        Make::Options(make) => check().and_then(|()| make(options)),
    }
}

/// The list, for the command line: `[ { name, title, input, options: [ { name, kind, doc, choices?, required } ] } ]`.
pub fn list() -> Value {
    let kind = |field: &Field| match field.kind {
        Kind::Boolean => "boolean",
        Kind::Integer(..) | Kind::OneOfNumber(_) => "number",
        Kind::Texts => "list",
        Kind::Group(_) | Kind::List(_) => "json",
        Kind::Any if field.name != PERIOD.name => "json",
        _ => "text",
    };
    let option = |field: &Field| {
        let choices = match field.kind {
            Kind::OneOf(known) => Some(Value::Array(known.iter().map(|name| Value::string(*name)).collect())),
            _ => None,
        };
        Value::object([("name", Value::string(field.name)), ("kind", Value::string(kind(field))), ("doc", Value::string(field.doc))])
            .with("choices", choices)
            .with("required", Some(Value::Boolean(!field.optional)))
    };
    let view = |view: &View| {
        let input = match view.make {
            Make::Keys(_) => "keys",
            Make::Settings(_) => "settings",
            Make::Options(_) => "options",
        };
        Value::object([
            ("name", Value::string(view.name)),
            ("title", Value::string(view.title)),
            ("input", Value::string(input)),
            ("options", Value::Array(view.options.iter().map(option).collect())),
        ])
    };
    Value::Array(VIEWS.iter().map(view).collect())
}

/// The keys of one period and, if the options name one, of one track.
fn selected<'a>(pack: &'a Pack, options: &Value) -> Result<Vec<&'a PackKey>, Error> {
    let mut keys: Vec<&PackKey> = pack.keys.iter().collect();
    if let Some(wanted) = options.get("period") {
        let index = integer(wanted).and_then(|index| u64::try_from(index).ok());
        keys.retain(|key| {
            let period = key.period.as_ref();
            period.is_some_and(|period| Some(period.id.as_str()) == wanted.as_str() || (index.is_some() && period.index == index))
        });
        if keys.is_empty() {
            return Err(CHECK.refuse(Reason::ViewPeriod));
        }
    }
    let first = keys.first().and_then(|key| key.period.as_ref());
    if keys.iter().any(|key| key.period.as_ref() != first) {
        return Err(CHECK.refuse(Reason::ViewPeriodNeeded));
    }
    if let Some(track) = options.field("track") {
        keys.retain(|key| key.track_type.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(track)));
        if keys.is_empty() {
            return Err(CHECK.refuse(Reason::ViewTrack));
        }
    }
    Ok(keys)
}

/// The one key that a packager takes.
fn single<'a>(pack: &'a Pack, options: &Value) -> Result<&'a PackKey, Error> {
    let keys = selected(pack, options)?;
    match keys.as_slice() {
        [key] => Ok(key),
        [first, rest @ ..] if rest.iter().all(|key| key.id == first.id) => Ok(first),
        _ => {
            let tracks: Vec<&str> = keys.iter().filter_map(|key| key.track_type.as_deref()).collect();
            Err(CHECK.refuse(Reason::ViewTrackNeeded).with(&tracks.join(", ")))
        }
    }
}

/// The scheme to encrypt with: that of the options, that of the response, or cenc. The two may not differ.
fn scheme(keys: &[&PackKey], options: &Value) -> Result<Scheme, Error> {
    let wanted = options.field("scheme").and_then(Scheme::from_name);
    for named in keys.iter().filter_map(|key| key.scheme) {
        if wanted.is_some_and(|wanted| wanted != named) {
            return Err(CHECK.refuse(Reason::ViewSchemeOther).with(named.as_str()));
        }
    }
    let named = keys.iter().find_map(|key| key.scheme);
    if keys.iter().filter_map(|key| key.scheme).any(|scheme| Some(scheme) != named) {
        return Err(CHECK.refuse(Reason::ViewSchemes));
    }
    let scheme = wanted.or(named).unwrap_or(Scheme::Cenc);
    if !scheme.is_common() {
        return Err(CHECK.refuse(Reason::ViewCommonScheme).with(scheme.as_str()));
    }
    let only_fairplay = |key: &&PackKey| !key.systems.is_empty() && key.systems.iter().all(|drm| drm.system_id == system::FAIRPLAY);
    if scheme != Scheme::Cbcs && keys.iter().any(only_fairplay) {
        return Err(CHECK.refuse(Reason::ViewSchemeFairplay));
    }
    Ok(scheme)
}

/// Hardware DRM (PlayReady SL3000, Widevine L1) needs separate keys for audio and video.
fn check_hardware(keys: &[&PackKey], options: &Value) -> Result<(), Error> {
    if options.get("hardwareDrm") != Some(&Value::Boolean(true)) {
        return Ok(());
    }
    let is_audio = |key: &&&PackKey| key.track_type.as_deref() == Some("AUDIO");
    let audio: Vec<_> = keys.iter().filter(is_audio).map(|key| key.id).collect();
    let shared = keys.iter().filter(|key| !is_audio(key)).any(|key| audio.contains(&key.id));
    if audio.is_empty() || shared || audio.len() == keys.len() {
        return Err(CHECK.refuse(Reason::ViewHardware));
    }
    Ok(())
}

fn number(number: u64) -> Value {
    Value::Number(decimal(number))
}

/// A list of texts.
fn texts(texts: impl IntoIterator<Item = impl Into<String>>) -> Value {
    Value::Array(texts.into_iter().map(|text| Value::String(text.into())).collect())
}

/// `contentId` of the options, or that of the pack info or settings.
fn content_id<'a>(pack: &'a Value, options: &'a Value) -> Result<&'a str, Error> {
    let content_id = options.field("contentId").or(pack.field("content_id")).or(pack.field("contentId"));
    content_id.ok_or_else(|| CHECK.refuse(Reason::SchemaMissing).with("contentId"))
}

#[cfg(test)]
mod typescript;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::json::parse;

    pub(crate) const WIDEVINE: &str = r#""widevine":{"pssh":"AAAALHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAwBAgMEBQYHCAkKCww="}"#;
    pub(crate) const PLAYREADY: &str = r#""playready":{"pssh":"AAAAIXBzc2gAAAAAmgTweZhAQoarkuZb4IhflQAAAAEN"}"#;
    pub(crate) const FAIRPLAY: &str = r#""fairplay":{"key_uri":"skd://x"}"#;

    /// An entry of pack info: a digit that its ids consist of, and its other fields.
    pub(crate) fn entry(digit: char, rest: &[&str]) -> String {
        let (id, key) = (String::from_iter([digit; 32]), String::from_iter(['0', digit].repeat(16)));
        let head = format!(r#""key_id_hex":"{id}","key_hex":"{key}","iv_hex":"30313233343536373839616263646566""#);
        ["{", &std::iter::once(head.as_str()).chain(rest.iter().copied()).collect::<Vec<_>>().join(","), "}"].concat()
    }

    pub(crate) fn pack(entries: &[String]) -> Value {
        parse(&format!(r#"{{"content_id":"film","content_key_list":[{}]}}"#, entries.join(","))).unwrap()
    }

    pub(crate) fn view(name: &str, pack: &Value, options: &str) -> Result<Value, String> {
        make(name, pack, &parse(options).unwrap()).map_err(|error| error.message())
    }

    fn tracks() -> Value {
        let track = |digit, track| entry(digit, &[&format!(r#""track_type":"{track}""#), WIDEVINE]);
        pack(&[track('1', "AUDIO"), track('2', "HD")])
    }

    #[test]
    fn a_single_key_packager_needs_one_of_several_keys_chosen() {
        assert!(view("qencode", &tracks(), "{}").unwrap_err().contains("which key is meant; there are AUDIO, HD"));
        let job = view("qencode", &tracks(), r#"{"track":"hd"}"#).unwrap();
        assert_eq!(job.field("key_id"), Some("22222222222222222222222222222222"));
        assert!(view("qencode", &tracks(), r#"{"track":"UHD1"}"#).unwrap_err().contains("not one of the track types in the response"));
    }

    #[test]
    fn one_of_several_key_periods_must_be_chosen() {
        let period = |digit, index| entry(digit, &[&format!(r#""period":{{"id":"p{index}","index":{index}}}"#), WIDEVINE]);
        let live = pack(&[period('1', 7), period('2', 8)]);
        assert!(view("qencode", &live, "{}").unwrap_err().contains("which of the key periods in the response is meant"));
        for options in [r#"{"period":8}"#, r#"{"period":"p8"}"#] {
            assert_eq!(view("qencode", &live, options).unwrap().field("key_id"), Some("22222222222222222222222222222222"));
        }
        assert!(view("qencode", &live, r#"{"period":9}"#).unwrap_err().contains("not one of the key periods in the response"));
    }

    #[test]
    fn the_scheme_must_match_the_keys() {
        let keys = pack(&[entry('1', &[r#""common_encryption_scheme":"cbcs""#, WIDEVINE])]);
        assert!(view("bitmovin", &keys, r#"{"scheme":"cenc"}"#).unwrap_err().contains("issued for, cbcs"));
        let keys = pack(&[entry('1', &[FAIRPLAY])]);
        assert!(view("bitmovin", &keys, "{}").unwrap_err().contains("must be cbcs"));
        assert!(view("bitmovin", &keys, r#"{"scheme":"cbcs"}"#).is_ok());
    }

    #[test]
    fn a_method_of_hls_is_not_a_scheme_of_common_encryption() {
        let keys = pack(&[entry('1', &[r#""common_encryption_scheme":"SAMPLE-AES""#, WIDEVINE])]);
        for name in ["bitmovin", "shaka-packager", "qencode"] {
            assert!(view(name, &keys, "{}").unwrap_err().contains("scheme is SAMPLE-AES, a method of HLS"), "{name}");
        }
        assert!(view("nginx-vod", &keys, "{}").is_ok(), "it does not name the scheme");
    }

    #[test]
    fn keys_that_only_filters_describe_are_accepted() {
        let rule = |kid: &str, filter: &str| format!("<ContentKeyUsageRule kid='{kid}'><{filter}/></ContentKeyUsageRule>");
        let key = |kid: &str, key: &str| {
            format!("<ContentKey kid='{kid}'><Data><Secret><PlainValue>{key}</PlainValue></Secret></Data></ContentKey>")
        };
        let (video, audio) = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222");
        let xml = format!(
            "<CPIX><ContentKeyList>{}{}</ContentKeyList><ContentKeyUsageRuleList>{}{}</ContentKeyUsageRuleList></CPIX>",
            key(video, "AAAAAAAAAAAAAAAAAAAAAA=="),
            key(audio, "AAAAAAAAAAAAAAAAAAAAAQ=="),
            rule(video, "VideoFilter"),
            rule(audio, "AudioFilter")
        );
        let keys = crate::cpix::response::read(200, xml.as_bytes()).unwrap();
        let types: Vec<_> = keys.keys.iter().map(|key| key.track_type.as_deref()).collect();
        assert_eq!(types, [Some("VIDEO"), Some("AUDIO")]);
        let keys = keys.to_value();
        assert!(view("shaka-packager", &keys, r#"{"hardwareDrm":true}"#).unwrap().to_json().contains("label=VIDEO:key_id=1111"));
        assert!(view("bitmovin", &keys, r#"{"track":"audio","hardwareDrm":false}"#).is_ok());
    }

    #[test]
    fn hardware_drm_needs_separate_keys() {
        let hardware = r#"{"hardwareDrm":true}"#;
        assert!(view("bitmovin", &tracks(), hardware).is_ok());
        assert!(view("bitmovin", &pack(&[entry('1', &[WIDEVINE])]), hardware).unwrap_err().contains("separate keys"));
        let shared = ["AUDIO", "HD"].map(|track| entry('1', &[&format!(r#""track_type":"{track}""#), WIDEVINE]));
        assert!(view("bitmovin", &pack(&shared), hardware).unwrap_err().contains("separate keys"));
    }

    #[test]
    fn every_view_is_listed_once_with_its_options() {
        let list = list();
        let views = list.items().unwrap();
        let names: std::collections::BTreeSet<_> = views.iter().map(|view| view.field("name").unwrap()).collect();
        assert_eq!(names.len(), VIEWS.len());
        for (listed, view) in views.iter().zip(VIEWS) {
            assert_eq!(listed.get("options").unwrap().items().unwrap().len(), view.options.len());
            assert!(view.options.iter().all(|field| !field.doc.is_empty()), "{} has an option without a description", view.name);
        }
    }

    #[test]
    fn unknown_views_and_options_are_named() {
        assert!(view("wowza", &tracks(), "{}").unwrap_err().contains("must be one of qencode, qencode-job"));
        assert!(view("qencode", &tracks(), r#"{"trak":"HD"}"#).unwrap_err().contains("did you mean \"track\"?"));
        assert!(view("qencode", &Value::Null, "{}").unwrap_err().contains("not pack info"));
    }
}
