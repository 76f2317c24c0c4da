//! nginx-vod-module: the response of its `vod_drm_upstream_location`. A list with one key.
//!
//! Shape: the README of kaltura/nginx-vod-module, section "DRM". Its `data` is the payload alone: given the whole box,
//! the module nests one box in another, which no player reads.
//!
//! ```text
//! [ { "key_id": base64 of 16 bytes, "key": base64, "iv": base64, "pssh": [ { "uuid": system id, "data": base64 of the
//! payload } ] } ]
//! ```

use super::{CHECK, Make, PERIOD, TRACK, View, single};
use crate::cpix::pack::Pack;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::text;

/// The list.
pub const VIEW: View = View {
    name: "nginx-vod",
    function: "toNginxVod",
    title: "The response of `vod_drm_upstream_location` for nginx-vod-module.",
    options: &[TRACK, PERIOD],
    make: Make::Keys(view),
    #[cfg(test)]
    types: super::typescript::Types {
        options: "NginxVodOptions",
        returns: "NginxVodKeys",
        declarations: "
/** What nginx-vod-module reads from its DRM upstream. */
export type NginxVodKeys = { pssh: { uuid: string; data: string }[]; key: string; key_id: string; iv?: string }[];
",
    },
};

fn view(pack: &Pack, options: &Value) -> Result<Value, Error> {
    let key = single(pack, options)?;
    let mut boxes = Vec::new();
    for drm in key.systems.iter().filter(|drm| drm.pssh.is_some()) {
        let uuid = text::uuid(&drm.system_id);
        let payload = drm.pssh_payload().ok_or_else(|| CHECK.refuse(Reason::ViewPssh).with(&uuid))?;
        boxes.push(Value::object([("uuid", Value::String(uuid)), ("data", Value::string(text::to_base64(&payload)))]));
    }
    let entry = Value::object([("pssh", Value::Array(boxes))])
        .with("key", Some(Value::string(text::to_base64(key.key.as_slice()))))
        .with("key_id", Some(Value::string(text::to_base64(&key.id))))
        .with("iv", key.iv.as_deref().map(|iv| Value::string(text::to_base64(iv))));
    Ok(Value::Array(vec![entry]))
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{FAIRPLAY, PLAYREADY, WIDEVINE, entry, pack, view};

    #[test]
    fn payloads_not_boxes() {
        let list = view("nginx-vod", &pack(&[entry('1', &[PLAYREADY, WIDEVINE, FAIRPLAY])]), "{}").unwrap();
        assert_eq!(
            list.to_json(),
            concat!(
                r#"[{"pssh":[{"uuid":"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed","data":"AQIDBAUGBwgJCgsM"},"#,
                r#"{"uuid":"9a04f079-9840-4286-ab92-e65be0885f95","data":"DQ=="}],"key":"AQEBAQEBAQEBAQEBAQEBAQ==","#,
                r#""key_id":"EREREREREREREREREREREQ==","iv":"MDEyMzQ1Njc4OWFiY2RlZg=="}]"#
            )
        );
    }

    #[test]
    fn a_pssh_that_is_not_a_box_is_refused() {
        let keys = pack(&[entry('1', &[r#""widevine":{"pssh":"AQID"}"#])]);
        assert!(view("nginx-vod", &keys, "{}").unwrap_err().contains("is not a PSSH box"));
    }
}
