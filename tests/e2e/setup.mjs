// One license server for all tests, on any free port; each test has a run of its own in it (`/r/RUN/…`).
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundlePage } from "../../scripts/lib/bundle.mjs";
import { createLicenseServer } from "../../www/license-server/server.mjs";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default async function setup() {
  await bundlePage(folder("tests/e2e/page/lab.js"), folder("build/e2e"));
  await cp(folder("tests/e2e/page/index.html"), folder("build/e2e/index.html"));
  await bundlePage(folder("tests/e2e/page/dash-lab.js"), folder("build/e2e/dash"));
  await cp(folder("tests/e2e/page/dash.html"), folder("build/e2e/dash/index.html"));
  await bundlePage(folder("tests/e2e/page/rx-player/lab.js"), folder("build/e2e/rx-player"));
  await cp(folder("tests/e2e/page/index.html"), folder("build/e2e/rx-player/index.html"));
  await bundlePage(folder("tests/e2e/page/videojs/lab.js"), folder("build/e2e/videojs"));
  await cp(folder("tests/e2e/page/videojs/index.html"), folder("build/e2e/videojs/index.html"));
  await bundlePage(folder("tests/e2e/players/page/lab.js"), folder("build/e2e/players"));
  await cp(folder("tests/e2e/players/page/index.html"), folder("build/e2e/players/index.html"));
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
