// The option `robustness` of the players: dist/robustness.js, which an adapter loads only if it has the option.
export { robustDash } from "../dash/robustness.js";
export { robustHls } from "../hls/robustness.js";
export { robustRx } from "../rx-player/robustness.js";
export { robustMedia } from "../media/robustness.js";
export { robustShaka } from "../shaka/robustness.js";
