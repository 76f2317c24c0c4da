// The client, without a browser: its options, and its errors for a page that uses it wrongly.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PallyConError, createPallyCon, init, inspectCustomData, parseInitData, sameKeyId } from "../../dist/index.js";
import { buildPssh, buildWidevineData, init as initInspect } from "../../dist/inspect.js";

const dist = (name) => new URL(`../../dist/${name}`, import.meta.url);
const failure = async (work) => {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof PallyConError, `${error?.stack ?? error}`);
    return error;
  }
  return assert.fail("it did not throw");
};

// Before anything else is loaded.
test("init() rejects a source other than the player's wasm, and can be called again", async () => {
  const used = new Response(readFileSync(dist("player.wasm")));
  await used.arrayBuffer();
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const cut = readFileSync(dist("player.wasm")).subarray(0, 5000);
  const gone = new Uint8Array(8);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  for (const source of [
    gone,
    gone.buffer,
    empty,
    cut,
    readFileSync(dist("inspect.wasm")),
    used,
    Promise.resolve(undefined),
    7,
  ]) {
    const { code, hint } = await failure(() => init(source));
    assert.equal(code, "wasm-unreachable");
    assert.match(hint, /init\(\)/);
  }
  await init();
});

test("parseInitData() and inspectCustomData() reject anything but text and bytes", async () => {
  await init();
  const detached = new Uint8Array([1, 2, 3]);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  for (const wrong of [undefined, null, 7, {}, detached])
    assert.equal((await failure(() => parseInitData(wrong))).code, "init-data-invalid");
  for (const wrong of [undefined, null, 7])
    assert.equal((await failure(() => inspectCustomData(wrong))).code, "custom-data-invalid");
});

test("readLicense() reports a response body that is not bytes as not-a-license", async () => {
  const drm = await createPallyCon({});
  for (const body of [undefined, null, "text"])
    assert.equal((await failure(() => drm.readLicense("widevine", { status: 200, body }))).code, "not-a-license");
  assert.equal((await failure(() => sameKeyId(null, "00"))).code, "init-data-invalid");
});

test("requestLicense() sends nothing for a message that is not bytes, or an unknown DRM", async () => {
  const drm = await createPallyCon({ customData: "dG9rZW4=" });
  await answered([], async () => {
    assert.equal((await failure(() => drm.requestLicense("widevine", undefined))).code, "challenge-invalid");
    assert.equal((await failure(() => drm.requestLicense("wv", new Uint8Array(1)))).code, "drm-invalid");
  });
});

test("init data that differ only at the end are not mistaken for each other", async () => {
  await initInspect();
  const padding = buildPssh({ systemId: "00000000-0000-0000-0000-000000000000", data: new Uint8Array(4200) });
  const long = (contentId) =>
    new Uint8Array([
      ...padding,
      ...buildPssh({ systemId: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", data: buildWidevineData({ contentId }) }),
    ]);
  const asked = [];
  const drm = await createPallyCon({
    customData: ({ contentId }) => {
      asked.push(contentId);
      return "dG9rZW4=";
    },
  });
  for (const id of ["one", "two"])
    await drm.licenseRequest("widevine", new Uint8Array([8, 1]), { initData: long(id), initDataType: "cenc" });
  assert.deepEqual(asked, ["one", "two"]);
});

test("a callback that throws causes callback-failed, with its name and its error as the cause", async () => {
  const cause = new Error("mine");
  const fails = () => {
    throw cause;
  };
  for (const name of ["licenseUrl", "headers", "contentId"]) {
    const drm = await createPallyCon({ customData: "x", [name]: fails });
    const error = await failure(() => drm.licenseRequest("widevine", new Uint8Array([8, 1])));
    assert.deepEqual(
      [error.code, error.message, error.cause],
      ["callback-failed", `The ${name} callback failed: mine.`, cause],
    );
  }
});

test("the page's headers replace the package's own, whatever their case", async () => {
  const drm = await createPallyCon({ customData: "dG9rZW4=", headers: { "content-type": "x/y", "X-Site": "1" } });
  const { headers } = await drm.licenseRequest("widevine", new Uint8Array([8, 1]));
  assert.deepEqual(headers, { "pallycon-customdata-v2": "dG9rZW4=", "content-type": "x/y", "X-Site": "1" });
});

test("ClearKey is requested by a GET that names the content", async () => {
  const drm = await createPallyCon({ siteId: "DEMO", contentId: "a/b", host: "https://h" });
  const { method, url, body, headers } = await drm.licenseRequest("clearkey", new TextEncoder().encode('{"kids":[]}'));
  assert.deepEqual(
    { method, url, body, headers },
    { method: "GET", url: "https://h/ri/clearkey/licenseManager.do?siteId=DEMO&cid=a%2Fb", body: null, headers: {} },
  );
});

test("the content id of the init data takes precedence over the option", async () => {
  await initInspect();
  const systemId = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
  const box = (fields) => buildPssh({ systemId, data: buildWidevineData(fields) });
  const asked = [];
  const drm = await createPallyCon({
    contentId: "option",
    customData: ({ contentId }) => {
      asked.push(contentId);
      return "dG9rZW4=";
    },
  });
  for (const initData of [box({ contentId: "packaged" }), box({ keyIds: ["00".repeat(16)] })])
    await drm.licenseRequest("widevine", new Uint8Array([8, 1]), { initData, initDataType: "cenc" });
  assert.deepEqual(asked, ["packaged", "option"]);
});

/** A page's fetch that returns the listed responses. */
async function answered(answers, work) {
  const real = globalThis.fetch;
  const asked = [];
  globalThis.fetch = async (request) => {
    asked.push(request);
    return answers.shift() ?? assert.fail("requested once more");
  };
  try {
    return await work(asked);
  } finally {
    globalThis.fetch = real;
  }
}
const LICENSE = new Uint8Array([8, 2, 18, 1, 0]);

test("a new key period of the same content is a rotation, after a first license", async () => {
  await initInspect();
  const box = (period, id = "film") =>
    buildPssh({
      systemId: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",
      data: buildWidevineData({
        contentId: `${id}${period.toString(16).padStart(16, "0")}`,
        cryptoPeriodIndex: period,
      }),
    });
  const reasons = [];
  const drm = await createPallyCon({
    rotationSpread: 1,
    customData: ({ reason, contentId }) => {
      reasons.push(`${contentId} ${reason}`);
      return "dG9rZW4=";
    },
  });
  const ask = (initData, more) =>
    drm.requestLicense("widevine", new Uint8Array([8, 1]), { initData, initDataType: "cenc", ...more });
  const license = () => new Response(LICENSE);
  await answered([license(), license(), license(), license(), license()], async () => {
    await drm.licenseRequest("widevine", new Uint8Array([8, 1]), { initData: box(1), initDataType: "cenc" });
    await ask(box(2)); // no license came for 1
    await ask(box(2));
    await ask(box(3));
    await ask(box(4, "other"));
    await ask(box(4), { messageType: "license-renewal" });
  });
  assert.deepEqual(reasons, [
    "film license",
    "film license",
    "film license",
    "film rotation",
    "other license",
    "film renewal",
  ]);
});

test("the response of an individualization server is passed on unread", async () => {
  const drm = await createPallyCon({});
  const body = new Uint8Array([60, 63, 1, 2]);
  const { data } = await answered([new Response(body)], () =>
    drm.requestLicense("playready", new Uint8Array([1]), { messageType: "individualization-request" }),
  );
  assert.deepEqual(data, body);
});

test("attempts may be Infinity, and a delay of more than a minute ends them", async () => {
  const busy = (after) => new Response("busy", { status: 503, headers: { "Retry-After": after } });
  const retries = [];
  const drm = await createPallyCon({
    customData: "dG9rZW4=",
    retry: { attempts: Infinity, base: 1 },
    onEvent: ({ type, delay }) => {
      if (type === "retry") retries.push(delay);
    },
  });
  const error = await answered([busy("0"), busy("0"), busy("86400")], () =>
    failure(() => drm.requestLicense("widevine", new Uint8Array([8, 1]))),
  );
  assert.deepEqual([error.code, retries.length], ["server-unavailable", 2]);
});

test("an abort during the delay before another attempt causes aborted, and no error event: the page knows", async () => {
  const controller = new AbortController();
  const told = [];
  const drm = await createPallyCon({
    customData: "dG9rZW4=",
    onEvent: (event) => {
      told.push(event.error?.code ?? event.type);
      if (event.type === "retry") controller.abort("enough");
    },
  });
  const error = await answered([new Response("busy", { status: 503, headers: { "Retry-After": "30" } })], () =>
    failure(() => drm.requestLicense("widevine", new Uint8Array([8, 1]), { signal: controller.signal })),
  );
  assert.deepEqual([error.code, told.at(-1)], ["aborted", "server-unavailable"]);
});
