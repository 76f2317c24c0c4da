// The inputs: boxes from the package's own writers, a manifest and a playlist with many periods and keys, and
// the demo's media with larger samples.
import { buildPlayReadyObject, buildPssh, buildWidevineData } from "pallycon-drm/inspect";

const WIDEVINE = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
const PLAYREADY = "9a04f079-9840-4286-ab92-e65be0885f95";
const COMMON = "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b";
const MPD_BYTES = 2_000_000;
const PLAYLIST_LINES = 10_000;
const SEGMENTS_PER_KEY = 100;
const SEGMENT_FRAGMENTS = 16;
const SEGMENT_BYTES = 20_000_000;

const keyIdOf = (n) => `00112233445566778899aabb${n.toString(16).padStart(8, "0")}`;
const uuid = (hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const ascii = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** size:u32 type:4 content */
function box(type, ...content) {
  const body = joined(...content);
  const size = body.length + 8;
  return joined([size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255], ascii(type), body);
}

const widevineOf = (n) =>
  buildPssh({
    systemId: WIDEVINE,
    data: buildWidevineData({
      keyIds: [keyIdOf(n)],
      provider: "doverunner",
      contentId: "a-content-id",
      trackType: "HD",
      protectionScheme: "cbcs",
    }),
  });
const playreadyObject = (n) =>
  buildPlayReadyObject({
    version: "4.3.0.0",
    keys: [{ keyId: keyIdOf(n), algorithm: "AESCTR" }],
    licenseUrl: "https://license.example/ri/playready/licenseManager.do",
    customAttributes: "<PERIOD_INDEX>7</PERIOD_INDEX>",
  });
const playreadyOf = (n) => buildPssh({ systemId: PLAYREADY, data: playreadyObject(n) });

/** JSON as from FairPlay's CDM: frma, schm, schi with tenc. */
function sinf() {
  const tenc = box(
    "tenc",
    [1, 0, 0, 0, 0, 0x19, 1, 0],
    new Uint8Array(16).fill(0x11),
    [16],
    new Uint8Array(16).fill(0x22),
  );
  const bytes = box(
    "sinf",
    box("frma", ascii("avc1")),
    box("schm", [0, 0, 0, 0], ascii("cbcs"), [0, 1, 0, 0]),
    box("schi", tenc),
  );
  return ascii(JSON.stringify({ sinf: [base64(bytes)] }));
}

function adaptationSet(kind, n, segments) {
  const duration = (i) => 90_000 + (i % 7);
  const timeline = Array.from({ length: segments }, (_, i) => `<S d="${duration(i)}"/>`).join("\n          ");
  const codecs = kind === "video" ? "avc1.4d4015" : "mp4a.40.2";
  const representation = (i) =>
    kind === "video"
      ? `<Representation id="v${n}-${i}" bandwidth="${(i + 1) * 900_000}" width="${640 + i * 320}" height="${360 + i * 180}" frameRate="25"/>`
      : `<Representation id="a${n}" bandwidth="128000" audioSamplingRate="48000"/>`;
  return `    <AdaptationSet contentType="${kind}" mimeType="${kind}/mp4" codecs="${codecs}" segmentAlignment="true" startWithSAP="1">
      <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cbcs" cenc:default_KID="${uuid(keyIdOf(n))}"/>
      <ContentProtection schemeIdUri="urn:uuid:${WIDEVINE}"><cenc:pssh>${base64(widevineOf(n))}</cenc:pssh></ContentProtection>
      <ContentProtection schemeIdUri="urn:uuid:${PLAYREADY}"><cenc:pssh>${base64(playreadyOf(n))}</cenc:pssh><mspr:pro>${base64(playreadyObject(n))}</mspr:pro></ContentProtection>
      <SegmentTemplate timescale="90000" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Time$.m4s">
        <SegmentTimeline>
          ${timeline}
        </SegmentTimeline>
      </SegmentTemplate>
      ${kind === "video" ? [0, 1, 2].map(representation).join("\n      ") : representation(0)}
    </AdaptationSet>`;
}

/** Periods with their own keys, as between advertisements, until it is long enough. */
function mpd() {
  const SECONDS = 1000;
  const periods = [];
  for (let length = 0, n = 0; length < MPD_BYTES; n += 1) {
    const sets = [adaptationSet("video", 2 * n, SECONDS), adaptationSet("audio", 2 * n + 1, SECONDS)];
    const period = `  <Period id="p${n}" duration="PT${SECONDS}S">\n${sets.join("\n")}\n  </Period>`;
    periods.push(period);
    length += period.length;
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" xmlns:mspr="urn:microsoft:playready"
  profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" minBufferTime="PT2S"
  mediaPresentationDuration="PT${SECONDS * periods.length}S">
${periods.join("\n")}
</MPD>`;
}

function playlist() {
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-TARGETDURATION:4",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXT-X-MAP:URI="init.mp4"`,
  ];
  for (let segment = 0; lines.length < PLAYLIST_LINES - 3; segment += 1) {
    if (segment % SEGMENTS_PER_KEY === 0) {
      const n = segment / SEGMENTS_PER_KEY;
      const uri = `data:text/plain;base64,${base64(widevineOf(n))}`;
      const format = `KEYFORMAT="urn:uuid:${WIDEVINE}",KEYFORMATVERSIONS="1"`;
      lines.push(`#EXT-X-KEY:METHOD=SAMPLE-AES,KEYID=0x${keyIdOf(n).toUpperCase()},URI="${uri}",${format}`);
    }
    lines.push("#EXTINF:4.000,", `segment-${segment}.m4s`);
  }
  lines.push("#EXT-X-ENDLIST", "");
  return lines.join("\n");
}

const fetched = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** The demo's init segment and fragments, each mdat enlarged to the size at a high bit rate. */
async function segment() {
  const media = "/media/demo-cenc/video/";
  const [init, ...fragments] = await Promise.all(
    ["init.mp4", "1.m4s", "2.m4s", "3.m4s"].map((name) => fetched(media + name)),
  );
  const size = Math.floor((SEGMENT_BYTES - init.length) / SEGMENT_FRAGMENTS);
  const bytes = new Uint8Array(init.length + size * SEGMENT_FRAGMENTS);
  bytes.set(init);
  for (let i = 0; i < SEGMENT_FRAGMENTS; i += 1) {
    const at = init.length + i * size;
    const fragment = fragments[i % fragments.length];
    bytes.set(fragment, at);
    // mdat is the last box and gets the rest.
    const view = new DataView(bytes.buffer, at);
    let mdat = 0;
    while (mdat + view.getUint32(mdat) < fragment.length) mdat += view.getUint32(mdat);
    view.setUint32(mdat, size - mdat);
  }
  return { bytes, init };
}

/** Call it after the inspect module's init(). */
export async function makeInputs() {
  const [widevine, playready] = [widevineOf(1), playreadyOf(2)];
  const { bytes, init } = await segment();
  return {
    "one Widevine box": widevine,
    "one box of version 1, four key ids": buildPssh({
      systemId: COMMON,
      version: 1,
      keyIds: [1, 2, 3, 4].map(keyIdOf),
      data: new Uint8Array(),
    }),
    "one PlayReady 4.3 box": playready,
    "16 boxes": joined(...Array.from({ length: 16 }, (_, i) => (i % 2 ? playreadyOf(i) : widevineOf(i)))),
    "sinf in JSON": sinf(),
    "MPD, 2 MB": mpd(),
    "playlist, 10,000 lines": playlist(),
    "segment file, 20 MB": bytes,
    init,
  };
}
