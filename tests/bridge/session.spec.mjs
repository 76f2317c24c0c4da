// A session after its license, and the variations between devices.
import { expect, keyIdsOf, test } from "./fixture.mjs";

const [VIDEO, AUDIO] = keyIdsOf("demo-cbcs");

/** Runs in the page: a Widevine or PlayReady session with its license. */
const licensed = `async (keySystem, drm, kid) => {
  const session = (await lab.keys(keySystem)).createSession();
  const changes = [];
  session.onkeystatuseschange = () => changes.push([...session.keyStatuses.values()].join());
  const { message } = await lab.message(session, 'keyids', lab.keyIds(kid));
  await session.update(await lab.license(message, 'demo-cbcs', drm));
  return { session, changes };
}`;

test("close and remove: key statuses, the closed promise, later calls", async ({ lab }) => {
  const page = await lab.open();
  const found = await page.evaluate(
    async ([kid, make]) => {
      const one = await eval(make)("com.widevine.alpha", "widevine", kid);
      await one.session.remove();
      const removed = one.changes.slice();
      const closing = [one.session.close(), one.session.close()];
      await Promise.all(closing);
      return {
        removed,
        changes: one.changes,
        reason: await one.session.closed,
        size: one.session.keyStatuses.size,
        update: await lab.refusal(() => one.session.update(Uint8Array.of(1))),
        remove: await lab.refusal(() => one.session.remove()),
        closeAgain: await lab.refusal(() => one.session.close()),
      };
    },
    [VIDEO, licensed],
  );
  expect(found).toEqual({
    removed: ["usable", "released"],
    changes: ["usable", "released", ""],
    reason: "closed-by-application",
    size: 0,
    update: "InvalidStateError",
    remove: "InvalidStateError",
    closeAgain: "accepted",
  });
});

test("keyStatuses reads like a MediaKeyStatusMap", async ({ lab }) => {
  const page = await lab.open();
  const found = await page.evaluate(
    async ([kid, make]) => {
      const { keyStatuses } = (await eval(make)("com.widevine.alpha", "widevine", kid)).session;
      const id = Uint8Array.from(kid.match(/../g), (pair) => parseInt(pair, 16));
      const seen = [];
      keyStatuses.forEach((status, keyId, map) => {
        seen.push(status, keyId instanceof ArrayBuffer, map === keyStatuses);
        new Uint8Array(keyId).fill(0);
      });
      return {
        seen,
        size: keyStatuses.size,
        view: keyStatuses.get(id),
        buffer: keyStatuses.get(id.buffer),
        has: keyStatuses.has(id),
        other: [keyStatuses.get(new Uint8Array(16)) === undefined, keyStatuses.has(new Uint8Array(16))],
        values: [...keyStatuses.values()],
        keys: [...keyStatuses.keys()].length,
        entries: [...keyStatuses.entries()].length,
      };
    },
    [VIDEO, licensed],
  );
  expect(found).toEqual({
    seen: ["usable", true, true],
    size: 1,
    view: "usable",
    buffer: "usable",
    has: true,
    other: [true, false],
    values: ["usable"],
    keys: 1,
    entries: 1,
  });
});

test("a simulated status and the GUID order of key ids", async ({ lab }) => {
  const page = await lab.open({ guidKeyStatuses: true, statuses: { [VIDEO]: "output-restricted" } });
  const found = await page.evaluate(
    async ([kid, make]) => {
      const hexOf = (id) => [...new Uint8Array(id)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const list = (session) => [...session.keyStatuses].map(([id, status]) => [hexOf(id), status]);
      const make2 = eval(make);
      return {
        playready: list((await make2("com.microsoft.playready", "playready", kid)).session),
        widevine: list((await make2("com.widevine.alpha", "widevine", kid)).session),
      };
    },
    [VIDEO, licensed],
  );
  expect(found).toEqual({
    // 01bfdc0f-ef9e-4a7b-… : the first three fields with reversed bytes
    playready: [["0fdcbf019eef7b4abff8d3e2f4fbe1c6", "output-restricted"]],
    widevine: [[VIDEO, "output-restricted"]],
  });
});

test("the options trigger renewal and expiry", async ({ lab }) => {
  const page = await lab.open({ renewal: { after: 0.05, expiresAfter: 0.2 } });
  const found = await page.evaluate(
    async ([kid, make]) => {
      const { session, changes } = await eval(make)("com.widevine.alpha", "widevine", kid);
      const expiration = session.expiration;
      const renewal = new Promise((resolve) => {
        session.onmessage = resolve;
      });
      const expired = new Promise((resolve) => session.addEventListener("keystatuseschange", resolve));
      const [{ messageType }] = await Promise.all([renewal, expired]);
      return { type: messageType, expires: expiration > Date.now() - 60000, changes };
    },
    [VIDEO, licensed],
  );
  expect(found).toEqual({ type: "license-renewal", expires: true, changes: ["usable", "expired"] });
});

test('FairPlay: update("renew") triggers a renewal message, whose response is accepted', async ({ lab }) => {
  const page = await lab.open();
  const found = await page.evaluate(async (kid) => {
    const keys = await lab.keys("com.apple.fps");
    await keys.setServerCertificate(await (await fetch("ri/fpsCert.do?siteId=DEMO")).arrayBuffer());
    const session = keys.createSession();
    const skd = `skd://${btoa(
      kid
        .match(/../g)
        .map((pair) => String.fromCharCode(parseInt(pair, 16)))
        .join(""),
    )}`;
    const first = await lab.message(session, "skd", new TextEncoder().encode(skd));
    await session.update(await lab.license(first.message, "demo-cbcs", "fairplay"));
    const second = new Promise((resolve) => {
      session.onmessage = resolve;
    });
    await session.update(new TextEncoder().encode("renew"));
    const renewal = await second;
    return {
      types: [first.messageType, renewal.messageType],
      rest: [first.message.byteLength % 3, renewal.message.byteLength % 3],
      good: await lab.refusal(async () => session.update(await lab.license(renewal.message, "demo-cbcs", "fairplay"))),
    };
  }, VIDEO);
  expect(found).toEqual({ types: ["license-request", "license-renewal"], rest: [1, 1], good: "accepted" });
});

test("FairPlay: each form of init data names its key or its asset", async ({ lab }) => {
  const page = await lab.open();
  const found = await page.evaluate(async () => {
    const keys = await lab.keys("com.apple.fps");
    await keys.setServerCertificate(await (await fetch("ri/fpsCert.do?siteId=DEMO")).arrayBuffer());
    const utf8 = (text) => new TextEncoder().encode(text);
    const utf16 = (text) => new Uint8Array(Uint16Array.from(text, (char) => char.charCodeAt(0)).buffer);
    const framed = (bytes) => Uint8Array.of(bytes.length & 255, bytes.length >> 8, 0, 0, ...bytes);
    const init = new Uint8Array(await (await fetch("media/demo-cbcs/video/init.mp4")).arrayBuffer());
    const at = String.fromCharCode(...init).indexOf("sinf") - 4;
    const sinf = init.slice(at, at + new DataView(init.buffer).getUint32(at));
    const json = (bytes) => JSON.stringify({ sinf: [lab.base64(bytes)] });
    const asset = async (type, bytes) => {
      await keys.createSession().generateRequest(type, bytes);
      const { contentId, keyIds } = window.__cdmBridge.log.filter((entry) => entry.event === "challenge").pop();
      return contentId || keyIds.join();
    };
    return {
      utf8: await asset("skd", utf8("skd://a/b+c==")),
      utf16: await asset("skd", utf16("skd://a/b+c==")),
      framed: await asset("skd", framed(utf16("skd://a/b+c=="))),
      box: await asset("sinf", utf8(json(sinf))),
      children: await asset("sinf", utf8(json(sinf.slice(8)))),
      escaped: await asset("sinf", utf8(json(sinf).replace(/\//g, "\\/"))),
      cenc: await asset("cenc", init.slice(String.fromCharCode(...init).indexOf("pssh") - 4)),
      notSkd: await lab.refusal(() => asset("skd", utf8("https://a/b"))),
      notJson: await lab.refusal(() => asset("sinf", sinf)),
    };
  });
  expect(found).toEqual({
    utf8: "a/b+c==",
    utf16: "a/b+c==",
    framed: "a/b+c==",
    box: VIDEO,
    children: VIDEO,
    escaped: VIDEO,
    cenc: `${VIDEO},${AUDIO}`, // the Common box lists every key of the content
    notSkd: "TypeError",
    notJson: "TypeError",
  });
});

const FORMS = {
  utf16: { start: "3c00", parity: 0 },
  "utf16-bom": { start: "fffe3c00", parity: 0 },
  utf8: { start: "3c506c" },
  raw: { start: "3c3f786d", parity: 0 },
  "raw-odd": { start: "3c3f786d", parity: 1 },
  "no-headers": { start: "3c00", without: "HttpHeader" },
  crlf: { start: "3c00", within: "\r\n" },
  "content-header": { start: "3c00", within: "<name>Content</name>", without: "Content-Type" },
};

for (const [form, { start, parity, within, without }] of Object.entries(FORMS)) {
  test(`PlayReady message in the form ${form}: its bytes, and the server accepts its content`, async ({ lab }) => {
    const page = await lab.open({ playreadyForm: form });
    const found = await page.evaluate(
      async ([kid]) => {
        const session = (await lab.keys("com.microsoft.playready")).createSession();
        const { message } = await lab.message(session, "keyids", lab.keyIds(kid));
        const bytes = new Uint8Array(message);
        const text = new TextDecoder(bytes[1] === 0 || bytes[0] === 255 ? "utf-16le" : "utf-8").decode(bytes);
        const challenge = text.match(/<Challenge encoding="base64encoded">([^<]+)</);
        const body = challenge ? lab.unbase64(challenge[1]) : bytes;
        const license = await lab.license(body, "demo-cbcs", "playready", { raw: true });
        return {
          hex: [...bytes.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
          length: bytes.length,
          text,
          wrapped: Boolean(challenge),
          good: await lab.refusal(() => session.update(license)),
        };
      },
      [VIDEO],
    );
    expect(found.hex.startsWith(start)).toBe(true);
    if (parity !== undefined) expect(found.length % 2).toBe(parity);
    if (within) expect(found.text).toContain(within);
    if (without) expect(found.text).not.toContain(without);
    expect(found.wrapped).toBe(!form.startsWith("raw"));
    expect(found.good).toBe("accepted");
  });
}
