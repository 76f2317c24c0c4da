// Makes the demo media in www/media/: one unencrypted clip, packaged once per content, with our own keys, boxes and
// manifests.
//
//   node scripts/media/make.mjs
//
// Needs ffmpeg on PATH. The results are committed, so this rarely has to run.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contents } from "./contents.mjs";
import { dashManifest, masterPlaylist, mediaPlaylist } from "./manifests.mjs";
import { DURATION, packageTrack, withClip } from "./packager.mjs";
import { protection } from "./pssh.mjs";

const target = fileURLToPath(new URL("../../www/media/", import.meta.url));
const H264 = "-c:v libx264 -profile:v main -preset veryslow -maxrate 80k -bufsize 80k -sc_threshold 0 -bf 0";

/** The packager's own options for fMP4: the boxes are ours. */
function boxes(content, track) {
  const { widevine, playready, common } = protection(content, track);
  const pssh = Buffer.concat([widevine, playready, common]).toString("hex");
  return ["--pssh", pssh, "--generate_sidx_in_media_segments=false"];
}

withClip("clear.mp4", [H264, "-c:a aac"], (clip) => {
  const catalog = [];
  for (const content of contents) {
    const folder = join(target, content.contentId);
    rmSync(folder, { recursive: true, force: true });
    const whole = { ...content, duration: DURATION };
    const tracks = content.tracks.map((track) =>
      packageTrack({ clip, content, track, folder, options: boxes(content, track) }),
    );
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
});
