// The browsers for the tests: the user's installed ones; on Debian and Ubuntu, as root, missing ones are installed.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ask, which } from "../lib/run.mjs";
import { UserError, log } from "../lib/log.mjs";
import { aptInstall, hasApt } from "./system.mjs";

const programFiles = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA].filter(
  Boolean,
);
const applications = ["/Applications", join(process.env.HOME ?? "/", "Applications")];

const KNOWN = {
  chromium: {
    env: "CHROME_BIN",
    // Debian's Chromium first on Linux: its driver has the same version.
    names: [
      "chromium",
      "chromium-browser",
      "google-chrome-stable",
      "google-chrome",
      "microsoft-edge-stable",
      "microsoft-edge",
    ],
    mac: [
      "Google Chrome.app/Contents/MacOS/Google Chrome",
      "Chromium.app/Contents/MacOS/Chromium",
      "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ],
    windows: [
      "Google\\Chrome\\Application\\chrome.exe",
      "Chromium\\Application\\chrome.exe",
      "Microsoft\\Edge\\Application\\msedge.exe",
    ],
  },
  firefox: {
    env: "FIREFOX_BIN",
    names: ["firefox-esr", "firefox"],
    mac: ["Firefox.app/Contents/MacOS/firefox"],
    windows: ["Mozilla Firefox\\firefox.exe"],
  },
};

/** @param {"chromium" | "firefox"} kind @returns {string | undefined} its executable */
export function findBrowser(kind) {
  const known = KNOWN[kind];
  const chosen = process.env[known.env];
  if (chosen) {
    if (!existsSync(chosen))
      throw new UserError(
        `${known.env} is ${chosen}, which does not exist.`,
        `Set ${known.env} to the browser's executable, or unset it.`,
      );
    return chosen;
  }
  const candidates =
    process.platform === "darwin"
      ? applications.flatMap((base) => known.mac.map((path) => join(base, path)))
      : process.platform === "win32"
        ? programFiles.flatMap((base) => known.windows.map((path) => join(base, path)))
        : known.names.map(which);
  return candidates.find((path) => path && existsSync(path));
}

/** The WebDriver for Chrome. Firefox's is built (tools.mjs) if it is missing. */
export function findDriver(kind) {
  const [env, name] = kind === "chromium" ? ["CHROMEDRIVER", "chromedriver"] : ["GECKODRIVER", "geckodriver"];
  const chosen = process.env[env];
  return chosen && existsSync(chosen) ? chosen : which(name);
}

/** Firefox needs it to decode H.264; its Debian package does not include it. */
const hasDecoder = () =>
  process.platform !== "linux" || Boolean(ask(["/sbin/ldconfig", "-p"])?.includes("libavcodec.so"));

const missing = () => [
  ...(findBrowser("chromium") ? [] : ["chromium"]),
  ...(findDriver("chromium") ? [] : ["chromium-driver"]),
  ...(findBrowser("firefox") ? [] : ["firefox-esr"]),
  ...(hasDecoder() ? [] : ["libavcodec-extra"]),
  // The browser without EME, and a screen for it: only available on Linux.
  ...(process.platform !== "linux" || which("WebKitWebDriver") ? [] : ["webkit2gtk-driver"]),
  ...(process.platform !== "linux" || which("Xvfb") ? [] : ["xvfb"]),
];

const WHAT_TO_INSTALL = {
  chromium: "Chrome, Chromium or Edge (or set CHROME_BIN)",
  "chromium-driver":
    "chromedriver of the browser's version (Debian: chromium-driver; others: npx @puppeteer/browsers install chromedriver; or set CHROMEDRIVER)",
  "firefox-esr": "Firefox (or set FIREFOX_BIN)",
  "libavcodec-extra": "FFmpeg's libavcodec, with which Firefox decodes H.264 (Debian: libavcodec-extra)",
  "webkit2gtk-driver": "WebKitWebDriver (Debian: webkit2gtk-driver)",
  xvfb: "Xvfb (Debian: xvfb)",
};

/** Installs missing browsers if possible. Tests for the others fail, and only those. */
export async function ensureBrowsers() {
  let lacking = missing();
  if (lacking.length > 0 && hasApt()) {
    await aptInstall(lacking);
    lacking = missing();
  }
  for (const name of lacking)
    log(`  ! missing: ${WHAT_TO_INSTALL[name]}. Its tests count as failed until it is installed.`);
  return lacking;
}

export function browserVersion(path) {
  return (process.platform === "win32" ? undefined : ask([path, "--version"]))?.split("\n")[0];
}

// Headless, without features that make a run depend on the network or the machine's configuration.
export const CHROMIUM_ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];
// Without the pref, a Firefox that cannot download Widevine waits for a minute before it reports that it has none.
export const FIREFOX_PREFS = { "media.gmp-widevinecdm.enabled": false, "media.autoplay.default": 0 };

/** For each browser: tests wait more than they work, for timers, pictures and responses. */
export const browsersAtOnce = Math.min(6, Math.ceil(1.5 * availableParallelism()));

/**
 * Playwright's projects for both browsers. A missing browser keeps its project, whose tests then fail. Tests tagged
 * `@matrix` run only with `npm run players`, which sets the variable. `output`: the folder for traces of failures; each
 * browser has its own, because a run empties it.
 */
export function playwrightProjects(output) {
  const left = process.env.PALLYCON_MATRIX ? [] : [/@matrix/];
  return [
    {
      name: "chromium",
      outputDir: output && `${output}-chromium`,
      grepInvert: left,
      use: { browserName: "chromium", launchOptions: { executablePath: findBrowser("chromium"), args: CHROMIUM_ARGS } },
    },
    // The channel drives an unpatched Firefox, as users have it, instead of Playwright's own build. Tagged tests would
    // prove nothing more in a second browser; skipped ones would count as failed.
    {
      name: "firefox",
      outputDir: output && `${output}-firefox`,
      grepInvert: [...left, /@chromium/],
      use: {
        browserName: "firefox",
        channel: "moz-firefox",
        launchOptions: { executablePath: findBrowser("firefox"), firefoxUserPrefs: FIREFOX_PREFS },
      },
    },
  ];
}
