//! Bitmovin with SPEKE: the encoder calls the key server itself. Its SPEKE is version 1: one key for all tracks.
//!
//! Shape: the SpekeDrm resource (`@bitmovin/api-sdk`, "Using SPEKE for DRM"); PallyCon, "Bitmovin Encoder Integration
//! Guide". As in Bitmovin's own example (`DrmContentProtectionWithSpeke`), FairPlay has its own resource, because its
//! encryption mode differs.
//!
//! ```text
//! [ { "name": "cenc" | "fairplay", "spekeDrm": { "contentId", "systemIds": [ … ], "provider": { "url" }, "iv": hex } } ]
//! ```

use crate::cpix::kms::Service;
use crate::cpix::system_id;
use crate::cpix::views::{CHECK, CONTENT_ID, Make, SYSTEMS, View, content_id, texts};
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::schema::{Field, Kind, optional, required};
use crate::system::{FAIRPLAY, PLAYREADY, WIDEVINE};
use crate::text;

/// The key server.
const URL: Field = required("url", Kind::Text).doc("of kind speke or speke-cbcs");
/// FairPlay's vector.
pub(super) const IV: Field = optional("iv", Kind::Hex(16)).doc("16 bytes in hex; FairPlay needs it");

/// The list of resources.
pub const VIEW: View = View {
    name: "bitmovin-speke",
    function: "toBitmovinSpeke",
    title: "Bitmovin's SpekeDrm resources: the encoder calls the key server itself.",
    options: &[URL, CONTENT_ID, SYSTEMS, IV],
    make: Make::Settings(view),
    #[cfg(test)]
    types: crate::cpix::views::typescript::Types {
        options: "BitmovinSpekeOptions",
        returns: "BitmovinSpeke[]",
        declarations: "
export interface BitmovinSpeke {
  /** two of them, because FairPlay takes another encryption mode */
  name: \"cenc\" | \"fairplay\";
  /** a SpekeDrm resource, without its outputs */
  spekeDrm: { contentId: string; systemIds: string[]; provider: { url: string }; iv?: string };
}
",
    },
};

/// The list of resources.
pub(super) fn view(pack: &Value, options: &Value) -> Result<Value, Error> {
    let url = options.field("url").unwrap_or_default();
    if !url.starts_with("https://") || Service::from_url(url).is_some_and(|service| !service.is_speke()) {
        return Err(CHECK.refuse(Reason::ViewBitmovinSpekeUrl));
    }
    let keys = pack.get("content_key_list").and_then(Value::items).unwrap_or_default();
    if keys.len() > 1 {
        return Err(CHECK.refuse(Reason::ViewBitmovinSpekeKeys));
    }
    let content_id = content_id(pack, options)?;
    let named = [("widevine", WIDEVINE), ("playready", PLAYREADY), ("fairplay", FAIRPLAY)];
    let systems: Vec<[u8; 16]> = match options.get("systems").or(pack.get("systems")) {
        Some(names) => names.items().unwrap_or_default().iter().filter_map(|name| system_id(name.as_str()?)).collect(),
        None => named.iter().filter(|(name, _)| keys.iter().any(|key| key.get(name).is_some())).map(|(_, id)| *id).collect(),
    };
    if systems.is_empty() || !systems.iter().all(|id| named.iter().any(|(_, known)| known == id)) {
        return Err(CHECK.refuse(Reason::ViewBitmovinSpekeSystems));
    }
    let resource = |name: &str, ids: Vec<String>, iv: Option<Value>| {
        let drm = Value::object([
            ("contentId", Value::string(content_id)),
            ("systemIds", texts(ids)),
            ("provider", Value::object([("url", Value::string(url))])),
        ]);
        Value::object([("name", Value::string(name)), ("spekeDrm", drm.with("iv", iv))])
    };
    let cenc: Vec<String> = systems.iter().filter(|id| **id != FAIRPLAY).map(text::uuid).collect();
    let mut out = Vec::new();
    if !cenc.is_empty() {
        out.push(resource("cenc", cenc, None));
    }
    if systems.contains(&FAIRPLAY) {
        let iv = options.get("iv").cloned().ok_or_else(|| CHECK.refuse(Reason::SchemaMissing).with("iv"))?;
        out.push(resource("fairplay", vec![text::uuid(&FAIRPLAY)], Some(iv)));
    }
    Ok(Value::Array(out))
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{WIDEVINE, entry, pack, view};
    use crate::json::Value;

    const URL: &str = r#""url":"https://kms.pallycon.com/cpix/getKey?enc-token=t","contentId":"film""#;

    fn speke(rest: &str) -> Result<String, String> {
        view("bitmovin-speke", &Value::object([]), &format!("{{{URL},{rest}}}")).map(|value| value.to_json())
    }

    #[test]
    fn fairplay_has_its_own_resource() {
        let provider = r#""provider":{"url":"https://kms.pallycon.com/cpix/getKey?enc-token=t"}"#;
        assert_eq!(
            speke(r#""systems":["widevine","playready","fairplay"],"iv":"00112233445566778899aabbccddeeff""#).unwrap(),
            [
                r#"[{"name":"cenc","spekeDrm":{"contentId":"film","systemIds":["edef8ba9-79d6-4ace-a3c8-27dcd51d21ed","#,
                r#""9a04f079-9840-4286-ab92-e65be0885f95"],"#,
                provider,
                r#"}},{"name":"fairplay","spekeDrm":{"contentId":"film","systemIds":["94ce86fb-07ff-4f43-adb8-93d2fa968ca2"],"#,
                provider,
                r#","iv":"00112233445566778899aabbccddeeff"}}]"#,
            ]
            .concat()
        );
    }

    #[test]
    fn its_rules() {
        for (rest, what) in [
            (r#""systems":["fairplay"]"#, "iv is missing"),
            (r#""systems":["ncg"]"#, "Widevine, PlayReady and FairPlay"),
            (r#""iv":"00""#, "iv must be 16 bytes in hex"),
        ] {
            assert!(speke(rest).unwrap_err().contains(what), "{rest}");
        }
        let v2 = r#"{"url":"https://kms.pallycon.com/v2/cpix/pallycon/getKey/t","contentId":"c","systems":["widevine"]}"#;
        assert!(view("bitmovin-speke", &Value::object([]), v2).unwrap_err().contains("a SPEKE key server"));
        let two = pack(&[entry('1', &[WIDEVINE]), entry('2', &[WIDEVINE])]);
        assert!(view("bitmovin-speke", &two, &format!("{{{URL}}}")).unwrap_err().contains("SPEKE v1, which has one key"));
    }
}
