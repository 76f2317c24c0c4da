import { init } from "pallycon-drm/server";
import module from "./server.wasm";
import { proveServer } from "./server-proof.js";

export default {
  async fetch() {
    await init(module);
    return Response.json(await proveServer());
  },
};
