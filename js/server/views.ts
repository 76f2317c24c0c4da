// Generated from src/cpix/views/: UPDATE_TYPES=1 cargo test --features server the_views_in_typescript
import { call } from "./load.js";
import { plain } from "./plain.js";
import type { CpixSystem, EncryptionScheme, PackInfo, Packaged, TrackType } from "./cpix-types.js";

const view = <T>(name: string, pack: object, options: object): Promise<T> => call((core) => core.cpixView(name, plain(pack), plain(options)) as T);

/** `cenc_drm` of a Qencode output format. */
export interface QencodeDrm { key_id: string; key: string; iv?: string; pssh: string; la_url: string }

/** Options of `toQencode`. */
export interface QencodeOptions {
  /** which key, if the response has several */
  track?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
  /** the scheme that the keys were issued for */
  scheme?: EncryptionScheme | undefined;
  /** whose PSSH; default widevine */
  system?: "widevine" | "playready" | undefined;
  /** the license URL for players; default PallyCon's */
  licenseUrl?: string | undefined;
}

/** `cenc_drm` of a Qencode output format. */
export const toQencode = (pack: PackInfo, options: QencodeOptions = {}): Promise<QencodeDrm> => view("qencode", pack, options);

/** The body of a Qencode job; what the template has beside this stays in it. */
export interface QencodeJob { query: { source: string; format: ({ output: string; cenc_drm?: QencodeDrm } & Record<string, unknown>)[] } & Record<string, unknown> }

/** Options of `toQencodeJob`. */
export interface QencodeJobOptions {
  /** the job without DRM: `{ query: { source, format: [{ output, destination, stream }] } }` */
  template: object;
  /** replaces the template's `query.source` */
  source?: string | undefined;
  /** accepts outputs without DRM beside the encrypted ones */
  allowClear?: boolean | undefined;
  /** which key, if the response has several */
  track?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
  /** the scheme that the keys were issued for */
  scheme?: EncryptionScheme | undefined;
  /** whose PSSH; default widevine */
  system?: "widevine" | "playready" | undefined;
  /** the license URL for players; default PallyCon's */
  licenseUrl?: string | undefined;
}

/** A whole Qencode job: the template with `cenc_drm` in every DASH output. */
export const toQencodeJob = (pack: PackInfo, options: QencodeJobOptions): Promise<QencodeJob> => view("qencode-job", pack, options);

export interface QencodePlayerParams {
  videoSources: { src: string; type: string; keySystems: Record<string, string>; emeHeaders: { "pallycon-customdata-v2": string } };
  /** the limits of a static header; for the developer, not a parameter of the player */
  warning: string;
}

/** Options of `qencodePlayerParams`. */
export interface QencodePlayerOptions {
  /** the manifest */
  src: string;
  /** a license token, for the DRM that it names */
  token: string;
  /** the license URL for players; default PallyCon's */
  licenseUrl?: string | undefined;
}

/** Parameters of Qencode's player. Its header is static, while a token is valid for ten minutes: see `warning`. */
export const qencodePlayerParams = (options: QencodePlayerOptions): Promise<QencodePlayerParams> => view("qencode-player", {}, options);

/** What nginx-vod-module reads from its DRM upstream. */
export type NginxVodKeys = { pssh: { uuid: string; data: string }[]; key: string; key_id: string; iv?: string }[];

/** Options of `toNginxVod`. */
export interface NginxVodOptions {
  /** which key, if the response has several */
  track?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
}

/** The response of `vod_drm_upstream_location` for nginx-vod-module. */
export const toNginxVod = (pack: PackInfo, options: NginxVodOptions = {}): Promise<NginxVodKeys> => view("nginx-vod", pack, options);

export interface BitmovinTrack {
  track_type?: string;
  /** a CencDrm resource, without its outputs */
  cencDrm: {
    key: string; kid: string; encryptionMode: "CTR" | "CBC";
    widevine?: { pssh: string }; playReady?: { laUrl?: string; pssh: string }; fairPlay?: { iv?: string; uri?: string };
  };
}

/** Options of `toBitmovin`. */
export interface BitmovinOptions {
  /** which key, if the response has several */
  track?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
  /** the scheme that the keys were issued for */
  scheme?: EncryptionScheme | undefined;
  /** checks that audio and video have separate keys */
  hardwareDrm?: boolean | undefined;
  /** the license URL for players; default PallyCon's */
  licenseUrl?: string | undefined;
}

/** A Bitmovin CencDrm resource for each track type. */
export const toBitmovin = (pack: PackInfo, options: BitmovinOptions = {}): Promise<BitmovinTrack[]> => view("bitmovin", pack, options);

export interface BitmovinSpeke {
  /** two of them, because FairPlay takes another encryption mode */
  name: "cenc" | "fairplay";
  /** a SpekeDrm resource, without its outputs */
  spekeDrm: { contentId: string; systemIds: string[]; provider: { url: string }; iv?: string };
}

/** Options of `toBitmovinSpeke`. */
export interface BitmovinSpekeOptions {
  /** of kind speke or speke-cbcs */
  url: string;
  /** default: that of the pack info */
  contentId?: string | undefined;
  /** DRMs, by name or system id; default: those of the pack info */
  systems?: CpixSystem[] | undefined;
  /** 16 bytes in hex; FairPlay needs it */
  iv?: string | undefined;
}

/** Bitmovin's SpekeDrm resources: the encoder calls the key server itself. */
export const toBitmovinSpeke = (pack: Packaged, options: BitmovinSpekeOptions): Promise<BitmovinSpeke[]> => view("bitmovin-speke", pack, options);

/** `api.RESOURCE.METHOD(...ids, body)`; texts that begin with `$` are names of earlier results' ids. */
export interface BitmovinCall {
  resource: string;
  method: "create" | "start";
  ids: string[];
  body: Record<string, unknown>;
  /** what the `id` of the result is known as */
  as?: string;
}

/** Options of `toBitmovinCalls`. */
export interface BitmovinCallsOptions {
  /** of kind speke or speke-cbcs: the encoder calls the key server itself */
  url?: string | undefined;
  /** the tracks to encrypt if one key is for all; default AUDIO and HD */
  tracks?: TrackType[] | undefined;
  /** of the encrypted files in the output; default the content id */
  outputPath?: string | undefined;
  /** default: that of the pack info */
  contentId?: string | undefined;
  /** DRMs, by name or system id; default: those of the pack info */
  systems?: CpixSystem[] | undefined;
  /** 16 bytes in hex; FairPlay needs it */
  iv?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
  /** the scheme that the keys were issued for */
  scheme?: EncryptionScheme | undefined;
  /** checks that audio and video have separate keys */
  hardwareDrm?: boolean | undefined;
  /** the license URL for players; default PallyCon's */
  licenseUrl?: string | undefined;
}

/** The calls of Bitmovin's SDK in order, as data: CencDrm from keys, SpekeDrm if `url` is given. */
export const toBitmovinCalls = (pack: Packaged, options: BitmovinCallsOptions = {}): Promise<BitmovinCall[]> => view("bitmovin-calls", pack, options);

/** Options of `toShakaPackager`. */
export interface ShakaPackagerOptions {
  /** which key, if the response has several */
  track?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
  /** the scheme that the keys were issued for */
  scheme?: EncryptionScheme | undefined;
  /** checks that audio and video have separate keys */
  hardwareDrm?: boolean | undefined;
}

/** Arguments of Shaka Packager, to follow its stream descriptors. */
export const toShakaPackager = (pack: PackInfo, options: ShakaPackagerOptions = {}): Promise<string[]> => view("shaka-packager", pack, options);

/** Options of `toFfmpeg`. */
export interface FfmpegOptions {
  /** which key, if the response has several */
  track?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
  /** the scheme that the keys were issued for */
  scheme?: EncryptionScheme | undefined;
}

/** Output options of ffmpeg's mp4 muxer: cenc, one key. */
export const toFfmpeg = (pack: PackInfo, options: FfmpegOptions = {}): Promise<string[]> => view("ffmpeg", pack, options);

/** Options of `toBento4`. */
export interface Bento4Options {
  /** which key, if the response has several */
  track?: string | undefined;
  /** which key period, by index or id, if the response has several */
  period?: number | string | undefined;
  /** the scheme that the keys were issued for */
  scheme?: EncryptionScheme | undefined;
}

/** Arguments of Bento4's `mp4dash`: one key. */
export const toBento4 = (pack: PackInfo, options: Bento4Options = {}): Promise<string[]> => view("bento4", pack, options);

/** Options of `toSpeke`. */
export interface MediaConvertOptions {
  service: "mediaconvert";
  /** of kind speke; of kind speke-cbcs for CMAF in cbcs */
  url: string;
  /** the output group */
  output: "dash" | "hls" | "cmaf" | "smooth";
  /** for CMAF; default cbcs with FairPlay, else cenc */
  method?: "cenc" | "cbcs" | undefined;
  /** default: that of the pack info */
  contentId?: string | undefined;
  /** DRMs, by name or system id; default: those of the pack info */
  systems?: CpixSystem[] | undefined;
}

/** Options of `toSpeke`. */
export interface MediaPackageV1Options {
  service: "mediapackage-v1";
  /** of kind speke; speke-cbcs for CMAF in cbcs; speke-v2 with presets */
  url: string;
  /** the role that may call the key server (SPEKEAccess) */
  roleArn: string;
  /** the type of the endpoint */
  output: "dash" | "cmaf" | "hls" | "mss";
  /** for CMAF; default cbcs with FairPlay, else cenc */
  method?: "cenc" | "cbcs" | undefined;
  /** default: that of the pack info */
  contentId?: string | undefined;
  /** DRMs, by name or system id; default: those of the pack info */
  systems?: CpixSystem[] | undefined;
  /** seconds; must agree with the URL's `key-rotation` */
  keyRotationInterval?: number | undefined;
  /** of SPEKE v2, if none follows from the tracks */
  presets?: { audio: "PRESET_AUDIO_1" | "PRESET_AUDIO_2" | "PRESET_AUDIO_3" | "SHARED" | "UNENCRYPTED"; video: "PRESET_VIDEO_1" | "PRESET_VIDEO_2" | "PRESET_VIDEO_3" | "PRESET_VIDEO_4" | "PRESET_VIDEO_5" | "PRESET_VIDEO_6" | "PRESET_VIDEO_7" | "PRESET_VIDEO_8" | "SHARED" | "UNENCRYPTED" } | undefined;
}

/** Options of `toSpeke`. */
export interface MediaPackageOptions {
  service: "mediapackage";
  /** of kind speke-v2 */
  url: string;
  /** the role that may call the key server (SPEKEAccess) */
  roleArn: string;
  /** the container type */
  container: "cmaf" | "ts";
  /** cenc or cbcs for CMAF, the others for TS */
  method: "cenc" | "cbcs" | "aes-128" | "sample-aes";
  /** default: that of the pack info */
  contentId?: string | undefined;
  /** DRMs, by name or system id; default: those of the pack info */
  systems?: CpixSystem[] | undefined;
  /** the tracks with their own keys; default: those of the pack info */
  tracks?: TrackType[] | undefined;
  /** seconds, from 300; must agree with the URL's `key-rotation` */
  keyRotationInterval?: number | undefined;
  /** of SPEKE v2, if none follows from the tracks */
  presets?: { audio: "PRESET_AUDIO_1" | "PRESET_AUDIO_2" | "PRESET_AUDIO_3" | "SHARED" | "UNENCRYPTED"; video: "PRESET_VIDEO_1" | "PRESET_VIDEO_2" | "PRESET_VIDEO_3" | "PRESET_VIDEO_4" | "PRESET_VIDEO_5" | "PRESET_VIDEO_6" | "PRESET_VIDEO_7" | "PRESET_VIDEO_8" | "SHARED" | "UNENCRYPTED" } | undefined;
}

/**
 * By `service`:
 * - `mediaconvert`: `Encryption` of an output group of AWS Elemental MediaConvert.
 * - `mediapackage-v1`: The package of an origin endpoint of AWS Elemental MediaPackage live v1.
 * - `mediapackage`: `Encryption` of a segment of AWS Elemental MediaPackage live v2.
 */
export function toSpeke(pack: Packaged, options: MediaConvertOptions | MediaPackageV1Options | MediaPackageOptions): Promise<Record<string, unknown>> {
  const { service, ...rest } = options;
  return view(service, pack, rest);
}

export interface AwsStep {
  where: string;
  what: string;
  /** a role's documents, to copy */
  role?: { name: string; trustPolicy: object; policy: object };
}

/** Options of `awsChecklist`. */
export interface AwsChecklistOptions {
  /** whose steps */
  service: "mediaconvert" | "mediapackage-v1" | "mediapackage";
  /** of MediaConvert's input and output, for the policy; default YOUR_BUCKET */
  bucket?: string | undefined;
}

/** The steps in the AWS consoles, with IAM roles and trust policies to copy. */
export const awsChecklist = (options: AwsChecklistOptions): Promise<AwsStep[]> => view("aws-checklist", {}, options);

/** Options of `toFlussonic`. */
export interface FlussonicOptions {
  /** of kind v1, v2 or doverunner */
  url: string;
  /** default: that of the pack info */
  contentId?: string | undefined;
}

/** The `drm` line of a Flussonic stream. */
export const toFlussonic = (pack: Packaged, options: FlussonicOptions): Promise<string> => view("flussonic", pack, options);
