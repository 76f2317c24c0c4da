// Runs one command: its output goes to a log file, a line of progress to the terminal, and its last lines too if it
// fails.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { homedir } from "node:os";
import { logDir, root, windows } from "./paths.mjs";
import { UserError, log, seconds } from "./log.mjs";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a color
const ANSI = /\u001b\[[0-9;?]*[A-Za-z]/g;
const PROGRESS_EVERY = 15_000;
const TAIL = 60;

/**
 * The environment for child processes. Includes rustup's folder, which a shell opened before rustup was installed
 * lacks.
 */
export function environment(extra = {}, paths = []) {
  const cargo = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin");
  const path = [...paths, ...(process.env.PATH ?? "").split(delimiter), ...(existsSync(cargo) ? [cargo] : [])];
  return {
    ...process.env,
    PATH: path.join(delimiter),
    CARGO_TERM_COLOR: "never",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    ...extra,
  };
}

/**
 * @param {string} label a description for the progress line
 * @param {string[]} command
 * @param {{log: string, env?: Record<string, string>, paths?: string[], cwd?: string, quiet?: boolean, live?: boolean,
 * timeout?: number}} options `live`: the command prints its own progress, which is shown as it arrives. `timeout`: a
 * suite that hangs is stopped and has failed, so that it does not block the following ones.
 * @returns {Promise<{ok: boolean, code: number | null, output: string, duration: number, tail: string, log: string}>}
 */
export function run(
  label,
  command,
  { log: logName, env, paths, cwd = root, quiet = false, live = false, timeout } = {},
) {
  mkdirSync(logDir, { recursive: true });
  const file = join(logDir, `${logName}.log`);
  const sink = createWriteStream(file);
  sink.write(`$ ${command.join(" ")}\n`);
  const started = Date.now();
  const shown = live || process.env.PALLYCON_VERBOSE === "1";
  return new Promise((resolve) => {
    const chunks = [];
    let last = "";
    // Uses a shell only where Windows needs one (npm.cmd); elsewhere a process group, so that a hung suite's browsers
    // end with it.
    const child = spawn(command[0], command.slice(1), {
      cwd,
      env: environment(env, paths),
      stdio: ["ignore", "pipe", "pipe"],
      shell: windows && /\.(cmd|bat)$/.test(command[0]),
      detached: !windows,
    });
    const take = (chunk) => {
      chunks.push(chunk);
      sink.write(chunk);
      if (shown) process.stdout.write(chunk);
      last =
        chunk
          .toString()
          .replace(ANSI, "")
          .trim()
          .split(/[\r\n]+/)
          .pop() || last;
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const end = (signal) => {
      try {
        if (windows) child.kill(signal);
        else process.kill(-child.pid, signal);
      } catch {
        /* it exited in the meantime */
      }
    };
    const interrupted = () => {
      end("SIGTERM");
      process.exit(130);
    };
    process.once("SIGINT", interrupted);
    process.once("SIGTERM", interrupted);
    const timers = [];
    if (!quiet && !shown) {
      timers.push(
        setInterval(
          () => log(`    ${label}: ${seconds(Date.now() - started)} … ${last.slice(0, 100)}`),
          PROGRESS_EVERY,
        ),
      );
    }
    if (timeout) {
      timers.push(
        setTimeout(() => {
          take(Buffer.from(`\nstopped after ${seconds(timeout)}: it did not finish\n`));
          end("SIGKILL");
        }, timeout),
      );
    }
    const done = (code, error) => {
      for (const timer of timers) {
        clearInterval(timer);
        clearTimeout(timer);
      }
      process.removeListener("SIGINT", interrupted);
      process.removeListener("SIGTERM", interrupted);
      if (error) take(Buffer.from(`${error.message}\n`));
      sink.end();
      const output = Buffer.concat(chunks).toString().replace(ANSI, "");
      const tail = output.trimEnd().split("\n").slice(-TAIL).join("\n");
      resolve({ ok: code === 0, code, output, duration: Date.now() - started, tail, log: file });
    };
    child.once("error", (error) => done(null, error));
    child.once("close", (code) => done(code));
  });
}

/** The same, but a failure ends the script. @returns {Promise<string>} the output */
export async function runOrFail(label, command, { hint, ...options } = {}) {
  const result = await run(label, command, options);
  if (!result.ok) throw new UserError(`${label} failed (${result.log}).\n${result.tail}`, hint);
  return result.output;
}

/** Playwright's tests of a browser. */
export const playwrightTest = (config, project, ...args) => [
  process.execPath,
  join(root, "node_modules/@playwright/test/cli.js"),
  ...["test", "-c", config, "--project", project, ...args],
];

/** The first line of a short command's output, or undefined if it cannot be run. */
export function ask(command, options = {}) {
  const result = spawnSync(command[0], command.slice(1), {
    cwd: root,
    env: environment(),
    encoding: "utf8",
    timeout: 60_000,
    ...options,
  });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** The location of `name` on PATH (including rustup's folder). */
export function which(name) {
  for (const folder of environment().PATH.split(delimiter)) {
    if (!folder) continue;
    for (const candidate of windows ? [`${name}.exe`, `${name}.cmd`] : [name]) {
      const path = join(folder, candidate);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}
