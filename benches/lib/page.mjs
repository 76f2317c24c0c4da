// Bundles a page of the bench as a production build, and opens it.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundlePage } from "../../scripts/lib/bundle.mjs";
import { buildDir, root } from "../../scripts/lib/paths.mjs";

/** hls.js's own flags, as its full build sets them. */
export const HLS_FLAGS = Object.fromEntries(
  [
    "ALT_AUDIO",
    "CMCD",
    "CONTENT_STEERING",
    "EME_DRM",
    "IFRAMES",
    "INTERSTITIALS",
    "MEDIA_CAPABILITIES",
    "SUBTITLES",
    "VARIABLE_SUBSTITUTION",
  ]
    .map((name) => [`__USE_${name}__`, "true"])
    .concat([
      ["__VERSION__", `"bench"`],
      ["__HLS_WORKER_BUNDLE__", "undefined"],
      ["__IN_WORKER__", "false"],
    ]),
);

/**
 * @param {string} name of the folder below build/bench/
 * @param {string} script below benches/
 * @param {{head?: string, body?: string, attributes?: string}} [page] `attributes` of the html element
 */
export async function buildPage(name, script, { head = "", body = "", attributes = "" } = {}) {
  const folder = join(buildDir, "bench", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await bundlePage(join(root, "benches", script), folder, {
    minify: true,
    sourcemap: false,
    legalComments: "none",
    entryNames: "page",
    define: HLS_FLAGS,
  });
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html>
<html lang="en"${attributes}><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,">${head}
${body}<script type="module" src="page.js"></script></html>
`,
  );
  return folder;
}
