//! MediaConvert: the `Encryption` of an output group, by SPEKE v1 with one key.
//!
//! Shape: MediaConvert, "SPEKE encryption parameters" and "Encrypting content" (docs.aws.amazon.com/mediaconvert);
//! PallyCon, "AWS Elemental Integration". A certificate is not used: the keys come unencrypted, over https.
//!
//! ```text
//! DASH_ISO   { PlaybackDeviceCompatibility: CENC_V1, SpekeKeyProvider { ResourceId, SystemIds, Url } }
//! HLS        { EncryptionMethod, Type: SPEKE, SpekeKeyProvider { ResourceId, SystemIds: [ one ], Url } }
//! CMAF       { EncryptionMethod, Type: SPEKE, SpekeKeyProvider { ResourceId, DashSignaledSystemIds, HlsSignaledSystemIds, Url } }
//! MS_SMOOTH  { SpekeKeyProvider { ResourceId, SystemIds, Url } }
//! ```

use super::*;

/// The settings of an output group.
pub const VIEW: View = View {
    name: "mediaconvert",
    function: "toSpeke",
    title: "`Encryption` of an output group of AWS Elemental MediaConvert.",
    options: &[
        required("url", Kind::Text).doc("of kind speke; of kind speke-cbcs for CMAF in cbcs"),
        required("output", Kind::OneOf(&["dash", "hls", "cmaf", "smooth"])).doc("the output group"),
        optional("method", Kind::OneOf(&["cenc", "cbcs"])).doc("for CMAF; default cbcs with FairPlay, else cenc"),
        CONTENT_ID,
        SYSTEMS,
    ],
    make: Make::Settings(view),
    #[cfg(test)]
    types: crate::cpix::views::typescript::Types { options: "MediaConvertOptions", returns: "Record<string, unknown>", declarations: "" },
};

fn view(pack: &Value, options: &Value) -> Result<Value, Error> {
    let job = Job::new(pack, options)?;
    if pack.get("content_key_list").and_then(Value::items).is_some_and(|keys| keys.len() > 1) {
        return Err(CHECK.refuse(Reason::ViewAwsOneKey));
    }
    if options.get("method").is_some() && options.field("output") != Some("cmaf") {
        return Err(CHECK.refuse(Reason::ViewAwsMethod));
    }
    let provider = Value::object([("ResourceId", Value::string(job.content_id))]);
    let url = Some(Value::string(job.url));
    let has_fairplay = job.systems.contains(&FAIRPLAY);
    let simple = |provider: Value| provider.with("SystemIds", Some(job.ids(|_| true))).with("Url", url.clone());
    let speke = |method: &str, provider: Value| {
        Value::object([("EncryptionMethod", Value::string(method)), ("Type", Value::string("SPEKE")), ("SpekeKeyProvider", provider)])
    };
    Ok(match options.field("output").unwrap_or_default() {
        "dash" => {
            job.systems_are(&[WIDEVINE, PLAYREADY], 2, Reason::ViewAwsDash)?;
            Value::object([("PlaybackDeviceCompatibility", Value::string("CENC_V1")), ("SpekeKeyProvider", simple(provider))])
        }
        "smooth" => {
            job.systems_are(&[PLAYREADY], 1, Reason::ViewAwsSmooth)?;
            Value::object([("SpekeKeyProvider", simple(provider))])
        }
        "hls" => {
            job.systems_are(&[FAIRPLAY, NCG_HLS_AES], 1, Reason::ViewAwsHls)?;
            speke(if has_fairplay { "SAMPLE_AES" } else { "AES128" }, simple(provider))
        }
        _ => {
            job.systems_are(&[WIDEVINE, PLAYREADY, FAIRPLAY], 3, Reason::ViewAwsCmaf)?;
            let is_cbcs = options.field("method").map_or(has_fairplay, |method| method == "cbcs");
            if has_fairplay && !is_cbcs {
                return Err(CHECK.refuse(Reason::ViewSchemeFairplay));
            }
            if is_cbcs {
                check_cbcs_url(job.url)?;
            }
            // MediaConvert calls cbcs Sample-AES; FairPlay is signalled in HLS, the others in DASH.
            let ids = |provider: Value, name: &str, ids: Value| {
                provider.with(name, Some(ids).filter(|ids| ids.items().is_some_and(|ids| !ids.is_empty())))
            };
            let provider = ids(provider, "DashSignaledSystemIds", job.ids(|id| *id != FAIRPLAY));
            let provider = ids(provider, "HlsSignaledSystemIds", job.ids(|id| *id == FAIRPLAY));
            speke(if is_cbcs { "SAMPLE_AES" } else { "AES_CTR" }, provider.with("Url", url.clone()))
        }
    })
}
