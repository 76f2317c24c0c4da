// What users report of DRM in web players, and where each is tested: a part of docs/when-it-does-not-play.md.
//   node scripts/docs/reported-issues.mjs           writes it
//   node scripts/docs/reported-issues.mjs --check   exits with 1 where it is stale
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../lib/paths.mjs";

export const FILE = join(root, "docs/when-it-does-not-play.md");
const [BEGIN, END] = [
  "<!-- reported-issues: written by scripts/docs/reported-issues.mjs -->",
  "<!-- /reported-issues -->",
];

/** How near to a viewer's machine a test is. */
export const LEVELS = {
  browser: "a real browser, as it is",
  bridge:
    "a real browser with the CDM bridge (docs/simulated-drm.md): media, network and player are real, the DRM's wire form is simulated",
  core: "the Rust core or Node",
  docs: "documentation alone",
};

/** [what is reported, codes or what is done about it, level, why no nearer, tests as file and part of the title] */
export const REPORTED_ISSUES = [
  [
    'FairPlay: "SPC message can\'t be null"; the first video plays, the second says "unable to parse SPC"',
    "one encoder, percent-encoded standard base64, once: `spc-missing`, `spc-invalid`",
    "bridge",
    "no FairPlay outside Apple's devices",
    [
      ["tests/e2e/failures.spec.mjs", "the SPC is posted once, as percent-encoded standard base64"],
      ["tests/e2e/fairplay-shaka.spec.mjs", "each attempt wraps the SPC once"],
      ["tests/e2e/hls-errors.spec.mjs", "the SPC unchanged, its type, and a fresh token"],
    ],
  ],
  [
    'FairPlay: the CKC is base64, XML or JSON, and the CDM says "type error"',
    "every form is read; else `not-a-license`",
    "bridge",
    "no FairPlay outside Apple's devices",
    [["tests/e2e/failures.spec.mjs", "a CKC in every form"]],
  ],
  [
    "A refusal under HTTP 200 becomes a meaningless CDM error",
    "PallyCon's code, text and a hint, before the CDM sees it",
    "bridge",
    "a real refusal needs an account",
    [
      ["tests/e2e/failures.spec.mjs", "of each group of codes"],
      ["tests/js/errors.test.mjs", "every code of the license server"],
    ],
  ],
  [
    "Certificate: base64 or DER, wrong, missing",
    "every form is read: `certificate-invalid`, `certificate-url-wrong`",
    "bridge",
    "no FairPlay outside Apple's devices",
    [
      ["tests/e2e/failures.spec.mjs", "a certificate in every form"],
      ["tests/e2e/hls-errors.spec.mjs", "is hls.js's own fatal error, and no license is requested"],
    ],
  ],
  [
    "The player changed from the legacy to the modern EME, and the sample broke",
    "`probe()` names the API that is there",
    "bridge",
    "no Safari here",
    [
      ["tests/e2e/environment.spec.mjs", "FairPlay's old API"],
      ["tests/e2e/media.spec.mjs", "is used if the page asks for it, although the modern one exists"],
    ],
  ],
  [
    "FairPlay: content id out of `skd`, `sinf`, UTF-16",
    "one reader for all forms",
    "bridge",
    "the bridge sends them as Safari was seen to",
    [
      ["tests/e2e/hls.spec.mjs", "the asset id is sent after the SPC"],
      ["src/init_data/skd.rs", "every_encoding"],
    ],
  ],
  [
    "hls.js with fMP4 and several FairPlay keys; MPEG-TS",
    "the adapter finds each track's key; in hls.js, TS is refused with an error that says why",
    "bridge",
    "no FairPlay outside Apple's devices",
    [
      ["tests/e2e/hls.spec.mjs", "are corrected, for every track"],
      ["tests/e2e/hls-errors.spec.mjs", "FairPlay in MPEG-TS is refused with an explanation"],
    ],
  ],
  [
    "The second protected video fails",
    "undo, and no state left over",
    "bridge",
    "the bridge's sessions live as a CDM's do",
    [
      ["tests/e2e/shaka.spec.mjs", "a second load on the same player"],
      ["tests/e2e/hls.spec.mjs", "a second source in the same Hls"],
      ["tests/e2e/media.spec.mjs", "a new source on the same element"],
    ],
  ],
  [
    "PlayReady messages differ by device",
    "one unwrapper for all forms",
    "bridge",
    "TVs are not at hand: the forms are those that were reported",
    [
      ["tests/e2e/failures.spec.mjs", "a PlayReady message plays in the form"],
      ["tests/e2e/hls.spec.mjs", "reaches the server as SOAP"],
    ],
  ],
  [
    "PlayReady in HLS and CMAF: no license URL, or the header's old one; init data without what the CDM wants",
    "the license URL is always set; objects and boxes are read and written",
    "bridge",
    "no PlayReady here; the demo's headers name an old license URL, as real ones do",
    [
      ["tests/e2e/compare.spec.mjs", "with the package"],
      ["src/init_data/playready.rs", "version_4_0_as_pallycon_writes_it"],
    ],
  ],
  [
    "`recommendation`, SL3000 and hardware",
    "`probe()`; `hardware-key-shared`",
    "bridge",
    "no such hardware here",
    [
      ["tests/e2e/environment.spec.mjs", "hardware PlayReady"],
      ["tests/e2e/environment.spec.mjs", "hardware DRM for a key shared with audio"],
    ],
  ],
  [
    "Key ids in GUID byte order",
    "compared in both orders",
    "bridge",
    "no such device here; the bridge reports them as one does",
    [["tests/e2e/hls.spec.mjs", "in GUID order are reported as in the playlist"]],
  ],
  [
    "Robustness too high, or empty",
    "`probe()`: few calls, the best level that is granted",
    "browser",
    "",
    [
      ["tests/e2e/environment.spec.mjs", "probe: the browser's own ClearKey"],
      ["tests/js/probe.test.mjs", "no key system is queried more than four times"],
    ],
  ],
  [
    "An insecure context: `MediaKeys` is undefined",
    "`insecure-context`; `eme-missing`",
    "browser",
    "",
    [
      ["tests/e2e/environment.spec.mjs", "an insecure context is reported"],
      ["tests/webkit/no-eme.test.mjs", "without EME, in a secure context"],
    ],
  ],
  [
    'An iframe without `allow="encrypted-media"`',
    "`iframe-not-allowed`, `permissions-policy`",
    "browser",
    "",
    [
      ["tests/e2e/environment.spec.mjs", "an iframe of another origin"],
      ["tests/e2e/environment.spec.mjs", "a Permissions-Policy that forbids"],
    ],
  ],
  [
    "CORS: the token's header needs a preflight",
    '`network`; `diagnose()` tells `cors-refused` from `url-unreachable`; `carrier: "url"` needs none',
    "browser",
    "",
    [
      ["tests/e2e/environment.spec.mjs", "without CORS headers"],
      ["tests/e2e/failures.spec.mjs", "CORS, a dead connection"],
    ],
  ],
  [
    "The token has expired at a renewal",
    "the token is a callback, asked for each request: `token-expired`",
    "bridge",
    "a real renewal needs an account",
    [
      ["tests/e2e/media.spec.mjs", "Widevine's CDM requests it, with its own token"],
      ["tests/e2e/media.spec.mjs", "FairPlay's session is told to renew"],
      ["tests/e2e/shaka.spec.mjs", "an expired token"],
    ],
  ],
  [
    "Retries: too many, or wrapped twice",
    "transformed once, nothing again that cannot succeed",
    "bridge",
    "the network is real",
    [
      ["tests/e2e/shaka.spec.mjs", "each attempt has a fresh token"],
      ["tests/e2e/hls-errors.spec.mjs", "is asked as often as the options say"],
    ],
  ],
  [
    "The server's error text is not to be had",
    "`serverCode`, `serverMessage`, `siteError`, `httpStatus`",
    "bridge",
    "a real refusal needs an account",
    [
      ["tests/e2e/failures.spec.mjs", "the site's own refusal inside 8002"],
      ["tests/e2e/failures.spec.mjs", "an unknown code passes through"],
    ],
  ],
  [
    "More license requests than expected: the service certificate's, two sessions",
    "`08 04` is known for what it is",
    "bridge",
    "Widevine's own CDM is not here",
    [
      ["tests/e2e/failures.spec.mjs", "that requests its service certificate first"],
      ["tests/e2e/hls.spec.mjs", "a configured Widevine certificate is set"],
    ],
  ],
  [
    "PSSH parsers that hang, guess lengths, know no version 1",
    "one bounded parser, fuzzed",
    "core",
    "bytes in, bytes out",
    [
      ["src/init_data/pssh.rs", "what_is_wrong_with_one_box_loses_no_other"],
      ["src/init_data/pssh.rs", "work_is_linear"],
    ],
  ],
  [
    "HDCP: the key is output-restricted",
    "`output-restricted`; `probe()` names the HDCP version",
    "bridge",
    "no display here says no; the question is asked of the real browser",
    [
      ["tests/e2e/failures.spec.mjs", "is reported once, by the content's key id"],
      ["tests/js/probe.test.mjs", "if not even the first version is supported"],
      ["tests/e2e/environment.spec.mjs", "maxHdcp"],
    ],
  ],
  [
    "Key rotation: the MPD's PSSH hides the one in the segments",
    "period index and content id are read; `key-rotation-missing`; requests are spread over viewers",
    "bridge",
    "the demo's content does not rotate: a second key comes as a made-up event",
    [
      ["tests/e2e/media.spec.mjs", "keys that appear after the first license are a rotation"],
      ["src/custom_data/inspect_tests.rs", "key-rotation-missing"],
      ["src/init_data/tests.rs", "the_period_is_taken_off_only_where_one_says_so"],
    ],
  ],
  [
    "Electron, castLabs, VMP: the license server denies the client",
    "`cdm-missing`, `device-revoked` and their like name it",
    "docs",
    "needs signed builds and hardware",
    [],
  ],
  [
    "The header is set in the wrong place",
    "the adapters set it on license requests and nowhere else",
    "bridge",
    "the network is real",
    [
      ["tests/e2e/play.spec.mjs", "and the token only on license requests"],
      ["tests/e2e/hls.spec.mjs", "with the token only on license requests"],
    ],
  ],
];

const link = ([file]) => `[${file.split("/").pop()}](../${file})`;

export function render() {
  const rows = REPORTED_ISSUES.map(
    ([pain, answer, level, reason, tests], index) =>
      `| ${index + 1} | ${pain} | ${answer} | ${level}${reason ? `: ${reason}` : ""} | ${[...new Set(tests.map(link))].join(", ")} |`,
  );
  const count = (name) => REPORTED_ISSUES.filter(([, , level]) => level === name).length;
  const counts = `Of these ${REPORTED_ISSUES.length}, ${count("browser")} are tested in a browser as it is, ${count("bridge")} in a browser with the bridge, ${count("core")} in the core, and ${count("docs")} is a matter of documentation.`;
  return [
    counts,
    "",
    "| | what is reported | what helps | tested in | tests |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    ...Object.entries(LEVELS).map(([name, what]) => `- *${name}*: ${what}.`),
  ].join("\n");
}

/** The page with its table made anew. */
export function page(text = readFileSync(FILE, "utf8")) {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error("docs/when-it-does-not-play.md has lost its markers");
  return `${text.slice(0, from + BEGIN.length)}\n${render()}\n${text.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = page() !== readFileSync(FILE, "utf8");
  if (!process.argv.includes("--check")) writeFileSync(FILE, page());
  else if (stale) {
    console.error("docs/when-it-does-not-play.md is stale: node scripts/docs/reported-issues.mjs");
    process.exitCode = 1;
  }
}
