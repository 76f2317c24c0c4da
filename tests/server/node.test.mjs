// A fetch handler on Node's server: the request, the response, and clients' mistakes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { mock, test } from "node:test";
import express from "express";
import { nodeListener } from "../../dist/server.js";

async function listen(t, listener) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${server.address().port}`;
}
const echo = nodeListener(async (request) =>
  Response.json({
    method: request.method,
    url: request.url,
    type: request.headers.get("content-type"),
    body: await request.text(),
  }),
);

test("method, URL, headers and body arrive", async (t) => {
  const origin = await listen(t, echo);
  const posted = await (
    await fetch(`${origin}/a/b?c=%20d`, { method: "POST", body: "x=é", headers: { "content-type": "text/x" } })
  ).json();
  assert.deepEqual(posted, { method: "POST", url: `${origin}/a/b?c=%20d`, type: "text/x", body: "x=é" });
  assert.deepEqual((await (await fetch(origin)).json()).body, "");
  const empty = await (await fetch(origin, { method: "PUT" })).json();
  assert.deepEqual([empty.method, empty.body], ["PUT", ""]);
});

test("status, headers, cookies and bytes are sent", async (t) => {
  const headers = new Headers([
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2; Path=/"],
    ["x-own", "é"],
  ]);
  const origin = await listen(
    t,
    nodeListener(() => new Response(new Uint8Array([0, 255]), { status: 418, headers })),
  );
  const response = await fetch(origin);
  assert.deepEqual(
    [response.status, response.headers.getSetCookie(), response.headers.get("x-own")],
    [418, ["a=1", "b=2; Path=/"], "é"],
  );
  assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [0, 255]);
  const head = await fetch(origin, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [418, ""]);
});

test("a body that a framework has read arrives, too, and a router's path is complete", async (t) => {
  const app = express();
  app.use("/form", express.urlencoded(), echo);
  app.use("/json", express.json(), echo);
  app.use("/text", express.text({ type: "*/*" }), echo);
  app.use("/raw", express.raw({ type: "*/*" }), echo);
  const origin = await listen(t, app);
  for (const [path, type, body] of [
    ["form", "application/x-www-form-urlencoded", "data=a%2Bb&c=d"],
    ["json", "application/json", '{"a":[1]}'],
    ["text", "text/plain", "data=x"],
    ["raw", "a/b", "raw"],
  ]) {
    assert.deepEqual(
      await (await fetch(`${origin}/${path}/x`, { method: "POST", body, headers: { "content-type": type } })).json(),
      { method: "POST", url: `${origin}/${path}/x`, type, body },
    );
  }
});

test("a body that is too large, or never arrives, is refused; a failing handler is 500", async (t) => {
  const origin = await listen(t, echo);
  assert.equal((await fetch(origin, { method: "POST", body: "x".repeat(1 << 20) })).status, 200);
  assert.equal((await fetch(origin, { method: "POST", body: "x".repeat((1 << 20) + 1) })).status, 413);
  for (const [head, body] of [
    ["Content-Length: 100", "cut off"],
    ["Transfer-Encoding: chunked", "5\r\nhel"],
  ]) {
    const socket = connect(new URL(origin).port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n${body}`);
    await once(socket, "connect");
    socket.destroy();
  }
  assert.equal((await fetch(origin)).status, 200);
  const logged = mock.method(console, "error", () => {});
  for (const handler of [
    () => {
      throw new Error("inside");
    },
    async () => {
      throw new Error("inside");
    },
    () => undefined,
    () => "text",
  ]) {
    const broken = await fetch(await listen(t, nodeListener(handler)));
    assert.deepEqual([broken.status, await broken.text()], [500, "The request could not be answered."]);
  }
  assert.equal(logged.mock.calls.length, 4);
  logged.mock.restore();
});

test("the request's signal is aborted when the client disconnects", { timeout: 20_000 }, async (t) => {
  const controller = new AbortController();
  const left = new Promise((resolve) => {
    listen(
      t,
      nodeListener(
        (request) =>
          new Promise((answer) => {
            request.signal.addEventListener("abort", () => (resolve("left"), answer(new Response())));
            controller.abort();
          }),
      ),
    )
      .then((origin) => fetch(origin, { signal: controller.signal }))
      .catch(() => {});
  });
  assert.equal(await left, "left");
});
