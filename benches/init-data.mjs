// `npm run bench`: how fast init data is read and how much a page downloads for it, beside what else one would pick.
// Ratios, not times: machines differ. Nothing here fails a build.
import { buildSync } from "esbuild";
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { readIsoBoxes, readPssh } from "@svta/cml-iso-bmff";
import isoboxer from "codem-isoboxer";
import { createFile } from "mp4box";
import { init, parseInitData } from "../dist/index.js";
import { buildPlayReadyObject, buildPssh, buildWidevineData, init as initInspect } from "../dist/inspect.js";
import { main, say, table } from "../scripts/lib/say.mjs";

const ROUNDS = 7;

/** Microseconds a call, the best of some rounds: what disturbs a round only makes it slower. */
function time(work) {
  for (let i = 0; i < 3000; i += 1) work();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const count = 3000;
    const started = process.hrtime.bigint();
    for (let i = 0; i < count; i += 1) work();
    return Number(process.hrtime.bigint() - started) / 1000 / count;
  });
  return Math.min(...rounds);
}

const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

/** What each library makes of boxes in a row. Only ours reads what is inside of them; what theirs do is a part of it. */
const READERS = {
  "pallycon-drm": (bytes) => parseInitData(bytes),
  "codem-isoboxer": (bytes) => isoboxer.parseBuffer(buffer(bytes)).fetchAll("pssh"),
  "@svta/cml-iso-bmff": (bytes) => readIsoBoxes(buffer(bytes), { readers: { pssh: readPssh } }),
  mp4box: (bytes) => {
    const file = createFile();
    const data = buffer(bytes);
    data.fileStart = 0;
    file.appendBuffer(data);
    return file.boxes;
  },
};

await main(async () => {
  await Promise.all([init(), initInspect()]);
  const keyIds = ["00112233445566778899aabbccddeeff"];
  const widevine = buildPssh({ systemId: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", data: buildWidevineData({ keyIds, provider: "doverunner", contentId: "a-content-id", trackType: "HD", protectionScheme: "cbcs" }) });
  const playready = buildPssh({
    systemId: "9a04f079-9840-4286-ab92-e65be0885f95",
    data: buildPlayReadyObject({ version: "4.3.0.0", keys: keyIds.map((keyId) => ({ keyId, algorithm: "AESCTR" })), licenseUrl: "https://license.example/ri/playready/licenseManager.do", customAttributes: "<PERIOD_INDEX>7</PERIOD_INDEX>" }),
  });
  const sixteen = Uint8Array.from(Array.from({ length: 16 }, (_, i) => [...(i % 2 ? playready : widevine)]).flat());
  const inputs = { "one Widevine box": widevine, "one PlayReady 4.3 box": playready, "sixteen boxes": sixteen };

  const rows = [["", ...Object.keys(READERS).map((name) => `${name}`)]];
  for (const [what, bytes] of Object.entries(inputs)) {
    const times = Object.values(READERS).map((read) => time(() => read(bytes)));
    rows.push([what, ...times.map((us, i) => `${us.toFixed(2)} µs${i ? `  (${(us / times[0]).toFixed(2)}×)` : ""}`)]);
  }
  say("Reading, per call; in brackets as a multiple of ours. Ours reads payloads, too; the others stop at the box.");
  say(table(rows));

  const size = (contents) => {
    const { outputFiles } = buildSync({ stdin: { contents, resolveDir: process.cwd() }, bundle: true, minify: true, format: "esm", write: false, logLevel: "silent" });
    return brotliCompressSync(outputFiles[0].contents).length;
  };
  const dist = new URL("../dist/", import.meta.url);
  const ours = size(`import { init, parseInitData } from "./dist/index.js"; init().then(() => parseInitData(x));`) + brotliCompressSync(readFileSync(new URL("player.wasm", dist))).length;
  const sizes = [
    ["pallycon-drm (init data, requests, answers, errors)", ours],
    ["codem-isoboxer", size(`import i from "codem-isoboxer"; i.parseBuffer(x).fetchAll("pssh");`)],
    ["@svta/cml-iso-bmff", size(`import { readIsoBoxes, readPssh } from "@svta/cml-iso-bmff"; readIsoBoxes(x, { readers: { pssh: readPssh } });`)],
    ["mp4box", size(`import { createFile } from "mp4box"; createFile().appendBuffer(x);`)],
  ];
  say("\nDownload, brotli, as a bundler leaves it; in brackets as a multiple of ours.");
  say(table(sizes.map(([name, bytes]) => [name, `${(bytes / 1000).toFixed(1)} kB`, `(${(bytes / ours).toFixed(2)}×)`])));
});
