// The levels that the option `robustness` allows, in made-up browsers: probe()'s results, best first, and the levels
// below them.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { levels } from "../../dist/environment.js";

/** Results of a browser are cached by query: each test uses its own codec. */
let codec = 0;
const asks = (more) => ({
  codecs: { video: `avc1.9${codec}`, audio: `mp4a.9${codec++}` },
  drms: ["fairplay", "playready", "widevine"],
  ...more,
});

afterEach(() => Object.defineProperty(globalThis, "navigator", { value: undefined, configurable: true }));

/** A browser that grants these levels of video, and the listed ones of audio. */
function browser(systems) {
  const requestMediaKeySystemAccess = async (keySystem, configurations) => {
    for (const { videoCapabilities, audioCapabilities, initDataTypes, sessionTypes } of configurations) {
      const granted = { video: [], audio: ["SW_SECURE_CRYPTO", ""], ...systems[keySystem] };
      const video = videoCapabilities.filter(({ robustness }) => granted.video.includes(robustness));
      const audio = audioCapabilities.filter(({ robustness }) => granted.audio.includes(robustness));
      if (!video.length || !audio.length || sessionTypes.includes("persistent-license")) continue;
      return {
        keySystem,
        getConfiguration: () => ({ initDataTypes, videoCapabilities: video, audioCapabilities: audio }),
        createMediaKeys: async () => ({}),
      };
    }
    throw new DOMException("no", "NotSupportedError");
  };
  Object.defineProperty(globalThis, "navigator", { value: { requestMediaKeySystemAccess }, configurable: true });
}
const shown = (list) =>
  list.map(({ keySystem, robustness }) => [
    keySystem.replace(/^com\.(microsoft\.)?/, ""),
    robustness.video,
    robustness.audio,
  ]);

const L3 = ["SW_SECURE_DECODE", "SW_SECURE_CRYPTO", ""];
const WINDOWS = {
  "com.microsoft.playready.recommendation.3000": { video: ["3000"] },
  "com.microsoft.playready.recommendation": { video: ["2000", "150"] },
  "com.widevine.alpha": { video: L3 },
  "com.widevine.alpha.experiment": { video: ["HW_SECURE_ALL"] },
};
const PLAYREADY = [
  ["playready.recommendation.3000", "3000", undefined],
  ["playready.recommendation", "2000", undefined],
];
const [DECODE, CRYPTO] = ["SW_SECURE_DECODE", "SW_SECURE_CRYPTO"];

test("hardware: every level of every DRM, best first, down to the lowest", async () => {
  browser(WINDOWS);
  assert.deepEqual(shown(await levels("hardware", asks())), [
    PLAYREADY[0],
    ["widevine.alpha.experiment", "HW_SECURE_ALL", CRYPTO],
    PLAYREADY[1],
    ["widevine.alpha", DECODE, CRYPTO],
    ["widevine.alpha", CRYPTO, CRYPTO],
  ]);
});

test("hardware on Android: software with the same name below it, with audio as the CDM accepts it", async () => {
  browser({ "com.widevine.alpha": { video: ["HW_SECURE_ALL", ...L3], audio: [""] } });
  assert.deepEqual(shown(await levels("hardware", asks())), [
    ["widevine.alpha", "HW_SECURE_ALL", undefined],
    ["widevine.alpha", DECODE, CRYPTO],
    ["widevine.alpha", CRYPTO, CRYPTO],
  ]);
});

test("software: nothing that needs hardware, even if the browser has it under the same name", async () => {
  browser(WINDOWS);
  assert.deepEqual(shown(await levels("software", asks())), [
    PLAYREADY[1],
    ["widevine.alpha", DECODE, CRYPTO],
    ["widevine.alpha", CRYPTO, CRYPTO],
  ]);
  browser({ "com.widevine.alpha": { video: ["HW_SECURE_ALL", ...L3] } });
  assert.deepEqual(shown(await levels("software", asks())), [
    ["widevine.alpha", DECODE, CRYPTO],
    ["widevine.alpha", CRYPTO, CRYPTO],
  ]);
});

test("FairPlay has one level, which is in both", async () => {
  for (const option of ["hardware", "software"]) {
    browser({ "com.apple.fps": { video: [""] } });
    assert.deepEqual(shown(await levels(option, asks())), [["apple.fps", undefined, undefined]]);
  }
});

test("a level by its name is used as is, with the name that grants it first", async () => {
  browser(WINDOWS);
  const wanted = { video: "HW_SECURE_ALL", audio: "HW_SECURE_CRYPTO" };
  assert.deepEqual(shown(await levels(wanted, asks())), [
    ["widevine.alpha.experiment", ...Object.values(wanted)],
    ["widevine.alpha", ...Object.values(wanted)],
  ]);
  assert.deepEqual(shown(await levels({ video: "3000" }, asks())), [PLAYREADY[0]]);
  assert.deepEqual(
    shown(await levels({ audio: CRYPTO }, asks())).map(([name]) => name),
    ["widevine.alpha", "widevine.alpha.experiment"],
  );
  assert.deepEqual(await levels({ video: "3000" }, asks({ drms: ["widevine"] })), []);
});

test("a value that names no level of any DRM is options-invalid", async () => {
  browser(WINDOWS);
  for (const wrong of ["high", {}, { video: "HW_SECURE_AL" }, { video: 3000 }, 1, null]) {
    await assert.rejects(levels(wrong, asks()), {
      name: "PallyConError",
      code: "options-invalid",
      message: /robustness/,
    });
  }
});
