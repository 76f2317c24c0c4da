export { createPallyCon, init, parseInitData } from "pallycon-drm";
export { init as initInspect, inspectAny } from "pallycon-drm/inspect";
export { attachMedia } from "pallycon-drm/media";
export { attachShaka } from "pallycon-drm/shaka";
