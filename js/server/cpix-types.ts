/** The types of CPIX. Those of the packagers' settings are in views.ts. */

export type KmsKind = "v1" | "v2" | "doverunner" | "speke" | "speke-v2" | "speke-cbcs" | "ateme";

export interface KmsUrlOptions {
  kind: KmsKind;
  /** the KMS token (enc-token) from the console */
  token: string;
  /** replaces the public host; for speke-v2 and speke-cbcs the complete URL, which is not published */
  base?: string | undefined;
  /** live content whose keys rotate; for speke-v2 it must match the channel's rotation interval */
  keyRotation?: boolean | undefined;
  /** ateme */
  format?: "dash" | "hls" | undefined;
  /** ateme */
  contentId?: string | undefined;
}

/** A name, or a system id. */
export type CpixSystem =
  | "widevine"
  | "playready"
  | "fairplay"
  | "wiseplay"
  | "ncg"
  | "ncg-hls-aes-128"
  | "ncg-hls-sample-aes"
  | "aes-128"
  | "sample-aes"
  | (string & {});
export type TrackType = "AUDIO" | "SD" | "HD" | "UHD1" | "UHD2";
export type EncryptionScheme = "cenc" | "cbc1" | "cens" | "cbcs";
/** CPIX 2.4 also defines HLS's methods. */
export type DocumentScheme = EncryptionScheme | "AES-128" | "SAMPLE-AES";

export interface CpixRequestOptions {
  contentId: string;
  systems: CpixSystem[];
  /** default cenc; FairPlay alone only accepts cbcs */
  scheme?: EncryptionScheme | undefined;
  /** one key for each; without it one key for all */
  tracks?: (TrackType | { type: TrackType; keyId?: string; minPixels?: number; maxPixels?: number })[] | undefined;
  /** live: one key for each, by index */
  keyPeriods?: (number | { id?: string; index: number })[] | undefined;
  /** of a single key; the key server responds with its own */
  keyId?: string | undefined;
  /** which key server to call; default v2 */
  kind?: Exclude<KmsKind, "ateme"> | undefined;
  /** checks that audio and video get separate keys, as PlayReady SL3000 and Widevine L1 require */
  hardwareDrm?: boolean | undefined;
}

export interface CpixRequest {
  contentId?: string;
  systems: string[];
  scheme?: DocumentScheme;
  keyIds: string[];
  tracks?: { type: string; keyId: string; minPixels?: number; maxPixels?: number }[];
  keyPeriods?: { id: string; index?: number }[];
}

/** Keys in the JSON format of PallyCon's own CPIX clients, and everything else in the response. */
export interface PackInfo {
  content_id: string | null;
  content_key_list: ContentKey[];
}

export interface ContentKey {
  track_type?: string;
  key_id_hex: string;
  key_id_b64: string;
  key_hex: string;
  key_b64: string;
  iv_hex?: string;
  iv_b64?: string;
  widevine?: DrmSignaling;
  playready?: DrmSignaling;
  fairplay?: DrmSignaling;
  common_encryption_scheme?: DocumentScheme;
  period?: { id: string; index?: number };
  other_systems?: (DrmSignaling & { system_id: string; name?: string })[];
}

export interface DrmSignaling {
  /** base64 of the box */
  pssh?: string;
  /** base64 of the box's payload */
  pssh_payload_only?: string;
  /** FairPlay: `skd://…` */
  key_uri?: string;
  content_protection_data?: string;
  /** base64 of a PlayReady object, for Smooth Streaming manifests */
  smooth_streaming_protection_header_data?: string;
  /** lines for HLS playlists */
  hls_signaling?: { media?: string; master?: string };
}

export interface ContentKeyOptions {
  signal?: AbortSignal | undefined;
  /** milliseconds for the whole request, including redirects and the body; default 10 000 */
  timeout?: number | undefined;
  /** sent to the key server and to the origins in `allowRedirects` */
  headers?: ConstructorParameters<typeof Headers>[0] | undefined;
  /** a longer response is refused while it is being read; default 16 MiB */
  maxResponseBytes?: number | undefined;
  /** origins that the key server may redirect to; default: only its own */
  allowRedirects?: string[] | undefined;
}

/** Pack info, or the parts of it that a view of a service that calls the key server itself needs. */
export type Packaged = PackInfo | { contentId?: string; systems?: CpixSystem[]; tracks?: TrackType[] };
