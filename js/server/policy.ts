// Generated from src/custom_data/policy.rs: UPDATE_TYPES=1 cargo test --features server the_types_in_typescript

/** The license policy, version 2. `{}` means all defaults. */
export type Policy = {
  /** 2, and put in front where it is missing */
  policy_version?: 2;
  /** how long and how often */
  playback_policy?: PlaybackPolicy;
  /** requirements for the device, by track type */
  security_policy?: Array<SecurityPolicy>;
  /** keys that PallyCon does not manage */
  external_key?: ExternalKey;
};

/** How long and how often a license is good for. */
export type PlaybackPolicy = {
  /** an offline license */
  persistent?: boolean;
  /** seconds; 0 is unlimited; not together with `expire_date` */
  license_duration?: number | `${number}`;
  /** GMT, `yyyy-mm-ddThh:mm:ssZ` */
  expire_date?: string | Date;
  /** seconds; needs `persistent` */
  rental_duration?: number | `${number}`;
  /** seconds; needs `persistent` */
  playback_duration?: number | `${number}`;
  /** which tracks are licensed */
  allowed_track_types?: AllowedTrackTypes;
  /** streams at the same time */
  max_stream_per_user?: number;
  /** seconds; reaches the player in a response of format `json` only */
  renewal_duration?: number | `${number}`;
};

/** Requirements for a device, for one track type. */
export type SecurityPolicy = {
  /** default `ALL` */
  track_type?: PolicyTrackType;
  /** Google Widevine */
  widevine?: WidevineSecurity;
  /** Microsoft PlayReady */
  playready?: PlayReadySecurity;
  /** Apple FairPlay */
  fairplay?: FairPlaySecurity;
  /** INKA NCG */
  ncg?: NcgSecurity;
  /** Huawei WisePlay */
  wiseplay?: WiseplaySecurity;
};

/** Of Widevine. */
export type WidevineSecurity = {
  /** 1 is software crypto (L3), 5 is all in hardware (L1) */
  security_level?: 1 | 2 | 3 | 4 | 5;
  /** of the display's connection */
  required_hdcp_version?: HdcpVersion;
  /** analog copy protection */
  required_cgms_flags?: CgmsFlags;
  /** no picture over analog outputs */
  disable_analog_output?: boolean;
  /** whether the list of revoked displays must be current */
  hdcp_srm_rule?: HdcpSrmRule;
  /** licenses revoked devices, too */
  override_device_revocation?: boolean;
  /** encrypts the license itself */
  enable_license_cipher?: boolean;
  /** licenses test devices, too */
  allow_test_device?: boolean;
};

/** Of PlayReady. */
export type PlayReadySecurity = {
  /** 3000 is all in hardware (SL3000) */
  security_level?: 150 | 2000 | 3000;
  /** output protection of compressed and uncompressed digital video */
  digital_video_protection_level?: 100 | 250 | 270 | 300 | 301;
  /** output protection of analog video */
  analog_video_protection_level?: 100 | 150 | 200 | 201;
  /** output protection of digital audio */
  digital_audio_protection_level?: 100 | 250 | 300 | 301;
  /** HDCP 2.2 for UHD */
  require_hdcp_type_1?: boolean;
  /** encrypts the license itself */
  enable_license_cipher?: boolean;
};

/** Of FairPlay. */
export type FairPlaySecurity = {
  /** -1 means none, 0 type 0, 1 type 1 */
  hdcp_enforcement?: -1 | 0 | 1;
  /** whether it may be sent to other devices */
  allow_airplay?: boolean;
  /** whether it may be shown over Apple's AV adapter */
  allow_av_adapter?: boolean;
};

/** Of NCG. */
export type NcgSecurity = {
  /** rooted and jailbroken devices */
  allow_mobile_abnormal_device?: boolean;
  /** displays outside the device */
  allow_external_display?: boolean;
  /** 0 means none */
  control_hdcp?: 0 | 1 | 2;
};

/** Of WisePlay. */
export type WiseplaySecurity = {
  /** 1 is software, 3 is hardware */
  security_level?: 1 | 2 | 3;
  /** of the display's connection */
  output_control?: 0 | 1 | 2 | 3;
};

/** Keys that PallyCon does not manage, in hex. */
export type ExternalKey = {
  /** for Widevine, PlayReady and FairPlay */
  mpeg_cenc?: Array<CencKey>;
  /** for HLS with AES-128 or SAMPLE-AES */
  hls_aes?: Array<AesKey>;
  /** for NCG */
  ncg?: NcgKey;
};

/** A key of common encryption. */
export type CencKey = {
  /** the tracks that it decrypts */
  track_type: PolicyTrackType;
  /** 16 bytes in hex */
  key_id: string;
  /** 16 bytes in hex */
  key: string;
  /** 16 bytes in hex */
  iv?: string | null;
};

/** A key of HLS. The guide asks for `iv`; newer samples of the vendor give `key_id` instead. */
export type AesKey = {
  /** the tracks that it decrypts */
  track_type: PolicyTrackType;
  /** 16 bytes in hex */
  key_id?: string;
  /** 16 bytes in hex */
  key: string;
  /** 16 bytes in hex */
  iv?: string | null;
};

/** A key of NCG. */
export type NcgKey = {
  /** the tracks that it decrypts */
  track_type?: PolicyTrackType;
  /** 32 bytes in hex */
  cek: string;
};

/** Which tracks a policy or a key is for. */
export type PolicyTrackType = "ALL" | "ALL_VIDEO" | "AUDIO" | "SD" | "HD" | "UHD1" | "UHD2";

/** Which tracks are licensed. */
export type AllowedTrackTypes = "ALL" | "SD_ONLY" | "SD_HD" | "SD_UHD1" | "SD_UHD2";

/** Requirements for the display's connection. */
export type HdcpVersion = "HDCP_NONE" | "HDCP_V1" | "HDCP_V2" | "HDCP_V2_1" | "HDCP_V2_2" | "HDCP_V2_3" | "HDCP_NO_DIGITAL_OUTPUT";

/** Analog copy protection. */
export type CgmsFlags = "CGMS_NONE" | "COPY_FREE" | "COPY_ONCE" | "COPY_NEVER";

/** Whether the list of revoked displays must be current. */
export type HdcpSrmRule = "HDCP_SRM_RULE_NONE" | "CURRENT_SRM";
