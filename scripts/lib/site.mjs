// Imports of www/demo other than modules: a file as text, the media catalog without its keys, and the table of errors.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { publicCatalog } from "../../www/license-server/catalog.mjs";
import { errorTable, hintOf } from "../build/errors.mjs";
import { root } from "./paths.mjs";

const catalog = () => JSON.parse(readFileSync(join(root, "www/media/catalog.json"), "utf8"));

/** Every code with its hint as text, in the sections of errors.json. */
function errors() {
  const table = errorTable();
  return {
    sections: table.sections.map(({ id, title, codes }) => ({
      id,
      title,
      codes: codes.map(({ code, phase, message, cause, retryable, pallycon, ...entry }) => ({
        code,
        phase,
        message,
        cause,
        retryable,
        pallycon,
        hint: hintOf(table, { code, ...entry }),
      })),
    })),
  };
}

const MODULES = { catalog: () => publicCatalog(catalog()), errors };

/** @type {import("esbuild").Plugin} */
export const siteModules = {
  name: "site",
  setup(bundler) {
    bundler.onResolve({ filter: /\?text$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace("?text", "")),
      namespace: "text",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "text" }, ({ path }) => ({
      contents: readFileSync(path, "utf8"),
      loader: "text",
      resolveDir: dirname(path),
      watchFiles: [path],
    }));
    bundler.onResolve({ filter: /^site:/ }, ({ path }) => ({ path: path.slice("site:".length), namespace: "site" }));
    bundler.onLoad({ filter: /.*/, namespace: "site" }, ({ path }) => ({
      contents: JSON.stringify(MODULES[path]()),
      loader: "json",
    }));
  },
};

const base64url = (hex) => Buffer.from(hex, "hex").toString("base64url");

/**
 * By content id, its keys as a ClearKey license (W3C EME, 9.1.4): a file host serves it, and the samples play without a
 * license server.
 */
export const clearKeyFiles = () =>
  catalog().map(({ contentId, tracks }) => {
    const keys = new Map(
      tracks.map(({ keyId, key }) => [keyId, { kty: "oct", kid: base64url(keyId), k: base64url(key) }]),
    );
    return [contentId, { keys: [...keys.values()], type: "temporary" }];
  });
