// After a trap the module's memory cannot be trusted: the caller gets an error, and the next call gets a new instance.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { init, inspectCustomData, parseInitData, sameKeyId } from "../../dist/index.js";
import { buildPssh, parseManifest } from "../../dist/inspect.js";
import { KEY, LICENSES, MESSAGES, answer, bytes, failure, film, leavePages, newPage, refusal } from "./support.mjs";

after(leavePages);

const cause = new WebAssembly.RuntimeError("unreachable");
const PLAYLIST = `#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="data:text/plain;base64,${Buffer.from(film).toString("base64")}",KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"\n`;
/** The core calls it in the middle of a call. */
const now = {
  getTime() {
    throw cause;
  },
};

test("after a trap the player's instance is replaced", async () => {
  await init();
  const { Instance } = WebAssembly;
  let made = 0;
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      made += 1;
    }
  };
  try {
    for (let time = 1; time <= 3; time += 1) {
      const error = await failure(() => inspectCustomData("e30=", { now }));
      assert.deepEqual([error.code, error.cause, made], ["internal", cause, time]);
      assert.deepEqual(parseInitData(film).keyIds, [KEY]);
      assert.ok(sameKeyId(KEY, `{${KEY.toUpperCase()}}`));
      assert.equal(made, time, "an intact instance is kept");
    }
  } finally {
    WebAssembly.Instance = Instance;
  }
});

test("an error that is not a trap passes through", async () => {
  await init();
  const error = await failure(() => parseInitData(bytes(1, 2, 3)));
  assert.equal(error.code, "init-data-invalid");
  const own = new RangeError("mine");
  assert.throws(
    () =>
      inspectCustomData("e30=", {
        now: {
          getTime() {
            throw own;
          },
        },
      }),
    (thrown) => thrown === own,
  );
});

test("after a trap the inspect module's instance is replaced", async () => {
  assert.equal(parseManifest(PLAYLIST).kind, "hls");
  const error = await failure(() =>
    buildPssh({
      toJSON() {
        throw cause;
      },
    }),
  );
  assert.deepEqual([error.code, error.cause], ["internal", cause]);
  assert.deepEqual(parseManifest(PLAYLIST).keyIds, [KEY]);
  assert.deepEqual(buildPssh(parseInitData(film).boxes[0]), film);
});

test("a client keeps working after a trap: requests, licenses, errors", async () => {
  const page = await newPage({
    answers: [answer(LICENSES.widevine), answer(LICENSES.widevine), answer(refusal("7011"))],
  });
  const drm = await page.client();
  const ask = () => drm.requestLicense("widevine", MESSAGES.widevine, { initData: film, initDataType: "cenc" });
  assert.deepEqual((await ask()).data, LICENSES.widevine);
  assert.equal((await failure(() => page.core.inspect("e30=", { now }, false))).code, "internal");
  assert.deepEqual((await ask()).data, LICENSES.widevine);
  assert.equal((await failure(() => page.core.inspect("e30=", { now }, false))).code, "internal");
  assert.equal((await failure(ask)).code, "token-expired");
});

test("a request in flight ends with the instance, and does not wait for its timeout", async () => {
  let asked;
  const page = await newPage({
    answers: [
      () =>
        new Promise((resolve) => {
          asked = resolve;
        }),
    ],
  });
  const drm = await page.client({ timeout: 600_000 });
  const waiting = failure(drm.requestLicense("widevine", MESSAGES.widevine));
  while (!asked) await new Promise(setImmediate);
  await failure(() => page.core.inspect("e30=", { now }, false));
  assert.deepEqual([(await waiting).code, (await waiting).cause], ["internal", cause]);
});
