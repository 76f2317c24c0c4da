// One old Chromium with one page, driven through the DevTools protocol: Playwright supports no version that old.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--single-process",
  "--no-zygote",
  "--no-first-run",
  "--mute-audio",
  "--disable-background-networking",
  "--autoplay-policy=no-user-gesture-required",
  "--remote-debugging-port=0",
  // In single-process mode, Chromium 80 exits when it plays sound: its audio service needs another process.
  "--disable-features=AudioServiceOutOfProcess",
];
/** A limit for operations that take milliseconds on a quiet machine. */
const LIMIT = 60_000;

/** Resolves with the first truthy value of `probe`. */
async function until(what, probe, limit = LIMIT) {
  for (const end = Date.now() + limit; Date.now() < end; await sleep(50)) {
    const value = await probe();
    if (value) return value;
  }
  throw new Error(`${what}: not within ${limit / 1000} s`);
}

/** Commands and responses over one socket. */
async function connect(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0 });
  await once(socket, "open");
  const waiting = new Map();
  const listeners = [];
  let last = 0;
  socket.on("message", (data) => {
    const { id, result, error, method, params } = JSON.parse(data);
    if (method) return listeners.forEach((listener) => listener(method, params));
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    return error ? reject(new Error(error.message)) : resolve(result);
  });
  socket.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the browser has ended"));
  });
  socket.on("error", () => {}); // close follows
  return {
    listen: (listener) => listeners.push(listener),
    send: (method, params = {}) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(new Error("the browser has ended"));
        last += 1;
        waiting.set(last, { resolve, reject });
        return socket.send(JSON.stringify({ id: last, method, params }));
      }),
  };
}

/** The text of an exception in the page. */
const thrown = ({ exception, text }) => String(exception?.description ?? exception?.value ?? text);

/**
 * @param {string} home of the engine (scripts/setup/engines.mjs)
 * @param {(page: object) => Promise<T>} body
 * @returns {Promise<T>} the result of `body`; by then the browser has exited
 * @template T
 */
export async function withPage(home, body) {
  const profile = mkdtempSync(join(tmpdir(), "engine-"));
  const child = spawn(join(home, "chromium"), [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    env: { ...process.env, LD_LIBRARY_PATH: join(home, "lib"), HOME: profile },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  child.stderr.on("data", (chunk) => {
    printed = `${printed}${chunk}`.slice(-4000);
  });
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
    child.once("error", (error) => {
      printed += error.message;
      resolve();
    });
  });
  let over = false;
  ended.then(() => {
    over = true;
  });
  try {
    const port = await until("the browser's port", () => {
      if (over) throw new Error(`the browser has ended:\n${printed}`);
      return /DevTools listening on ws:\/\/[^/]*:(\d+)\//.exec(printed)?.[1];
    });
    const target = await until("the browser's page", async () => {
      const list = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
      return list.find(({ type }) => type === "page");
    });
    return await body(await pageOf(await connect(target.webSocketDebuggerUrl)));
  } finally {
    child.kill("SIGKILL");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function pageOf({ send, listen }) {
  /** Uncaught exceptions of the page. */
  const uncaught = [];
  listen((method, params) => {
    if (method === "Runtime.exceptionThrown") uncaught.push(thrown(params.exceptionDetails));
  });
  await send("Page.enable");
  await send("Runtime.enable");
  const page = {
    uncaught,
    /** Runs before the page's own scripts. */
    addScript: (source) => send("Page.addScriptToEvaluateOnNewDocument", { source }),
    /** @param {Function | string} work runs in the page, so it is ES2017; its result crosses as JSON */
    async evaluate(work, ...args) {
      const value = typeof work === "string" ? work : `(${work})(...${JSON.stringify(args)})`;
      const expression = `(async () => ${value})()
        .then((value) => ({ value }), (error) => ({ error: String(error && error.stack || error) })).then(JSON.stringify)`;
      const { result, exceptionDetails } = await send("Runtime.evaluate", {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(`in the page: ${thrown(exceptionDetails)}`);
      const answer = JSON.parse(result.value);
      if (answer.error) throw new Error(`in the page: ${answer.error}`);
      return answer.value;
    },
    /** Opens a URL, and waits until `document.documentElement.dataset.ready` shows that its scripts have run. */
    async open(url) {
      await send("Page.navigate", { url });
      await until(`${new URL(url).pathname}${uncaught.length ? `: ${uncaught.join("; ")}` : ""}`, async () => {
        if (uncaught.length) throw new Error(uncaught.join("; "));
        return page.evaluate(
          (href) => location.href === href && document.querySelector("html[data-ready]") !== null,
          url,
        );
      });
    },
    /** Polls in the page. */
    until: (what, work, ...args) => until(what, () => page.evaluate(work, ...args)),
  };
  return page;
}
