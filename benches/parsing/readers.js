// The readers of each library: the part that reads the same input, called as by its player.
// docs/performance.md says what each of them does and does not do.
import { readIsoBoxes, defaultReaderConfig } from "@svta/cml-iso-bmff";
import isoboxer from "codem-isoboxer";
import { FactoryMaker } from "../node_modules/dashjs/dist/modern/esm/dash.mediaplayer.min.js";
import { createFile } from "mp4box";
import { parseInitData } from "pallycon-drm";
import { parseManifest, parseSegment } from "pallycon-drm/inspect";
import shaka from "shaka-player";
import M3U8Parser from "../node_modules/hls.js/src/loader/m3u8-parser.ts";
import { findBox, parseInitSegment, parseMultiPssh, parseSinf } from "../node_modules/hls.js/src/utils/mp4-tools.ts";
import getInitData from "../node_modules/rx-player/dist/es2017/compat/eme/get_init_data.js";
import {
  getBoxContent,
  getBoxesContent,
} from "../node_modules/rx-player/dist/es2017/parsers/containers/isobmff/get_box.js";
import { getKeyIdFromInitSegment } from "../node_modules/rx-player/dist/es2017/parsers/containers/isobmff/utils.js";
import parseMpdText from "../node_modules/rx-player/dist/es2017/parsers/manifest/dash/js-parser/index.js";
import { copyBytes, copyText } from "./copy.js";

const PSSH = 0x70737368;
const MOOV = 0x6d6f6f76;
const MOOF = 0x6d6f6f66;
const decode = (bytes) => String.fromCharCode(...bytes);
/** The box inside FairPlay's JSON, as hls.js extracts it. */
const sinfOf = (bytes) =>
  Uint8Array.from(atob(JSON.parse(decode(bytes)).sinf[0]), (character) => character.charCodeAt(0));

// ---- shaka: its parsers request their input; here the response is available immediately.
const answers = new Map();
shaka.net.NetworkingEngine.registerScheme("bench", (uri) =>
  shaka.util.AbortableOperation.completed({
    uri,
    originalUri: uri,
    data: answers.get(uri.split("/").pop()),
    headers: {},
  }),
);
const network = new shaka.net.NetworkingEngine();
const { manifest: config, networking } = new shaka.Player().getConfiguration();
network.configure(networking);
const nothing = () => {};
const player = {
  networkingEngine: network,
  filter: async () => {},
  makeTextStreamsForClosedCaptions: nothing,
  onTimelineRegionAdded: nothing,
  onEvent: nothing,
  onError: (error) => {
    throw error;
  },
  isLowLatencyMode: () => false,
  updateDuration: nothing,
  newDrmInfo: nothing,
  onManifestUpdated: nothing,
  getBandwidthEstimate: () => 1e6,
  onMetadata: async () => {},
  disableStream: nothing,
  addFont: nothing,
  getStreamingRetryParameters: () => shaka.net.NetworkingEngine.defaultRetryParameters(),
  onSegmentReceived: nothing,
};
async function shakaManifest(Parser, name, mimeType) {
  const parser = new Parser();
  parser.configure({ ...config, defaultPresentationDelay: 0 });
  const manifest = await parser.start(`bench://${name}`, player, mimeType);
  await parser.stop();
  return manifest;
}
const { Mp4Parser } = shaka.util;
/**
 * The work of shaka.util.Pssh, with the parser that it uses: the class itself is not exported from production builds.
 */
function shakaPssh(bytes) {
  const systemIds = [];
  const data = [];
  new Mp4Parser()
    .boxes(["moov", "moof"], Mp4Parser.children)
    .fullBox("pssh", ({ reader, start, size }) => {
      data.push(bytes.subarray(start, start + size));
      systemIds.push(shaka.util.Uint8ArrayUtils.toHex(reader.readBytes(16, false)));
    })
    .parse(bytes);
  return { systemIds, data };
}
function shakaSegment(bytes) {
  const found = [];
  new Mp4Parser()
    .boxes(["moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "sinf", "schi"], Mp4Parser.children)
    .fullBox("stsd", Mp4Parser.sampleDescription)
    .box("encv", Mp4Parser.visualSampleEntry)
    .fullBox("tenc", ({ reader }) => {
      reader.skip(4);
      found.push(reader.readBytes(16, false));
    })
    .fullBox("pssh", ({ reader }) => {
      found.push(reader.readBytes(16, false));
    })
    .parse(bytes);
  return found;
}

// ---- dash.js: the class is not exported, but its factory is available by name.
const quiet = Object.fromEntries(["debug", "info", "warn", "error", "fatal"].map((level) => [level, nothing]));
const dashParser = FactoryMaker.getClassFactoryByName("DashParser")({}).create({ debug: { getLogger: () => quiet } });

const svta = defaultReaderConfig();
const mp4box = (bytes) => {
  const file = createFile();
  const data = bytes.buffer; // whole, from 0, in every input here
  data.fileStart = 0;
  file.appendBuffer(data);
  file.flush();
  return file.boxes;
};

/** The readers that are the same for all inputs of boxes. */
const boxes = {
  "hls.js": (bytes) => parseMultiPssh(bytes.buffer),
  shaka: shakaPssh,
  "rx-player": (bytes) => getInitData({ initData: bytes.buffer, initDataType: "cenc" }).values,
  "@svta/cml-iso-bmff": (bytes) => readIsoBoxes(bytes.buffer, svta),
  "codem-isoboxer": (bytes) => isoboxer.parseBuffer(bytes.buffer).boxes,
  mp4box,
};
const sinf = {
  // It searches for the children alone; Safari provides the box, too.
  "hls.js": (bytes) => parseSinf(sinfOf(bytes).subarray(8)).subarray(8, 24),
  "@svta/cml-iso-bmff": (bytes) => readIsoBoxes(sinfOf(bytes).buffer, svta),
  "codem-isoboxer": (bytes) => isoboxer.parseBuffer(sinfOf(bytes).buffer).boxes,
  mp4box: (bytes) => mp4box(sinfOf(bytes)),
};
const mpd = {
  shaka: () => shakaManifest(shaka.dash.DashParser, "mpd"),
  "dash.js": (text) => dashParser.parse(text),
  "rx-player": (text) =>
    parseMpdText(text, {
      aggressiveMode: false,
      manifestProfilers: undefined,
      unsafelyBaseOnPreviousManifest: null,
      xmlNamespaces: [],
      referenceDateTime: 0,
      serverSyncInfos: undefined,
      url: "https://cdn.example/manifest.mpd",
    }),
};
const playlist = {
  "hls.js": (text) => M3U8Parser.parseLevelPlaylist(text, "https://cdn.example/video.m3u8", 0, "main", 0, null),
  shaka: () => shakaManifest(shaka.hls.HlsParser, "playlist"),
};
const segment = {
  "hls.js": (bytes) => [parseInitSegment(bytes), findBox(bytes, ["moov", "pssh"]), findBox(bytes, ["moof", "pssh"])],
  shaka: shakaSegment,
  "rx-player": (bytes) => [
    getKeyIdFromInitSegment(bytes),
    getBoxesContent(getBoxContent(bytes, MOOV), PSSH),
    getBoxesContent(bytes, MOOF).map((moof) => getBoxesContent(moof, PSSH)),
  ],
  "@svta/cml-iso-bmff": (bytes) => readIsoBoxes(bytes.buffer, svta),
  "codem-isoboxer": (bytes) => isoboxer.parseBuffer(bytes.buffer).boxes,
  mp4box,
};

const ours = "pallycon-drm";
const copy = "the same bytes copied, and an empty call";
/** By input, by library; ours first. */
export const READERS = {
  "one Widevine box": { [ours]: (bytes) => parseInitData(bytes), [copy]: copyBytes, ...boxes },
  "one box of version 1, four key ids": { [ours]: (bytes) => parseInitData(bytes), [copy]: copyBytes, ...boxes },
  "one PlayReady 4.3 box": { [ours]: (bytes) => parseInitData(bytes), [copy]: copyBytes, ...boxes },
  "16 boxes": { [ours]: (bytes) => parseInitData(bytes), [copy]: copyBytes, ...boxes },
  "sinf in JSON": { [ours]: (bytes) => parseInitData(bytes, { type: "sinf" }), [copy]: copyBytes, ...sinf },
  "MPD, 2 MB": { [ours]: (text) => parseManifest(text), [copy]: copyText, ...mpd },
  "playlist, 10,000 lines": { [ours]: (text) => parseManifest(text), [copy]: copyText, ...playlist },
  "segment file, 20 MB": { [ours]: (bytes) => parseSegment(bytes), [copy]: copyBytes, ...segment },
};

/** The input that Shaka's parsers will request. */
export function serve(inputs) {
  const encode = (text) => new TextEncoder().encode(text).buffer;
  answers.set("mpd", encode(inputs["MPD, 2 MB"]));
  answers.set("playlist", encode(inputs["playlist, 10,000 lines"]));
  answers.set("init.mp4", inputs.init.buffer);
}
