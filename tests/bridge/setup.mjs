// The bridge is tested as pages load it: bundled.
import { buildBridge } from "../../scripts/bridge.mjs";

export default async () => {
  await buildBridge();
};
