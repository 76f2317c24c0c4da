// rx-player's key systems outside a browser, with the parts of a player that the adapter uses.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { DER, LICENSES, MESSAGES, answer, failure, leavePages, newPage, refusal } from "./support.mjs";
import { pallyConError, rxKeySystems } from "../../dist/rx-player.js";

after(leavePages);

class Player {
  static version = "4.5.0";
  listeners = [];
  error = null;
  keySystem = undefined;
  addEventListener(name, listener) {
    this.listeners.push([name, listener]);
  }
  trigger(name, value) {
    for (const [own, listener] of this.listeners) if (own === name) listener(value);
  }
  getError() {
    return this.error;
  }
  getKeySystemConfiguration() {
    return this.keySystem === undefined ? null : { keySystem: this.keySystem };
  }
}

/** A client of the copy that dist/rx-player.js imports, with a fetch that returns the given responses. */
async function client(answers, options = {}) {
  const page = await newPage({ answers });
  const core = await import("../../dist/core.js");
  await core.load();
  const drm = await core.createPallyCon({
    siteId: "DEMO",
    customData: () => "dG9rZW4=",
    retry: { base: 0 },
    ...options,
    onEvent: (event) => page.events.push(event),
  });
  return { page, drm };
}

/** rx-player's error for an exception of getLicense(). */
const rxError = ({ message }) => Object.assign(new Error(message), { code: "KEY_LOAD_ERROR" });

test("one key system for each DRM, in order; rx-player's own retries and time limit are off; no certificate without FairPlay", async () => {
  const { page, drm } = await client([]);
  const plain = (list) => list.map(({ getLicense, ...rest }) => [typeof getLicense, rest]);
  const off = { getLicenseConfig: { retry: 0, timeout: -1 } };
  assert.deepEqual(
    plain(await rxKeySystems(new Player(), drm)),
    ["com.apple.fps", "playready", "widevine"].map((type) => ["function", { type, ...off }]),
  );
  assert.deepEqual(
    plain(await rxKeySystems(new Player(), drm, { drms: ["clearkey", "widevine"] })),
    ["clearkey", "widevine"].map((type) => ["function", { type, ...off }]),
  );
  assert.deepEqual([page.sent, page.events], [[], []]);
});

test("Widevine's certificate is set if there is one, and its absence is an event", async () => {
  const { page, drm } = await client([], { certificate: { widevine: new Uint8Array([10, 2, 8, 3]) } });
  const [{ serverCertificate }] = await rxKeySystems(new Player(), drm, { drms: ["widevine"] });
  assert.deepEqual(serverCertificate, new Uint8Array([10, 2, 8, 3]));
  const broken = await client([answer("no", 404)], { certificate: { widevine: new URL("https://h/cert") } });
  const [keySystem] = await rxKeySystems(new Player(), broken.drm, { drms: ["widevine"] });
  assert.deepEqual(
    [keySystem.serverCertificate, broken.page.events.map(({ type, error }) => [type, error.phase])],
    [undefined, [["error", "certificate"]]],
  );
  assert.deepEqual(
    page.events.filter(({ type }) => type === "error"),
    [],
  );
});

test("anything but a player, a client or a DRM is refused with an explanation", async () => {
  const { drm } = await client([]);
  for (const player of [null, undefined, {}, "player"])
    assert.equal((await failure(rxKeySystems(player, drm))).code, "player-invalid");
  for (const wrong of [{}, null])
    assert.equal((await failure(rxKeySystems(new Player(), wrong))).code, "client-invalid");
  for (const name of ["widevin", "toString", null, undefined])
    assert.equal((await failure(rxKeySystems(new Player(), drm, { drms: [name] }))).code, "drm-invalid");
});

test("an untested version is a warning", async () => {
  const { page, drm } = await client([]);
  class Newer extends Player {
    static version = "5.0.0";
  }
  await rxKeySystems(new Newer(), drm);
  assert.deepEqual(
    page.events.map(({ code, message }) => [code, message]),
    [["player-untested", "rx-player 5.0.0 has not been tested with this package."]],
  );
});

test("the reported key system is the one in use, unless it is that of the previous content", async () => {
  const told = [];
  const { drm } = await client([answer(LICENSES.playready), answer(LICENSES.playready)], {
    contentId: "film",
    customData: ({ keySystem }) => {
      told.push(keySystem);
      return "dG9rZW4=";
    },
  });
  const player = new Player();
  const [{ getLicense }] = await rxKeySystems(player, drm, { drms: ["playready"] });
  player.keySystem = "com.widevine.alpha";
  assert.deepEqual(await getLicense(MESSAGES.playready, "license-request"), LICENSES.playready);
  player.keySystem = "com.microsoft.playready.recommendation";
  await getLicense(MESSAGES.playready, "license-request");
  assert.deepEqual(told, ["com.microsoft.playready", "com.microsoft.playready.recommendation"]);
});

test("an error of rx-player is linked to ours by its message only", async () => {
  const { drm } = await client([answer(refusal(7011))], { contentId: "film" });
  const player = new Player();
  const [{ getLicense }] = await rxKeySystems(player, drm, { drms: ["widevine"] });
  const ours = await failure(getLicense(MESSAGES.widevine, "license-request"));
  const error = rxError(ours);
  assert.equal(pallyConError(error), ours);
  assert.equal(pallyConError(ours), ours);
  for (const other of [
    undefined,
    null,
    "text",
    rxError({ message: "another" }),
    Object.assign(rxError(ours), { code: "KEY_UPDATE_ERROR" }),
  ])
    assert.equal(pallyConError(other), undefined);
  // A raised error is remembered permanently, others are dropped.
  for (let count = 0; count < 20; count += 1) {
    const { drm: next } = await client([answer(refusal(7012))], { contentId: "film" });
    const [keySystem] = await rxKeySystems(player, next, { drms: ["widevine"] });
    await failure(keySystem.getLicense(MESSAGES.widevine, "license-request"));
  }
  assert.equal(pallyConError(error), ours);
  assert.equal(pallyConError(rxError(ours)), undefined);
});

test("a client releases players that have stopped", async () => {
  const { drm } = await client([answer(LICENSES.widevine)], { contentId: "film" });
  const player = new Player();
  const [{ getLicense }] = await rxKeySystems(player, drm, { drms: ["widevine"] });
  await getLicense(MESSAGES.widevine, "license-request");
  assert.equal(drm.undos.size, 1);
  player.trigger("playerStateChange", "STOPPED");
  assert.equal(drm.undos.size, 0);
});

test("after dispose() a license is refused as aborted, without an error event, and a renewal without a warning", async () => {
  const { page, drm } = await client([answer(LICENSES.widevine)], { contentId: "film" });
  const player = new Player();
  const warnings = [];
  player.addEventListener("warning", (warning) => warnings.push(warning));
  const [{ getLicense }] = await rxKeySystems(player, drm, { drms: ["widevine"] });
  await getLicense(MESSAGES.widevine, "license-request");
  await drm.dispose();
  assert.equal((await failure(getLicense(MESSAGES.widevine, "license-request"))).code, "aborted");
  assert.equal(await getLicense(MESSAGES.widevine, "license-renewal"), null);
  assert.deepEqual([warnings, page.errors()], [[], []]);
});

test("a refused release is reported, and stops nothing, whatever the state of the keys", async () => {
  const { page, drm } = await client([answer(LICENSES.widevine), answer(refusal(7011))], { contentId: "film" });
  const player = new Player();
  const [{ getLicense }] = await rxKeySystems(player, drm, { drms: ["widevine"] });
  await getLicense(MESSAGES.widevine, "license-request");
  player.trigger(
    "warning",
    Object.assign(new Error("expired"), {
      code: "KEY_STATUS_CHANGE_ERROR",
      keyStatuses: [{ keyId: new ArrayBuffer(16), keyStatus: "expired" }],
    }),
  );
  assert.equal(await getLicense(MESSAGES.widevine, "license-release"), null);
  assert.deepEqual(page.errors(), ["token-expired"]);
});

test("FairPlay: the certificate is fetched if the browser has FairPlay, and an unusable one rejects", async () => {
  const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", {
    configurable: true,
    value: { requestMediaKeySystemAccess: async (name) => assert.equal(name, "com.apple.fps") },
  });
  try {
    const { drm } = await client([answer("<!doctype html>"), answer(DER)], {
      certificate: { fairplay: new URL("https://h/fps") },
    });
    assert.equal((await failure(rxKeySystems(new Player(), drm))).phase, "certificate");
    const [fairplay, ...others] = await rxKeySystems(new Player(), drm);
    assert.deepEqual(
      [fairplay.serverCertificate, others.map(({ serverCertificate }) => serverCertificate)],
      [DER, [undefined, undefined]],
    );
  } finally {
    if (navigator) Object.defineProperty(globalThis, "navigator", navigator);
    else delete globalThis.navigator;
  }
});
