// Makes tests/engines/media/: the demo's test picture as VP9 and Opus in encrypted WebM, for browsers built without
// H.264. It is another form of demo-single-key, with that content's id, key and boxes, so the license server needs no
// entry for it.
//
//   node scripts/media/webm.mjs
//
// Needs ffmpeg on PATH. The results are committed, so this rarely has to run.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contents } from "./contents.mjs";
import { dashManifest } from "./manifests.mjs";
import { DURATION, packageTrack, withClip } from "./packager.mjs";

/**
 * In counter mode, one key must never be used with the same counter twice: these vectors differ from those of the MP4
 * form.
 */
const VECTORS = { video: "71c2d3e4f5061728", audio: "b8394a5b6c7d8e9f" };
const target = fileURLToPath(new URL("../../tests/engines/media/", import.meta.url));
const content = contents.find(({ contentId }) => contentId === "demo-single-key");
const container = "webm";

withClip("clear.webm", ["-c:v libvpx-vp9 -row-mt 0", "-c:a libopus"], (clip) => {
  rmSync(target, { recursive: true, force: true });
  const tracks = content.tracks.map((track) =>
    packageTrack({ clip, content, track, folder: target, container, iv: VECTORS[track.type] }),
  );
  const whole = { ...content, duration: DURATION };
  writeFileSync(join(target, "manifest.mpd"), dashManifest(whole, tracks, { container }));
  console.log(tracks.map(({ type, codecs }) => `${type}: ${codecs}`).join(", "));
});
