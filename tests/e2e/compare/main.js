// The page for tests and for what writes docs/without-and-with.md: `window.compare`. It is at /r/RUN/compare/; `?license=` names
// another origin for licenses than the page's.
import { createStage } from "../../../www/demo/errors/compare/stage.js";

const host = new URLSearchParams(location.search).get("license") ?? undefined;
window.compare = createStage({
  base: new URL("../", location.href).href,
  host,
  video: document.querySelector("video"),
});
document.documentElement.dataset.ready = "true";
