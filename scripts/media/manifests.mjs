// DASH manifests and HLS playlists for the packaged tracks, written by hand: one playlist for every DRM if players
// support that, one per DRM if they would use the wrong line.
import { SYSTEM } from "./pssh.mjs";

const uuid = (hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const base64 = (bytes) => bytes.toString("base64");

/** @returns {string} ContentProtection of one AdaptationSet. `clearkey` = only the DASH-IF ClearKey form. */
function contentProtection(content, track, clearkey) {
  const p = track.protection;
  const out = [
    `<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="${content.scheme}" cenc:default_KID="${uuid(track.keyId)}"/>`,
  ];
  if (clearkey) {
    out.push(
      `<ContentProtection schemeIdUri="urn:uuid:${uuid(SYSTEM.clearkey)}" value="ClearKey1.0">` +
        `<dashif:Laurl Lic_type="EME-1.0">/ri/clearkey/licenseManager.do?siteId=DEMO&amp;cid=${content.contentId}</dashif:Laurl></ContentProtection>`,
    );
    return out.join("\n      ");
  }
  out.push(
    `<ContentProtection schemeIdUri="urn:uuid:${uuid(SYSTEM.widevine)}" value="Widevine"><cenc:pssh>${base64(p.widevine)}</cenc:pssh></ContentProtection>`,
    `<ContentProtection schemeIdUri="urn:uuid:${uuid(SYSTEM.playready)}" value="MSPR 2.0"><cenc:pssh>${base64(p.playready)}</cenc:pssh><mspr:pro>${base64(p.object)}</mspr:pro></ContentProtection>`,
  );
  // FairPlay only supports cbcs; its init data come from the media, so no box is written here.
  if (content.scheme === "cbcs") {
    out.push(`<ContentProtection schemeIdUri="urn:uuid:${uuid(SYSTEM.fairplay)}" value="FairPlay"/>`);
  }
  return out.join("\n      ");
}

const FILES = { mp4: { init: "init.mp4", media: "$Number$.m4s" }, webm: { init: "init.webm", media: "$Number$.webm" } };

/**
 * A static manifest with one AdaptationSet per track.
 * @param {{clearkey?: boolean, container?: keyof typeof FILES}}
 * options
 */
export function dashManifest(content, tracks, { clearkey = false, container = "mp4" } = {}) {
  const { init, media } = FILES[container];
  const sets = tracks
    .map(
      (
        track,
      ) => `    <AdaptationSet contentType="${track.type}" mimeType="${track.type}/${container}" segmentAlignment="true" startWithSAP="1"${track.type === "audio" ? ' lang="en"' : ""}>
      ${contentProtection(content, track, clearkey)}
      <Representation id="${track.type}" bandwidth="${track.bandwidth}" codecs="${track.codecs}" ${track.attributes}>
        <SegmentTemplate timescale="${track.timescale}" initialization="$RepresentationID$/${init}" media="$RepresentationID$/${media}" startNumber="1">
          <SegmentTimeline>${track.segments.map((s) => `<S t="${s.start}" d="${s.duration}"/>`).join("")}</SegmentTimeline>
        </SegmentTemplate>
      </Representation>
    </AdaptationSet>`,
    )
    .join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" xmlns:mspr="urn:microsoft:playready" xmlns:dashif="https://dashif.org/CPS" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" minBufferTime="PT2S" mediaPresentationDuration="PT${content.duration}S">
  <Period id="0">
${sets}
  </Period>
</MPD>
`;
}

/** The EXT-X-KEY lines of one track for one DRM. */
function keyLines(content, track, drm) {
  const method = content.scheme === "cenc" ? "SAMPLE-AES-CTR" : "SAMPLE-AES";
  const p = track.protection;
  const line = (uri, format, more = "") =>
    `#EXT-X-KEY:METHOD=${method},URI="${uri}"${more},KEYFORMAT="${format}",KEYFORMATVERSIONS="1"`;
  const lines = {
    widevine: line(
      `data:text/plain;base64,${base64(p.widevine)}`,
      `urn:uuid:${uuid(SYSTEM.widevine)}`,
      `,KEYID=0x${track.keyId}`,
    ),
    playready: line(`data:text/plain;charset=UTF-16;base64,${base64(p.object)}`, "com.microsoft.playready"),
    fairplay: line(p.skd, "com.apple.streamingkeydelivery"),
    clearkey: line(`data:text/plain;base64,${base64(p.keyId)}`, "org.w3.clearkey"),
  };
  if (drm !== "all") return [lines[drm]];
  return content.scheme === "cbcs"
    ? [lines.widevine, lines.playready, lines.fairplay]
    : [lines.widevine, lines.playready];
}

/** A media playlist; `drm` is one DRM's name or "all". */
export function mediaPlaylist(content, track, drm) {
  const seconds = (s) => (s.duration / track.timescale).toFixed(5);
  const longest = Math.ceil(Math.max(...track.segments.map((s) => s.duration / track.timescale)));
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${longest}`,
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...keyLines(content, track, drm),
    `#EXT-X-MAP:URI="../${track.type}/init.mp4"`,
    ...track.segments.flatMap((s, i) => [`#EXTINF:${seconds(s)},`, `../${track.type}/${i + 1}.m4s`]),
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}

/** The playlist that a player opens. */
export function masterPlaylist(tracks, drm) {
  const video = tracks.find((t) => t.type === "video");
  const audio = tracks.find((t) => t.type === "audio");
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="audio-${drm}.m3u8"`,
    `#EXT-X-STREAM-INF:BANDWIDTH=${video.bandwidth + audio.bandwidth},CODECS="${video.codecs},${audio.codecs}",RESOLUTION=${video.width}x${video.height},FRAME-RATE=${video.frameRate},AUDIO="audio"`,
    `video-${drm}.m3u8`,
    "",
  ].join("\n");
}
