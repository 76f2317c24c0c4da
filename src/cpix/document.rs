//! The content of a CPIX document, request or response.

use super::invalid;
use super::track::{Scheme, TrackType};
use super::xml::{self, Element};
use crate::error::{Error, Reason};
use crate::text;
use zeroize::Zeroizing;

/// A document's parts, in its order.
#[derive(Debug, Default)]
pub struct Document {
    /// `CPIX@id`, or SPEKE v2's `@contentId`.
    pub content_id: Option<String>,
    /// The keys.
    pub keys: Vec<ContentKey>,
    /// What each DRM signals.
    pub systems: Vec<DrmSystem>,
    /// The key periods of live content.
    pub periods: Vec<Period>,
    /// The purpose of each key.
    pub rules: Vec<Rule>,
}

/// `ContentKey`.
pub struct ContentKey {
    /// The key's id.
    pub id: [u8; 16],
    /// The scheme that it is for, where the document says.
    pub scheme: Option<Scheme>,
    /// `explicitIV`: 8 or 16 bytes.
    pub iv: Option<Vec<u8>>,
    /// The key itself; a request has none.
    pub key: Option<Zeroizing<[u8; 16]>>,
}

impl core::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ContentKey").field("id", &text::uuid(&self.id)).field("has_key", &self.key.is_some()).finish_non_exhaustive()
    }
}

/// `DRMSystem`. Texts are as they are in the document: base64, if all is well.
#[derive(Debug, Default)]
pub struct DrmSystem {
    /// The key that it is about.
    pub key_id: [u8; 16],
    /// Which DRM.
    pub system_id: [u8; 16],
    /// The PSSH box.
    pub pssh: Option<String>,
    /// What goes into a DASH ContentProtection element.
    pub content_protection: Option<String>,
    /// What goes into a Smooth Streaming manifest.
    pub smooth_streaming: Option<String>,
    /// Lines for the HLS media playlists.
    pub hls_media: Option<String>,
    /// Lines for the HLS master playlist.
    pub hls_master: Option<String>,
    /// The URI of EXT-X-KEY.
    pub key_uri: Option<String>,
}

/// `ContentKeyPeriod`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// What rules refer to.
    pub id: String,
    /// Its number.
    pub index: Option<u64>,
}

/// `ContentKeyUsageRule`.
#[derive(Debug)]
pub struct Rule {
    /// The key that it is about.
    pub key_id: [u8; 16],
    /// `AUDIO`, `HD` and so on; `VIDEO` where only a filter without a size says what the key is for.
    pub track_type: Option<String>,
    /// The period, by its id.
    pub period_id: Option<String>,
    /// `VideoFilter`: the least and the most pixels.
    pub pixels: Option<(Option<u64>, Option<u64>)>,
    /// `AudioFilter`.
    pub is_audio: bool,
}

impl Rule {
    /// `AUDIO`, `HD` and so on: as the rule says, or else as its filters do. A filter of video without a limit says
    /// `VIDEO`.
    pub fn track(&self) -> Option<&str> {
        let filtered = match (self.pixels, self.is_audio) {
            (None, true) => Some(TrackType::Audio.as_str()),
            (Some((least, most)), false) => Some(TrackType::of_pixels(least, most).map_or("VIDEO", TrackType::as_str)),
            _ => None,
        };
        self.track_type.as_deref().or(filtered)
    }
}

impl Document {
    /// Reads a document.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let root = xml::parse(text)?;
        if root.name != "CPIX" {
            return Err(invalid(Reason::CpixRoot));
        }
        let list = |outer: &'static str, inner: &'static str| root.children(outer).flat_map(move |list| list.children(inner));
        let content_id = line(&root, "contentId")?;
        Ok(Self {
            content_id: if content_id.is_some() { content_id } else { line(&root, "id")? },
            keys: list("ContentKeyList", "ContentKey").map(content_key).collect::<Result<_, _>>()?,
            systems: list("DRMSystemList", "DRMSystem").map(drm_system).collect::<Result<_, _>>()?,
            periods: list("ContentKeyPeriodList", "ContentKeyPeriod")
                .filter_map(|element| period(element).transpose())
                .collect::<Result<_, _>>()?,
            rules: list("ContentKeyUsageRuleList", "ContentKeyUsageRule").map(rule).collect::<Result<_, _>>()?,
        })
    }
}

fn id(element: &Element, name: &str) -> Result<[u8; 16], Error> {
    let id = element.attribute(name).and_then(text::from_hex).and_then(|bytes| bytes.try_into().ok());
    id.ok_or_else(|| invalid(Reason::CpixId).with(&element.name).with(name))
}

/// An attribute that is a name: ids and track types go into URLs, command lines and playlists, where a line break or
/// another control character would do harm.
fn line(element: &Element, name: &str) -> Result<Option<String>, Error> {
    match element.attribute(name) {
        Some(text) if text.chars().any(char::is_control) => Err(invalid(Reason::CpixControl).with(&[&element.name, "@", name].concat())),
        text => Ok(text.map(String::from)),
    }
}

fn content_key(element: &Element) -> Result<ContentKey, Error> {
    let id = id(element, "kid")?;
    let refuse = |reason| invalid(reason).with(&text::uuid(&id));
    let iv = match element.attribute("explicitIV").map(str::trim).filter(|iv| !iv.is_empty()) {
        None => None,
        Some(iv) => Some(text::from_base64(iv).filter(|iv| matches!(iv.len(), 8 | 16)).ok_or_else(|| refuse(Reason::CpixIv))?),
    };
    let secret = element.child("Data").and_then(|data| data.child("Secret"));
    if secret.is_some_and(|secret| secret.child("EncryptedValue").is_some()) {
        return Err(refuse(Reason::CpixKeyEncrypted));
    }
    let key = match secret.and_then(|secret| secret.child("PlainValue")).and_then(Element::trimmed) {
        None => None,
        Some(key) => {
            let bytes = text::from_base64(key).map(Zeroizing::new).and_then(|bytes| bytes.as_slice().try_into().ok());
            Some(Zeroizing::new(bytes.ok_or_else(|| refuse(Reason::CpixKey))?))
        }
    };
    let scheme = element.attribute("commonEncryptionScheme").and_then(Scheme::from_name);
    Ok(ContentKey { id, scheme, iv, key })
}

fn drm_system(element: &Element) -> Result<DrmSystem, Error> {
    let text = |name: &str| element.child(name).and_then(Element::trimmed).map(String::from);
    // An HLSSignalingData without the attribute is for the media playlists.
    let hls = |master: bool| {
        let mut data = element.children("HLSSignalingData").filter(|data| (data.attribute("playlist") == Some("master")) == master);
        data.find_map(Element::trimmed).map(String::from)
    };
    Ok(DrmSystem {
        key_id: id(element, "kid")?,
        system_id: id(element, "systemId")?,
        pssh: text("PSSH"),
        content_protection: text("ContentProtectionData"),
        smooth_streaming: text("SmoothStreamingProtectionHeaderData"),
        hls_media: hls(false),
        hls_master: hls(true),
        key_uri: text("URIExtXKey"),
    })
}

fn period(element: &Element) -> Result<Option<Period>, Error> {
    let index = element.attribute("index").and_then(|index| index.parse().ok());
    Ok(line(element, "id")?.map(|id| Period { id, index }))
}

fn rule(element: &Element) -> Result<Rule, Error> {
    let number = |filter: &Element, name: &str| filter.attribute(name).and_then(|number| number.parse().ok());
    Ok(Rule {
        key_id: id(element, "kid")?,
        track_type: line(element, "intendedTrackType")?,
        period_id: element.child("KeyPeriodFilter").map(|filter| line(filter, "periodId")).transpose()?.flatten(),
        pixels: element.child("VideoFilter").map(|filter| (number(filter, "minPixels"), number(filter, "maxPixels"))),
        is_audio: element.child("AudioFilter").is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KID: &str = "12ea753c-23e7-bc02-4474-b2b976c43beb";

    fn with_key(key: &str) -> Result<Document, Error> {
        Document::parse(&format!("<CPIX id='c'><ContentKeyList>{key}</ContentKeyList></CPIX>"))
    }

    #[test]
    fn reads_every_part() {
        let document = Document::parse(&format!(
            "<CPIX id='c'><ContentKeyList><ContentKey kid='{KID}' explicitIV='MDEyMzQ1Njc4OWFiY2RlZg==' commonEncryptionScheme='cbcs'>\
             <Data><Secret><PlainValue> ODQ4REQwMTM5OURGNDczQQ==\n</PlainValue></Secret></Data></ContentKey></ContentKeyList>\
             <ContentKeyPeriodList><ContentKeyPeriod id='p' index='128'/></ContentKeyPeriodList>\
             <ContentKeyUsageRuleList><ContentKeyUsageRule kid='{KID}' intendedTrackType='HD'><KeyPeriodFilter periodId='p'/>\
             <VideoFilter minPixels='921600'/></ContentKeyUsageRule></ContentKeyUsageRuleList>\
             <DRMSystemList><DRMSystem kid='{KID}' systemId='94CE86FB-07FF-4F43-ADB8-93D2FA968CA2'><HLSSignalingData>m</HLSSignalingData>\
             <HLSSignalingData playlist='master'>M</HLSSignalingData><URIExtXKey>u</URIExtXKey><PSSH/></DRMSystem></DRMSystemList></CPIX>"
        ))
        .unwrap();
        assert_eq!(document.content_id.as_deref(), Some("c"));
        let key = &document.keys[0];
        assert_eq!(
            (text::uuid(&key.id).as_str(), key.scheme, key.iv.as_deref()),
            (KID, Some(Scheme::Cbcs), Some(&b"0123456789abcdef"[..]))
        );
        assert_eq!(key.key.as_deref(), Some(b"848DD01399DF473A"));
        assert_eq!(document.periods, [Period { id: "p".into(), index: Some(128) }]);
        let rule = &document.rules[0];
        assert_eq!(
            (rule.track_type.as_deref(), rule.period_id.as_deref(), rule.pixels),
            (Some("HD"), Some("p"), Some((Some(921_600), None)))
        );
        let system = &document.systems[0];
        assert_eq!(system.system_id, crate::system::FAIRPLAY);
        assert_eq!(
            (system.hls_media.as_deref(), system.hls_master.as_deref(), system.key_uri.as_deref()),
            (Some("m"), Some("M"), Some("u"))
        );
        assert_eq!(system.pssh, None, "an empty element");
    }

    #[test]
    fn filters_determine_the_track_if_the_rule_does_not() {
        for (rule, track) in [
            ("><VideoFilter/>", Some("VIDEO")),
            ("><AudioFilter/>", Some("AUDIO")),
            ("><AudioFilter minChannels='6'/>", Some("AUDIO")),
            ("><VideoFilter minPixels='0' maxPixels='442368'/>", Some("SD")),
            ("><VideoFilter minPixels='442369' maxPixels='2073600'/>", Some("HD")),
            ("><VideoFilter minPixels='2073601'/>", Some("UHD1")),
            ("><VideoFilter minPixels='8847361' maxPixels='99999999'/>", Some("VIDEO")),
            (" intendedTrackType='FIRST'><VideoFilter maxPixels='442368'/>", Some("FIRST")),
            ("><VideoFilter/><AudioFilter/>", None),
            (">", None),
        ] {
            let rules = format!("<ContentKeyUsageRule kid='{KID}'{rule}</ContentKeyUsageRule>");
            let document = Document::parse(&format!("<CPIX><ContentKeyUsageRuleList>{rules}</ContentKeyUsageRuleList></CPIX>")).unwrap();
            assert_eq!(document.rules[0].track(), track, "{rule}");
        }
    }

    #[test]
    fn invalid_keys_are_refused_without_being_shown() {
        for (key, what) in [
            ("<ContentKey/>", "has no kid"),
            ("<ContentKey kid='1234'/>", "has no kid that is a UUID"),
            ("<ContentKey kid='12ea753c-23e7-bc02-4474-b2b976c43beb' explicitIV='AAAA'/>", "explicitIV"),
            (
                "<ContentKey kid='12ea753c-23e7-bc02-4474-b2b976c43beb'><Data><Secret><PlainValue>c2VjcmV0</PlainValue></Secret></Data></ContentKey>",
                "is not base64 of 16 bytes",
            ),
            (
                "<ContentKey kid='12ea753c-23e7-bc02-4474-b2b976c43beb'><Data><Secret><EncryptedValue/></Secret></Data></ContentKey>",
                "is encrypted",
            ),
        ] {
            let error = with_key(key).unwrap_err();
            assert!(error.message().contains(what), "{}", error.message());
            assert!(!error.message().contains("c2VjcmV0"));
        }
        for attributes in ["id='a&#10;b'", "id='a\nb'", "contentId='&#x7f;'"] {
            let error = Document::parse(&format!("<CPIX {attributes}/>")).unwrap_err();
            assert!(error.message().contains("contains a control character"), "{attributes}: {}", error.message());
        }
        assert!(Document::parse("<html/>").unwrap_err().message().contains("root is not CPIX"));
    }

    #[test]
    fn debug_output_contains_no_key() {
        let key =
            format!("<ContentKey kid='{KID}'><Data><Secret><PlainValue>ODQ4REQwMTM5OURGNDczQQ==</PlainValue></Secret></Data></ContentKey>");
        let shown = format!("{:?}", with_key(&key).unwrap());
        assert!(shown.contains("has_key: true") && !shown.contains("56, 52, 56") && !shown.contains("848DD"), "{shown}");
    }
}
