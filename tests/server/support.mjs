// Shared by the tests of the server entry: the built entry, the published tutorial account, a key server of independent
// code.
import { readFileSync } from "node:fs";
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { DEMO, TUTO } from "../../www/license-server/accounts.mjs";

export const root = new URL("../../", import.meta.url);
export const entry = new URL("dist/server.js", root);
export const vectors = (name) => JSON.parse(readFileSync(new URL(`tests/vectors/${name}`, root), "utf8"));

/** The tutorial account, whose keys are public. */
export const TUTORIAL = { siteId: TUTO.siteId, siteKey: TUTO.siteKey, accessKey: TUTO.accessKey };
export const KMS_TOKEN = DEMO.kmsToken;

/** The license server with its key server, on its own port; `base` replaces the vendor's hosts. */
export async function startKms(t, options = {}) {
  const server = createLicenseServer(options);
  await server.listen();
  t.after(() => server.close());
  return { base: `${server.url}/r/server-entry`, url: server.url };
}

/** The fields of an error that a caller may rely on, after a check that none contains a secret. */
export function shown(error, secrets = []) {
  const text = JSON.stringify(error.toJSON?.() ?? {}) + error.message + error.stack;
  for (const secret of [TUTORIAL.siteKey, TUTORIAL.accessKey, KMS_TOKEN, ...secrets]) {
    if (text.includes(secret)) throw new Error("the error contains a secret");
  }
  return { name: error.name, code: error.code, phase: error.phase };
}
