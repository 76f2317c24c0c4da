// The pages that the tests open, bundled with the package into build/pages/: a build step (scripts/setup/build.mjs),
// because Chromium's run and Firefox' may go on at the same time.
import { existsSync, readdirSync } from "node:fs";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundlePage } from "../../scripts/lib/bundle.mjs";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function bundle(script, document, to) {
  await bundlePage(folder(`tests/e2e/${script}`), folder(`build/pages/${to}`));
  await cp(folder(`tests/e2e/${document}`), folder(`build/pages/${to}/index.html`));
}

await bundle("page/lab.js", "page/index.html", "e2e");
// Players with a lab of their own.
for (const { name } of readdirSync(folder("tests/e2e/page"), { withFileTypes: true }).filter((e) => e.isDirectory())) {
  const own = `page/${name}/index.html`;
  await bundle(`page/${name}/lab.js`, existsSync(folder(`tests/e2e/${own}`)) ? own : "page/index.html", `e2e/${name}`);
}
await bundle("players/lab.js", "players/index.html", "e2e/players");
await bundle("compare/main.js", "compare/index.html", "compare");
