// The real packager, on the demo's own clip: decrypted with the keys of the catalog, and encrypted again.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const OS = { linux: "linux", darwin: "osx", win32: "win" }[process.platform];
const program = join(
  dirname(createRequire(import.meta.url).resolve("shaka-packager/package.json")),
  "bin",
  `packager-${OS}-${process.arch}${OS === "win" ? ".exe" : ""}`,
);

/** @returns {string} its output, including warnings */
function packager(args, cwd) {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`the packager failed: ${error?.message ?? stderr.slice(-500)}`);
  return stderr;
}

const SEGMENTS = ["1.m4s", "2.m4s", "3.m4s"];

/**
 * Writes the demo's clip without protection, `video.mp4` and `audio.mp4`, to a folder and returns its path. Only two
 * seconds each: the given segments.
 */
function clearClip(to, segments = SEGMENTS) {
  const content = JSON.parse(readFileSync(folder("www/media/catalog.json"), "utf8")).find(
    ({ contentId }) => contentId === "demo-cenc",
  );
  mkdirSync(to, { recursive: true });
  for (const { type, keyId, key } of content.tracks) {
    const parts = ["init.mp4", ...segments].map((name) => readFileSync(folder(`www/media/demo-cenc/${type}/${name}`)));
    writeFileSync(join(to, `sealed-${type}.mp4`), Buffer.concat(parts));
    packager(
      [
        `in=sealed-${type}.mp4,stream=${type},output=${type}.mp4`,
        "--enable_raw_key_decryption",
        "--keys",
        `label=:key_id=${keyId}:key=${key}`,
      ],
      to,
    );
  }
  return to;
}

/**
 * Packages the clip as DASH with the arguments from `toShakaPackager`. The result is below the lab's page; returns the
 * manifest's path relative to the media folder, from which the lab loads.
 */
export function packageClip(name, args) {
  const out = emptied(name);
  const clear = clearClip(join(out, "clear"));
  packager([...streams(clear, ""), "--mpd_output", "manifest.mpd", ...DASH, ...args], out);
  rmSync(clear, { recursive: true });
  return `../e2e/packed/${name}/manifest.mpd`;
}

/**
 * The same with a key period for each of the arguments: raw keys cannot rotate within one run of the packager, so each
 * two seconds of the clip are packaged in their own run, and the results joined as periods of one MPD.
 */
export function packagePeriods(name, periods) {
  const out = emptied(name);
  const parts = periods.map((args, at) => {
    const clear = clearClip(join(out, "clear"), [SEGMENTS[at]]);
    packager(
      [...streams(clear, `${at}/`), "--mpd_output", `${at}.mpd`, "--generate_static_live_mpd", ...DASH, ...args],
      out,
    );
    rmSync(clear, { recursive: true });
    return readFileSync(join(out, `${at}.mpd`), "utf8");
  });
  const [head] = parts[0].split("<Period");
  const period = (text, at) =>
    text
      .slice(text.indexOf("<Period"), text.indexOf("</MPD>"))
      .replace('<Period id="0"', `<Period id="${at}" start="PT${2 * at}S" duration="PT2S"`);
  const whole = head.replace(
    /mediaPresentationDuration="[^"]*"/,
    `mediaPresentationDuration="PT${2 * periods.length}S"`,
  );
  writeFileSync(join(out, "manifest.mpd"), `${whole}${parts.map(period).join("")}</MPD>\n`);
  return `../e2e/packed/${name}/manifest.mpd`;
}

/**
 * What the packager itself does with raw keys and `--crypto_period_duration`: its output, and the bytes of the video's
 * segments.
 */
export function packageRotating(name, args) {
  const out = emptied(name);
  const clear = clearClip(join(out, "clear"));
  const said = packager(
    [
      ...streams(clear, "").slice(0, 1),
      "--mpd_output",
      "manifest.mpd",
      ...DASH,
      "--crypto_period_duration",
      "2",
      ...args,
    ],
    out,
  );
  return { said, segments: SEGMENTS.map((segment) => readFileSync(join(out, "video", segment))) };
}

/** As HLS; the path of the master playlist. */
export function packageHls(name, args) {
  const out = emptied(name);
  const clear = clearClip(join(out, "clear"));
  const [video, audio] = streams(clear, "");
  packager(
    [
      `${video},playlist_name=video.m3u8`,
      `${audio},playlist_name=audio.m3u8,hls_group_id=audio,hls_name=audio`,
      "--hls_master_playlist_output",
      "master.m3u8",
      ...DASH,
      ...args,
    ],
    out,
  );
  rmSync(clear, { recursive: true });
  return `../e2e/packed/${name}/master.m3u8`;
}

function emptied(name) {
  const out = folder(`build/e2e/packed/${name}`);
  rmSync(out, { recursive: true, force: true });
  return out;
}

const DASH = ["--segment_duration", "2", "--clear_lead", "0"];
const streams = (clear, to) =>
  [
    ["video", "SD"],
    ["audio", "AUDIO"],
  ].map(
    ([type, label]) =>
      `in=${join(clear, `${type}.mp4`)},stream=${type},drm_label=${label},init_segment=${to}${type}/init.mp4,segment_template=${to}${type}/$Number$.m4s`,
  );
