// Makes the demo media in www/media/: one unencrypted clip, packaged once per content, with our own keys, boxes and
// manifests.
//
//   node scripts/media/make.mjs
//
// Needs ffmpeg on PATH. The packager is installed from npm into the user's cache folder, not into the project: the
// results are committed, so this rarely has to run.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contents } from "./contents.mjs";
import { dashManifest, masterPlaylist, mediaPlaylist } from "./manifests.mjs";
import { protection } from "./pssh.mjs";

const PACKAGER = "shaka-packager@3.4.2";
const DURATION = 6;
const VIDEO = { width: 320, height: 180, frameRate: 25 };
const target = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "www", "media");

function run(command, args) {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.error) throw new Error(`${command} could not be started (${done.error.code}): install it and try again`);
  if (done.status !== 0) throw new Error(`${command} failed:\n${done.stderr}`);
  return done.stdout;
}

/** Path of the packager's executable, installed on the first call. */
function packager() {
  const home = join(homedir(), ".cache", "pallycon-drm", "media-tools");
  mkdirSync(home, { recursive: true });
  run("npm", ["install", "--prefix", home, "--no-save", "--no-audit", "--no-fund", PACKAGER]);
  const os = { linux: "linux", darwin: "osx", win32: "win" }[process.platform];
  const name = `packager-${os}-${process.arch}${os === "win" ? ".exe" : ""}`;
  return join(home, "node_modules/shaka-packager/bin", name);
}

/** A moving test picture and a changing tone, with a key frame every 2 s. `bitexact` omits dates and versions. */
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
    "libx264",
    "-profile:v",
    "main",
    "-preset",
    "veryslow",
    "-threads",
    "1",
    "-b:v",
    "56k",
    "-maxrate",
    "80k",
    "-bufsize",
    "80k",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "50",
    "-keyint_min",
    "50",
    "-sc_threshold",
    "0",
    "-bf",
    "0",
    "-c:a",
    "aac",
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

/** Packages one track; returns the data for the manifests. */
function packageTrack(program, clip, content, track, folder) {
  const p = protection(content, track);
  const out = join(folder, track.type);
  mkdirSync(out, { recursive: true });
  const mpd = join(out, "packaged.mpd");
  run(program, [
    `in=${clip},stream=${track.type},init_segment=${join(out, "init.mp4")},segment_template=${join(out, "$Number$.m4s")}`,
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
    track.iv,
    "--pssh",
    Buffer.concat([p.widevine, p.playready, p.common]).toString("hex"),
    // No date in the boxes: the same input produces the same bytes.
    "--use_fake_clock_for_muxer",
    "--generate_static_live_mpd",
    "--generate_sidx_in_media_segments=false",
    "--mpd_output",
    mpd,
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
  const files = readdirSync(out).filter((name) => name.endsWith(".m4s"));
  if (files.length !== segments.length)
    throw new Error(`${out}: ${files.length} files, ${segments.length} segments in the manifest`);
  return {
    ...track,
    ...VIDEO,
    protection: p,
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
  const clip = join(scratch, "clear.mp4");
  clearClip(clip);
  const program = packager();
  const catalog = [];
  for (const content of contents) {
    const folder = join(target, content.contentId);
    rmSync(folder, { recursive: true, force: true });
    const whole = { ...content, duration: DURATION };
    const tracks = content.tracks.map((track) => packageTrack(program, clip, content, track, folder));
    const write = (name, text) => writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, "hls"));
    write("manifest.mpd", dashManifest(whole, tracks));
    write("clearkey.mpd", dashManifest(whole, tracks, { clearkey: true }));
    const drms = ["all", "widevine", "playready", "clearkey", ...(content.scheme === "cbcs" ? ["fairplay"] : [])];
    for (const drm of drms) {
      write(`hls/${drm}.m3u8`, masterPlaylist(tracks, drm));
      for (const track of tracks) write(`hls/${track.type}-${drm}.m3u8`, mediaPlaylist(whole, track, drm));
    }
    const at = (path) => `${content.contentId}/${path}`;
    catalog.push({
      contentId: content.contentId,
      title: content.title,
      scheme: content.scheme,
      duration: DURATION,
      tracks: content.tracks,
      dash: at("manifest.mpd"),
      dashClearkey: at("clearkey.mpd"),
      hls: at("hls/all.m3u8"),
      hlsWidevine: at("hls/widevine.m3u8"),
      hlsPlayready: at("hls/playready.m3u8"),
      hlsClearkey: at("hls/clearkey.m3u8"),
      ...(content.scheme === "cbcs" ? { hlsSkd: at("hls/fairplay.m3u8") } : {}),
    });
  }
  writeFileSync(join(target, "catalog.json"), `${JSON.stringify(catalog, null, 2)}\n`);
  console.log(`wrote ${contents.length} contents under www/media/`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
