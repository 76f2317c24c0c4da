//! Track types: which key protects what. The pixel ranges keep the types apart where one key server decides by
//! resolution.

/// What one key protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackType {
    /// Sound.
    Audio,
    /// Up to 576 lines.
    Sd,
    /// 720 to 1080 lines.
    Hd,
    /// 4K.
    Uhd1,
    /// 8K.
    Uhd2,
}

impl TrackType {
    /// All, from sound up.
    pub const ALL: [Self; 5] = [Self::Audio, Self::Sd, Self::Hd, Self::Uhd1, Self::Uhd2];
    /// Their names in CPIX.
    pub const NAMES: [&'static str; 5] = ["AUDIO", "SD", "HD", "UHD1", "UHD2"];

    /// As CPIX spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "AUDIO",
            Self::Sd => "SD",
            Self::Hd => "HD",
            Self::Uhd1 => "UHD1",
            Self::Uhd2 => "UHD2",
        }
    }

    /// From CPIX's spelling, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|track| track.as_str().eq_ignore_ascii_case(name))
    }

    /// The track type of a picture of so many pixels, as a filter has them; without either it could be any.
    pub fn of_pixels(least: Option<u64>, most: Option<u64>) -> Option<Self> {
        let video = [Self::Sd, Self::Hd, Self::Uhd1, Self::Uhd2];
        match (least, most) {
            (_, Some(most)) => video.into_iter().find(|track| track.pixels().is_some_and(|(_, limit)| most <= limit)),
            (Some(least), None) => video.into_iter().rev().find(|track| track.pixels().is_some_and(|(limit, _)| least >= limit)),
            (None, None) => None,
        }
    }

    /// The least and the most pixels of a picture: 1024 × 576, then 1280 × 720 to 1920 × 1080 (PallyCon's own example),
    /// 4096 × 2160 and 8192 × 4320 beyond. Sound has no filter.
    pub fn pixels(self) -> Option<(u64, u64)> {
        match self {
            Self::Audio => None,
            Self::Sd => Some((0, 589_824)),
            Self::Hd => Some((921_600, 2_073_600)),
            Self::Uhd1 => Some((2_073_601, 8_847_360)),
            Self::Uhd2 => Some((8_847_361, 35_389_440)),
        }
    }
}

/// A common encryption scheme (ISO/IEC 23001-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// AES-CTR, whole samples or subsamples: the default.
    Cenc,
    /// AES-CBC.
    Cbc1,
    /// AES-CTR with a pattern.
    Cens,
    /// AES-CBC with a pattern: the only scheme that FairPlay accepts.
    Cbcs,
    /// Whole segments of HLS (CPIX 2.4 lets a document name HLS's methods here).
    Aes128,
    /// Samples of HLS (CPIX 2.4).
    SampleAes,
}

impl Scheme {
    /// The names of those of common encryption in CPIX.
    pub const NAMES: [&'static str; 4] = ["cenc", "cbc1", "cens", "cbcs"];

    /// As CPIX spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cenc => "cenc",
            Self::Cbc1 => "cbc1",
            Self::Cens => "cens",
            Self::Cbcs => "cbcs",
            Self::Aes128 => "AES-128",
            Self::SampleAes => "SAMPLE-AES",
        }
    }

    /// From CPIX's spelling, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Cenc, Self::Cbc1, Self::Cens, Self::Cbcs, Self::Aes128, Self::SampleAes];
        all.into_iter().find(|scheme| scheme.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether it is one of common encryption (ISO/IEC 23001-7), not a method of HLS.
    pub fn is_common(self) -> bool {
        !matches!(self, Self::Aes128 | Self::SampleAes)
    }

    /// Whether samples are encrypted in CTR mode, where a key must not be used twice with one initialization vector.
    pub fn is_counter_mode(self) -> bool {
        matches!(self, Self::Cenc | Self::Cens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for (name, track) in TrackType::NAMES.into_iter().zip(TrackType::ALL) {
            assert_eq!(TrackType::from_name(name), Some(track));
            assert_eq!(track.as_str(), name);
        }
        for name in Scheme::NAMES {
            assert_eq!(Scheme::from_name(&name.to_uppercase()).map(Scheme::as_str), Some(name));
        }
        assert_eq!(TrackType::from_name("VIDEO"), None);
        for (name, scheme) in [("AES-128", Scheme::Aes128), ("sample-aes", Scheme::SampleAes)] {
            assert_eq!(Scheme::from_name(name), Some(scheme));
            assert!(!scheme.is_common() && Scheme::Cbcs.is_common());
        }
    }

    #[test]
    fn a_filter_shows_the_track_type() {
        for track in TrackType::ALL {
            let Some((least, most)) = track.pixels() else { continue };
            assert_eq!(TrackType::of_pixels(Some(least), Some(most)), Some(track));
            assert_eq!(TrackType::of_pixels(None, Some(most)), Some(track));
            assert_eq!(TrackType::of_pixels(Some(least), None), Some(track));
        }
        assert_eq!(TrackType::of_pixels(None, None), None);
        assert_eq!(TrackType::of_pixels(None, Some(u64::MAX)), None);
    }

    #[test]
    fn pixel_ranges_do_not_overlap() {
        let ranges: Vec<_> = TrackType::ALL.into_iter().filter_map(TrackType::pixels).collect();
        for pair in ranges.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{pair:?}");
        }
        assert_eq!(TrackType::Hd.pixels(), Some((1280 * 720, 1920 * 1080)));
    }
}
