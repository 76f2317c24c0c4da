export { createPallyCon, init, parseInitData } from "pallycon-drm/inline";
export { attachMedia } from "pallycon-drm/inline-media";
export { attachShaka } from "pallycon-drm/shaka";

// For tools, which have a bundler that copies its module.
export const initInspect = undefined;
export const inspectAny = undefined;
