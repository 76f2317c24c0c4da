// The texts of --help.

const ACCOUNT = `
Account (never passed as arguments, which other users can read):
  PALLYCON_SITE_ID, PALLYCON_SITE_KEY, PALLYCON_ACCESS_KEY, PALLYCON_KMS_TOKEN   environment
  --account FILE          JSON: {"siteId", "siteKey", "accessKey", "kmsToken"}, instead of the environment
`;
const CODES = `
Exit codes: 0 success; 1 refused, or a problem was found; 2 usage error.
`;

export const HELP: Record<string, string> = {
  "": `pallycon-drm: PallyCon (DoveRunner) multi-DRM on the command line

  pallycon-drm inspect FILE|TEXT|-    identify and decode it (init data, token, playlist, response, ...)
  pallycon-drm token ...              create or decrypt a license token or auth data
  pallycon-drm cpix ...               request content keys, read CPIX
  pallycon-drm wasm FILE              write the server's .wasm file, for edge runtimes
  pallycon-drm PACKAGER ...           print a packager's settings
  pallycon-drm --version

Every command accepts --help and --json.
${CODES}`,
  inspect: `pallycon-drm inspect FILE|TEXT|- [--json]

Identifies and decodes a file, a text or stdin (-): PSSH boxes and other init data, PlayReady objects, segments, HLS and
DASH protection, license tokens and auth data, error responses, challenges, CPIX. No key is needed. A text may be hex,
base64, a URI or JSON. Files, pipes and stdin are read up to 16 MiB. Content keys are masked.

  pallycon-drm inspect init.mp4
  pallycon-drm inspect AAAANHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABQIARIQ...
  pallycon-drm inspect - --json < playlist.m3u8
${CODES}`,
  token: `pallycon-drm token --drm DRM --content-id CID [options]      create a license token
pallycon-drm token open TOKEN|FILE|-                         verify and decrypt a token, or auth data

  --drm DRM               widevine, playready, fairplay, ncg, wiseplay
  --content-id CID        the content ID that the content was packaged with
  --user-id ID            default LICENSETOKEN
  --policy FILE           JSON of the license policy (- is stdin); default: an empty policy
  --response-format F     original (default), json
  --key-rotation          for live content with rotating keys
  --allow-unknown         accept policy fields that this version does not know
  --callback              create auth data for the callback type instead; needs --user-id, accepts --order-id
  --json
${ACCOUNT}
  pallycon-drm token --drm widevine --content-id film-1 --policy policy.json
  pallycon-drm token open eyJkcm1fdHlwZSI6...
${CODES}`,
  cpix: `pallycon-drm cpix request --content-id CID --system DRM      write a CPIX request
pallycon-drm cpix keys --content-id CID --system DRM         request keys from the key server and print them
pallycon-drm cpix read FILE|-                                read a response, a request or pack info

  --system DRM            widevine, playready, fairplay, ncg-hls-aes-128, ... or a system id; repeatable
  --track TYPE            AUDIO, SD, HD, UHD1, UHD2; repeatable, a key for each
  --period INDEX          live: a key for each period; repeatable
  --scheme SCHEME         cenc (default), cbc1, cens, cbcs
  --hardware-drm          check that audio and video get separate keys
  --kind KIND             v1, v2 (default), doverunner, speke, speke-v2, speke-cbcs, ateme
  --base URL              of the key server; needed for speke-v2 and speke-cbcs
  --key-rotation          speke-v2
  --format F              ateme: dash or hls
  --view NAME             keys, read: print a packager's settings instead of pack info. pallycon-drm --help lists
                          the names; pallycon-drm NAME --help shows the options; pallycon-drm NAME is a shorthand
  --json
${ACCOUNT}
  pallycon-drm cpix keys --content-id film-1 --system widevine --system playready --view shaka-packager
${CODES}`,
  wasm: `pallycon-drm wasm FILE [--json]

Writes the module of pallycon-drm/server to a file. Only runtimes that compile no bytes need it (Cloudflare Workers, Next.js
edge): their bundler makes a module of an imported .wasm file, which goes to init(). Write it again after each update of the
package, for example in the script "prebuild" of package.json.

  pallycon-drm wasm src/server.wasm
${CODES}`,
};
