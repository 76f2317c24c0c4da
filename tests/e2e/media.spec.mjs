// The bare element: EME through the adapter only, fMP4 through MediaSource. (failures.spec.mjs tests messages and
// responses in all their forms; these tests are about the lifecycle of sessions, and the element's events.)
import { expect, expectNoPicture, expectPlaying, expectSpcForm, openLab, test } from "./fixture.mjs";
import { HEADER, attach, errors, events, expectError, feed, keyIdsOf, log, openSessions, posts } from "./media.mjs";

for (const [name, drm, content, bridge, media] of [
  ["Widevine, a session for each key", "widevine", "demo-cenc", {}, {}],
  ["Widevine, one key for both tracks", "widevine", "demo-single-key", {}, {}],
  ["PlayReady", "playready", "demo-cenc", {}, {}],
  ["PlayReady with the cbcs scheme", "playready", "demo-cbcs", {}, {}],
  ["PlayReady with key ids in GUID order", "playready", "demo-cenc", { guidKeyStatuses: true }, {}],
  [
    "PlayReady in hardware, if requested",
    "playready",
    "demo-cenc",
    { sl3000: true, drms: ["playready"] },
    { robustness: { video: "3000", audio: "" } },
  ],
  ["FairPlay, the children of a sinf", "fairplay", "demo-cbcs", { sinfForm: "children" }, {}],
  ["FairPlay, a whole sinf", "fairplay", "demo-cbcs", { sinfForm: "box" }, {}],
  ["FairPlay, both APIs: the modern one", "fairplay", "demo-cbcs", { fairplay: "both" }, {}],
]) {
  test(
    `plays: ${name}`,
    /each key$/.test(name)
      ? {}
      : /^(Widevine|PlayReady$|PlayReady with the)/.test(name)
        ? { tag: ["@matrix", "@chromium"] }
        : { tag: "@chromium" },
    async ({ page, run }) => {
      await openLab(page, run, bridge);
      await attach(page, { drms: [drm], ...media }, { contentId: content });
      await feed(page, content);
      await expectPlaying(page);
      const keys = keyIdsOf(content);
      expect((await log(page, "generate-request")).length).toBe(keys.length);
      const seen = await posts(run);
      expect(seen.map(({ status }) => status)).toEqual(keys.map(() => 200));
      expect(seen.flatMap(({ keyIds }) => keyIds).sort()).toEqual([...keys].sort());
      for (const { headers } of seen)
        expect(JSON.parse(Buffer.from(headers[HEADER], "base64").toString())).toMatchObject({ cid: content });
      for (const { kind, path, headers } of await run.requests())
        if (kind !== "license") expect(headers[HEADER], path).toBeUndefined();
      if (drm === "fairplay") seen.forEach(expectSpcForm);
      const statuses = await events(page, "key-status");
      expect(statuses.map(({ keyId, status }) => `${keyId} ${status}`).sort()).toEqual(
        keys.map((id) => `${id} usable`).sort(),
      );
      expect(await errors(page)).toEqual([]);
      expect(await events(page, "error")).toEqual([]);
    },
  );
}

for (const content of ["demo-cenc", "demo-single-key"]) {
  test(
    `plays: ClearKey for real, ${content}`,
    content === "demo-cenc" ? {} : { tag: "@chromium" },
    async ({ page, run }) => {
      await openLab(page, run);
      await attach(page, { drms: ["clearkey"] }, { contentId: content });
      await feed(page, content);
      await expectPlaying(page);
      expect((await run.requests("license")).map(({ method }) => method)).toEqual(["GET"]);
      expect((await events(page, "key-status")).map(({ keyId }) => keyId).sort()).toEqual(keyIdsOf(content).sort());
    },
  );
}

for (const [type, initData] of [
  ["keyids", (id) => Buffer.from(JSON.stringify({ kids: [Buffer.from(id, "hex").toString("base64url")] }))],
  ["webm", (id) => Buffer.from(id, "hex")],
]) {
  test(`${type} init data open the session, and boxes that name the same key open none`, async ({ page, run }) => {
    await openLab(page, run);
    await attach(page, { drms: ["clearkey"] }, { contentId: "demo-single-key" });
    const [id] = keyIdsOf("demo-single-key");
    await page.evaluate(([kind, bytes]) => window.lab.encrypted(kind, bytes), [type, [...initData(id)]]);
    await feed(page, "demo-single-key");
    await expectPlaying(page);
    expect((await events(page, "init-data")).map(({ initData: read }) => read.type)).toEqual([type, "cenc"]);
    expect((await run.requests("license")).map(({ method }) => method)).toEqual(["GET"]);
  });
}

test("a configured Widevine certificate is set first: the CDM requests none", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { serviceCertificateRequest: true });
  await attach(
    page,
    { drms: ["widevine"] },
    { certificate: { widevine: { url: run.url("ri/widevineCert.do?siteId=DEMO") } } },
  );
  await feed(page, "demo-single-key");
  await expectPlaying(page);
  expect(await log(page, "certificate-request")).toEqual([]);
  expect((await posts(run)).length).toBe(1);
});

test("Widevine without a certificate: the CDM requests it, and the license follows", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { serviceCertificateRequest: true });
  await attach(page, { drms: ["widevine"] });
  await feed(page, "demo-single-key");
  await expectPlaying(page);
  expect((await posts(run)).length).toBe(2);
  expect(await errors(page)).toEqual([]);
});

for (const [name, fault, expected] of [
  ["7301", { on: "license", fault: "error:7301" }, { serverCode: "7301", code: "fairplay-not-registered" }],
  ["7316", { on: "license", fault: "error:7316" }, { serverCode: "7316" }],
  ["7011 for an expired token", { on: "token", fault: "expires:1200" }, { code: "token-expired", serverCode: "7011" }],
  ["HTML", { on: "license", fault: "html" }, { code: "not-a-license" }],
  ["a byte that was flipped", { on: "license", fault: "flip:-5" }, { code: "license-rejected", phase: "session" }],
]) {
  test(
    `the element reports a refusal: ${name}`,
    name === "HTML" || name.startsWith("7011") ? { tag: ["@matrix", "@chromium"] } : { tag: "@chromium" },
    async ({ page, run }) => {
      await openLab(page, run, { drms: ["fairplay"] });
      await run.faults(fault);
      await attach(page, {}, { contentId: "demo-cbcs" });
      await feed(page, "demo-cbcs");
      await expectError(page, expected);
      expect((await events(page, "error"))[0].error).toMatchObject(expected);
      await expectNoPicture(page);
      // Permanently refused: repeating the same init data sends no request.
      const before = (await posts(run)).length;
      await expect.poll(async () => (await errors(page)).length).toBe(2);
      await feed(page, "demo-cbcs", { again: true });
      await expect
        .poll(async () => (await errors(page)).length, {
          message: "another source makes new requests, one for each key",
        })
        .toBe(4);
      expect((await posts(run)).length).toBe(2 * before);
      expect(await openSessions(page)).toEqual([]);
      // Nor does a repetition of the refused key in the media.
      const more = await page.evaluate(
        (bytes) => {
          const count = () => window.__cdmBridge.log.filter(({ event }) => event === "generate-request").length;
          const seen = count();
          window.lab.encrypted("skd", bytes);
          return Promise.resolve().then(() => new Promise((resolve) => setTimeout(() => resolve(count() - seen))));
        },
        [...Buffer.from(`skd://${Buffer.from(keyIdsOf("demo-cbcs")[0], "hex").toString("base64")}`)],
      );
      expect(more).toBe(0);
    },
  );
}

test("in a browser without the DRM the attachment is refused", { tag: "@chromium" }, async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await attach(page, { drms: ["playready"] });
  await expectError(page, { code: "drm-unsupported", phase: "environment" });
  expect(await page.evaluate(() => window.lab.refusal.code)).toBe("drm-unsupported");
});

test("a license that a retry brings", { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
  await openLab(page, run, { drms: ["playready"] });
  await run.faults({ on: "license", fault: "status:503", times: 1 });
  await attach(page, {}, { contentId: "demo-single-key", retry: { base: 10 } });
  await feed(page, "demo-single-key");
  await expectPlaying(page);
  expect((await events(page, "retry")).length).toBe(1);
  expect(await errors(page)).toEqual([]);
});

test("a new source on the same element: the old sessions are closed, and new licenses are requested", async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["widevine"] });
  await attach(page, {});
  await feed(page, "demo-single-key");
  await expectPlaying(page);
  await run.forget();
  await feed(page, "demo-cenc");
  await expectPlaying(page);
  expect(await log(page, "closed")).toHaveLength(1);
  expect((await openSessions(page)).length).toBe(2);
  for (const { headers } of await posts(run))
    expect(JSON.parse(Buffer.from(headers[HEADER], "base64").toString()).cid).toBe("demo-cenc");
  // The first one again: closed sessions are requested again.
  await feed(page, "demo-single-key");
  await expectPlaying(page);
  expect((await openSessions(page)).length).toBe(1);
  expect(await errors(page)).toEqual([]);
});

test("repeated init data open no session", async ({ page, run }) => {
  await openLab(page, run, { drms: ["playready"] });
  await attach(page, {}, { contentId: "demo-cenc" });
  await feed(page, "demo-cenc", { again: true });
  await expectPlaying(page);
  expect((await log(page, "generate-request")).length).toBe(2);
});

test("detached: every session is closed, the element has no keys, and nothing is reported any more", async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["widevine"] });
  await attach(page, {});
  await feed(page, "demo-cenc");
  await expectPlaying(page);
  await page.evaluate(async () => {
    const { lab } = window;
    lab.video.removeAttribute("src");
    lab.video.load();
    await lab.undo();
    await lab.undo();
  });
  expect(await openSessions(page)).toEqual([]);
  expect(await page.evaluate(() => window.lab.video.mediaKeys)).toBeNull();
  await run.forget();
  await page.evaluate(
    (bytes) => window.lab.encrypted("keyids", bytes),
    [...Buffer.from('{"kids":["AAECAwQFBgcICQoLDA0ODw"]}')],
  );
  expect(await openSessions(page)).toEqual([]);
  expect(await posts(run)).toEqual([]);
});

test("detached during license requests: no session stays, no error is raised on the element", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await run.faults({ on: "license", fault: "slow:2000" });
  await attach(page, {});
  await feed(page, "demo-cenc");
  await expect.poll(async () => (await posts(run)).length).toBe(2);
  await page.evaluate(() => window.lab.undo());
  expect((await log(page, "closed")).length).toBe(2);
  expect(await log(page, "license")).toEqual([]);
  expect(await errors(page)).toEqual([]);
});

test("detached during playback, attached again: playback continues", async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await attach(page, {});
  await feed(page, "demo-cenc");
  await expectPlaying(page);
  await page.evaluate(() => window.lab.undo());
  expect(await openSessions(page)).toEqual([]);
  await attach(page, {});
  await feed(page, "demo-single-key");
  await expectPlaying(page);
  expect((await openSessions(page)).length).toBe(1);
});

test("mounted, unmounted and mounted again (React's strict mode): one token, one session per key", async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["widevine"] });
  await page.evaluate(async () => {
    const { lab } = window;
    lab.drm = await lab.client();
    const first = lab.attachMedia(lab.video, lab.drm);
    const unmounted = first.then((undo) => undo());
    const second = lab.attachMedia(lab.video, lab.drm);
    await Promise.all([unmounted, second]);
    await lab.feed("demo-cenc");
  });
  await expectPlaying(page);
  expect((await openSessions(page)).length).toBe(2);
  expect((await posts(run)).length).toBe(2);
  expect((await run.requests("token")).length).toBe(2);
});

test("the client's dispose() detaches", { tag: "@chromium" }, async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await attach(page, {});
  await feed(page, "demo-single-key");
  await expectPlaying(page);
  await page.evaluate(() => window.lab.drm.dispose());
  expect(await openSessions(page)).toEqual([]);
});

for (const [status, code] of [
  ["output-restricted", "output-restricted"],
  ["internal-error", "key-unusable"],
  ["expired", "key-expired"],
]) {
  test(
    `a key that is ${status} raises an event and an error with its id`,
    status === "expired" ? { tag: "@chromium" } : { tag: ["@matrix", "@chromium"] },
    async ({ page, run }) => {
      const [video, audio] = keyIdsOf("demo-cenc");
      await openLab(page, run, { drms: ["playready"], guidKeyStatuses: true, statuses: { [video]: status } });
      await attach(page, {}, { contentId: "demo-cenc" });
      await feed(page, "demo-cenc");
      await expectError(page, { code, phase: "session", message: expect.stringContaining(video) });
      await expect
        .poll(async () =>
          (await events(page, "key-status")).map(({ keyId, status: told }) => `${keyId} ${told}`).sort(),
        )
        .toEqual([`${video} ${status}`, `${audio} usable`].sort());
      await expectNoPicture(page);
    },
  );
}

test("a key that no license brings is reported when the video waits for it", async ({ page, run }) => {
  const [, audio] = keyIdsOf("demo-cenc");
  await openLab(page, run);
  await run.faults({ on: "license", fault: "missing-key" });
  await attach(page, { drms: ["clearkey"] }, { contentId: "demo-cenc" });
  await feed(page, "demo-cenc");
  await expectError(page, { code: "key-missing", message: expect.stringContaining(audio) });
});

test("keys that appear after the first license are a rotation: delayed while there is a buffer, requested when the video waits", {
  tag: "@chromium",
}, async ({ page, run }) => {
  const [, audio] = keyIdsOf("demo-cenc");
  await openLab(page, run, { drms: ["widevine"] });
  await page.evaluate(() => {
    const { lab } = window;
    lab.reasons = [];
    return lab.bare({
      options: {
        contentId: "demo-cenc",
        rotationSpread: 3_600_000,
        customData: (context) => {
          lab.reasons.push(context.reason);
          return lab.token(context);
        },
      },
    });
  });
  await feed(page, "demo-cenc", { tracks: ["video"] });
  await expectPlaying(page);
  const opened = await page.evaluate(
    (bytes) => {
      const { lab } = window;
      lab.video.pause();
      lab.video.currentTime = 0;
      Math.random = () => 0.9;
      const count = () =>
        window.__cdmBridge.log.filter(({ event }) => event === "create-session" || event === "generate-request").length;
      lab.encrypted("keyids", bytes);
      return Promise.resolve().then(() => new Promise((resolve) => setTimeout(() => resolve(count()))));
    },
    [...Buffer.from(JSON.stringify({ kids: [Buffer.from(audio, "hex").toString("base64url")] }))],
  );
  expect(opened).toBe(1);
  await page.evaluate(() => window.lab.video.dispatchEvent(new Event("waitingforkey")));
  await expect.poll(async () => (await events(page, "key-status")).map(({ keyId }) => keyId)).toContain(audio);
  expect(await page.evaluate(() => window.lab.reasons)).toEqual(["license", "rotation"]);
});

test.describe("renewal", () => {
  /** Seconds. It is renewed after three quarters of it; the rest is enough time for an exchange in a busy browser. */
  const LEASE = 8;
  const reasons = (page) => page.evaluate(() => window.lab.reasons);
  const renewing = (page, media, contentId) =>
    page.evaluate(
      async ([given, id]) => {
        const { lab } = window;
        lab.reasons = [];
        await lab.bare({
          media: {
            ...given,
            customData: (context) => {
              lab.reasons.push(`${context.messageType} ${context.reason}`);
              return lab.token(context);
            },
          },
          options: { contentId: id },
        });
      },
      [media, contentId],
    );
  const ended = (page) =>
    expect
      .poll(() => page.evaluate(() => window.lab.video.ended), { message: "played to the end", timeout: 30_000 })
      .toBe(true);

  test("Widevine's CDM requests it, with its own token", { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
    await openLab(page, run, { drms: ["widevine"], renewal: { after: 2, expiresAfter: LEASE } });
    await renewing(page, {}, "demo-single-key");
    await feed(page, "demo-single-key");
    await ended(page);
    expect((await reasons(page)).slice(0, 2)).toEqual(["license-request license", "license-renewal renewal"]);
    expect((await posts(run)).map(({ challenge }) => challenge).slice(0, 2)).toEqual(["new", "renewal"]);
    expect((await log(page, "generate-request")).length).toBe(1);
    expect(await errors(page)).toEqual([]);
  });

  test("FairPlay's session gets the renewal command, before its lease is over", { tag: "@chromium" }, async ({
    page,
    run,
  }) => {
    await openLab(page, run, { drms: ["fairplay"], renewal: { expiresAfter: LEASE } });
    await renewing(page, {}, "demo-cbcs");
    await feed(page, "demo-cbcs");
    await ended(page);
    await expect.poll(() => reasons(page)).toContain("license-renewal renewal");
    expect((await log(page, "generate-request")).length).toBe(2);
    expect(
      await page.evaluate(() =>
        window.lab.events.filter(({ type, status }) => type === "key-status" && status === "expired"),
      ),
    ).toEqual([]);
    expect(await errors(page)).toEqual([]);
  });

  test("PlayReady gets a new session, and the old one is closed when the new one has its key", {
    tag: "@chromium",
  }, async ({ page, run }) => {
    await openLab(page, run, { drms: ["playready"], renewal: { expiresAfter: LEASE } });
    await renewing(page, {}, "demo-single-key");
    await feed(page, "demo-single-key");
    await ended(page);
    await expect.poll(() => reasons(page)).toContain("license-request renewal");
    await expect.poll(async () => (await openSessions(page)).length).toBe(1);
    expect(await errors(page)).toEqual([]);
  });

  test("a refused renewal is reported, and the key stays valid until it expires", { tag: "@chromium" }, async ({
    page,
    run,
  }) => {
    await openLab(page, run, { drms: ["fairplay"], renewal: { expiresAfter: 3 } });
    await run.faults({ on: "license", fault: "error:7011", after: 2 });
    await renewing(page, {}, "demo-cbcs");
    await feed(page, "demo-cbcs");
    await expectPlaying(page);
    await expectError(page, { serverCode: "7011" });
    await expect
      .poll(async () => (await openSessions(page)).length, { message: "expired, asked once more, refused" })
      .toBe(0);
    const statuses = (await events(page, "key-status")).map(({ status }) => status);
    expect(statuses.filter((status) => status === "expired").length).toBe(2);
  });
});
