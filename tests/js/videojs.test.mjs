// video.js's key systems outside a browser, with the parts of a player and of contrib-eme that the adapter uses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PallyConError, createPallyCon } from "../../dist/index.js";
import { pallyConError, pallyConKeySystems } from "../../dist/videojs.js";

class Player {
  listeners = [];
  initialized = [];
  source = {};
  element = {};
  shown = null;
  eme = {
    initializeMediaKeys: (options, callback) => {
      this.initialized.push(options);
      callback();
    },
  };
  tech() {
    return { el: () => this.element, on() {}, off() {} };
  }
  currentSource() {
    return this.source;
  }
  version() {
    return { "video.js": "8.24.1" };
  }
  error(...given) {
    if (given.length) throw new TypeError("Cannot read properties of null (reading 'classList')");
    return this.shown;
  }
  on(types, listener) {
    for (const type of [types].flat()) this.listeners.push([type, listener]);
  }
  off(types, listener) {
    this.listeners = this.listeners.filter(([type, own]) => !([types].flat().includes(type) && own === listener));
  }
  trigger(wanted) {
    for (const [type, listener] of [...this.listeners]) if (type === wanted) listener();
  }
  types() {
    return this.listeners.map(([type]) => type).sort();
  }
}

test("one key system for each DRM, in order of preference; ClearKey only if it is named", async () => {
  const events = [];
  const drm = await createPallyCon({ siteId: "DEMO", onEvent: (event) => events.push(event) });
  const player = new Player();
  assert.deepEqual(Object.keys(pallyConKeySystems(player, drm)), [
    "com.apple.fps",
    "com.microsoft.playready",
    "com.widevine.alpha",
  ]);
  assert.deepEqual(Object.keys(pallyConKeySystems(player, drm, { drms: ["clearkey", "widevine"] })), [
    "org.w3.clearkey",
    "com.widevine.alpha",
  ]);
  for (const system of Object.values(pallyConKeySystems(player, drm)))
    assert.equal(Object.getPrototypeOf(system), Object.prototype, "video.js only merges plain objects");
  assert.deepEqual([player.types(), events], [["dispose", "loadstart", "playerreset"], []]);
  await drm.dispose();
  assert.deepEqual(player.types(), ["dispose"]);
});

test("a disposed player keeps its last error, and accepts no other", async () => {
  const player = new Player();
  pallyConKeySystems(player, await createPallyCon({}));
  player.shown = { code: 5 };
  player.trigger("dispose");
  assert.equal(player.error({ code: 5, message: "too late" }), player.shown);
  assert.deepEqual(player.types(), ["dispose"]);
});

test("contrib-eme gets the manifest's init data if they belong to the DRM in use", async () => {
  const player = new Player();
  pallyConKeySystems(player, await createPallyCon({}));
  const called = [];
  const initialize = (keySystems) =>
    player.eme.initializeMediaKeys({ keySystems }, () => called.push(Object.keys(keySystems ?? {})));
  const [widevine, playready] = [
    { "com.widevine.alpha": { pssh: new Uint8Array(1) } },
    { "com.microsoft.playready": { pssh: new Uint8Array(1) } },
  ];
  initialize(playready); // none in use yet
  player.element.keySystem = "com.widevine.alpha";
  initialize(playready);
  initialize(widevine);
  player.source = { keySystems: widevine };
  initialize(playready);
  assert.deepEqual(
    player.initialized.map(({ keySystems }) => keySystems),
    [playready, widevine, playready],
  );
  assert.equal(called.length, 4, "pending callers continue");
});

test("pallyConError() finds our error in the player's, and nothing in other values", () => {
  const ours = new PallyConError({ code: "network", phase: "license", message: "m", hint: "h" });
  assert.equal(pallyConError({ code: 5, message: "m h", originalError: ours }), ours);
  for (const other of [undefined, null, "text", {}, { originalError: new Error("m") }, { originalError: null }])
    assert.equal(pallyConError(other), undefined);
});

test("anything but a player with contrib-eme, a client or a DRM is refused with an explanation", async () => {
  const drm = await createPallyCon({});
  const refused = (code, ...args) =>
    assert.throws(
      () => pallyConKeySystems(...args),
      (error) => error instanceof PallyConError && error.code === code,
    );
  for (const player of [
    null,
    undefined,
    {},
    Object.assign(new Player(), { eme: undefined }),
    Object.assign(new Player(), { eme() {} }),
  ])
    refused("player-invalid", player, drm);
  for (const client of [{}, null, undefined]) refused("client-invalid", new Player(), client);
  refused("drm-invalid", new Player(), drm, { drms: ["none"] });
});
