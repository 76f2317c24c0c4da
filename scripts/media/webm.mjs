// Makes tests/engines/media/: the demo's test picture as VP9 and Opus in encrypted WebM, for browsers built without
// H.264. It is another form of demo-single-key, with that content's id, key and boxes, so the license server needs no
// entry for it.
//
//   node scripts/media/webm.mjs
//
// Needs ffmpeg on PATH. The results are committed, so this rarely has to run.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contents } from "./contents.mjs";
import { dashManifest } from "./manifests.mjs";
import { protection } from "./pssh.mjs";

const DURATION = 6;
const VIDEO = { width: 320, height: 180, frameRate: 25 };
/**
 * In counter mode, one key must never be used with the same counter twice: these vectors differ from those of the MP4
 * form.
 */
const VECTORS = { video: "71c2d3e4f5061728", audio: "b8394a5b6c7d8e9f" };
const target = fileURLToPath(new URL("../../tests/engines/media/", import.meta.url));
const content = contents.find(({ contentId }) => contentId === "demo-single-key");

function run(command, args) {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.error) throw new Error(`${command} could not be started (${done.error.code}): install it and try again`);
  if (done.status !== 0) throw new Error(`${command} failed:\n${done.stderr}`);
}

function packager() {
  const os = { linux: "linux", darwin: "osx", win32: "win" }[process.platform];
  const home = dirname(createRequire(import.meta.url).resolve("shaka-packager/package.json"));
  return join(home, "bin", `packager-${os}-${process.arch}${os === "win" ? ".exe" : ""}`);
}

function clearClip(path) {
  run("ffmpeg", [
    "-v",
    "error",
    "-y",
    "-f",
    "lavfi",
    "-i",
    `testsrc2=size=${VIDEO.width}x${VIDEO.height}:rate=${VIDEO.frameRate}:duration=${DURATION}`,
    "-f",
    "lavfi",
    "-i",
    `aevalsrc=0.2*sin(2*PI*t*(330+110*floor(t))):s=48000:d=${DURATION}`,
    "-c:v",
    "libvpx-vp9",
    "-b:v",
    "56k",
    "-g",
    "50",
    "-keyint_min",
    "50",
    "-threads",
    "1",
    "-row-mt",
    "0",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "libopus",
    "-b:a",
    "24k",
    "-ac",
    "1",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-flags:a",
    "+bitexact",
    path,
  ]);
}

function packageTrack(clip, track) {
  const out = join(target, track.type);
  mkdirSync(out, { recursive: true });
  const mpd = join(out, "packaged.mpd");
  run(packager(), [
    `in=${clip},stream=${track.type},init_segment=${join(out, "init.webm")},segment_template=${join(out, "$Number$.webm")}`,
    "--segment_duration",
    "2",
    "--clear_lead",
    "0",
    "--enable_raw_key_encryption",
    "--protection_scheme",
    content.scheme,
    "--keys",
    `label=:key_id=${track.keyId}:key=${track.key}`,
    "--iv",
    VECTORS[track.type],
    "--use_fake_clock_for_muxer",
    "--generate_static_live_mpd",
    "--mpd_output",
    mpd,
  ]);
  const text = readFileSync(mpd, "utf8");
  rmSync(mpd);
  const value = (name) => text.match(new RegExp(` ${name}="([^"]*)"`))[1];
  const segments = [];
  for (const [, t, d, r] of text.matchAll(/<S t="(\d+)" d="(\d+)"(?: r="(\d+)")?\/>/g)) {
    for (let i = 0; i <= Number(r ?? 0); i++) segments.push({ start: Number(t) + i * Number(d), duration: Number(d) });
  }
  return {
    ...track,
    protection: protection(content, track),
    segments,
    timescale: Number(value("timescale")),
    bandwidth: Number(value("bandwidth")),
    codecs: value("codecs"),
    attributes:
      track.type === "video"
        ? `width="${VIDEO.width}" height="${VIDEO.height}" frameRate="${VIDEO.frameRate}"`
        : `audioSamplingRate="${value("audioSamplingRate")}"`,
  };
}

const scratch = mkdtempSync(join(tmpdir(), "media-"));
try {
  rmSync(target, { recursive: true, force: true });
  const clip = join(scratch, "clear.webm");
  clearClip(clip);
  const tracks = content.tracks.map((track) => packageTrack(clip, track));
  writeFileSync(
    join(target, "manifest.mpd"),
    dashManifest({ ...content, duration: DURATION }, tracks, { container: "webm" }),
  );
  console.log(tracks.map(({ type, codecs }) => `${type}: ${codecs}`).join(", "));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
