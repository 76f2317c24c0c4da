// Safari's old API, and media elements that a listener on the document misses.
import { events, expect, expectPlaying, keyIdsOf, test } from "./fixture.mjs";

const [VIDEO] = keyIdsOf("demo-cbcs");

/** Runs in the page: the FairPlay code of an old page, for one key. */
const legacyPage = `(change = (bytes) => bytes) => {
  const certificate = fetch('ri/fpsCert.do?siteId=DEMO').then((answer) => answer.arrayBuffer()).then((der) => new Uint8Array(der));
  const ended = [];
  lab.video.addEventListener('webkitneedkey', async (event) => {
    const uri = new TextDecoder('utf-16le').decode(event.initData.slice(4));
    const id = uri.slice('skd://'.length);
    const u32 = (n) => [n & 255, (n >> 8) & 255, 0, 0];
    const idBytes = new Uint8Array(Uint16Array.from(id, (char) => char.charCodeAt(0)).buffer);
    const der = await certificate;
    const initData = Uint8Array.from([...event.initData, ...u32(idBytes.length), ...idBytes, ...u32(der.length), ...der]);
    if (!lab.video.webkitKeys) lab.video.webkitSetMediaKeys(new WebKitMediaKeys('com.apple.fps.1_0'));
    const session = lab.video.webkitKeys.createSession('video/mp4', change(initData, der.length));
    session.addEventListener('webkitkeymessage', async ({ message }) => {
      session.update(await lab.license(message, 'demo-cbcs', 'fairplay'));
    });
    session.addEventListener('webkitkeyadded', () => ended.push('added'));
    session.addEventListener('webkitkeyerror', () => ended.push('error ' + session.error.code));
  });
  return ended;
}`;

test("legacy FairPlay plays", async ({ lab }) => {
  const page = await lab.open({ drms: ["fairplay"], fairplay: "legacy" });
  await page.evaluate(async (make) => {
    window.ended = eval(make)();
    const source = new MediaSource();
    lab.video.src = URL.createObjectURL(source);
    await new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
    const append = async (type, codecs) => {
      const buffer = source.addSourceBuffer(`${type}/mp4; codecs="${codecs}"`);
      for (const file of ["init.mp4", "1.m4s", "2.m4s"]) {
        const part = await (await fetch(`media/demo-cbcs/${type}/${file}`)).arrayBuffer();
        const done = new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
        buffer.appendBuffer(part);
        await done;
      }
    };
    await Promise.all([append("video", "avc1.4d4015"), append("audio", "mp4a.40.2")]);
    lab.video.play().catch(() => {});
  }, legacyPage);
  await expectPlaying(page);
  expect(await page.evaluate(() => window.ended)).toEqual(["added", "added"]);
  expect(await events(page)).toEqual(expect.arrayContaining(["need-key", "create-session", "challenge", "license"]));
});

const WRONG = {
  "without the certificate": "(bytes, certificate) => bytes.slice(0, -certificate - 4)",
  "with one byte too many": "(bytes) => Uint8Array.from([...bytes, 0])",
  "with a cut certificate": "(bytes) => bytes.slice(0, -1)",
  "with the URI as UTF-8":
    "(bytes) => Uint8Array.from([4, 0, 0, 0, 0x73, 0x6b, 0x64, 0x3a, ...bytes.slice(4 + bytes[0])])",
};

for (const [name, change] of Object.entries(WRONG)) {
  test(`legacy init data ${name} is refused`, async ({ lab }) => {
    const page = await lab.open({ drms: ["fairplay"], fairplay: "both" });
    await page.evaluate(
      ([make, wrong]) => {
        window.ended = eval(make)(eval(wrong));
        window.__cdmBridge.needKey(lab.video, "skd://Ab/cD++eSnu/+NPi9Pvhxg==");
      },
      [legacyPage, change],
    );
    await expect.poll(() => page.evaluate(() => window.ended)).toEqual(["error 2"]);
  });
}

test("a CKC in base64 raises an error event on the legacy session", async ({ lab }) => {
  const page = await lab.open({ drms: ["fairplay"], fairplay: "both" });
  const found = await page.evaluate(async (make) => {
    const { license } = lab;
    lab.license = async (...rest) => new TextEncoder().encode(lab.base64(await license(...rest)));
    window.ended = eval(make)();
    window.__cdmBridge.needKey(lab.video, "skd://Ab/cD++eSnu/+NPi9Pvhxg==");
    while (window.ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return {
      ended: window.ended,
      supported: [
        WebKitMediaKeys.isTypeSupported("com.apple.fps.1_0", "video/mp4"),
        WebKitMediaKeys.isTypeSupported("com.widevine.alpha", "video/mp4"),
      ],
      other: await lab.refusal(() => new WebKitMediaKeys("com.widevine.alpha")),
      empty: await lab.refusal(() => lab.video.webkitKeys.createSession("video/mp4", new Uint8Array())),
    };
  }, legacyPage);
  expect(found).toEqual({
    ended: ["error 3"],
    supported: [true, false],
    other: "NotSupportedError",
    empty: "TypeError",
  });
});

test("without the option there is no legacy API", async ({ lab }) => {
  const page = await lab.open();
  expect(
    await page.evaluate(() => [typeof window.WebKitMediaKeys, "webkitSetMediaKeys" in HTMLMediaElement.prototype]),
  ).toEqual(["undefined", false]);
});

for (const [place, put] of [
  [
    "in a shadow tree",
    '(video) => document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" }).append(video)',
  ],
  ["outside the document", "(video) => video.remove()"],
]) {
  test(`an element ${place} also gets FairPlay's events`, async ({ lab }) => {
    const page = await lab.open({ drms: ["fairplay"] });
    await page.evaluate(async (where) => {
      eval(where)(lab.video);
      window.types = [];
      lab.video.addEventListener("encrypted", ({ initDataType }) => window.types.push(initDataType));
      await lab.hls({
        playlist: "media/demo-cbcs/hls/fairplay.m3u8",
        contentId: "demo-cbcs",
        drm: "fairplay",
        keySystem: "com.apple.fps",
      });
    }, put);
    await expect
      .poll(() => page.evaluate(() => lab.video.getVideoPlaybackQuality().totalVideoFrames))
      .toBeGreaterThan(20);
    expect(await page.evaluate(() => window.types)).toEqual(["sinf", "sinf"]);
    const asked = await page.evaluate(() =>
      window.__cdmBridge.log.filter((entry) => entry.event === "challenge").flatMap((entry) => entry.keyIds),
    );
    expect(asked.sort()).toEqual(keyIdsOf("demo-cbcs").sort());
    expect(asked).toContain(VIDEO);
  });
}
