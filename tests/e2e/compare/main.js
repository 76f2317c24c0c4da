// The page for tests and for the script that writes docs/without-and-with.md: `window.compare`. Its URL is
// /r/RUN/compare/; `?license=` sets an origin for licenses other than the page's.
import { createStage } from "../../../www/demo/errors/compare/stage.js";

const host = new URLSearchParams(location.search).get("license") ?? undefined;
window.compare = createStage({
  base: new URL("../", location.href).href,
  host,
  video: document.querySelector("video"),
});
document.documentElement.dataset.ready = "true";
