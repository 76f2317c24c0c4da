// The bridge is tested as pages load it: bundled.
import { ensureBuilt } from "../../scripts/setup/build.mjs";

export default () => ensureBuilt("bridge");
