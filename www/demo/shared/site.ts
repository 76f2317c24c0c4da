// The start of every page.
import { startArrows } from "./arrows.js";
import "./theme-toggle.js";

startArrows();
