//! The registry: DRM systems by id, and the names of the DRMs in PallyCon's API and in EME.
//!
//! Ids: DASH-IF's content protection identifiers and PallyCon's CPIX guide (`docs/protocol.md`, "System ids").

/// A DRM that PallyCon licenses and a browser can play, and ClearKey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drm {
    /// Google Widevine.
    Widevine,
    /// Microsoft PlayReady.
    PlayReady,
    /// Apple FairPlay Streaming.
    FairPlay,
    /// W3C ClearKey.
    ClearKey,
}

impl Drm {
    /// Its spelling in the public API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Widevine => "widevine",
            Self::PlayReady => "playready",
            Self::FairPlay => "fairplay",
            Self::ClearKey => "clearkey",
        }
    }

    /// From the public API's or a token's spelling; the case does not matter, as real tokens use both.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Widevine, Self::PlayReady, Self::FairPlay, Self::ClearKey].into_iter().find(|drm| drm.as_str().eq_ignore_ascii_case(name))
    }

    /// From an EME key system: `com.microsoft.playready.recommendation.3000`, `com.apple.fps.1_0` and so on count as
    /// well.
    pub fn from_key_system(key_system: &str) -> Option<Self> {
        [
            ("com.widevine.alpha", Self::Widevine),
            ("com.microsoft.playready", Self::PlayReady),
            ("com.apple.fps", Self::FairPlay),
            ("org.w3.clearkey", Self::ClearKey),
        ]
        .into_iter()
        .find(|(prefix, _)| key_system.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
        .map(|(_, drm)| drm)
    }

    /// Its name in messages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Widevine => "Widevine",
            Self::PlayReady => "PlayReady",
            Self::FairPlay => "FairPlay",
            Self::ClearKey => "ClearKey",
        }
    }
}

/// A protection scheme of Common Encryption (ISO/IEC 23001-7, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// AES-CTR, whole samples or subsamples.
    Cenc,
    /// AES-CBC.
    Cbc1,
    /// AES-CTR with a pattern.
    Cens,
    /// AES-CBC with a pattern.
    Cbcs,
}

impl Scheme {
    /// Reads four characters.
    pub fn from_fourcc(fourcc: [u8; 4]) -> Option<Self> {
        Some(match &fourcc {
            b"cenc" => Self::Cenc,
            b"cbc1" => Self::Cbc1,
            b"cens" => Self::Cens,
            b"cbcs" => Self::Cbcs,
            _ => return None,
        })
    }

    /// Four characters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cenc => "cenc",
            Self::Cbc1 => "cbc1",
            Self::Cens => "cens",
            Self::Cbcs => "cbcs",
        }
    }

    /// Four characters, as bytes.
    pub fn fourcc(self) -> [u8; 4] {
        match self {
            Self::Cenc => *b"cenc",
            Self::Cbc1 => *b"cbc1",
            Self::Cens => *b"cens",
            Self::Cbcs => *b"cbcs",
        }
    }
}

/// Widevine's system id.
pub const WIDEVINE: [u8; 16] = id(0xedef_8ba9_79d6_4ace_a3c8_27dc_d51d_21ed);
/// PlayReady's system id.
pub const PLAYREADY: [u8; 16] = id(0x9a04_f079_9840_4286_ab92_e65b_e088_5f95);
/// FairPlay's system id.
pub const FAIRPLAY: [u8; 16] = id(0x94ce_86fb_07ff_4f43_adb8_93d2_fa96_8ca2);
/// The W3C's common system id: a box that contains only key ids.
pub const COMMON: [u8; 16] = id(0x1077_efec_c0b2_4d02_ace3_3c1e_52e2_fb4b);
/// ClearKey as DASH-IF signals it.
pub const CLEARKEY: [u8; 16] = id(0xe271_9d58_a985_b3c9_781a_b030_af78_d30e);
/// WisePlay, and ChinaDRM, which it is based on.
pub const WISEPLAY: [u8; 16] = id(0x3d5e_6d35_9b9a_41e8_b843_dd3c_6e72_c42c);
/// PallyCon NCG: played only by native SDKs.
pub const NCG: [u8; 16] = id(0xd9e4_411a_e886_4909_a380_a77f_28d5_2335);
/// Nagra.
pub const NAGRA: [u8; 16] = id(0xadb4_1c24_2dbf_4a6d_958b_4457_c0d2_7b95);
/// Irdeto.
pub const IRDETO: [u8; 16] = id(0x80a6_be7e_1448_4c37_9e70_d5ae_be04_c8d2);
/// Marlin, in boxes.
pub const MARLIN: [u8; 16] = id(0x69f9_08af_4816_46ea_910c_cd5d_cccb_0a3a);
/// Marlin, in manifests.
pub const MARLIN_URN: [u8; 16] = id(0x5e62_9af5_38da_4063_8977_97ff_bd99_02d4);
/// Adobe PrimeTime.
pub const PRIMETIME: [u8; 16] = id(0xf239_e769_efa3_4850_9c16_a903_c693_2efb);
/// NCG in HLS with AES-128.
pub const NCG_HLS_AES: [u8; 16] = id(0x8137_6844_f976_481e_a84e_cc25_d39b_0b33);
/// NCG in HLS with SAMPLE-AES.
pub const NCG_HLS_SAMPLE_AES: [u8; 16] = id(0x4858_2a1d_1ff4_426e_8cd5_0642_4fcc_578c);
/// Plain AES-128 in HLS.
pub const AES_128: [u8; 16] = id(0x3ea8_778f_7742_4bf9_b18b_e834_b2ac_bd47);
/// Plain SAMPLE-AES in HLS.
pub const SAMPLE_AES: [u8; 16] = id(0xbe58_615b_19c4_4684_88b3_c8c5_7e99_e957);

const fn id(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

/// The format of a system's data in a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadFormat {
    /// A protobuf message.
    Widevine,
    /// A PlayReady Object.
    PlayReady,
    /// A tree of boxes.
    FairPlay,
    /// base64url of JSON.
    Nagra,
    /// JSON.
    WisePlay,
    /// XML.
    Irdeto,
    /// A table of keys.
    Marlin,
    /// A format for native players.
    Native,
    /// None, or unknown.
    Opaque,
}

/// Every system that this crate knows by name, and the format of its data.
pub static SYSTEMS: [([u8; 16], &str, PayloadFormat); 16] = [
    (WIDEVINE, "Widevine", PayloadFormat::Widevine),
    (PLAYREADY, "PlayReady", PayloadFormat::PlayReady),
    (FAIRPLAY, "FairPlay", PayloadFormat::FairPlay),
    (COMMON, "Common", PayloadFormat::Opaque),
    (CLEARKEY, "ClearKey", PayloadFormat::Opaque),
    (WISEPLAY, "WisePlay", PayloadFormat::WisePlay),
    (NCG, "NCG", PayloadFormat::Native),
    (NAGRA, "Nagra", PayloadFormat::Nagra),
    (IRDETO, "Irdeto", PayloadFormat::Irdeto),
    (MARLIN, "Marlin", PayloadFormat::Marlin),
    (MARLIN_URN, "Marlin", PayloadFormat::Marlin),
    (PRIMETIME, "PrimeTime", PayloadFormat::Opaque),
    (NCG_HLS_AES, "NCG HLS AES-128", PayloadFormat::Native),
    (NCG_HLS_SAMPLE_AES, "NCG HLS SAMPLE-AES", PayloadFormat::Native),
    (AES_128, "AES-128", PayloadFormat::Opaque),
    (SAMPLE_AES, "SAMPLE-AES", PayloadFormat::Opaque),
];

/// A system's name and the format of its data, if the registry has it.
#[inline(never)]
fn known(system_id: &[u8; 16]) -> Option<&'static ([u8; 16], &'static str, PayloadFormat)> {
    SYSTEMS.iter().find(|(id, ..)| id == system_id)
}

/// A system's name, if the registry has it.
pub fn name(system_id: &[u8; 16]) -> Option<&'static str> {
    known(system_id).map(|(_, name, _)| *name)
}

/// The format of a system's data.
pub fn payload_format(system_id: &[u8; 16]) -> PayloadFormat {
    known(system_id).map_or(PayloadFormat::Opaque, |(.., payload)| *payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_published() {
        assert_eq!(crate::text::uuid(&WIDEVINE), "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed");
        assert_eq!(crate::text::uuid(&COMMON), "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b");
        assert_eq!(name(&PLAYREADY), Some("PlayReady"));
        assert_eq!(name(&[0; 16]), None);
    }

    #[test]
    fn no_system_is_listed_twice() {
        for (at, (id, ..)) in SYSTEMS.iter().enumerate() {
            assert_eq!(SYSTEMS.iter().position(|(other, ..)| other == id), Some(at));
        }
    }

    #[test]
    fn key_systems_with_suffixes() {
        assert_eq!(Drm::from_key_system("com.microsoft.playready.recommendation.3000"), Some(Drm::PlayReady));
        assert_eq!(Drm::from_key_system("com.apple.fps.1_0"), Some(Drm::FairPlay));
        assert_eq!(Drm::from_key_system("com.widevine.alpha.experiment"), Some(Drm::Widevine));
        assert_eq!(Drm::from_key_system("com.widevine.alphabet"), None);
        assert_eq!(Drm::from_name("FairPlay"), Some(Drm::FairPlay));
        assert_eq!(Drm::from_name("NCG"), None);
    }
}
