// Adapters whose client has not loaded the module yet, and adapters that get something other than a player.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { PallyConError, createPallyCon } from "../../dist/index.js";
import { attachDash, pallyConError } from "../../dist/dash.js";
import { hlsConfig } from "../../dist/hls.js";
import { attachMedia } from "../../dist/media.js";
import { attachShaka } from "../../dist/shaka.js";
import { leavePages, never } from "./support.mjs";

after(leavePages);

/** The parts of Shaka's player that the adapter uses; records its configuration. */
function shaka() {
  const configured = [];
  const filters = [];
  const listeners = [];
  const change = (list, name, add) => {
    if (add) list.push(name);
    else list.splice(list.indexOf(name), 1);
  };
  const network = {
    registerRequestFilter: (filter) => change(filters, filter, true),
    unregisterRequestFilter: (filter) => change(filters, filter, false),
    registerResponseFilter: (filter) => change(filters, filter, true),
    unregisterResponseFilter: (filter) => change(filters, filter, false),
  };
  return {
    configured,
    filters,
    listeners,
    getNetworkingEngine: () => network,
    getKeyStatuses: () => ({}),
    configure: (config) => configured.push(config.drm),
    getConfiguration: () => ({
      drm: { servers: {}, advanced: {}, retryParameters: { maxAttempts: 2 }, initDataTransform: null },
    }),
    addEventListener: (type) => change(listeners, type, true),
    removeEventListener: (type) => change(listeners, type, false),
  };
}

/** The parts of dash.js's player that the adapter uses. */
function dash() {
  const filters = [];
  const listeners = new Map();
  return {
    filters,
    listeners,
    data: undefined,
    raised: [],
    getVersion: () => "5.2.1",
    on(type, listener) {
      listeners.set(type, listener);
    },
    off(type, listener) {
      if (listeners.get(type) === listener) listeners.delete(type);
    },
    trigger(type, payload) {
      this.raised.push([type, payload]);
    },
    setProtectionData(data) {
      this.data = data;
    },
    registerLicenseRequestFilter: (filter) => filters.push(filter),
    unregisterLicenseRequestFilter: (filter) => filters.splice(filters.indexOf(filter), 1),
  };
}

// Before anything is loaded.
test("adapters configure players, and undo it, before the wasm arrives", async () => {
  process.getBuiltinModule = () => undefined;
  globalThis.fetch = never;
  globalThis.self = globalThis;
  const events = [];
  const drm = await createPallyCon({ host: "https://h", siteId: "DEMO", onEvent: (event) => events.push(event) });
  const player = shaka();
  const undo = await attachShaka(player, drm);
  const license = "https://h/ri/licenseManager.do";
  assert.deepEqual(player.configured[0].servers, {
    "com.widevine.alpha": license,
    "com.microsoft.playready": license,
    "com.apple.fps": license,
  });
  assert.deepEqual([player.filters.length, player.listeners], [2, ["error", "keystatuschanged"]]);
  await undo();
  assert.deepEqual(
    [player.filters, player.listeners, player.configured[1].servers["com.widevine.alpha"]],
    [[], [], undefined],
  );
  const { config, dispose } = await hlsConfig(drm);
  const urls = Object.fromEntries(
    Object.entries(config.drmSystems).map(([name, { licenseUrl }]) => [name, licenseUrl]),
  );
  assert.deepEqual(urls, {
    "com.apple.fps": license,
    "com.widevine.alpha": license,
    "com.microsoft.playready": license,
    "org.w3.clearkey": "https://h/ri/clearkey/licenseManager.do?siteId=DEMO",
  });
  await dispose();
  const other = dash();
  const own = { "com.widevine.alpha": { videoRobustness: "HW_SECURE_ALL", serverURL: "https://other.example" } };
  const detach = await attachDash(other, drm, { protectionData: own });
  assert.deepEqual(other.data["com.widevine.alpha"], { videoRobustness: "HW_SECURE_ALL", serverURL: license });
  assert.deepEqual(Object.keys(other.data), [
    "com.widevine.alpha",
    "com.microsoft.playready",
    "com.apple.fps",
    "org.w3.clearkey",
  ]);
  assert.deepEqual(
    [other.filters.length, [...other.listeners.keys()]],
    [1, ["public_keySystemAccessComplete", "public_keyMessage", "streamTeardownComplete"]],
  );
  // An unknown session, and one with a foreign key system, are left to dash.js.
  assert.equal(other.filters[0]({ sessionId: "s", messageType: "license-request" }), undefined);
  await Promise.all([detach(), detach()]);
  assert.deepEqual([other.filters, [...other.listeners], other.data, other.raised], [[], [], own, []]);
  assert.deepEqual(events, []);
});

test("pallyConError() of dash.js finds our error in its event and in its error, and nothing in other values", () => {
  const ours = new PallyConError({ code: "network", phase: "license", message: "m", hint: "h" });
  const error = { code: 114, message: "m h", data: ours };
  assert.deepEqual([pallyConError({ error }), pallyConError(error)], [ours, ours]);
  for (const other of [
    undefined,
    null,
    "text",
    {},
    { error: null },
    { error: { code: 25, data: {} } },
    { error: "capability" },
    ours,
  ])
    assert.equal(pallyConError(other), undefined);
});

test("adapters reject targets that are not players, destroyed players, and foreign clients", async () => {
  const drm = await createPallyCon({});
  const destroyed = { getConfiguration: () => null, addEventListener() {} };
  for (const [attach, target] of [
    [attachShaka, null],
    [attachShaka, destroyed],
    [attachDash, null],
    [attachDash, {}],
    [attachMedia, null],
    [attachMedia, undefined],
  ]) {
    await assert.rejects(
      attach(target, drm),
      (error) => error instanceof PallyConError && error.code === "player-invalid",
    );
  }
  for (const wrong of [{}, null, undefined]) {
    await assert.rejects(
      attachShaka(shaka(), wrong),
      (error) => error instanceof PallyConError && error.code === "client-invalid",
    );
    await assert.rejects(
      attachDash(dash(), wrong),
      (error) => error instanceof PallyConError && error.code === "client-invalid",
    );
    await assert.rejects(
      hlsConfig(wrong),
      (error) => error instanceof PallyConError && error.code === "client-invalid",
    );
  }
});
