// What --help says.

const ACCOUNT = `
Account (never taken from arguments, which others can read):
  PALLYCON_SITE_ID, PALLYCON_SITE_KEY, PALLYCON_ACCESS_KEY, PALLYCON_KMS_TOKEN   environment
  --account FILE          JSON: {"siteId", "siteKey", "accessKey", "kmsToken"}, in place of the environment
`;
const CODES = `
Exit codes: 0 all well; 1 refused, or something is wrong; 2 wrong usage.
`;

export const HELP: Record<string, string> = {
  "": `pallycon-drm: PallyCon (DoveRunner) multi-DRM at the terminal

  pallycon-drm inspect FILE|TEXT|-    say what it is (init data, token, playlist, answer, ...) and read it
  pallycon-drm token ...              make a license token or auth data, or open one
  pallycon-drm cpix ...               ask for content keys, read CPIX
  pallycon-drm PACKAGER ...           the settings of a packager, from keys
  pallycon-drm --version

Every command takes --help and --json.
${CODES}`,
  inspect: `pallycon-drm inspect FILE|TEXT|- [--json]

Says what a file, a text or stdin (-) is, and reads it: PSSH boxes and other init data, PlayReady objects, segments, HLS and
DASH protection, license tokens and auth data, error answers, challenges, CPIX. No key is needed. A text may be hex,
base64, a URI or JSON. Files, pipes and stdin may have up to 16 MiB. Content keys are masked.

  pallycon-drm inspect init.mp4
  pallycon-drm inspect AAAANHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABQIARIQ...
  pallycon-drm inspect - --json < playlist.m3u8
${CODES}`,
  token: `pallycon-drm token --drm DRM --content-id CID [options]      make a license token
pallycon-drm token open TOKEN|FILE|-                         verify and decrypt a token, or auth data

  --drm DRM               widevine, playready, fairplay, ncg, wiseplay
  --content-id CID        what the content was packaged under
  --user-id ID            default LICENSETOKEN
  --policy FILE           JSON of the license policy (- is stdin); default: all defaults
  --response-format F     original (default), json
  --key-rotation          for live content with rotating keys
  --allow-unknown         let policy fields pass that this version does not know
  --callback              make auth data for the callback type instead; needs --user-id, takes --order-id
  --json
${ACCOUNT}
  pallycon-drm token --drm widevine --content-id film-1 --policy policy.json
  pallycon-drm token open eyJkcm1fdHlwZSI6...
${CODES}`,
  cpix: `pallycon-drm cpix request --content-id CID --system DRM      write a CPIX request
pallycon-drm cpix keys --content-id CID --system DRM         ask the key server, print the keys
pallycon-drm cpix read FILE|-                                read an answer, a request, or pack info

  --system DRM            widevine, playready, fairplay, ncg-hls-aes-128, ... or a system id; repeatable
  --track TYPE            AUDIO, SD, HD, UHD1, UHD2; repeatable, a key for each
  --period INDEX          live: a key for each period; repeatable
  --scheme SCHEME         cenc (default), cbc1, cens, cbcs
  --hardware-drm          check that sound and picture get separate keys
  --kind KIND             v1, v2 (default), doverunner, speke, speke-v2, speke-cbcs, ateme
  --base URL              of the key server; needed for speke-v2 and speke-cbcs
  --key-rotation          speke-v2
  --format F              ateme: dash or hls
  --view NAME             keys, read: a packager's settings instead of pack info. pallycon-drm --help lists them;
                          pallycon-drm NAME --help has the options of each, pallycon-drm NAME is the same in short
  --json
${ACCOUNT}
  pallycon-drm cpix keys --content-id film-1 --system widevine --system playready --view shaka-packager
${CODES}`,
};
