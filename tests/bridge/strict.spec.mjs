// The bridge refuses what a real CDM refuses; otherwise a page's mistake would pass here and fail on a viewer's device.
import { expect, keyIdsOf, test } from "./fixture.mjs";

const [VIDEO, AUDIO] = keyIdsOf("demo-cbcs");
const AVC = 'video/mp4; codecs="avc1.4d4015"';

test("access: the supported key systems and configurations", async ({ lab }) => {
  const page = await lab.open({ drms: ["widevine", "playready", "fairplay"] });
  const ask = (keySystem, configuration) =>
    page.evaluate(
      ([name, wanted]) => lab.refusal(() => navigator.requestMediaKeySystemAccess(name, wanted ? [wanted] : [])),
      [keySystem, configuration],
    );
  const video = (more = {}, rest = {}) => ({
    initDataTypes: ["cenc"],
    videoCapabilities: [{ contentType: AVC, ...more }],
    ...rest,
  });
  const expected = [
    ["com.widevine.alpha", video(), "accepted"],
    ["com.microsoft.playready", video(), "accepted"],
    ["com.microsoft.playready.recommendation", video(), "accepted"],
    ["com.apple.fps", video(), "accepted"],
    ["com.microsoft.playready.recommendation.3000", video({ robustness: "3000" }), "NotSupportedError"],
    ["com.microsoft.playready.recommendation", video({ robustness: "2000" }), "accepted"],
    ["com.microsoft.playready.recommendation", video({ robustness: "3000" }), "NotSupportedError"],
    ["com.apple.fps.1_0", video(), "NotSupportedError"],
    ["com.widevine.alpha.experiment", video(), "NotSupportedError"],
    ["com.widevine.alpha", video({ robustness: "SW_SECURE_DECODE" }), "accepted"],
    ["com.widevine.alpha", video({ robustness: "HW_SECURE_ALL" }), "NotSupportedError"],
    ["com.widevine.alpha", video({ contentType: 'video/mp4; codecs="none.such"' }), "NotSupportedError"],
    ["com.widevine.alpha", video({}, { initDataTypes: ["skd"] }), "NotSupportedError"],
    ["com.widevine.alpha", video({}, { sessionTypes: ["persistent-license"] }), "NotSupportedError"],
    ["com.widevine.alpha", video({ encryptionScheme: "cenc" }), "accepted"],
    ["com.apple.fps", video({ encryptionScheme: "cbcs" }), "accepted"],
    ["com.apple.fps", video({ encryptionScheme: "cenc" }), "NotSupportedError"],
    ["com.widevine.alpha", null, "TypeError"],
  ];
  const found = [];
  for (const [name, wanted] of expected) found.push([name, wanted, await ask(name, wanted)]);
  expect(found).toEqual(expected);
});

test("access: a disabled DRM is missing; SL3000 can be enabled", async ({ lab }) => {
  const page = await lab.open({ drms: ["playready"], sl3000: true });
  const names = ["com.widevine.alpha", "com.apple.fps", "com.microsoft.playready.recommendation.3000"];
  const found = await page.evaluate(
    ([list, contentType]) =>
      Promise.all(
        list.map((name) =>
          lab.refusal(() =>
            navigator.requestMediaKeySystemAccess(name, [
              { videoCapabilities: [{ contentType, robustness: name.endsWith("3000") ? "3000" : "" }] },
            ]),
          ),
        ),
      ),
    [names, AVC],
  );
  expect(found).toEqual(["NotSupportedError", "NotSupportedError", "accepted"]);
});

test("access: the result contains what was accepted, and nothing else", async ({ lab }) => {
  const page = await lab.open({ drms: ["widevine"] });
  const found = await page.evaluate(async (contentType) => {
    const access = await navigator.requestMediaKeySystemAccess("com.widevine.alpha", [
      { label: "hardware", videoCapabilities: [{ contentType, robustness: "HW_SECURE_ALL" }] },
      {
        label: "software",
        initDataTypes: ["cenc", "sinf"],
        persistentState: "required",
        videoCapabilities: [
          { contentType, robustness: "HW_SECURE_ALL" },
          { contentType, robustness: "SW_SECURE_DECODE", encryptionScheme: "cbcs" },
        ],
      },
    ]);
    const { label, initDataTypes, videoCapabilities, persistentState } = access.getConfiguration();
    return {
      label,
      initDataTypes,
      videoCapabilities,
      persistentState,
      keySystem: access.keySystem,
      real: access instanceof MediaKeySystemAccess,
    };
  }, AVC);
  expect(found).toEqual({
    label: "software",
    initDataTypes: ["cenc"],
    persistentState: "required",
    keySystem: "com.widevine.alpha",
    real: true,
    videoCapabilities: [{ contentType: AVC, robustness: "SW_SECURE_DECODE", encryptionScheme: "cbcs" }],
  });
});

test("media capabilities return an access, or report no support", async ({ lab }) => {
  const page = await lab.open({ drms: ["widevine"] });
  const found = await page.evaluate(
    (contentType) =>
      Promise.all(
        ["com.widevine.alpha", "com.apple.fps"].map(async (keySystem) => {
          const info = await navigator.mediaCapabilities.decodingInfo({
            type: "media-source",
            keySystemConfiguration: { keySystem, video: { robustness: "SW_SECURE_CRYPTO" } },
            video: { contentType, width: 320, height: 180, bitrate: 60000, framerate: 25 },
          });
          return [info.supported, info.keySystemAccess?.keySystem ?? null];
        }),
      ),
    AVC,
  );
  expect(found).toEqual([
    [true, "com.widevine.alpha"],
    [false, null],
  ]);
});

test("generateRequest: order, types, shapes", async ({ lab }) => {
  const page = await lab.open();
  const found = await page.evaluate(async (kid) => {
    const keys = await lab.keys("com.widevine.alpha");
    const bytes = lab.keyIds(kid);
    const on = (work) => lab.refusal(() => work(keys.createSession()));
    const cutBox = Uint8Array.of(0, 0, 0, 64, 0x70, 0x73, 0x73, 0x68, 0, 0, 0, 0);
    const out = {
      good: await on((s) => s.generateRequest("keyids", bytes)),
      noType: await on((s) => s.generateRequest("", bytes)),
      empty: await on((s) => s.generateRequest("cenc", new Uint8Array())),
      noBytes: await on((s) => s.generateRequest("cenc", "text")),
      otherType: await on((s) => s.generateRequest("sinf", bytes)),
      fairplayType: await on((s) => s.generateRequest("skd", bytes)),
      webm: await on((s) => s.generateRequest("webm", new Uint8Array(16))),
      webmLength: await on((s) => s.generateRequest("webm", new Uint8Array(15))),
      cutBox: await on((s) => s.generateRequest("cenc", cutBox)),
      sizeZeroBox: await on((s) => s.generateRequest("cenc", Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0))),
      noKids: await on((s) => s.generateRequest("keyids", new TextEncoder().encode('{"kids":[]}'))),
      shortKid: await on((s) => s.generateRequest("keyids", new TextEncoder().encode('{"kids":["AAAA"]}'))),
      twice: await on(async (s) => {
        await s.generateRequest("keyids", bytes);
        await s.generateRequest("keyids", bytes);
      }),
      // The second call is refused while the first one is in progress, and after a failed one.
      atOnce: await on((s) => Promise.all([s.generateRequest("keyids", bytes), s.generateRequest("keyids", bytes)])),
      afterFailure: await on(async (s) => {
        await s.generateRequest("cenc", cutBox).catch(() => {});
        await s.generateRequest("keyids", bytes);
      }),
      afterClose: await on(async (s) => {
        await s.generateRequest("keyids", bytes);
        await s.close();
        await s.generateRequest("keyids", bytes);
      }),
      updateFirst: await on((s) => s.update(bytes)),
      closeFirst: await on((s) => s.close()),
      load: await on((s) => s.load("id")),
      persistent: await lab.refusal(() => keys.createSession("persistent-license")),
      unknownSession: await lab.refusal(() => keys.createSession("forever")),
    };
    return out;
  }, VIDEO);
  expect(found).toEqual({
    good: "accepted",
    noType: "TypeError",
    empty: "TypeError",
    noBytes: "TypeError",
    otherType: "NotSupportedError",
    fairplayType: "NotSupportedError",
    webm: "accepted",
    webmLength: "TypeError",
    cutBox: "TypeError",
    sizeZeroBox: "TypeError",
    noKids: "TypeError",
    shortKid: "TypeError",
    twice: "InvalidStateError",
    atOnce: "InvalidStateError",
    afterFailure: "InvalidStateError",
    afterClose: "InvalidStateError",
    updateFirst: "InvalidStateError",
    closeFirst: "InvalidStateError",
    load: "TypeError",
    persistent: "NotSupportedError",
    unknownSession: "TypeError",
  });
});

test("certificates: FairPlay accepts only DER, Widevine refuses DER", async ({ lab }) => {
  const page = await lab.open();
  const found = await page.evaluate(async (kid) => {
    const bytesOf = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
    const [der, text, widevine, refusal] = await Promise.all(
      [
        "ri/fpsCert.do?siteId=DEMO",
        "ri/fpsKeyManager.do?siteId=DEMO",
        "ri/widevineCert.do?siteId=DEMO",
        "ri/fpsCert.do?siteId=NONE",
      ].map(bytesOf),
    );
    const set = async (keySystem, bytes) => {
      const keys = await lab.keys(keySystem);
      return lab.refusal(async () => {
        if (!(await keys.setServerCertificate(bytes))) throw Object.assign(new Error(), { name: "false" });
      });
    };
    const changed = der.slice(0, -1);
    const late = await lab.keys("com.apple.fps");
    const skd = new TextEncoder().encode("skd://demo");
    return {
      der: await set("com.apple.fps", der),
      base64: await set("com.apple.fps", text),
      errorJson: await set("com.apple.fps", refusal),
      widevines: await set("com.apple.fps", widevine),
      cut: await set("com.apple.fps", changed),
      empty: await set("com.apple.fps", new Uint8Array()),
      widevine: await set("com.widevine.alpha", widevine),
      derForWidevine: await set("com.widevine.alpha", der),
      flippedWidevine: await set(
        "com.widevine.alpha",
        widevine.map((byte, i) => (i === 9 ? byte ^ 1 : byte)),
      ),
      playready: await set("com.microsoft.playready", der),
      requestBefore: await lab.refusal(() => late.createSession().generateRequest("skd", skd)),
      requestAfter: await lab.refusal(async () => {
        await late.setServerCertificate(der);
        await late.createSession().generateRequest("skd", skd);
      }),
      keyidsForFairplay: await lab.refusal(() => late.createSession().generateRequest("keyids", lab.keyIds(kid))),
    };
  }, VIDEO);
  expect(found).toEqual({
    der: "accepted",
    base64: "TypeError",
    errorJson: "TypeError",
    widevines: "TypeError",
    cut: "TypeError",
    empty: "TypeError",
    widevine: "accepted",
    derForWidevine: "TypeError",
    flippedWidevine: "TypeError",
    playready: "false",
    requestBefore: "InvalidStateError",
    requestAfter: "accepted",
    keyidsForFairplay: "NotSupportedError",
  });
});

for (const [certificateOrder, outcome] of [
  [undefined, "accepted"],
  ["strict", "InvalidStateError"],
]) {
  test(`certificates: a request in the same tick as setServerCertificate() is ${outcome} in the order ${certificateOrder ?? "that is the default"}`, async ({
    lab,
  }) => {
    const page = await lab.open({ certificateOrder });
    const found = await page.evaluate(async () => {
      const der = await (await fetch("ri/fpsCert.do?siteId=DEMO")).arrayBuffer();
      const keys = await lab.keys("com.apple.fps");
      const skd = new TextEncoder().encode("skd://demo");
      const set = keys.setServerCertificate(der);
      const atOnce = await lab.refusal(() => keys.createSession().generateRequest("skd", skd));
      return {
        atOnce,
        taken: await set,
        afterwards: await lab.refusal(() => keys.createSession().generateRequest("skd", skd)),
      };
    });
    expect(found).toEqual({ atOnce: outcome, taken: true, afterwards: "accepted" });
  });
}

/** Runs in the page: a session with a real response that it has not been given yet. */
const answered = `async (drm, kid) => {
  const keySystem = { widevine: 'com.widevine.alpha', playready: 'com.microsoft.playready', fairplay: 'com.apple.fps' }[drm];
  const keys = await lab.keys(keySystem);
  if (drm === 'fairplay') await keys.setServerCertificate(await (await fetch('ri/fpsCert.do?siteId=DEMO')).arrayBuffer());
  const session = keys.createSession();
  const raw = kid.match(/../g).map((pair) => String.fromCharCode(parseInt(pair, 16))).join('');
  const message = drm === 'fairplay'
    ? await lab.message(session, 'skd', new TextEncoder().encode('skd://' + btoa(raw)))
    : await lab.message(session, 'keyids', lab.keyIds(kid));
  return { keys, session, message, license: await lab.license(message.message, 'demo-cbcs', drm) };
}`;

for (const drm of ["widevine", "playready", "fairplay"]) {
  test(`${drm}: a response in another form, for another session, or given twice is refused`, async ({ lab }) => {
    const page = await lab.open();
    const found = await page.evaluate(
      async ([name, kid, make]) => {
        const prepare = eval(make);
        const { session, message, license } = await prepare(name, kid);
        const other = await prepare(name, kid);
        const text = (string) => new TextEncoder().encode(string);
        const on = (bytes) => lab.refusal(() => session.update(bytes));
        return {
          message: [
            message instanceof MediaKeyMessageEvent,
            message.messageType,
            message.target === session,
            session instanceof MediaKeySession,
          ],
          empty: await on(new Uint8Array()),
          base64: await on(text(lab.base64(license))),
          json: await on(text('{"errorCode":"7011","message":"token expired"}')),
          html: await on(text("<!doctype html><html><body>Log in</body></html>")),
          cut: await on(license.slice(0, -1)),
          others: await on(other.license),
          statusesBefore: session.keyStatuses.size,
          good: await on(license),
          again: await on(license),
          statuses: [...session.keyStatuses].map(([id, status]) => [lab.base64(id), status]),
        };
      },
      [drm, VIDEO, answered],
    );
    expect(found).toEqual({
      message: [true, "license-request", true, true],
      empty: "TypeError",
      base64: "TypeError",
      json: "TypeError",
      html: "TypeError",
      cut: "TypeError",
      others: "TypeError",
      statusesBefore: 0,
      good: "accepted",
      again: "InvalidStateError",
      statuses: [[Buffer.from(VIDEO, "hex").toString("base64"), "usable"]],
    });
  });

  test(`${drm}: every single flipped bit of a license is detected`, async ({ lab }) => {
    const page = await lab.open();
    const found = await page.evaluate(
      async ([name, kid, make]) => {
        const { session, license } = await eval(make)(name, kid);
        // PlayReady's license is XML, whose blanks and names are not protected: only the bytes inside are.
        const xml = new TextDecoder().decode(license);
        const inside = name === "playready" ? lab.unbase64(xml.match(/<License>([^<]+)</)[1]) : license;
        const wrapped = (bytes) =>
          name === "playready"
            ? new TextEncoder().encode(xml.replace(/<License>[^<]+</, `<License>${lab.base64(bytes)}<`))
            : bytes;
        const passed = [];
        for (let bit = 0; bit < inside.length * 8; bit++) {
          const changed = inside.slice();
          changed[bit >> 3] ^= 1 << (bit & 7);
          if ((await lab.refusal(() => session.update(wrapped(changed)))) !== "TypeError") passed.push(bit);
        }
        return { bits: inside.length * 8, passed, good: await lab.refusal(() => session.update(wrapped(inside))) };
      },
      [drm, VIDEO, answered],
    );
    expect(found).toEqual({ bits: expect.any(Number), passed: [], good: "accepted" });
    expect(found.bits).toBeGreaterThan(500);
  });
}

test("Widevine: if the CDM requested a certificate, it refuses a license before it", async ({ lab }) => {
  const page = await lab.open({ serviceCertificateRequest: true });
  const found = await page.evaluate(async (kid) => {
    const session = (await lab.keys("com.widevine.alpha")).createSession();
    const first = await lab.message(session, "keyids", lab.keyIds(kid));
    const certificate = await lab.license(first.message, "demo-cbcs", "widevine");
    const flipped = await lab.refusal(() => session.update(certificate.map((byte, i) => (i === 9 ? byte ^ 1 : byte))));
    const second = new Promise((resolve) => {
      session.onmessage = resolve;
    });
    await session.update(certificate);
    const challenge = await second;
    const certificateAgain = await lab.refusal(() => session.update(certificate));
    const license = await lab.license(challenge.message, "demo-cbcs", "widevine");
    return {
      first: [...new Uint8Array(first.message)],
      flipped,
      certificateAgain,
      good: await lab.refusal(() => session.update(license)),
    };
  }, AUDIO);
  expect(found).toEqual({ first: [8, 4], flipped: "TypeError", certificateAgain: "TypeError", good: "accepted" });
});
