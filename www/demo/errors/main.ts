// The Error lab: what is provoked, live, and the catalog of all codes.
import "../shared/site.js";
import "../shared/task-status.js";
import { startCatalog } from "./results.js";
import { startLab } from "./lab.js";

startCatalog();
void startLab().then(() => {
  document.documentElement.dataset.ready = "true";
});
