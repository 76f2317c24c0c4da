// probe() against made-up browsers: its queries, their number, and its results.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { probe } from "../../dist/index.js";

/** Each test queries its own codec: results are cached by options. */
let codec = 0;
const codecs = () => ({ video: `avc1.${codec}`, audio: `mp4a.${codec++}` });

afterEach(() => {
  Object.defineProperty(globalThis, "navigator", { value: undefined, configurable: true });
  delete globalThis.WebKitMediaKeys;
});

const refuse = () => {
  throw new DOMException("no", "NotSupportedError");
};

/** A browser: `systems[name]` sets the robustness, schemes and session types that it grants. */
function browser(systems, { knowsSchemes = true } = {}) {
  const calls = [];
  const requestMediaKeySystemAccess = async (name, configurations) => {
    calls.push({ name, configurations });
    const system = systems[name] ?? refuse();
    if (system.hangs) await new Promise(() => {});
    for (const wanted of configurations) {
      const survive = (list = [], levels = [""]) =>
        list
          .filter(
            ({ robustness, encryptionScheme }) =>
              levels.includes(robustness) && (!knowsSchemes || (system.schemes ?? ["cenc"]).includes(encryptionScheme)),
          )
          .map(({ encryptionScheme, ...rest }) => (knowsSchemes ? { ...rest, encryptionScheme } : rest));
      const videoCapabilities = survive(wanted.videoCapabilities, system.video);
      const audioCapabilities = survive(wanted.audioCapabilities, system.audio ?? system.video);
      if (wanted.videoCapabilities && !videoCapabilities.length) continue;
      if (wanted.audioCapabilities && !audioCapabilities.length) continue;
      if (wanted.sessionTypes.includes("persistent-license") && !system.persistent) continue;
      const initDataTypes = wanted.initDataTypes.filter((type) => (system.types ?? ["cenc"]).includes(type));
      if (!initDataTypes.length) continue;
      return {
        keySystem: name,
        getConfiguration: () => ({ initDataTypes, videoCapabilities, audioCapabilities }),
        createMediaKeys: async () =>
          system.hdcp === undefined
            ? {}
            : {
                getStatusForPolicy: async ({ minHdcpVersion }) => (
                  calls.push({ policy: minHdcpVersion }), minHdcpVersion <= system.hdcp ? "usable" : "output-restricted"
                ),
              },
      };
    }
    return refuse();
  };
  Object.defineProperty(globalThis, "navigator", { value: { requestMediaKeySystemAccess }, configurable: true });
  return calls;
}

test("without a navigator, or without EME, the list is empty", async () => {
  assert.deepEqual(await probe({ codecs: codecs() }), []);
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  assert.deepEqual(await probe({ codecs: codecs() }), []);
});

test("a Chrome with software Widevine: the level, both schemes, HDCP in at most four queries", async () => {
  const calls = browser({
    "com.widevine.alpha": {
      video: ["SW_SECURE_DECODE", "SW_SECURE_CRYPTO", ""],
      schemes: ["cenc", "cbcs"],
      types: ["cenc", "webm", "keyids"],
      hdcp: "2.1",
    },
  });
  assert.deepEqual(await probe({ codecs: codecs() }), [
    {
      drm: "widevine",
      keySystem: "com.widevine.alpha",
      robustness: { video: "SW_SECURE_DECODE", audio: "SW_SECURE_CRYPTO" },
      securityLevel: "L3",
      initDataTypes: ["cenc", "webm", "keyids"],
      schemes: ["cenc", "cbcs"],
      maxHdcp: "2.1",
      persistentLicense: false,
    },
  ]);
  assert.ok(calls.filter(({ policy }) => policy).length <= 4);
});

test("no key system is queried more than four times, and Widevine's video never without robustness if a level is granted", async () => {
  for (const video of [["HW_SECURE_ALL"], ["SW_SECURE_CRYPTO"], ["SW_SECURE_CRYPTO", ""], [""], ["2000"], ["3000"]]) {
    const system = { video, audio: ["", "SW_SECURE_CRYPTO"], persistent: true };
    const names = [
      "com.widevine.alpha",
      "com.widevine.alpha.experiment",
      "com.microsoft.playready",
      "com.microsoft.playready.recommendation",
      "com.microsoft.playready.recommendation.3000",
      "com.apple.fps",
      "org.w3.clearkey",
    ];
    const calls = browser(Object.fromEntries(names.map((name) => [name, system])));
    await probe({ codecs: codecs() });
    for (const name of names) assert.ok(calls.filter((call) => call.name === name).length <= 4, name);
    const widevine = calls.filter(({ name }) => name === "com.widevine.alpha");
    const empty = widevine.some(({ configurations }) =>
      configurations.some(({ videoCapabilities }) => videoCapabilities.some(({ robustness }) => robustness === "")),
    );
    assert.equal(empty, !video.some((level) => /SECURE/.test(level)));
  }
});

test("hardware before software, software before ClearKey, each PlayReady level by its key system", async () => {
  browser({
    "org.w3.clearkey": { video: [""] },
    "com.widevine.alpha": { video: ["SW_SECURE_CRYPTO"] },
    "com.widevine.alpha.experiment": { video: ["HW_SECURE_ALL"], audio: ["SW_SECURE_CRYPTO"] },
    "com.microsoft.playready": { video: [""] },
    "com.microsoft.playready.recommendation": { video: ["2000"], audio: [""] },
    "com.microsoft.playready.recommendation.3000": { video: ["3000"], audio: [""] },
  });
  assert.deepEqual(
    (await probe({ codecs: codecs() })).map(({ keySystem, securityLevel }) => [keySystem, securityLevel]),
    [
      ["com.microsoft.playready.recommendation.3000", "SL3000"],
      ["com.widevine.alpha.experiment", "L1"],
      ["com.microsoft.playready.recommendation", "SL2000"],
      ["com.widevine.alpha", "L3"],
      ["org.w3.clearkey", undefined],
    ],
  );
});

test("Android's L1: hardware video with audio without robustness; the experiment is not listed besides it", async () => {
  browser({
    "com.widevine.alpha": { video: ["HW_SECURE_ALL", "SW_SECURE_CRYPTO"], audio: [""], persistent: true },
    "com.widevine.alpha.experiment": { video: ["HW_SECURE_ALL"], audio: [""] },
  });
  const list = await probe({ codecs: codecs() });
  assert.equal(list.length, 1);
  assert.deepEqual(list[0].robustness, { video: "HW_SECURE_ALL" });
  assert.deepEqual([list[0].securityLevel, list[0].persistentLicense], ["L1", true]);
});

test("only the DRMs in the option are queried", async () => {
  const calls = browser({ "org.w3.clearkey": { video: [""] }, "com.widevine.alpha": { video: ["SW_SECURE_CRYPTO"] } });
  assert.deepEqual(
    (await probe({ codecs: codecs(), drms: ["clearkey"] })).map(({ drm }) => drm),
    ["clearkey"],
  );
  assert.deepEqual([...new Set(calls.map(({ name }) => name).filter(Boolean))], ["org.w3.clearkey"]);
});

test("`probe({ scheme })` omits DRMs that lack the scheme; browsers without encryptionScheme have their traditional one", async () => {
  browser({
    "com.widevine.alpha": { video: ["SW_SECURE_CRYPTO"], schemes: ["cenc"] },
    "org.w3.clearkey": { video: [""], schemes: ["cenc", "cbcs"] },
  });
  assert.deepEqual(
    (await probe({ codecs: codecs(), scheme: "cbcs" })).map(({ drm, schemes }) => [drm, schemes]),
    [["clearkey", ["cbcs"]]],
  );
  browser(
    { "com.widevine.alpha": { video: ["SW_SECURE_CRYPTO"] }, "com.apple.fps": { video: [""], types: ["skd", "sinf"] } },
    { knowsSchemes: false },
  );
  assert.deepEqual(
    (await probe({ codecs: codecs() })).map(({ drm, schemes }) => [drm, schemes]),
    [
      ["fairplay", ["cbcs"]],
      ["widevine", ["cenc"]],
    ],
  );
  assert.deepEqual(
    (await probe({ codecs: codecs(), scheme: "cbcs" })).map(({ drm }) => drm),
    ["fairplay"],
  );
});

test("a key system that never responds delays the others no longer than the time limit; results are cached", async () => {
  const calls = browser({ "com.widevine.alpha": { hangs: true }, "org.w3.clearkey": { video: [""] } });
  const options = { codecs: codecs(), timeout: 50 };
  assert.deepEqual(
    (await probe(options)).map(({ drm }) => drm),
    ["clearkey"],
  );
  const asked = calls.length;
  const again = await probe(options);
  assert.equal(calls.length, asked);
  again[0].schemes.push("changed");
  assert.deepEqual((await probe(options))[0].schemes, ["cenc"], "the caller's copy is independent");
});

test('HDCP is "none" if not even the first version is supported, and absent if the browser cannot tell', async () => {
  browser({ "org.w3.clearkey": { video: [""], hdcp: "0" } });
  assert.equal((await probe({ codecs: codecs() }))[0].maxHdcp, "none");
  browser({ "org.w3.clearkey": { video: [""], hdcp: "2.3" } });
  assert.equal((await probe({ codecs: codecs() }))[0].maxHdcp, "2.3");
  browser({ "org.w3.clearkey": { video: [""] } });
  assert.ok(!("maxHdcp" in (await probe({ codecs: codecs() }))[0]));
});

test("an old Safari: FairPlay through its old API, which only supports cbcs", async () => {
  globalThis.WebKitMediaKeys = {
    isTypeSupported: (name, type) => name === "com.apple.fps.1_0" && type === "video/mp4",
  };
  assert.deepEqual(await probe({ codecs: codecs() }), [
    {
      drm: "fairplay",
      keySystem: "com.apple.fps.1_0",
      initDataTypes: ["skd"],
      schemes: ["cbcs"],
      persistentLicense: false,
    },
  ]);
  assert.deepEqual(await probe({ codecs: codecs(), scheme: "cenc" }), []);
});
