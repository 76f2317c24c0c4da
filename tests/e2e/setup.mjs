// One license server for all tests, on any free port; each test has its own run on it (`/r/RUN/…`).
import { existsSync, readdirSync } from "node:fs";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundlePage } from "../../scripts/lib/bundle.mjs";
import { createLicenseServer } from "../../www/license-server/server.mjs";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default async function setup() {
  await bundlePage(folder("tests/e2e/page/lab.js"), folder("build/e2e"));
  await cp(folder("tests/e2e/page/index.html"), folder("build/e2e/index.html"));
  // Players with a lab of their own.
  for (const entry of readdirSync(folder("tests/e2e/page"), { withFileTypes: true })) {
    const [from, to] = [`tests/e2e/page/${entry.name}`, `build/e2e/${entry.name}`];
    if (!entry.isDirectory()) continue;
    await bundlePage(folder(`${from}/lab.js`), folder(to));
    await cp(
      folder(existsSync(folder(`${from}/index.html`)) ? `${from}/index.html` : "tests/e2e/page/index.html"),
      folder(`${to}/index.html`),
    );
  }
  await bundlePage(folder("tests/e2e/players/lab.js"), folder("build/e2e/players"));
  await cp(folder("tests/e2e/players/index.html"), folder("build/e2e/players/index.html"));
  await bundlePage(folder("tests/e2e/compare/main.js"), folder("build/compare"));
  await cp(folder("tests/e2e/compare/index.html"), folder("build/compare/index.html"));
  const server = createLicenseServer({
    roots: {
      "/": folder("build/demo"),
      "/e2e/": folder("build/e2e"),
      "/compare/": folder("build/compare"),
      "/dist/": folder("dist"),
      "/media/": folder("www/media"),
      "/bridge/": folder("build/bridge"),
    },
    catalog: folder("www/media/catalog.json"),
  });
  process.env.PALLYCON_E2E_URL = await server.listen(0, "127.0.0.1");
  return () => server.close();
}
