import { init, tokenHandler } from "pallycon-drm/server";
import { authorize } from "./site.mjs";
import wasm from "./server.wasm"; // npx pallycon-drm wasm server.wasm

export default {
  async fetch(request, env) {
    await init(wasm); // Workers cannot compile bytes: the bundler has turned the file into a module
    const account = {
      siteId: env.PALLYCON_SITE_ID,
      siteKey: env.PALLYCON_SITE_KEY,
      accessKey: env.PALLYCON_ACCESS_KEY,
    };
    return tokenHandler(account, authorize)(request);
  },
};
