// Every page of the site: accessible in light and dark, narrow and wide, by keyboard alone, below any path and without
// a server, with an effective policy. www/demo/pages.mjs is the list; STATES has what is specific to a page.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { PAGES, policyOf } from "../../www/demo/pages.mjs";
import { openFileHost } from "./file-host.mjs";
import { expect, test } from "./fixture.mjs";

// axe is slow, most of all in Firefox: two workers share it.
test.describe.configure({ mode: "parallel" });

const built = fileURLToPath(new URL("../../build/demo", import.meta.url));
/** Each width and each theme once: colors do not depend on the width, nor the layout on the theme. */
const LOOKS = [
  { width: 360, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
];

const pressPlay = (page) => page.getByRole("button", { name: "Play", exact: true }).click();
const fragment = (parameters) => `#${new URLSearchParams(parameters)}`;
const WIDEVINE =
  "AAAATnBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAC4IARIQEjRWeJCrze8SNFZ4kKvN7xoIcGFsbHljb24iCG15LW1vdmllSOPclZsG";
const WRONG_MPD = `<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="78563412-ab90-efcd-1234-567890abcdef"/>`;

/**
 * The states in which each page is checked: `open` is appended to its address, `ready` brings it into the state. A page
 * without an entry is checked as it opens, once it reports that it is ready.
 * @type {Record<string, {name: string, open?: string, ready?: (page: import("@playwright/test").Page) =>
 * Promise<unknown>}[]>}
 */
const STATES = {
  play: [
    { name: "as it opens" },
    {
      name: "playing",
      open: "?player=media&drm=widevine&content=demo-single-key",
      ready: async (page) => {
        await pressPlay(page);
        await expect(page.locator("#status")).toHaveText("Playing.");
        await page.locator(".step", { hasText: "Init data" }).first().getByRole("button").click();
        await expect(page.locator(".detail dl").first()).toBeVisible();
      },
    },
    {
      name: "refused",
      open: "?player=media&drm=widevine&fault=expired",
      ready: async (page) => {
        await pressPlay(page);
        await expect(page.locator("#support")).toContainText("7011");
      },
    },
    { name: "my own stream", open: "?source=own" },
  ],
  errors: [
    { name: "as it opens" },
    {
      name: "both sides",
      open: "?player=shaka",
      ready: async (page) => {
        await page.getByRole("button", { name: "Run both" }).click();
        await expect(page.locator("#ours .outcome")).toContainText("what to do");
        await expect(page.locator("#alone .outcome")).toContainText("error");
        // A frame contains a video and nothing else; checking both takes longer than all the rest.
        await page.evaluate(() => document.querySelectorAll("iframe").forEach((frame) => frame.remove()));
      },
    },
    {
      name: "a search",
      open: "#search=6007",
      ready: (page) => expect(page.locator("#results")).toContainText("LICENSE_REQUEST_FAILED"),
    },
  ],
  device: [{ name: "examined", ready: (page) => expect(page.locator("#status")).toHaveText("Done.") }],
  inspect: [
    { name: "empty", ready: (page) => expect(page.getByText("Nothing to read yet")).toBeVisible() },
    {
      name: "a box",
      open: fragment({ a: `t${WIDEVINE}` }),
      ready: (page) => expect(page.getByRole("heading", { name: "PSSH box: Widevine" })).toBeVisible(),
    },
    {
      name: "unknown",
      open: fragment({ a: "twhat is this?" }),
      ready: (page) => expect(page.getByText("No format that this page knows.")).toBeVisible(),
    },
    {
      name: "a warning",
      open: fragment({
        a: 't#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="skd://a",KEYFORMAT="com.apple.streamingkeydelivery"\n',
      }),
      ready: (page) => expect(page.getByText(/FairPlay plays cbcs/)).toBeVisible(),
    },
    {
      name: "comparison",
      open: fragment({ tab: "compare", a: `t${WRONG_MPD}`, b: `t${WIDEVINE}` }),
      ready: (page) => expect(page.getByText("The same key ids, but in another byte order.")).toBeVisible(),
    },
    {
      name: "build",
      open: fragment({ tab: "build" }),
      ready: (page) => expect(page.getByLabel("Result in base64")).not.toHaveValue(""),
    },
  ],
};
const statesOf = ({ name }) => STATES[name] ?? [{ name: "as it opens" }];

async function open(page, run, { file }, { open: behind = "", ready } = { name: "" }) {
  await page.goto(run.url(`${file}${behind}`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await ready?.(page);
}

/** In the page: what reaches beyond the right edge of the window, innermost elements only. */
function cutOff() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const beyond = [...document.querySelectorAll("body *")].filter(
    (element) => element.getBoundingClientRect().right > clientWidth,
  );
  const inner = beyond.filter((element) => !beyond.some((other) => other !== element && element.contains(other)));
  return [`${scrollWidth} px`, ...inner.map(({ outerHTML }) => outerHTML.slice(0, 200))];
}

for (const one of PAGES) {
  const states = statesOf(one);
  for (const state of states) {
    test(`${one.name}, ${state.name}: no violation of WCAG 2.2 AA, nothing cut off, in light and dark`, async ({
      page,
      run,
      browserName,
    }) => {
      test.setTimeout(240_000); // axe checks every displayed byte
      // It reads the same document in both browsers, but takes ten times as long in Firefox: one state of each page is
      // enough there.
      const axe = browserName === "chromium" || state === states[0];
      for (const { width, colorScheme } of LOOKS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await open(page, run, one, state);
        if (axe) {
          const { violations } = await new AxeBuilder({ page })
            .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
            .analyze();
          const told = violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`,
          );
          expect(told, `${width} px, ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate(cutOff), `${width} px, ${colorScheme}`).toEqual([]);
        // Another address of the same document would not load it again.
        await page.goto("about:blank");
      }
    });
  }

  test(`${one.name}: the document alone has title, description and policy, and nothing inline`, {
    tag: "@chromium",
  }, async () => {
    const html = readFileSync(join(built, one.file), "utf8");
    expect(html).toContain(`content="${policyOf(one)}"`);
    for (const forbidden of [
      /<script(?![^>]*\bsrc=)/,
      /\son\w+=/,
      /\sstyle=/,
      /<style/,
      /https?:\/\//,
      /(?:href|src)="\//,
    ])
      expect(html.replace(/<a class="external"[^>]*>/g, ""), String(forbidden)).not.toMatch(forbidden);
    expect(html).toMatch(/<h1/);
    for (const { file, label } of PAGES)
      expect(html).toContain(`<a href="${file}"${file === one.file ? ' aria-current="page"' : ""}>${label}</a>`);
    for (const [, script] of html.matchAll(/<script ([^>]*)>/g)) expect(script).toMatch(/\b(async|type="module")/);
  });

  test(`${one.name}: it is painted before any script has loaded`, async ({ page, run }) => {
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    await page.route(/\.js(\?|$)/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(run.url(one.file), { waitUntil: "commit" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Pages" }).getByRole("link")).toHaveCount(PAGES.length);
    await expect(page.locator("html[data-ready]")).toHaveCount(0);
    release();
    await expect(page.locator("html[data-ready]")).toHaveCount(1);
  });

  test(`${one.name}: a button changes the theme, which is remembered`, async ({ page, run }) => {
    await page.emulateMedia({ colorScheme: "light" });
    await open(page, run, one);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole("button", { name: "Dark colors" }).click();
    await expect.poll(ground).not.toBe(light);
    const dark = await ground();
    await page.reload();
    await expect(page.locator("html[data-ready]")).toHaveCount(1);
    expect(await ground()).toBe(dark);
    await page.getByRole("button", { name: "Light colors" }).click();
    await expect.poll(ground).toBe(light);
  });

  test(`${one.name}: a remote's arrow keys move from the navigation into the page and back`, {
    tag: "@chromium",
  }, async ({ page, run }) => {
    await page.addInitScript(() =>
      Object.defineProperty(navigator, "userAgent", {
        get: () => "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.5) AppleWebKit/537.36",
      }),
    );
    await open(page, run, one);
    const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    await links.first().focus();
    await page.keyboard.press("ArrowRight");
    await expect(links.nth(1)).toBeFocused();
    const inMain = () => page.evaluate(() => Boolean(document.activeElement.closest("main")));
    await page.keyboard.press("ArrowDown");
    await expect.poll(inMain).toBe(true);
    for (let step = 0; step < 30 && (await inMain()); step += 1) await page.keyboard.press("ArrowUp");
    expect(await inMain()).toBe(false);
  });

  test(`${one.name}: by keyboard: the first stop skips the head, and every stop is visible`, async ({ page, run }) => {
    await open(page, run, one);
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("main")).toBeFocused();
    const seen = new Set();
    for (let stop = 0; stop < 40; stop += 1) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return undefined;
        const { width, height } = element.getBoundingClientRect();
        const { outlineStyle } = getComputedStyle(element);
        return { what: element.outerHTML.slice(0, 80), visible: width > 0 && height > 0 && outlineStyle !== "none" };
      });
      if (!focus) break;
      if (seen.has(focus.what)) continue;
      seen.add(focus.what);
      expect(focus.visible, focus.what).toBe(true);
    }
    expect(seen.size).toBeGreaterThan(2);
  });
}

test("works below any path of a file host, without a license server", async ({ page }) => {
  const host = await openFileHost("/some/path/");
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  try {
    await page.goto(host.url);
    for (const { label, file } of PAGES) {
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: label, exact: true }).click();
      await expect(page).toHaveURL(new RegExp(`/some/path/${file}$`));
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("html[data-ready]")).toHaveCount(1);
    }
    await page.goto(`${host.url}inspect.html${STATES.inspect[1].open}`);
    await STATES.inspect[1].ready(page);
    expect(host.asked.filter((each) => !each.includes(" /some/path/"))).toEqual([]);
    expect(errors).toEqual([]);
  } finally {
    await host.close();
  }
});

// The keys of the samples for ClearKey are there on purpose (clearkey/): they protect nothing.
test("the deployed files contain no catalog and no sources", () => {
  const names = readdirSync(built, { recursive: true }).map(String);
  expect(names.filter((name) => /catalog\.json|\.ts$/.test(name))).toEqual([]);
});
