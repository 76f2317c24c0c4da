import { init } from "pallycon-drm/server";
import module from "./server.wasm?module";
import { proveServer } from "../../../server-proof.js";

export const runtime = "edge";

export async function GET() {
  await init(module);
  return Response.json(await proveServer());
}
