// The actions of a cell in its project: run the tool, serve its output, open it in Chromium, send requests to its
// server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { windows } from "../../scripts/lib/paths.mjs";
import { environment, run } from "../../scripts/lib/run.mjs";
import { openPage } from "./browser.mjs";
import { freePort, serve } from "./serve.mjs";
import { warningsAbout } from "./warnings.mjs";

const MINUTE = 60_000;
const KEY = "000102030405060708090a0b0c0d0e0f";
/** The results of projects/page/src/proof.js: in a page, in a worker, and without `self`. */
export const IN_NODE = { keyIds: [KEY], license: 5, inspect: "cenc" };
export const IN_WORKER = { ...IN_NODE, request: "license.example dG9rZW4=" };
export const IN_PAGE = { ...IN_WORKER, media: true };
/** The inline build has no inspector. */
export const IN_PAGE_INLINE = { keyIds: [KEY], license: 5, request: IN_WORKER.request, media: true };
export const ON_SERVER = { drmType: "Widevine", userId: "viewer", contentId: "film" };

/** `npx pallycon-drm`, without npx's question */
export const CLI = "node node_modules/pallycon-drm/dist/cli.js";

const QUIET = {
  CI: "1",
  DO_NOT_TRACK: "1",
  ASTRO_TELEMETRY_DISABLED: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  NUXT_TELEMETRY_DISABLED: "1",
  NG_CLI_ANALYTICS: "false",
};

const equal = (found, expected) => assert.deepEqual(found, expected, `it found ${JSON.stringify(found)}`);

/** The lines of output that explain the failure. */
const reason = (output) => {
  const lines = output.split("\n").map((line) => line.trim());
  const index = lines.findIndex((line) => /error|cannot|could not|not found|failed/i.test(line));
  return lines.slice(Math.max(index, 0)).filter(Boolean).slice(0, 3).join(" / ").slice(0, 300) || "no output";
};

export class Project {
  #closing = [];
  #logs = 0;
  #output = "";

  constructor(name, folder, nodeFolder) {
    this.name = name;
    this.folder = folder;
    this.paths = [join(folder, "node_modules", ".bin"), nodeFolder];
  }

  /** Runs a command of the tool to its end. @param {string} line @returns {Promise<string>} what it printed */
  async exec(line, env = {}) {
    const { ok, output } = await run(line, this.#command(line), {
      log: `matrix-${this.name}-${(this.#logs += 1)}`,
      cwd: this.folder,
      env: { ...QUIET, ...env },
      paths: this.paths,
      quiet: true,
      timeout: 5 * MINUTE,
    });
    this.#output += output;
    if (!ok) throw new Error(`${line}: ${reason(output)}`);
    return output;
  }

  /** Runs a script that prints JSON, and compares. */
  async prints(line, expected) {
    const output = await this.exec(line);
    equal(JSON.parse(output.trim().split("\n").pop()), expected);
  }

  /** Runs a server's script, which prints what it has read back of its token. */
  server(line) {
    return this.prints(line, ON_SERVER);
  }

  /** Starts a server, whose port is PORT in the line and in the environment. @returns {Promise<string>} its URL */
  async start(line, env = {}) {
    const port = await freePort();
    const command = this.#command(line.replaceAll("PORT", port));
    const child = spawn(command[0], command.slice(1), {
      cwd: this.folder,
      env: environment({ ...QUIET, PORT: String(port), ...env }, this.paths),
      stdio: ["ignore", "pipe", "pipe"],
      detached: !windows,
    });
    let output = "";
    let ended = false;
    const take = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const exit = new Promise((resolve) => {
      child.once("error", (error) => take(error.message));
      child.once("close", resolve);
    }).then(() => {
      ended = true;
    });
    this.#closing.push(async () => {
      if (!ended) process.kill(windows ? child.pid : -child.pid, "SIGTERM");
      await exit;
      this.#output += output;
    });
    const url = `http://127.0.0.1:${port}`;
    for (const started = Date.now(); Date.now() - started < 1.5 * MINUTE; ) {
      if (ended) throw new Error(`${line}: ${reason(output)}`);
      const answered = await fetch(url).then(
        () => true,
        () => false,
      );
      if (answered) return url;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${line}: no response on its port. ${reason(output)}`);
  }

  /** Serves a folder of the project. @returns {Promise<string>} its URL */
  async serve(folder, fileOf) {
    const server = await serve(join(this.folder, folder), fileOf);
    this.#closing.push(server.close);
    return server.url;
  }

  /** Opens a page and compares its results. */
  async page(url, expected = IN_PAGE) {
    const { result, complaints } = await openPage(url);
    assert.ok(!result.error, result.error);
    equal(result, expected);
    assert.deepEqual(complaints, [], `the browser complained: ${complaints[0]}`);
  }

  /** Requests a route, and compares. */
  async route(url, expected = ON_SERVER) {
    const response = await fetch(url);
    const body = await response.text();
    assert.equal(response.status, 200, `HTTP ${response.status}: ${body.slice(0, 200)}`);
    equal(JSON.parse(body), expected);
  }

  /** Stops everything that was started. @returns {Promise<string[]>} the tool's messages about the package */
  async close() {
    for (const close of this.#closing.reverse()) await close();
    return warningsAbout(this.#output.replaceAll(this.folder, "."));
  }

  #command(line) {
    const words = line.split(" ");
    return windows ? [`${words[0]}.cmd`, ...words.slice(1)] : words;
  }
}
