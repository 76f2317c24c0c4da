// The option `robustness` of the players: dist/robustness.js, which an adapter only loads if the option is set.
export { robustDash } from "../dash/robustness.js";
export { robustHls } from "../hls/robustness.js";
export { robustRx } from "../rx-player/robustness.js";
export { robustMedia } from "../media/robustness.js";
export { robustShaka } from "../shaka/robustness.js";
