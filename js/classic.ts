// Everything that viewers need, in one script without modules: `window.PallyConDrm`.
export * from "./index.js";
export { attachShaka } from "./players/shaka.js";
export { hlsConfig } from "./players/hls.js";
export { attachDash } from "./players/dash.js";
export { attachMedia } from "./players/media.js";
export { rxKeySystems } from "./players/rx-player.js";
export { pallyConKeySystems } from "./players/videojs.js";
