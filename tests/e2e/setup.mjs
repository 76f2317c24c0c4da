// One license server for all tests, on any free port; each test has its own run on it (`/r/RUN/…`).
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "../../scripts/setup/build.mjs";
import { createLicenseServer } from "../../www/license-server/server.mjs";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default async function setup() {
  await ensureBuilt("pages");
  const server = createLicenseServer({
    roots: {
      "/": folder("build/demo"),
      // What tests make on the way (packaged media, copied samples) is in build/e2e.
      "/e2e/": [folder("build/pages/e2e"), folder("build/e2e")],
      "/compare/": folder("build/pages/compare"),
      "/dist/": folder("dist"),
      "/media/": folder("www/media"),
      "/bridge/": folder("build/bridge"),
    },
    catalog: folder("www/media/catalog.json"),
  });
  process.env.PALLYCON_E2E_URL = await server.listen(0, "127.0.0.1");
  return () => server.close();
}
