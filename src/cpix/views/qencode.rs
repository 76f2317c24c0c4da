//! Qencode: the `cenc_drm` object of an output format. One key, one DRM.
//!
//! Shape: Qencode, "DoveRunner DRM" (docs.qencode.com/tutorials/transcoding/drm/doverunner).
//!
//! ```text
//! { "key_id": hex, "key": hex, "iv": hex, "pssh": base64 of the box, "la_url": the license URL }
//! ```

use super::{CHECK, PERIOD, SCHEME, TRACK, scheme, single};
use crate::cpix::pack::Pack;
use crate::cpix::system_id;
use crate::cpix::track::Scheme;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::schema::{Field, Kind, optional};
use crate::{system, text};

const LICENSE_URL: &str = "https://drm-license.doverunner.com/ri/licenseManager.do";
const OPTIONS: &[Field] =
    &[TRACK, PERIOD, SCHEME, optional("system", Kind::OneOf(&["widevine", "playready"])), optional("licenseUrl", Kind::Text)];

/// The `cenc_drm` object.
pub fn view(pack: &Pack, options: &Value) -> Result<Value, Error> {
    CHECK.object(options, OPTIONS)?;
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
        .with("la_url", Some(Value::string(options.field("licenseUrl").unwrap_or(LICENSE_URL)))))
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};

    #[test]
    fn the_widevine_job() {
        let job = view("qencode", &pack(&[entry('a', &[WIDEVINE, PLAYREADY])]), "{}").unwrap();
        assert_eq!(
            job.to_json(),
            concat!(
                r#"{"key_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","key":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","iv":"30313233343536373839616263646566","#,
                r#""pssh":"AAAALHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAwBAgMEBQYHCAkKCww=","la_url":"https://drm-license.doverunner.com/ri/licenseManager.do"}"#
            )
        );
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
}
