// What the scripts for media share: the test picture, encoded by ffmpeg, and Shaka Packager, which encrypts it track by
// track.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { protection } from "./pssh.mjs";

export const DURATION = 6;
const VIDEO = { width: 320, height: 180, frameRate: 25 };

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

/**
 * A moving test picture and a changing tone, in a folder that exists for as long as `work` runs.
 * @param {string[]} encoders ffmpeg's options for picture and tone
 */
export function withClip(name, encoders, work) {
  const scratch = mkdtempSync(join(tmpdir(), "media-"));
  try {
    const clip = join(scratch, name);
    const { width, height, frameRate } = VIDEO;
    run("ffmpeg", [
      ..."-v error -y -f lavfi -i".split(" "),
      `testsrc2=size=${width}x${height}:rate=${frameRate}:duration=${DURATION}`,
      ..."-f lavfi -i".split(" "),
      `aevalsrc=0.2*sin(2*PI*t*(330+110*floor(t))):s=48000:d=${DURATION}`,
      ...encoders.join(" ").split(" "),
      // A key frame every 2 s; no dates and versions in the file.
      ..."-threads 1 -b:v 56k -pix_fmt yuv420p -g 50 -keyint_min 50 -b:a 24k -ac 1".split(" "),
      ..."-fflags +bitexact -flags:v +bitexact -flags:a +bitexact".split(" "),
      clip,
    ]);
    return work(clip);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Packages one track into `folder`; `options`: more of the packager's. Returns the data for the manifests. */
export function packageTrack({ clip, content, track, folder, container = "mp4", iv = track.iv, options = [] }) {
  const [init, segment] = container === "mp4" ? ["mp4", "m4s"] : [container, container];
  const out = join(folder, track.type);
  mkdirSync(out, { recursive: true });
  const mpd = join(out, "packaged.mpd");
  run(packager(), [
    `in=${clip},stream=${track.type},init_segment=${join(out, `init.${init}`)},segment_template=${join(out, `$Number$.${segment}`)}`,
    ..."--segment_duration 2 --clear_lead 0 --enable_raw_key_encryption --protection_scheme".split(" "),
    content.scheme,
    "--keys",
    `label=:key_id=${track.keyId}:key=${track.key}`,
    "--iv",
    iv,
    // No date in the boxes: the same input produces the same bytes.
    ..."--use_fake_clock_for_muxer --generate_static_live_mpd --mpd_output".split(" "),
    mpd,
    ...options,
  ]);
  const text = readFileSync(mpd, "utf8");
  rmSync(mpd);
  const value = (name) => {
    const found = text.match(new RegExp(` ${name}="([^"]*)"`));
    if (!found) throw new Error(`the packager's manifest has no ${name}`);
    return found[1];
  };
  const segments = [];
  for (const [, t, d, r] of text.matchAll(/<S t="(\d+)" d="(\d+)"(?: r="(\d+)")?\/>/g)) {
    for (let i = 0; i <= Number(r ?? 0); i++) segments.push({ start: Number(t) + i * Number(d), duration: Number(d) });
  }
  const files = readdirSync(out).filter((name) => /^\d+\./.test(name));
  if (files.length !== segments.length)
    throw new Error(`${out}: ${files.length} files, ${segments.length} segments in the manifest`);
  return {
    ...track,
    ...VIDEO,
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
