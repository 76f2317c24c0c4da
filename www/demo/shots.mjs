// The states of pages that `npm run screenshots` captures. `open` is the address, `act` brings the page into the state
// and waits for it.

const behind = (parameters) => `#${new URLSearchParams(parameters)}`;
/** Chooses a sample in the page's list. */
const sample = (page, name) => page.getByLabel("Samples").first().selectOption({ label: name });
const chosen = async (page) => {
  await sample(page, "PSSH box of Widevine, in base64");
  await page
    .getByRole("treeitem")
    .filter({ hasText: /^contentIdmy/ })
    .first()
    .click();
  await page.locator("hex-view .chosen").first().waitFor();
};

const played = async (page) => {
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.locator(".step[data-kind=frame]").waitFor();
};
const refused = async (page) => {
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.locator("#support").waitFor();
};
const both = async (page) => {
  await page.getByRole("button", { name: "Run both" }).click();
  await page.locator("#ours .tag[data-kind=info]").waitFor();
  await page.locator("#alone .tag[data-kind=warning]").waitFor();
};
const examined = (page) => page.locator("#status", { hasText: "Done." }).waitFor();
const BUSY = "index.html?player=rx-player&drm=widevine&content=demo-single-key&fault=busy";
const LAB = "errors.html?case=7011-the-token-is-twenty-minutes-old-widevine&player=shaka";

/** @type {{page: string, state: string, open: string, act?: (page: import("@playwright/test").Page) => Promise<unknown>, width?: number, height?: number, schemes?: ("light" | "dark")[]}[]} */
export const SHOTS = [
  { page: "inspect", state: "empty", open: "inspect.html", height: 640 },
  { page: "inspect", state: "box", open: "inspect.html", act: chosen, height: 1080 },
  {
    page: "inspect",
    state: "warning",
    open: "inspect.html",
    act: async (page) => {
      await sample(page, "MPD with a wrong default_KID");
      await page.getByRole("treeitem").first().waitFor();
    },
    height: 1100,
  },
  {
    page: "inspect",
    state: "unknown",
    open: `inspect.html${behind({ a: "twhat is this?" })}`,
    act: (page) => page.getByText("No format that this page knows").waitFor(),
    height: 900,
  },
  {
    page: "inspect",
    state: "compare",
    open: `inspect.html${behind({ tab: "compare" })}`,
    act: async (page) => {
      await page.getByRole("button", { name: "Try it with an MPD and a PSSH box" }).click();
      await page.getByText("another byte order").first().waitFor();
    },
  },
  {
    page: "inspect",
    state: "build",
    open: `inspect.html${behind({ tab: "build" })}`,
    act: (page) => page.locator("build-view .row").first().waitFor(),
    height: 900,
  },
  {
    page: "inspect",
    state: "narrow",
    open: "inspect.html",
    act: chosen,
    width: 360,
    height: 1500,
  },
  { page: "play", state: "playing", open: BUSY, act: played, height: 1300 },
  {
    page: "play",
    state: "refused",
    open: "index.html?player=shaka&drm=widevine&content=demo-cenc&fault=expired",
    act: refused,
    height: 1500,
  },
  { page: "play", state: "own", open: "index.html?source=own", height: 1150 },
  { page: "play", state: "narrow", open: BUSY, act: played, width: 360, height: 2500 },
  { page: "errors", state: "both", open: LAB, act: both, height: 1200 },
  { page: "errors", state: "search", open: "errors.html#search=6007", height: 760 },
  { page: "errors", state: "narrow", open: LAB, act: both, width: 360, height: 2000 },
  { page: "device", state: "examined", open: "device.html", act: examined, height: 1250 },
  { page: "device", state: "narrow", open: "device.html", act: examined, width: 360, height: 1900 },
];
