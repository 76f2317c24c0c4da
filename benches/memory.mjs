// Memory: how far each module's WebAssembly memory has grown. It never shrinks, so this is the maximum that was needed.
// In Node, with the package as it ships; the instances are recorded when they are created.
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/lib/paths.mjs";

const PAGE = 65_536;
const memories = new Map();

const MARKS = { "player.wasm": "parseInitData", "inspect.wasm": "parseSegment" };

// Each instance is identified by a function that only its module exports.
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate(...given);
  const { exports } = made.instance ?? made;
  for (const [name, mark] of Object.entries(MARKS)) if (mark in exports) memories.set(name, exports.memory);
  return made;
};

const pages = (name) => memories.get(name).buffer.byteLength / PAGE;
const bytes = (length, byte = (i) => i) => Uint8Array.from({ length }, (_, i) => byte(i));
/** Ignores the refusal of an input that must be refused, and no other error. */
function refused(code, work) {
  try {
    work();
  } catch (error) {
    if (error.code !== code) throw error;
  }
}

const MEGABYTE = 1_000_000;
const box = (type, content) => Buffer.concat([Buffer.from([0, 0, 0, 0]), Buffer.from(type), content]);
function sized(type, content) {
  const made = box(type, content);
  made.writeUInt32BE(made.length);
  return made;
}

/** By name: hostile init data. */
const HOSTILE = {
  "1 MB of empty boxes": () => Buffer.concat(Array(MEGABYTE / 8).fill(sized("pssh", Buffer.alloc(0)))),
  "1 MB of the smallest PSSH boxes": () => Buffer.concat(Array(MEGABYTE / 32).fill(sized("pssh", Buffer.alloc(24)))),
  "one box with 60,000 key ids, all different": () => {
    const ids = Buffer.alloc(60_000 * 16);
    for (let i = 0; i < 60_000; i += 1) ids.writeUInt32BE(i, i * 16);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(60_000);
    return sized("pssh", Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(16), count, ids, Buffer.alloc(4)]));
  },
  "a box that claims 4 GiB": () =>
    Buffer.concat([Buffer.from([255, 255, 255, 255]), Buffer.from("pssh"), Buffer.alloc(1000)]),
  "1 MB of nested elements in a PlayReady header": () => Buffer.from("<A>".repeat(MEGABYTE / 6), "utf16le"),
  "1 MB of noise": () => bytes(MEGABYTE, (i) => (i * 2_654_435_761) >>> 13),
};

/** @returns {Promise<import("./lib/report.mjs").Table[]>} */
export async function memory() {
  const dist = (name) => import(pathToFileURL(join(root, "dist", name)).href);
  const { init, parseInitData, createPallyCon } = await dist("index.js");
  const inspect = await dist("inspect.js");
  await Promise.all([init(), inspect.init()]);
  const rows = [];
  const report = (module, what) =>
    rows.push([module, what, pages(module), `${((pages(module) * PAGE) / 2 ** 20).toFixed(2)} MiB`]);

  const player = "player.wasm";
  report(player, "after init");
  const drm = await createPallyCon({
    siteId: "DEMO",
    contentId: "a-content-id",
    customData: () => "e30=",
    onEvent: () => {},
  });
  // A SignedMessage: type 2, message; the length in two bytes.
  const license = Uint8Array.of(8, 2, 0x12, 0xf8, 0x0e, ...bytes(1912));
  for (let i = 0; i < 1000; i += 1) {
    const request = await drm.licenseRequest("widevine", bytes(2000), {});
    drm.readLicense("widevine", { status: 200, body: license, url: request.url }, request);
  }
  report(player, "after 1,000 exchanges of 2 kB");
  for (let i = 0; i < 100; i += 1) await drm.licenseRequest("widevine", bytes(300_000), {});
  report(player, "after 100 challenges of 300 kB");
  for (const [what, make] of Object.entries(HOSTILE)) {
    const input = make();
    for (let i = 0; i < 3; i += 1) refused("init-data-invalid", () => parseInitData(input));
    report(player, `and after ${what}`);
  }

  const tools = "inspect.wasm";
  report(tools, "after init");
  inspect.parseManifest(readFileSync(join(root, "www/media/demo-cenc/manifest.mpd"), "utf8"));
  report(tools, "after a manifest of 6 kB");
  refused("manifest-invalid", () => inspect.parseManifest(`<MPD>${"<Period/>".repeat(MEGABYTE / 5)}</MPD>`));
  report(tools, "and after an MPD of 2 MB");
  refused("segment-invalid", () =>
    inspect.parseSegment(
      Buffer.concat([
        readFileSync(join(root, "www/media/demo-cenc/video/init.mp4")),
        sized("mdat", Buffer.alloc(20 * MEGABYTE)),
      ]),
    ),
  );
  report(tools, "and after a segment of 20 MB");
  return [{ rows: [["module", "when", "pages of 64 KiB", "memory"], ...rows] }];
}
