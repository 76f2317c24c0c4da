// The real packager, on the demo's own clip: its protection is taken off with the keys of the catalog, and put on anew.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const OS = { linux: "linux", darwin: "osx", win32: "win" }[process.platform];
const program = join(dirname(createRequire(import.meta.url).resolve("shaka-packager/package.json")), "bin", `packager-${OS}-${process.arch}${OS === "win" ? ".exe" : ""}`);

function packager(args, cwd) {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`the packager failed: ${error?.message ?? stderr.slice(-500)}`);
}

/** The demo's clip without protection: `video.mp4` and `audio.mp4` in a folder, whose path is returned. */
function clearClip(to) {
  const content = JSON.parse(readFileSync(folder("www/media/catalog.json"), "utf8")).find(({ contentId }) => contentId === "demo-cenc");
  mkdirSync(to, { recursive: true });
  for (const { type, keyId, key } of content.tracks) {
    const parts = ["init.mp4", "1.m4s", "2.m4s", "3.m4s"].map((name) => readFileSync(folder(`www/media/demo-cenc/${type}/${name}`)));
    writeFileSync(join(to, `sealed-${type}.mp4`), Buffer.concat(parts));
    packager([`in=sealed-${type}.mp4,stream=${type},output=${type}.mp4`, "--enable_raw_key_decryption", "--keys", `label=:key_id=${keyId}:key=${key}`], to);
  }
  return to;
}

/**
 * Packages the clip as DASH with the arguments that `toShakaPackager` gives. The result lies under the lab's page; returned is the
 * manifest's path from the media folder, which is what the lab loads from.
 */
export function packageClip(name, args) {
  const out = folder(`build/e2e/packed/${name}`);
  rmSync(out, { recursive: true, force: true });
  const clear = clearClip(join(out, "clear"));
  const stream = (type, label) => `in=${join(clear, `${type}.mp4`)},stream=${type},drm_label=${label},init_segment=${type}/init.mp4,segment_template=${type}/$Number$.m4s`;
  packager([stream("video", "SD"), stream("audio", "AUDIO"), "--mpd_output", "manifest.mpd", "--segment_duration", "2", "--clear_lead", "0", ...args], out);
  rmSync(clear, { recursive: true });
  return `../e2e/packed/${name}/manifest.mpd`;
}
