// CPIX against the license server's key server, which reads and responds with its own code.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  buildCpixRequest,
  kmsUrl,
  parseCpixRequest,
  parseCpixResponse,
  requestContentKeys,
} from "../../dist/server.js";
import { KMS_TOKEN, shown, startKms } from "./support.mjs";

const SYSTEMS = ["widevine", "playready", "fairplay"];
const refusal = (code, more) => (error) => {
  assert.deepEqual(shown(error), { name: "PallyConError", code, phase: "server" });
  more?.(error);
  return true;
};

test("every kind of key server returns keys in the official clients' format", async (t) => {
  const { base } = await startKms(t);
  for (const [kind, more, systems] of [
    ["v1", {}, SYSTEMS],
    ["v2", {}, SYSTEMS],
    ["doverunner", {}, SYSTEMS],
    ["speke", {}, SYSTEMS],
  ]) {
    const url = await kmsUrl({ kind, token: KMS_TOKEN, base, ...more });
    const pack = await requestContentKeys(url, { contentId: `film-${kind}`, systems, kind });
    assert.equal(pack.content_id, `film-${kind}`);
    const [key, ...others] = pack.content_key_list;
    assert.equal(others.length, 0);
    assert.match(key.key_id_hex, /^[0-9a-f]{32}$/);
    assert.equal(Buffer.from(key.key_b64, "base64").toString("hex"), key.key_hex);
    assert.equal(Buffer.from(key.iv_b64, "base64").toString("hex"), key.iv_hex);
    for (const name of ["widevine", "playready"]) {
      const box = Buffer.from(key[name].pssh, "base64");
      assert.equal(box.toString("latin1", 4, 8), "pssh");
      assert.equal(box.subarray(32).toString("base64"), key[name].pssh_payload_only);
    }
    assert.match(key.fairplay.key_uri, /^skd:\/\//);
    assert.equal(
      key.fairplay.hls_signaling?.media?.startsWith("#EXT-X-KEY:"),
      kind === "v2" || kind === "doverunner" ? true : undefined,
    );
  }
});

test("ATEME's response to a GET, with its additional namespaces", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "ateme", token: KMS_TOKEN, base, format: "dash", contentId: "channel one" });
  const pack = await requestContentKeys(url);
  assert.equal(pack.content_id, "channel one");
  assert.deepEqual(
    Object.keys(pack.content_key_list[0]).filter((name) => SYSTEMS.includes(name)),
    ["widevine", "playready"],
  );
});

test("two keys for three systems, by track; the same content gets the same keys", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v2", token: KMS_TOKEN, base });
  const options = { contentId: "film", systems: SYSTEMS, tracks: ["AUDIO", "HD"], scheme: "cbcs", hardwareDrm: true };
  const pack = await requestContentKeys(url, options);
  assert.deepEqual(
    pack.content_key_list.map((key) => [key.track_type, key.common_encryption_scheme]),
    [
      ["AUDIO", "cbcs"],
      ["HD", "cbcs"],
    ],
  );
  const [audio, video] = pack.content_key_list;
  assert.notEqual(audio.key_hex, video.key_hex);
  for (const key of [audio, video]) assert.ok(key.widevine && key.playready && key.fairplay);
  assert.deepEqual(await requestContentKeys(url, await buildCpixRequest(options)), pack);
});

test("key periods are returned with their index", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v2", token: KMS_TOKEN, base });
  const pack = await requestContentKeys(url, {
    contentId: "channel",
    systems: ["widevine", "fairplay"],
    tracks: ["HD"],
    keyPeriods: [
      { id: "a", index: 128 },
      { id: "b", index: 129 },
    ],
  });
  assert.deepEqual(
    pack.content_key_list.map((key) => [key.track_type, key.period]),
    [
      ["HD", { id: "a", index: 128 }],
      ["HD", { id: "b", index: 129 }],
    ],
  );
  assert.equal(pack.content_key_list[0].fairplay.key_uri, "skd://channel0000000000000080");
});

test("a request reads back as the options that made it", async () => {
  const xml = await buildCpixRequest({
    contentId: "a & b",
    systems: SYSTEMS,
    tracks: ["AUDIO", { type: "HD", keyId: "681e5b39-49f2-4dfa-b744-86573c22e6fb" }],
    scheme: "cenc",
  });
  const { keyIds, tracks, ...rest } = await parseCpixRequest(xml);
  assert.deepEqual(rest, { contentId: "a & b", systems: SYSTEMS, scheme: "cenc" });
  assert.equal(keyIds[1], "681e5b39-49f2-4dfa-b744-86573c22e6fb");
  assert.deepEqual(
    tracks.map(({ type, minPixels, maxPixels }) => [type, minPixels, maxPixels]),
    [
      ["AUDIO", undefined, undefined],
      ["HD", 921600, 2073600],
    ],
  );
});

test("several tracks are not sent to a key server for one key, however they are given", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v1", token: KMS_TOKEN, base });
  const options = { contentId: "film", systems: ["widevine"], tracks: ["AUDIO", "HD"] };
  await assert.rejects(requestContentKeys(url, options), refusal("cpix-options-invalid"));
  await assert.rejects(requestContentKeys(url, await buildCpixRequest(options)), refusal("cpix-options-invalid"));
  await assert.rejects(buildCpixRequest({ ...options, kind: "v1" }), refusal("cpix-options-invalid"));
  await assert.rejects(requestContentKeys(url), refusal("cpix-options-invalid"));
});

test("the key server's refusal is a typed error", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v2", token: "some-other-token", base });
  await assert.rejects(
    requestContentKeys(url, { contentId: "film", systems: ["widevine"] }),
    refusal("kms-refused", (error) => {
      assert.equal(error.serverCode, "7016");
      assert.equal(error.httpStatus, 200);
      assert.equal(error.retryable, false);
      assert.doesNotMatch(error.message, /some-other-token/);
    }),
  );
});

test("responses of intermediaries, timeouts, aborts and closed ports", async (t) => {
  const server = createServer((request, response) => {
    if (request.url.startsWith("/page"))
      response.setHeader("content-type", "text/html").end("<!doctype html><title>Sign in</title>");
    else if (request.url.startsWith("/busy")) response.writeHead(503).end("later");
    else if (request.url.startsWith("/echo"))
      response.end(JSON.stringify({ errorCode: 7016, message: `unknown token ${request.url}` }));
    // Other requests never get a response.
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  const at = (path) => `http://127.0.0.1:${server.address().port}${path}`;
  const options = { contentId: "film", systems: ["widevine"] };
  const secret = "c2VjcmV0LXRva2VuLW9mLWEtc2l0ZS10aGF0LW5vYm9keS1zZWVz";
  await assert.rejects(
    requestContentKeys(at("/page"), options),
    refusal("not-cpix", (error) => assert.match(error.message, /web page/)),
  );
  await assert.rejects(
    requestContentKeys(at("/busy"), options),
    refusal("kms-http", (error) => assert.deepEqual([error.httpStatus, error.retryable], [503, true])),
  );
  await assert.rejects(
    requestContentKeys(at(`/echo/${secret}`), options),
    refusal("kms-refused", (error) => shown(error, [secret])),
  );
  await assert.rejects(
    requestContentKeys(at(`/never/${secret}`), options, { timeout: 50 }),
    refusal("timeout", (error) => {
      shown(error, [secret]);
      assert.equal(error.retryable, true);
    }),
  );
  const controller = new AbortController();
  const asked = requestContentKeys(at("/never"), options, { signal: controller.signal });
  const reason = new Error("the user left");
  controller.abort(reason);
  await assert.rejects(asked, { code: "aborted", cause: reason });
  await assert.rejects(requestContentKeys(at("/never"), options, { signal: AbortSignal.abort(reason) }), {
    code: "aborted",
    cause: reason,
  });
  const closed = createServer();
  await new Promise((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  await assert.rejects(
    requestContentKeys(`http://127.0.0.1:${port}/${secret}`, options),
    refusal("network", (error) => {
      shown(error, [secret]);
      assert.match(error.message, /ECONNREFUSED/);
    }),
  );
});

/** A server with one handler; its origin. */
async function serve(t, answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${server.address().port}`;
}
const KID = "e2b281ba-fba5-8760-cfa6-5ae6f3ddd630";
const RESPONSE = `<CPIX id="filmé"><ContentKeyList><ContentKey kid="${KID}"><Data><Secret><PlainValue>xgjCQm5OdSC4tQ8Lgl9uUg==</PlainValue></Secret></Data></ContentKey></ContentKeyList></CPIX>`;

test("a redirect carries URL, body and headers only to the same origin, or to a listed one", async (t) => {
  const seen = [];
  const answer = (name) => async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push([name, request.method, request.url, request.headers["x-api-key"], body.length > 0]);
    const [, status, to] = /^\/go\/(\d+)\/(.*)$/.exec(request.url) ?? [];
    if (status)
      response.writeHead(Number(status), to === "none" ? {} : { location: decodeURIComponent(to) }).end("moved");
    else response.end(RESPONSE);
  };
  const here = await serve(t, answer("here"));
  const there = await serve(t, answer("there"));
  const ask = (status, to, options) =>
    requestContentKeys(
      `${here}/go/${status}/${encodeURIComponent(to)}`,
      { contentId: "film", systems: ["widevine"] },
      { headers: { "x-api-key": "hunter2" }, ...options },
    );
  for (const status of [301, 302, 303, 307, 308]) {
    for (const to of [`${there}/secret-path`, `//127.0.0.1:${new URL(there).port}/x`]) {
      await assert.rejects(
        ask(status, to),
        refusal("redirected", (error) => {
          assert.equal(error.message, `The key server redirects to ${there}, which is not allowed.`);
          assert.match(error.hint, /allowRedirects/);
          shown(error, ["secret-path", "hunter2"]);
        }),
      );
    }
  }
  assert.ok(
    seen.every(([name]) => name === "here"),
    "a request reached the other origin",
  );
  seen.length = 0;
  assert.equal((await ask(307, "/next")).content_id, "filmé");
  assert.equal((await ask(302, "/next")).content_id, "filmé");
  assert.deepEqual(
    seen.filter(([, , url]) => url === "/next"),
    [
      ["here", "POST", "/next", "hunter2", true],
      ["here", "GET", "/next", "hunter2", false],
    ],
  );
  seen.length = 0;
  assert.equal((await ask(308, `${there}/next`, { allowRedirects: [there] })).content_id, "filmé");
  assert.deepEqual(seen.at(-1), ["there", "POST", "/next", "hunter2", true]);
  await assert.rejects(
    ask(308, `${here}/go/307/${encodeURIComponent("http://127.0.0.1:9/")}`, { allowRedirects: [there] }),
    refusal("redirected"),
  );
  for (const [to, message] of [
    ["none", /without a usable Location/],
    ["http://", /without a usable Location/],
    ["file:///etc/passwd", /without a usable Location/],
  ]) {
    await assert.rejects(
      ask(302, to),
      refusal("redirected", (error) => assert.match(error.message, message)),
    );
  }
  const loop = await serve(t, (_request, response) => response.writeHead(307, { location: "/again" }).end());
  await assert.rejects(
    requestContentKeys(`${loop}/x`, { contentId: "a", systems: ["ncg"] }),
    refusal("redirected", (error) => assert.match(error.message, /more than 20 times/)),
  );
});

test("a response is read no further than the limit", async (t) => {
  let written = 0;
  const origin = await serve(t, (request, response) => {
    if (request.url === "/small") return void response.end(RESPONSE);
    if (request.url === "/gzip")
      return void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(64 << 20)));
    const chunk = Buffer.alloc(1 << 20, " ");
    const more = () => {
      while (!response.destroyed && written < 400 << 20 && response.write(chunk)) written += chunk.length;
    };
    response.on("drain", more);
    more();
  });
  const ask = (path, options) =>
    requestContentKeys(`${origin}${path}`, { contentId: "film", systems: ["widevine"] }, options);
  const tooLarge = (bytes) =>
    refusal("response-too-large", (error) =>
      assert.equal(error.message, `The key server's response is larger than ${bytes} bytes.`),
    );
  await assert.rejects(ask("/endless"), tooLarge(16 << 20));
  assert.ok(written < 64 << 20, `${written} bytes were written`);
  await assert.rejects(ask("/gzip"), tooLarge(16 << 20));
  await assert.rejects(ask("/small", { maxResponseBytes: 100 }), tooLarge(100));
  const size = Buffer.byteLength(RESPONSE);
  await assert.rejects(ask("/small", { maxResponseBytes: size - 1 }), tooLarge(size - 1));
  assert.equal((await ask("/small", { maxResponseBytes: size })).content_id, "filmé");
});

test("a response in UTF-16 is read", async (t) => {
  const bodies = {
    "/le": Buffer.from(`\ufeff${RESPONSE}`, "utf16le"),
    "/be": Buffer.from(`\ufeff${RESPONSE}`, "utf16le").swap16(),
    "/bare": Buffer.from(RESPONSE, "utf16le"),
    "/utf8": Buffer.from(`\ufeff${RESPONSE}`),
    "/latin1": Buffer.from(RESPONSE, "latin1"),
  };
  const origin = await serve(t, (request, response) =>
    response.writeHead(200, { "content-type": "text/xml; charset=utf-8" }).end(bodies[request.url]),
  );
  const ask = (path) => requestContentKeys(`${origin}${path}`, { contentId: "film", systems: ["widevine"] });
  for (const path of ["/le", "/be", "/bare", "/utf8"]) {
    assert.equal((await ask(path)).content_id, "filmé", path);
    assert.equal((await parseCpixResponse(bodies[path])).content_id, "filmé", path);
    const { buffer } = new Uint8Array(bodies[path]);
    assert.deepEqual((await parseCpixRequest(buffer)).keyIds, [KID]);
  }
  await assert.rejects(
    ask("/latin1"),
    refusal("not-cpix", (error) => assert.match(error.message, /neither UTF-8 nor UTF-16/)),
  );
});

test("options of a key request are checked by name, and nothing is sent", async () => {
  const secret = "c2VjcmV0LXRva2Vu";
  const options = { contentId: "film", systems: ["widevine"] };
  for (const [given, message] of [
    [
      { timeot: 1 },
      'Unknown option "timeot"; the options are signal, timeout, headers, maxResponseBytes, allowRedirects.',
    ],
    [{ timeout: Infinity }, /^timeout is not a number of milliseconds from 0 to/],
    [{ timeout: 2 ** 31 }, /^timeout is not/],
    [{ timeout: "5" }, /^timeout is not/],
    [{ signal: {} }, "signal is not an AbortSignal."],
    [{ maxResponseBytes: 0 }, "maxResponseBytes is not a number of bytes above 0."],
    [{ allowRedirects: "https://a.example" }, /^allowRedirects is not a list of origins/],
    [{ allowRedirects: ["https://a.example/path"] }, /^allowRedirects is not a list of origins/],
    [{ headers: { "x-key": `${secret}\nx: y` } }, "headers is not headers, as fetch takes them."],
    [{ headers: "x" }, "headers is not headers, as fetch takes them."],
    [null, "options is not a plain object."],
  ]) {
    await assert.rejects(requestContentKeys("http://127.0.0.1:9/", options, given), (error) => {
      assert.deepEqual(shown(error, [secret]), { name: "PallyConError", code: "options-invalid", phase: "server" });
      if (typeof message === "string") assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
  }
  for (const url of [`not a url ${secret}`, `ftp://a/${secret}`, `https://user:${secret}@a.example/`, undefined]) {
    await assert.rejects(
      requestContentKeys(url, options),
      (error) => (
        assert.deepEqual(shown(error, [secret]).code, "options-invalid"),
        assert.equal(error.message, "url is not an http(s) URL without user and password."),
        true
      ),
    );
  }
});

test("control characters in a document are refused", async () => {
  const document = (attribute, uri) =>
    RESPONSE.replace('id="filmé"', attribute).replace(
      "</ContentKeyList>",
      `</ContentKeyList><DRMSystemList><DRMSystem kid="${KID}" systemId="94ce86fb-07ff-4f43-adb8-93d2fa968ca2"><URIExtXKey>${uri}</URIExtXKey></DRMSystem></DRMSystemList>`,
    );
  const base64 = (text) => Buffer.from(text).toString("base64");
  assert.equal(
    (await parseCpixResponse(document('id="a"', base64("skd://a")))).content_key_list[0].fairplay.key_uri,
    "skd://a",
  );
  for (const xml of [
    document('id="a\0"', ""),
    document('id="a&#10;b"', ""),
    document('id="a"', base64("skd://a\nb")),
    document('id="a"', base64("skd://a\0")),
    document('id="a"', "skd://a&#13;b"),
  ]) {
    await assert.rejects(
      parseCpixResponse(xml),
      refusal("cpix-invalid", (error) => assert.match(error.message, /contains a control character/)),
    );
  }
});

test("a malicious document is refused, whatever it is", async () => {
  for (const [xml, code] of [
    ["", "not-cpix"],
    ["<html><body>no</body></html>", "not-cpix"],
    ['<!DOCTYPE CPIX [<!ENTITY a "b">]><CPIX>&a;</CPIX>', "cpix-invalid"],
    ["<CPIX>", "cpix-invalid"],
    ["<CPIX/>", "cpix-no-key"],
  ]) {
    await assert.rejects(parseCpixResponse(xml), refusal(code));
  }
});
