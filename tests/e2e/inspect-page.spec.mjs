// The Inspect page: its inputs, the links between fields and bytes, comparison, building, links; and that it sends
// nothing.
import { readFileSync } from "node:fs";
import { openFileHost } from "./file-host.mjs";
import { expect, test } from "./fixture.mjs";

const media = (path) => readFileSync(new URL(`../../www/media/${path}`, import.meta.url));
const WIDEVINE =
  "AAAATnBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAC4IARIQEjRWeJCrze8SNFZ4kKvN7xoIcGFsbHljb24iCG15LW1vdmllSOPclZsG";
const KEY = "12345678-90ab-cdef-1234-567890abcdef";

const field = (page) => page.getByRole("textbox", { name: /^Input/ });
const title = (page) => page.locator("finding-view .summary h2");
const item = (page, name) =>
  page
    .getByRole("treeitem")
    .filter({ has: page.locator(".name", { hasText: new RegExp(`^${name}$`) }) })
    .first();
const marked = (page, mark) =>
  page
    .locator(`finding-view hex-view .bytes .${mark}`)
    .allInnerTexts()
    .then((bytes) => bytes.join(""));

async function open(page, run, fragment = "") {
  await page.goto(run.url(`inspect.html${fragment}`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
}
async function give(page, name, buffer) {
  await page.locator("#input input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

const hex = Buffer.from(WIDEVINE, "base64").toString("hex");
const INPUTS = [
  ["base64", WIDEVINE, "PSSH box: Widevine"],
  ["hex", hex, "PSSH box: Widevine"],
  ["URL encoding", encodeURIComponent(WIDEVINE), "PSSH box: Widevine"],
  ["a PlayReady header", '<WRMHEADER version="4.0.0.0"/>', "PlayReady header"],
  ["an MPD", media("demo-cenc/manifest.mpd").toString(), "DASH manifest"],
  ["a playlist", media("demo-cbcs/hls/fairplay.m3u8").toString(), "HLS playlist"],
  ["a Smooth manifest", "<SmoothStreamingMedia/>", "Smooth Streaming manifest"],
  ["an error body", '{"errorCode":"7011","message":"expired"}', "Error of the license server"],
  ["a CPIX document", '<CPIX id="x"/>', "CPIX document"],
  ["a key id", KEY, "Key id"],
];
test("base64, hex, URL encoding, headers, manifests, errors, CPIX and key ids are read, one after the other", async ({
  page,
  run,
}) => {
  await open(page, run);
  for (const [what, input, kind] of INPUTS) {
    await field(page).fill(input);
    await expect(title(page), what).toContainText(kind);
    await field(page).fill("");
    await expect(title(page), what).toBeHidden();
  }
});

test("a file is opened, and a segment's tracks name their keys", async ({ page, run }) => {
  await open(page, run);
  await give(page, "init.mp4", media("demo-cenc/video/init.mp4"));
  await expect(title(page)).toContainText("Media segment");
  await expect(page.locator("#input .kept")).toContainText("init.mp4");
  await expect(page.locator("finding-view key-id-row h3").first()).toHaveText("video (track 1)");
  await item(page, "defaultKeyId").click();
  const id = (await page.locator(".detail key-id-row dd .mono").nth(1).innerText()).trim();
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await marked(page, "chosen")).toBe(id);
});

test("fields and bytes are linked in both directions: by hover, click and keyboard", async ({ page, run }) => {
  await open(page, run);
  await field(page).fill(WIDEVINE);
  await item(page, "systemId").hover();
  await expect.poll(() => marked(page, "pointed")).toBe("edef8ba979d64acea3c827dcd51d21ed");
  await item(page, "contentId").click();
  await expect.poll(() => marked(page, "chosen")).toBe(Buffer.from("my-movie").toString("hex"));
  await expect(page.locator(".detail")).toContainText("8 bytes at 64");

  // From the bytes: the provider's first letter.
  await page.locator("finding-view hex-view .bytes [data-at='54']").hover();
  await expect(item(page, "provider")).toHaveClass(/pointed/);
  await page.locator("finding-view hex-view .bytes [data-at='54']").click();
  await expect(item(page, "provider")).toHaveAttribute("aria-selected", "true");
  expect(await marked(page, "chosen")).toBe(Buffer.from("pallycon").toString("hex"));

  // By keyboard, in the tree and in the bytes.
  await item(page, "provider").focus();
  await page.keyboard.press("ArrowDown");
  await expect(item(page, "contentId")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(() => marked(page, "chosen")).toBe(Buffer.from("my-movie").toString("hex"));
  await page.locator("finding-view hex-view .scroller").focus();
  await page.keyboard.press("Home");
  for (let step = 0; step < 12; step += 1) await page.keyboard.press("ArrowRight");
  await expect(page.locator("finding-view hex-view .said")).toContainText("boxes.0.systemId: 16 bytes at 12");
  await page.keyboard.press("Enter");
  await expect(item(page, "systemId")).toHaveAttribute("aria-selected", "true");
});

test("key ids are shown in four forms, each copied by a click", async ({ page, run, browserName }) => {
  if (browserName === "chromium") await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  // Clipboard contents after pasting differ between browsers; what the page writes to the clipboard does not.
  await page.addInitScript(() => {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = (text) => {
      window.copied = text;
      return write(text);
    };
  });
  await open(page, run);
  await field(page).fill(WIDEVINE);
  const row = page.locator("finding-view .keys key-id-row").first();
  for (const [name, value] of [
    ["UUID", KEY],
    ["Hex", KEY.replaceAll("-", "")],
    ["Base64", "EjRWeJCrze8SNFZ4kKvN7w=="],
    ["GUID", "eFY0EquQ780SNFZ4kKvN7w=="],
  ]) {
    const button = row.getByRole("button", { name: `Copy ${name} ${value}` });
    await button.click();
    await expect(button).toHaveText("Copied");
    expect(await page.evaluate(() => window.copied)).toBe(value);
  }
  if (browserName !== "chromium") return;
  await field(page).fill("");
  await field(page).focus();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(field(page)).toHaveValue("eFY0EquQ780SNFZ4kKvN7w==");
});

test("warnings say what to do, and link to the byte", async ({ page, run }) => {
  await open(page, run);
  const flags = Buffer.from(WIDEVINE, "base64");
  flags[11] = 1;
  await field(page).fill(flags.toString("base64"));
  const notice = page.locator("finding-view .notice").first();
  await expect(notice).toContainText("Chromium refuses it");
  await expect(notice).toContainText("Set the flags of the box to 0.");
  await notice.getByRole("button", { name: "Show byte 0" }).click();
  await expect(page.locator("finding-view hex-view .scroller")).toBeFocused();
});

test("nested content can be opened, and a link leads back", async ({ page, run }) => {
  await open(page, run);
  await field(page).fill(
    `<MPD><ContentProtection schemeIdUri="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"><pssh>${WIDEVINE}</pssh></ContentProtection></MPD>`,
  );
  await expect(title(page)).toContainText("DASH manifest");
  await item(page, "initData").click();
  await page.getByRole("button", { name: "Inspect this" }).click();
  await expect(title(page)).toContainText("PSSH box: Widevine");
  await page.getByRole("button", { name: "← DASH manifest (MPD)" }).click();
  await expect(title(page)).toContainText("DASH manifest");
});

test("several items are separated, each with its own fields and bytes", async ({ page, run }) => {
  await open(page, run);
  // The padding ends the first.
  const padded = "AAAAOHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABgSEAAWNwaftdGsPEdH4BMi5MJI49yVmwY=";
  await field(page).fill(`${padded} ${padded}`);
  await expect(title(page)).toContainText("Several items");
  await page.getByRole("button", { name: "2: PSSH box: Widevine" }).click();
  await expect(title(page)).toContainText("PSSH box: Widevine");
  await item(page, "systemId").click();
  await expect.poll(() => marked(page, "chosen")).toBe("edef8ba979d64acea3c827dcd51d21ed");
  await page.getByRole("button", { name: "← All items" }).click();
  await expect(page.getByRole("button", { name: "1: PSSH box: Widevine" })).toBeVisible();
});

test("a content key is not shown", async ({ page, run }) => {
  const key = "W31bfVt9W31bfVt9W31bfQ==";
  await open(page, run);
  await field(page).fill(
    `<CPIX><ContentKeyList><ContentKey kid="${KEY}"><Data><Secret><PlainValue>${key}</PlainValue></Secret></Data></ContentKey></ContentKeyList></CPIX>`,
  );
  await expect(title(page)).toContainText("CPIX");
  await item(page, "hasKey").click();
  await expect.poll(() => marked(page, "chosen")).toBe("2a".repeat(key.length));
  expect(await page.locator("finding-view").innerText()).not.toContain(key.slice(0, 8));
});

test("compare: an MPD and its init segment agree, and those of other content do not", async ({ page, run }) => {
  await open(page, run, "#tab=compare");
  const [first, second] = [
    page.locator("compare-view input-box").nth(0),
    page.locator("compare-view input-box").nth(1),
  ];
  const put = (box, name, buffer) =>
    box.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await put(first, "manifest.mpd", media("demo-single-key/manifest.mpd"));
  await put(second, "init.mp4", media("demo-single-key/video/init.mp4"));
  await expect(page.getByText("The key ids agree: 1 key.")).toBeVisible();
  await put(second, "init.mp4", media("demo-cbcs/video/init.mp4"));
  await expect(page.getByText("No key id is in both.")).toBeVisible();
  await put(first, "manifest.mpd", media("demo-cbcs/manifest.mpd"));
  await expect(page.getByText("The key ids agree: 2 keys.")).toBeVisible();
  await second.getByRole("button", { name: "Clear" }).click();
  await second
    .getByRole("textbox")
    .fill(
      `<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" cenc:default_KID="01bfdc0f-ef9e-4a7b-bff8-d3e2f4fbe1c6"/>`,
    );
  await expect(page.getByText("1 key id in both; 1 key id only in the first.")).toBeVisible();
});

test("build: changing a field changes the bytes, and mistakes are reported", async ({ page, run }) => {
  await open(page, run);
  await page.getByRole("tab", { name: "Build" }).click();
  const result = page.getByLabel("Result in base64");
  await expect(result).not.toHaveValue("");
  const before = Buffer.from(await result.inputValue(), "base64");
  await page.getByLabel("Content id").fill("my-movie-2");
  await expect(result).not.toHaveValue(before.toString("base64"));
  const after = Buffer.from(await result.inputValue(), "base64");
  expect(after.length).toBe(before.length + 2);
  expect(after.includes("my-movie-2")).toBe(true);
  await expect(page.locator("build-view hex-view .chosen").first()).toBeVisible();
  await page.getByLabel(/^Key ids \(one per line/).fill("xyz");
  await expect(page.getByRole("alert").filter({ hasText: "is not a key id" })).toBeVisible();
  await page.getByLabel("Build a").selectOption("playready");
  await expect(page.locator("build-view .problem .notice")).toHaveCount(0);
  await page.getByRole("button", { name: "Inspect", exact: true }).click();
  await expect(title(page)).toContainText("PlayReady Object");
});

test("arrow keys move through the tabs", async ({ page, run }) => {
  await open(page, run);
  await page.getByRole("tab", { name: "Inspect" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Compare" })).toBeFocused();
  await expect(page.getByRole("tabpanel", { name: "Compare" })).toBeVisible();
});

test("a link contains the input after the #, and no request includes it", async ({ page, run }) => {
  const asked = [];
  page.on("request", (request) => asked.push(`${request.url()} ${request.postData() ?? ""}`));
  await open(page, run);
  await field(page).fill(WIDEVINE);
  await expect(title(page)).toContainText("PSSH box");
  await page.getByRole("button", { name: "Copy a link to this input" }).click();
  await expect(page).toHaveURL(/inspect\.html#a=t/);
  const address = page.url();
  await page.goto("about:blank");
  await page.goto(address);
  await expect(title(page)).toContainText("PSSH box: Widevine");
  await expect(field(page)).toHaveValue(WIDEVINE);
  expect(asked.filter((each) => each.replace(/#.*/, "").includes(WIDEVINE.slice(0, 16)))).toEqual([]);
});

test("nothing can be sent: the policy refuses, and strings do not become scripts", async ({ page, run }) => {
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await open(page, run);
  await page.getByText("How can I be sure").click();
  await page.getByRole("button", { name: "Try to send something" }).click();
  await expect(page.locator("#tried")).toContainText("Refused by the browser: connect-src, img-src");
  const refused = await page.evaluate(() => {
    if (!window.trustedTypes) return ["TypeError", "TypeError", "TypeError"];
    const named = (run) => {
      try {
        run();
        return "done";
      } catch (error) {
        return error.name;
      }
    };
    return [
      named(() => {
        document.createElement("div").innerHTML = "<b>x</b>";
      }),
      named(() => {
        document.createElement("script").src = "https://example.invalid/x.js";
      }),
      named(() => new Worker(URL.createObjectURL(new Blob(["1"])))),
    ];
  });
  expect(refused).toEqual(["TypeError", "TypeError", "TypeError"]);
});

test("the worker that reads the input has the same policy @chromium", async ({ page, run }) => {
  await open(page, run);
  await field(page).fill(WIDEVINE);
  await expect(title(page)).toContainText("PSSH box");
  const [worker] = page.workers();
  const refused = await worker.evaluate(async () => {
    const directives = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective }) => directives.push(effectiveDirective));
    await fetch("https://example.invalid/").catch(() => undefined);
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    return directives;
  });
  expect(refused).toEqual(["connect-src"]);
});

test("it works offline after the first visit", async ({ page }) => {
  const host = await openFileHost("/demo/");
  await page.goto(`${host.url}inspect.html`);
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
  await host.close();
  await page.reload();
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await field(page).fill(WIDEVINE);
  await expect(title(page)).toContainText("PSSH box: Widevine");
});

test("an MPD of 2 MB does not block the page, and only visible rows exist", async ({ page, run }) => {
  const one = `<AdaptationSet><ContentProtection schemeIdUri="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"><cenc:pssh>${WIDEVINE}</cenc:pssh></ContentProtection></AdaptationSet>\n`;
  const mpd = Buffer.from(`<MPD><Period>\n${one.repeat(Math.ceil(2_000_000 / one.length))}</Period></MPD>`);
  await open(page, run);
  await give(page, "large.mpd", mpd);
  await expect(title(page)).toContainText("DASH manifest");
  await expect(page.getByText(/Only the first 250 of [\d,]+ protections/)).toBeVisible();
  expect(await page.locator("finding-view hex-view .row").count()).toBeLessThan(120);
  expect(await page.getByRole("treeitem").count()).toBeLessThan(400);
  await page.locator("finding-view hex-view .scroller").focus();
  await page.keyboard.press("End");
  await expect(page.locator("finding-view hex-view .said")).toContainText(`(${mpd.length - 1})`);
});
