// Without a bundler: modules, import maps, the classic script, workers.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IN_PAGE, IN_WORKER } from "../project.mjs";

const CLASSIC = { keyIds: IN_PAGE.keyIds, license: 5, token: "dG9rZW4=" };
/** As jsDelivr and unpkg serve a package: its short URL is the file that package.json names. */
const cdn = (path) =>
  path
    .replace(/^\/npm\/pallycon-drm$/, "/node_modules/pallycon-drm/dist/pallycon-drm.global.js")
    .replace(/^\/npm\/pallycon-drm@[^/]+\//, "/node_modules/pallycon-drm/");

/** Other names for the entries of the package. */
function rename(project, entry) {
  const file = join(project.folder, "src/entries.js");
  const code = readFileSync(file, "utf8").replace(/"pallycon-drm(?:\/([\w-]+))?"/g, (_, name) => `"${entry(name)}"`);
  writeFileSync(file, code);
}
const path = (name = "index") => `/node_modules/pallycon-drm/dist/${name}.js`;

const cell = (name, title, page, expected, { entry, fileOf, needs } = {}) => ({
  name,
  title: "No bundler",
  tool: "plain",
  files: ["page", "plain"],
  needs,
  rows: {
    [title]: async (project) => {
      if (entry) rename(project, entry);
      await project.page(`${await project.serve(".", fileOf)}/${page}`, expected);
    },
  },
});

export default [
  cell("plain-modules", "modules", "modules.html", IN_PAGE, { entry: path }),
  cell("plain-import-map", "import map with a prefix", "import-map.html", IN_PAGE, {
    entry: (name) => (name ? `pallycon-drm/${name}.js` : "pallycon-drm"),
    needs: "import-map",
  }),
  cell("plain-global", "classic script", "global.html", { ...CLASSIC, media: true }),
  cell("plain-cdn", "classic script, a CDN's short URL", "cdn.html", { ...CLASSIC, media: true }, { fileOf: cdn }),
  cell("plain-worker", "classic worker", "worker.html", CLASSIC),
  cell("plain-module-worker", "module worker", "worker.html?module", IN_WORKER, { entry: path }),
];
