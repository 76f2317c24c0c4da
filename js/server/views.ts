// What each packager wants of the keys. The shapes and rules are in src/cpix/views/, each with the vendor's document that it comes from.
import { call } from "./load.js";
import { plain } from "./plain.js";
import type {
  BitmovinOptions, BitmovinTrack, FlussonicOptions, MediaConvertOptions, MediaPackageOptions, NginxVodKeys, NginxVodOptions, PackInfo, Packaged, QencodeDrm, QencodeOptions, ShakaPackagerOptions,
} from "./types.js";

const view = <T>(name: string, pack: Packaged, options: object): Promise<T> => call((core) => core.cpixView(name, plain(pack), plain(options)) as T);

/** `cenc_drm` of a Qencode job. */
export const toQencode = (pack: PackInfo, options: QencodeOptions = {}): Promise<QencodeDrm> => view("qencode", pack, options);

/** What nginx-vod-module reads from `vod_drm_upstream_location`. */
export const toNginxVod = (pack: PackInfo, options: NginxVodOptions = {}): Promise<NginxVodKeys> => view("nginx-vod", pack, options);

/** A Bitmovin CencDrm resource for each track type. */
export const toBitmovin = (pack: PackInfo, options: BitmovinOptions = {}): Promise<BitmovinTrack[]> => view("bitmovin", pack, options);

/** Arguments for Shaka Packager, to stand behind its stream descriptors. */
export const toShakaPackager = (pack: PackInfo, options: ShakaPackagerOptions = {}): Promise<string[]> => view("shaka-packager", pack, options);

/** Encryption settings of AWS Elemental MediaConvert (SPEKE v1) or MediaPackage (SPEKE v2), which ask the key server by themselves. */
export function toSpeke(pack: Packaged, options: MediaConvertOptions | MediaPackageOptions): Promise<Record<string, unknown>> {
  const { service, ...rest } = options;
  return view(service, pack, rest);
}

/** The `drm` line of a Flussonic stream. */
export const toFlussonic = (pack: Packaged, options: FlussonicOptions): Promise<string> => view("flussonic", pack, options);
