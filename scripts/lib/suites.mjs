// Every test suite: its requirements, and how it is run and counted. `npm test` runs two at a time: those of the group
// "e2e" one after the other, and beside them the others. Two browsers' end-to-end tests at a time would take longer
// than one after the other: videos play on while tests wait for the processor.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { MODULES } from "../build/modules.mjs";
import { findBrowser, findDriver, CHROMIUM_ARGS, FIREFOX_PREFS } from "../setup/browsers.mjs";
import { enginesRunHere } from "../setup/engines.mjs";
import { hasNightly } from "../setup/rust.mjs";
import { ensureTool } from "../setup/tools.mjs";
import * as count from "./count.mjs";
import { buildDir, executable, logDir, root } from "./paths.mjs";
import { run } from "./run.mjs";
import { UserError, log } from "./log.mjs";
import { SIMULATE_TESTS } from "./simulate.mjs";
import { contractFile, verdict } from "./contract.mjs";
import { readmeProject } from "./readme.mjs";
import { searchLogs } from "./secrets.mjs";

const FEATURES = MODULES.join();
const MINUTES = 60_000;
const node = process.execPath;
const npmBin = (path) => [node, join(root, "node_modules", path)];

/** All `*.test.mjs` in the folders, as a list: in Node 20, only the shell expands patterns. */
const testFiles = (...folders) =>
  folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true })
          .map(String)
          .filter((name) => name.endsWith(".test.mjs"))
          .sort()
          .map((name) => join(folder, name))
      : [],
  );

const nodeSuite = (id, title, folders, more = {}) => ({
  id,
  group: "node",
  title,
  present: () => testFiles(...folders).length > 0,
  ...more,
  async run() {
    // Node's own choice is one file fewer than there are processors; but the long ones wait for time limits.
    const atOnce = `--test-concurrency=${2 * availableParallelism()}`;
    const result = await run(title, [node, "--test", atOnce, "--test-reporter=tap", ...testFiles(...folders)], {
      log: `test-${id}`,
      timeout: 10 * MINUTES,
    });
    return { ...result, count: count.tap(result.output) };
  },
});

/** `flag` and `kind`: the browser's name for wasm-pack and in these scripts. */
const wasmSuite = (flag, kind, title) => ({
  id: `wasm-${flag}`,
  group: "wasm",
  title,
  present: () => existsSync(join(root, "tests/web/main.rs")),
  async run() {
    const binary = findBrowser(kind);
    if (!binary) throw new UserError(`${title}: the browser was not found.`);
    const bindgen = await ensureTool("wasm-bindgen-cli");
    const pack = await ensureTool("wasm-pack");
    let driver = findDriver(kind);
    if (!driver && kind === "firefox") driver = join(await ensureTool("geckodriver"), executable("geckodriver"));
    if (!driver) throw new UserError(`${title}: no WebDriver was found for it.`);
    // The driver would search for a browser itself; it must use the one that was found.
    const capabilities =
      kind === "chromium"
        ? { "goog:chromeOptions": { binary, args: CHROMIUM_ARGS } }
        : { "moz:firefoxOptions": { binary, args: ["-headless"], prefs: FIREFOX_PREFS } };
    mkdirSync(buildDir, { recursive: true });
    const settings = join(buildDir, `webdriver-${flag}.json`);
    writeFileSync(settings, JSON.stringify(capabilities));
    const env = { WASM_BINDGEN_TEST_WEBDRIVER_JSON: settings, WASM_BINDGEN_TEST_TIMEOUT: "300" };
    const driverOption = kind === "chromium" ? "--chromedriver" : "--geckodriver";
    const command = [
      "wasm-pack",
      "test",
      "--headless",
      `--${flag}`,
      "--mode",
      "no-install",
      driverOption,
      driver,
      ".",
      "--features",
      FEATURES,
      "--test",
      "web",
    ];
    const paths = [bindgen, pack];
    const result = await run(title, command, { log: `test-wasm-${flag}`, env, paths, timeout: 20 * MINUTES });
    return { ...result, count: count.cargo(result.output) };
  },
});

/** One run per browser, so that a browser that cannot start only fails its own tests. */
const playwrightSuite = (id, folder, project, title, needs) => ({
  id: `${id}-${project}`,
  group: "e2e",
  title,
  needs,
  present: () =>
    existsSync(join(root, folder, "playwright.config.mjs")) &&
    readdirSync(join(root, folder), { recursive: true }).some((name) => /\.spec\.m?[jt]s$/.test(String(name))),
  async run() {
    const kind = project;
    if (!findBrowser(kind)) throw new UserError(`${title}: the browser was not found.`);
    const file = join(logDir, `test-${id}-${project}.json`);
    rmSync(file, { force: true });
    const command = [
      ...npmBin("@playwright/test/cli.js"),
      "test",
      "-c",
      join(folder, "playwright.config.mjs"),
      "--project",
      project,
      "--reporter",
      "list,json",
    ];
    const result = await run(title, command, {
      log: `test-${id}-${project}`,
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
      timeout: 25 * MINUTES,
    });
    const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    const counted = count.playwright(report);
    if (counted.flaky) log(`  ! ${counted.flaky} only passed on a retry: see ${result.log}`);
    return { ...result, count: counted };
  },
});

const one = (result) => ({ ...result, count: { passed: result.ok ? 1 : 0, failed: result.ok ? 0 : 1 } });

export const SUITES = [
  {
    id: "rust",
    group: "rust",
    title: "Rust: cargo test",
    present: () => true,
    async run() {
      // The vectors have their own suite, so they are counted once.
      const result = await run("cargo test", ["cargo", "test", "--no-fail-fast", "--features", FEATURES], {
        log: "test-rust",
        env: { PALLYCON_VECTORS: undefined },
        timeout: 30 * MINUTES,
      });
      return { ...result, count: count.cargo(result.output) };
    },
  },
  {
    id: "simulate",
    group: "rust",
    title: "Rust: the simulator",
    present: () => true,
    async run() {
      const result = await run("simulate", SIMULATE_TESTS, { log: "test-simulate", timeout: 10 * MINUTES });
      return { ...result, count: count.cargo(result.output) };
    },
  },
  {
    id: "conformance",
    group: "conformance",
    title: "Conformance with the given vectors",
    present: () => Boolean(process.env.PALLYCON_VECTORS) && existsSync(join(root, "tests/conformance")),
    async run() {
      const result = await run("conformance", [node, "scripts/conformance.mjs", process.env.PALLYCON_VECTORS], {
        log: "test-conformance",
        timeout: 15 * MINUTES,
      });
      const score = count.conformance(result.output);
      return {
        ...result,
        count: score,
        note: score.skipped > 0 ? `${score.skipped} of kinds that are not read yet` : undefined,
      };
    },
  },
  {
    // Only in CI: it builds every target, and a short run proves little on a machine where npm run fuzz runs long.
    id: "fuzz",
    group: "fuzz",
    title: "Fuzz targets, two seconds each",
    present: () => Boolean(process.env.CI) && hasNightly(),
    async run() {
      const result = await run("fuzz", [node, "scripts/fuzz.mjs", "--seconds", "2"], {
        log: "test-fuzz",
        timeout: 30 * MINUTES,
      });
      return { ...result, count: count.lastLine(result.output) };
    },
  },
  wasmSuite("chrome", "chromium", "wasm in Chrome: wasm-pack test"),
  wasmSuite("firefox", "firefox", "wasm in Firefox: wasm-pack test"),
  {
    id: "types",
    group: "types",
    title: "Types, as a user's compiler sees them",
    needs: ["package"],
    present: () => existsSync(join(root, "tests/types/tsconfig.json")),
    async run() {
      const count = { passed: 0, failed: 0 };
      let last;
      for (const config of ["tsconfig.json", "tsconfig.bundler.json"]) {
        // resolved as by Node, and as by bundlers
        const result = await run("tsc", [...npmBin("typescript/bin/tsc"), "-p", `tests/types/${config}`], {
          log: `test-types-${config.replace(".json", "")}`,
          timeout: 5 * MINUTES,
        });
        count[result.ok ? "passed" : "failed"] += 1;
        if (!last || !result.ok) last = result;
      }
      return { ...last, count };
    },
  },
  {
    id: "contract",
    group: "types",
    title: "Types, compared with the given contract",
    needs: ["package"],
    present: () => Boolean(process.env.PALLYCON_CONTRACT),
    async run() {
      const result = await run(
        "tsc",
        [...npmBin("typescript/bin/tsc"), "-p", contractFile(process.env.PALLYCON_CONTRACT)],
        { log: "test-contract", timeout: 5 * MINUTES },
      );
      const { wrong, absent } = verdict(result.output);
      // tsc failed without a finding of its own: it did not run.
      const ok = wrong.length === 0 && (result.ok || absent.length > 0);
      return {
        ...one({ ...result, ok }),
        note: absent.length > 0 ? `not exported yet: ${absent.join(", ")}` : undefined,
      };
    },
  },
  {
    id: "readme",
    group: "types",
    title: "The examples of README and docs compile",
    needs: ["package"],
    present: () => true,
    run: async () =>
      one(
        await run("tsc", [...npmBin("typescript/bin/tsc"), "-p", readmeProject()], {
          log: "test-readme",
          timeout: 5 * MINUTES,
        }),
      ),
  },
  {
    id: "readme-nodenext",
    group: "types",
    title: "The README's examples compile under nodenext",
    needs: ["package"],
    present: () => true,
    run: async () =>
      one(
        await run("tsc", [...npmBin("typescript/bin/tsc"), "-p", readmeProject({ nodenext: true })], {
          log: "test-readme-nodenext",
          timeout: 5 * MINUTES,
        }),
      ),
  },
  nodeSuite("scripts", "Node: the project's scripts", ["tests/scripts"]),
  nodeSuite("demo", "Node: the demo page's own logic", ["tests/demo"]),
  nodeSuite("license-server", "Node: license server", ["tests/license-server"]),
  nodeSuite("server", "Node: the server entry", ["tests/server"], { needs: ["package"] }),
  nodeSuite("js", "Node: the package", ["tests/js"], { needs: ["package"] }),
  nodeSuite("package", "The packed package, as installed by a user", ["tests/package"], {
    group: "package",
    needs: ["package"],
  }),
  playwrightSuite("bridge", "tests/bridge", "chromium", "CDM bridge in Chromium", ["bridge"]),
  playwrightSuite("bridge", "tests/bridge", "firefox", "CDM bridge in Firefox", ["bridge"]),
  playwrightSuite("e2e", "tests/e2e", "chromium", "End to end in Chromium", ["package", "bridge", "demo", "pages"]),
  playwrightSuite("e2e", "tests/e2e", "firefox", "End to end in Firefox", ["package", "bridge", "demo", "pages"]),
  {
    // The oldest engine, and the oldest that has H.264; `npm run engines` runs all.
    id: "engines",
    group: "e2e",
    title: "Chromium as old as TVs: 64 and 78",
    needs: ["package", "bridge"],
    present: () => enginesRunHere,
    async run() {
      const result = await run("engines", [node, "scripts/engines.mjs", "--only", "64,78"], {
        log: "test-engines",
        timeout: 20 * MINUTES,
      });
      return { ...result, count: count.lastLine(result.output) };
    },
  },
  nodeSuite("webkit", "A browser without EME: WebKitGTK", ["tests/webkit"], {
    group: "e2e",
    needs: ["package"],
    ...(process.platform === "linux" ? {} : { present: () => false }),
  }),
  {
    // Reads the output of the others.
    id: "secrets",
    group: "node",
    last: true,
    title: "No secret in any suite's output",
    present: () => true,
    async run() {
      const { files, found } = searchLogs();
      const ok = files > 0 && found.length === 0;
      return { ...one({ ok, tail: found.join("\n") || "nothing was printed", log: logDir }), note: `${files} logs` };
    },
  },
];

/**
 * Which suites read a file, for `npm test -- --changed`: the first line whose pattern matches. A file that matches none
 * (package.json, Cargo.lock, the test runner) can change everything. The product's pages are played in one browser: the
 * second one's tests are a part of the whole run.
 */
const TOUCHES = [
  [/^src\/(cpix|custom_data)\/|^src\/web\/server/, ["rust", "conformance", "wasm", "types", "server", "package"]],
  [/^(src|errors\.json|build\.rs)/, ["rust", "conformance", "wasm", "types", "node", "package", "e2e-chromium"]],
  [/^js\/(server|cli)/, ["types", "server", "package"]],
  [/^js\//, ["types", "js", "package", "engines", "webkit", "e2e-chromium"]],
  [/^www\/bridge\//, ["bridge-chromium", "bridge-firefox", "e2e-chromium"]],
  [/^www\/license-server\//, ["license-server", "server", "e2e-chromium"]],
  [/^www\/(demo|media)\//, ["demo", "e2e-chromium"]],
  [/^tests\/e2e\//, ["e2e-chromium", "e2e-firefox"]],
  [/^tests\/bridge\//, ["bridge-chromium", "bridge-firefox"]],
  [/^tests\/(js|server|license-server|scripts|demo|package|types|engines|webkit)\//, (_, name) => [name]],
  [/^tests\/(mutants|matrix|showcase)\//, ["scripts"]],
  [/^tests\/(soak|support)\//, ["rust", "js", "e2e-chromium"]],
  [/^tests\/web\//, ["wasm"]],
  [/^(tests\/|examples\/[\w-]+\.rs|proptest-regressions\/)/, ["rust", "conformance"]],
  [/^xtask\/simulate\//, ["simulate"]],
  [/^fuzz\//, ["fuzz"]],
  [/^(xtask|scripts\/build)/, ["scripts", "types", "js", "server", "package", "e2e-chromium"]],
  [/^scripts\/(?!test\.mjs|lib\/suites\.mjs|setup\/)|^benches\//, ["scripts"]],
  [/^examples\//, ["server"]],
  [/^docs\/|\.md$|^\.github\//, ["scripts", "readme", "server"]],
];

/** Names of suites and groups. */
export function touchedBy(files) {
  const names = files.flatMap((file) => {
    const [pattern, touched] = TOUCHES.find(([candidate]) => candidate.test(file)) ?? [undefined, undefined];
    if (!pattern) return SUITES.map(({ id }) => id);
    return typeof touched === "function" ? touched(...pattern.exec(file)) : touched;
  });
  return [...new Set(names)];
}
