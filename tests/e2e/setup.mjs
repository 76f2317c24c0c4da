// One license server for all tests, on any free port; each test has a run of its own in it (`/r/RUN/…`).
import { fileURLToPath } from "node:url";
import { createLicenseServer } from "../../www/license-server/server.mjs";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default async function setup() {
  const server = createLicenseServer({
    roots: {
      "/": [folder("build/demo"), folder("www/demo")],
      "/e2e/": folder("tests/e2e/page"),
      "/media/": folder("www/media"),
      "/bridge/": folder("build/bridge"),
      "/dist/": folder("dist"),
      "/node_modules/": folder("node_modules"),
    },
    catalog: folder("www/media/catalog.json"),
  });
  process.env.PALLYCON_E2E_URL = await server.listen(0, "127.0.0.1");
  return () => server.close();
}
