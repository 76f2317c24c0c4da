// FairPlay on a bare element: its certificate, skd URIs, and WebKit's old API.
import { expect, expectNoPicture, expectPlaying, openLab, test } from "./fixture.mjs";
import { attach, errors, expectError, feed, keyIdsOf, log, posts } from "./media.mjs";

test("FairPlay: skd URIs whose base64 contains + and / open the sessions; the sinf of the same keys open none", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await attach(page, {}, { contentId: "demo-cbcs" });
  const uris = keyIdsOf("demo-cbcs").map((id) => `skd://${Buffer.from(id, "hex").toString("base64")}`);
  expect(uris.join()).toMatch(/\+.*\/|\/.*\+/);
  const utf16 = Buffer.from(uris[1], "utf16le");
  await page.evaluate(
    (list) => list.forEach((bytes) => window.lab.encrypted("skd", bytes)),
    [[...Buffer.from(uris[0])], [utf16.length, 0, 0, 0, ...utf16]],
  );
  await feed(page, "demo-cbcs");
  await expectPlaying(page);
  expect((await log(page, "challenge")).map(({ contentId }) => `skd://${contentId}`).sort()).toEqual([...uris].sort());
  expect((await posts(run)).length).toBe(2);
});

test("FairPlay's certificate is set before the first request, and requested once", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await run.faults({ on: "certificate", fault: "slow:700" });
  await page.evaluate(() => {
    void window.lab.bare({ options: { contentId: "demo-cbcs" } });
  });
  await feed(page, "demo-cbcs"); // while the certificate is loading
  await expectPlaying(page);
  expect((await run.requests("certificate")).length).toBe(1);
  const order = await page.evaluate(() =>
    window.__cdmBridge.log.map(({ event }) => event).filter((event) => /certificate|generate/.test(event)),
  );
  expect(order).toEqual(["server-certificate", "generate-request", "generate-request"]);
});

for (const [name, fault, expected] of [
  [
    "cannot be reached",
    "close",
    { code: "network", phase: "certificate", message: expect.stringContaining("certificate server") },
  ],
  ["is a sign-in page", "html", { phase: "certificate", message: expect.stringContaining("HTML page") }],
  ["is an error", "error:7301", { serverCode: "7301", phase: "certificate" }],
  ["is not one for FairPlay", "wrong-drm", { phase: "session", code: "certificate-rejected" }],
]) {
  test(`a certificate that ${name} refuses the attachment, and the element reports it`, { tag: "@chromium" }, async ({
    page,
    run,
  }) => {
    await openLab(page, run, { drms: ["fairplay"] });
    await run.faults({ on: "certificate", fault });
    await attach(page, {}, { contentId: "demo-cbcs" });
    await expectError(page, expected);
    expect(await page.evaluate(() => window.lab.refusal)).toMatchObject(expected);
    if (fault === "wrong-drm") return; // bytes like any others: only the CDM could tell, and by then they are cached for the page
    await run.faults();
    await attach(page, {}, { contentId: "demo-cbcs" });
    await feed(page, "demo-cbcs");
    await expectPlaying(page);
  });
}

test.describe("FairPlay with WebKit's old API", { tag: "@chromium" }, () => {
  const LEGACY = { drms: ["fairplay"], fairplay: "legacy" };

  test("plays; the blob contains URI, id and certificate", async ({ page, run }) => {
    await openLab(page, run, LEGACY);
    await attach(page, {}, { contentId: "demo-cbcs" });
    await feed(page, "demo-cbcs");
    await expectPlaying(page);
    const asked = (await log(page, "challenge"))
      .map(({ contentId }) => Buffer.from(contentId, "base64").toString("hex"))
      .sort();
    expect(asked).toEqual(keyIdsOf("demo-cbcs").sort());
    expect(await log(page, "key-error")).toEqual([]);
    await page.evaluate(() => window.lab.undo());
    await expect.poll(async () => (await log(page, "closed")).length).toBe(2);
    expect(await page.evaluate(() => window.lab.video.webkitKeys)).toBeNull();
  });

  test("is used if the page asks for it, although the modern one exists", async ({ page, run }) => {
    await openLab(page, run, { drms: ["fairplay"], fairplay: "both" });
    await attach(page, { fairplay: "legacy" }, { contentId: "demo-cbcs" });
    await page.evaluate(
      (uris) => uris.forEach((uri) => window.__cdmBridge.needKey(window.lab.video, uri)),
      keyIdsOf("demo-cbcs").map((id) => `skd://${Buffer.from(id, "hex").toString("base64")}`),
    );
    await expect.poll(async () => (await log(page, "license")).length).toBe(2);
    expect(await log(page, "access-granted")).toEqual([]);
  });

  test("init data that the CDM refuses are an error on the element", async ({ page, run }) => {
    await openLab(page, run, LEGACY);
    await attach(page, {}, { contentId: "demo-cbcs" });
    await page.evaluate(() => window.__cdmBridge.needKey(window.lab.video, "https://example.com/key"));
    await expectError(page, { code: "init-data-refused", phase: "session", keySystem: "com.apple.fps.1_0" });
    expect(await posts(run)).toEqual([]);
  });

  test("a refused license is an error on the element, and so is a flipped byte", async ({ page, run }) => {
    await openLab(page, run, LEGACY);
    await run.faults({ on: "license", fault: "error:7301", times: 1 }, { on: "license", fault: "flip:-5" });
    await attach(page, {}, { contentId: "demo-cbcs" });
    await feed(page, "demo-cbcs");
    await expect
      .poll(async () => (await errors(page)).map(({ code }) => code).sort())
      .toEqual(["fairplay-not-registered", "license-rejected"]);
    await expectNoPicture(page);
  });
});
