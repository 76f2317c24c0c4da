import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { openLicenseToken, tokenHandler } from "../../dist/server.js";
import { TUTORIAL } from "./support.mjs";

const ask = (handler, query, init) => handler(new Request(`https://site.example/api/token${query}`, init));

test("a token for a viewer who may play, with the options that authorize grants", async () => {
  const asked = [];
  const handler = tokenHandler(TUTORIAL, async ({ contentId, drmType, request }) => {
    asked.push([contentId, drmType, request.headers.get("cookie")]);
    return { userId: "user-7", policy: { playback_policy: { license_duration: 60 } } };
  });
  const response = await ask(handler, "?content_id=film%2F1%20a&drm=WIDEVINE", { headers: { cookie: "session=1" } });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.match(response.headers.get("content-type"), /^text\/plain/);
  const { contentId, drmType, userId, policy } = await openLicenseToken(TUTORIAL, await response.text());
  assert.deepEqual(
    [contentId, drmType, userId, policy.playback_policy],
    ["film/1 a", "Widevine", "user-7", { license_duration: 60 }],
  );
  assert.deepEqual(asked, [["film/1 a", "Widevine", "session=1"]]);
});

test("JSON if it is requested, and defaults for an empty grant", async () => {
  const response = await ask(
    tokenHandler(TUTORIAL, () => ({})),
    "?content_id=film&drm=fairplay",
    { headers: { accept: "application/json, */*" } },
  );
  assert.match(response.headers.get("content-type"), /^application\/json/);
  const { token } = await response.json();
  assert.equal((await openLicenseToken(TUTORIAL, token)).userId, "LICENSETOKEN");
});

test("a refused viewer gets no token, and a Response of the site is sent unchanged", async () => {
  for (const refusal of [null, undefined, false]) {
    const response = await ask(
      tokenHandler(TUTORIAL, () => refusal),
      "?content_id=film&drm=ncg",
    );
    assert.equal(response.status, 403);
  }
  const own = await ask(
    tokenHandler(TUTORIAL, () => new Response("log in", { status: 401 })),
    "?content_id=film&drm=ncg",
  );
  assert.deepEqual([own.status, await own.text()], [401, "log in"]);
});

test("a grant cannot change the requested DRM", async () => {
  const response = await ask(
    tokenHandler(TUTORIAL, () => ({ drmType: "NCG" })),
    "?content_id=film&drm=playready",
  );
  assert.equal((await openLicenseToken(TUTORIAL, await response.text())).drmType, "PlayReady");
});

test("wrong requests get 4xx, internal errors are not disclosed", async () => {
  let called = false;
  const failed = [];
  const handler = tokenHandler(
    TUTORIAL,
    () => {
      called = true;
      throw new Error("database password is hunter2");
    },
    { onError: (error) => failed.push(error) },
  );
  for (const query of ["", "&content_id=", "&content_id=undefined", "&content_id=null"])
    assert.equal((await ask(handler, `?drm=widevine${query}`)).status, 400);
  assert.equal((await ask(handler, "?content_id=film")).status, 400);
  assert.equal((await ask(handler, "?content_id=film&drm=clearkey")).status, 400);
  const post = await ask(handler, "?content_id=film&drm=widevine", { method: "POST" });
  assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
  assert.equal(called, false);
  const broken = await ask(handler, "?content_id=film&drm=widevine");
  assert.deepEqual([broken.status, await broken.text()], [500, "The token could not be made."]);
  assert.equal(failed[0].message, "database password is hunter2");
  const wrongPolicy = await ask(
    tokenHandler(TUTORIAL, () => ({ policy: { x: 1 } }), { onError: (error) => failed.push(error) }),
    "?content_id=film&drm=widevine",
  );
  assert.equal(wrongPolicy.status, 500);
  assert.equal(failed[1].code, "policy-invalid");
  const told = mock.method(console, "error", () => {});
  const deaf = await ask(
    tokenHandler(TUTORIAL, () => null.x, {
      onError: () => {
        throw new Error("no log");
      },
    }),
    "?content_id=film&drm=widevine",
  );
  assert.deepEqual([deaf.status, told.mock.calls.length], [500, 1]);
  told.mock.restore();
});

test("a wrong parameter is 400 with its name, without calling authorize", async () => {
  const failed = [];
  const handler = tokenHandler(TUTORIAL, () => assert.fail("asked"), { onError: (error) => failed.push(error) });
  for (const [query, message] of [
    [`?drm=ncg&content_id=${"a".repeat(201)}`, "content_id is longer than 200 characters."],
    ["?drm=ncg&content_id=a%00b", "content_id contains a control character."],
    ["?drm=ncg&content_id=a%0Ab", "content_id contains a control character."],
    ["?drm=ncg&content_id=%20", "content_id must be text that is not empty."],
    ["?drm=ncg", "content_id is missing."],
    [
      "?content_id=a",
      "drm is missing: add drm=… to the URL (NCG, Widevine, PlayReady, FairPlay, Wiseplay), or give tokenHandler the option drms.",
    ],
    [
      "?content_id=a&drm=widewine",
      'drm must be one of NCG, Widevine, PlayReady, FairPlay, Wiseplay; did you mean "Widevine"?',
    ],
    ["?content_id=a&drm=%00", "drm must be one of NCG, Widevine, PlayReady, FairPlay, Wiseplay."],
    ["?content_id=a&content_id=b&drm=ncg", "content_id is given more than once."],
    ["?content_id=a&drm=ncg&drm=widevine", "drm is given more than once."],
  ]) {
    const response = await ask(handler, query);
    assert.deepEqual(
      [response.status, await response.text(), response.headers.get("cache-control")],
      [400, message, "no-store"],
      query,
    );
  }
  assert.deepEqual(failed, []);
});

test("a request without drm, as in the guide, gets a token for each DRM of the list", async () => {
  const asked = [];
  const handler = tokenHandler(TUTORIAL, ({ drmType }) => (asked.push(drmType), { userId: drmType }), {
    drms: ["widevine", "PlayReady", "fairplay"],
  });
  const response = await ask(handler, "?content_id=film");
  assert.deepEqual(
    [response.status, response.headers.get("content-type"), response.headers.get("cache-control")],
    [200, "application/json", "no-store"],
  );
  const tokens = await response.json();
  assert.deepEqual(Object.keys(tokens), ["widevine", "playready", "fairplay"]);
  for (const [name, drmType] of [
    ["widevine", "Widevine"],
    ["playready", "PlayReady"],
    ["fairplay", "FairPlay"],
  ]) {
    assert.equal((await openLicenseToken(TUTORIAL, tokens[name])).drmType, drmType);
  }
  assert.deepEqual(asked, ["Widevine", "PlayReady", "FairPlay"]);
  const one = await ask(handler, "?content_id=film&drm=ncg");
  assert.equal((await openLicenseToken(TUTORIAL, await one.text())).drmType, "NCG");
  assert.deepEqual(
    [
      (await ask(handler, "?drm=ncg")).status,
      (await ask(handler, "")).status,
      (await ask(handler, "?content_id=a&drm=x")).status,
    ],
    [400, 400, 400],
  );
  const some = tokenHandler(TUTORIAL, ({ drmType }) => (drmType === "FairPlay" ? {} : null), {
    drms: ["widevine", "fairplay"],
  });
  assert.deepEqual(Object.keys(await (await ask(some, "?content_id=film")).json()), ["fairplay"]);
  assert.equal(
    (
      await ask(
        tokenHandler(TUTORIAL, () => null, { drms: ["widevine"] }),
        "?content_id=film",
      )
    ).status,
    403,
  );
  assert.equal(
    (
      await ask(
        tokenHandler(TUTORIAL, () => new Response("", { status: 401 }), { drms: ["widevine"] }),
        "?content_id=film",
      )
    ).status,
    401,
  );
  const failed = [];
  const wrong = tokenHandler(TUTORIAL, () => ({}), {
    drms: ["widewine"],
    onError: (error) => failed.push(error.message),
  });
  assert.equal((await ask(wrong, "?content_id=film")).status, 500);
  assert.deepEqual(failed, ["drms is not a list of at least one DRM."]);
});

test("an invalid result of authorize issues no token and is reported", async () => {
  for (const [granted, type] of [
    [true, "boolean"],
    [1, "number"],
    [0, "number"],
    ["", "string"],
    ["user-7", "string"],
    [[], "Array"],
    [new Map(), "Map"],
    [() => ({}), "function"],
    [new (class User {})(), "User"],
  ]) {
    const failed = [];
    const response = await ask(
      tokenHandler(TUTORIAL, async () => granted, { onError: (error) => failed.push(error) }),
      "?content_id=film&drm=ncg",
    );
    assert.deepEqual([response.status, await response.text()], [500, "The token could not be made."], type);
    assert.deepEqual(
      failed.map(({ code, message }) => [code, message]),
      [["token-options-invalid", `The options are invalid: authorize returned ${type}, so no token was issued.`]],
    );
  }
});

test("a Response and a grant of another realm are recognized", async () => {
  const realm = createContext({});
  const own = runInContext(
    `class Response { status = 401; get [Symbol.toStringTag]() { return "Response"; } } new Response()`,
    realm,
  );
  assert.equal(
    await ask(
      tokenHandler(TUTORIAL, () => own),
      "?content_id=film&drm=ncg",
    ),
    own,
  );
  const response = await ask(
    tokenHandler(TUTORIAL, () => runInContext("({ userId: 'ann' })", realm)),
    "?content_id=film&drm=ncg",
  );
  assert.equal((await openLicenseToken(TUTORIAL, await response.text())).userId, "ann");
});

test("HEAD is GET without a body, OPTIONS names the methods", async () => {
  const handler = tokenHandler(TUTORIAL, ({ contentId }) =>
    contentId === "film" ? {} : new Response("log in", { status: 401, headers: { "x-own": "1" } }),
  );
  const head = await ask(handler, "?content_id=film&drm=ncg", { method: "HEAD" });
  assert.deepEqual(
    [head.status, await head.text(), head.headers.get("content-type"), head.headers.get("cache-control")],
    [200, "", "text/plain; charset=utf-8", "no-store"],
  );
  const own = await ask(handler, "?content_id=other&drm=ncg", { method: "HEAD" });
  assert.deepEqual([own.status, await own.text(), own.headers.get("x-own")], [401, "", "1"]);
  assert.equal((await ask(handler, "?drm=ncg", { method: "HEAD" })).status, 400);
  const options = await ask(handler, "", {
    method: "OPTIONS",
    headers: { origin: "https://a.example", "access-control-request-method": "GET" },
  });
  assert.deepEqual(
    [options.status, options.headers.get("allow"), options.headers.get("access-control-allow-origin")],
    [204, "GET, HEAD, OPTIONS", null],
  );
  for (const accept of ["*/*", "application/json"])
    assert.equal(
      (await ask(handler, "?content_id=film&drm=ncg", { headers: { accept } })).headers.get("vary"),
      "Accept",
    );
});

test("CORS only if it is configured, and only for its origins", async () => {
  const cors = { origins: ["https://a.example"], credentials: true, headers: ["authorization"] };
  const handler = tokenHandler(
    TUTORIAL,
    ({ contentId }) =>
      contentId === "film" ? {} : contentId === "own" ? Response.redirect("https://a.example/login") : null,
    { cors },
  );
  const from = (origin, more) => ({ headers: { origin, ...more } });
  const preflight = await ask(handler, "", {
    method: "OPTIONS",
    ...from("https://a.example", { "access-control-request-method": "GET" }),
  });
  const shownHeaders = ({ headers }) =>
    Object.fromEntries([...headers].filter(([name]) => /^(access-control|vary)/.test(name)));
  assert.deepEqual(
    [preflight.status, shownHeaders(preflight)],
    [
      204,
      {
        "access-control-allow-origin": "https://a.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, HEAD, OPTIONS",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "600",
        vary: "Origin",
      },
    ],
  );
  for (const [query, status, vary] of [
    ["?content_id=film&drm=ncg", 200, "Accept, Origin"],
    ["?content_id=x&drm=ncg", 403, "Origin"],
    ["?drm=ncg", 400, "Origin"],
    ["?content_id=own&drm=ncg", 302, "Origin"],
  ]) {
    const allowed = await ask(handler, query, from("https://a.example"));
    assert.deepEqual(
      [allowed.status, shownHeaders(allowed)],
      [
        status,
        { "access-control-allow-origin": "https://a.example", "access-control-allow-credentials": "true", vary },
      ],
    );
    const other = await ask(handler, query, from("https://a.example.evil.example"));
    assert.deepEqual([other.status, shownHeaders(other)], [status, { vary }]);
  }
  const open = tokenHandler(TUTORIAL, () => ({}), { cors: { origins: "*" } });
  assert.deepEqual(shownHeaders(await ask(open, "?content_id=film&drm=ncg")), {
    "access-control-allow-origin": "*",
    vary: "Accept",
  });
  const closed = await ask(
    tokenHandler(TUTORIAL, () => ({})),
    "?content_id=film&drm=ncg",
    from("https://a.example"),
  );
  assert.deepEqual(shownHeaders(closed), { vary: "Accept" });
});

test("options are checked when the handler is made", () => {
  for (const [args, message] of [
    [[undefined], "authorize is not a function."],
    [[() => null, { cor: {} }], 'Unknown option "cor"; the options are drms, onError, cors.'],
    [[() => null, { drms: [] }], "drms is not a list of at least one DRM."],
    [[() => null, { drms: "widevine" }], "drms is not a list of at least one DRM."],
    [[() => null, { onError: "log" }], "onError is not a function."],
    [[() => null, { cors: true }], "cors is not a plain object."],
    [[() => null, { cors: {} }], 'cors.origins is not "*" or a list of origins, such as "https://www.example.com".'],
    [
      [() => null, { cors: { origins: ["https://a.example/"] } }],
      'cors.origins is not "*" or a list of origins, such as "https://www.example.com".',
    ],
    [
      [() => null, { cors: { origins: "*", credentials: true } }],
      "cors.origins is not a list of origins, which credentials require.",
    ],
    [[() => null, { cors: { origins: "*", headers: ["a b"] } }], "cors.headers is not a list of header names."],
  ]) {
    assert.throws(() => tokenHandler(TUTORIAL, ...args), { name: "PallyConError", code: "options-invalid", message });
  }
  assert.equal(typeof tokenHandler(TUTORIAL, () => null, { onError: undefined, cors: undefined }), "function");
});

test("an onError that rejects does not end the process", async () => {
  const logged = mock.method(console, "error", () => {});
  const response = await ask(
    tokenHandler(TUTORIAL, () => null.x, {
      onError: async () => {
        throw new Error("no log");
      },
    }),
    "?content_id=film&drm=ncg",
  );
  await new Promise(setImmediate);
  assert.deepEqual(
    [response.status, logged.mock.calls.map(({ arguments: [error] }) => error.message)],
    [500, ["no log"]],
  );
  logged.mock.restore();
});
