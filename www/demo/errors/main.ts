// The Error lab: what is provoked, live, and the catalogue of all codes.
import "../shared/site.js";
import "../shared/task-status.js";
import { startCatalogue } from "./results.js";
import { startLab } from "./lab.js";

startCatalogue();
void startLab().then(() => {
  document.documentElement.dataset.ready = "true";
});
