export { createPallyCon, init, parseInitData } from "pallycon-drm";
export { attachMedia } from "pallycon-drm/media";
export { attachShaka } from "pallycon-drm/shaka";

export const initInspect = undefined;
export const inspectAny = undefined;
