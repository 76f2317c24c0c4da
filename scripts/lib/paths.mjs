// Paths: the project, its build output, and the tools that are kept once per user.
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const buildDir = join(root, "build");
export const logDir = join(buildDir, "logs");

/** Tools outlive a clone, so that a second clone and CI do not build them again. */
export const cacheDir =
  process.env.PALLYCON_DRM_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pallycon-drm");
export const toolDir = join(cacheDir, "tools");

export const windows = process.platform === "win32";
/** `name` with the system's suffix for executables. */
export const executable = (name) => (windows ? `${name}.exe` : name);
