// Everything that viewers need, in one script without modules: `window.PallyConDrm`.
export * from "./index.js";
export { attachShaka } from "./players/shaka.js";
export { hlsConfig } from "./players/hls.js";
export { attachDash } from "./players/dash.js";
export { attachMedia } from "./players/media.js";
export { rxKeySystems } from "./players/rx-player.js";
export { pallyConKeySystems } from "./players/videojs.js";
// All of each adapter: each has a pallyConError() of its own.
export * as dash from "./players/dash.js";
export * as hls from "./players/hls.js";
export * as media from "./players/media.js";
export * as rxPlayer from "./players/rx-player.js";
export * as shaka from "./players/shaka.js";
export * as videojs from "./players/videojs.js";
