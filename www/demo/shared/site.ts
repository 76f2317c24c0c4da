// What every page begins with.
import { startArrows } from "./arrows.js";
import "./theme-toggle.js";

startArrows();
