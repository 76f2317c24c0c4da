// `import type {} from "pallycon-drm/global"`: the type of what pallycon-drm.global.js defines.
import type * as Api from "./classic.js";

declare global {
  var PallyConDrm: typeof Api;
}
