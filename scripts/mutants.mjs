// Deliberate bugs (tests/mutants/): each is put into a copy of the project, its JavaScript is built again, and the test that
// should catch it is run. A bug that no test catches is a failure; so is a test that fails without any.
//   npm run mutants                                   all, in Chromium
//   npm run mutants -- --project firefox hls          those whose name begins with "hls"
//   npm run mutants -- --write                        all, and the results into docs/adapter-bugs.md; with names, theirs alone
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mutate, readMutants } from "./lib/mutants.mjs";
import { buildDir, root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { Stop, main, say, seconds, step } from "./lib/say.mjs";
import { ensureBuilt } from "./setup/build.mjs";

const tree = join(buildDir, "mutants");
const COPIED = ["js", "scripts", "tests", "www", "package.json", "tsconfig.json", "tsconfig.build.json", "build/bridge", "build/wasm"];
const BUILD = `import { buildScripts } from ${JSON.stringify(pathToFileURL(join(tree, "scripts/build/scripts.mjs")).href)}; await buildScripts({ forViewers: true });`;
const DOCUMENT = join(root, "docs/adapter-bugs.md");

function copyProject() {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, "dist"), { recursive: true });
  for (const path of COPIED) cpSync(join(root, path), join(tree, path), { recursive: true });
  for (const name of readdirSync(join(root, "dist"))) if (/\.(wasm|js)$/.test(name)) cpSync(join(root, "dist", name), join(tree, "dist", name));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"), "junction");
}

const quote = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The tests of a report, as "suite > title", that came out so. */
const titles = (suites, ok, above = []) =>
  suites.flatMap(({ title, specs = [], suites: inner = [] }) => {
    const here = /\.mjs$/.test(title) ? above : [...above, title];
    const mine = specs.filter((spec) => spec.tests.some(({ status }) => status !== "skipped") && spec.ok === ok).map((spec) => [...here, spec.title].join(" › "));
    return [...mine, ...titles(inner, ok, here)];
  });

/** Runs some tests of the copy; with `first` until one fails. */
async function tests(label, project, { spec, grep, first = false }) {
  const report = join(tree, "report.json");
  rmSync(report, { force: true });
  const command = [process.execPath, join(root, "node_modules/@playwright/test/cli.js"), "test", "-c", join(tree, "tests/e2e/playwright.config.mjs"), "--project", project, "--reporter", "json", ...(first ? ["-x"] : []), "-g", grep, `[\\\\/]${quote(spec)}\\.mjs$`];
  await run(label, command, { cwd: tree, log: "mutants-tests", env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report }, timeout: 10 * 60_000 });
  const { suites = [] } = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
  return { passed: titles(suites, true), failed: titles(suites, false) };
}

async function build(label) {
  const result = await run(label, [process.execPath, "--input-type=module", "-e", BUILD], { cwd: tree, log: "mutants-build", quiet: true });
  if (!result.ok) throw new Stop(`${label}: the JavaScript does not build (${result.log}).\n${result.tail}`);
}

const cell = (text) => text.replaceAll("|", "\\|");

/** What the document says of other bugs, if they are still in the list. */
const written = (names) => (existsSync(DOCUMENT) ? readFileSync(DOCUMENT, "utf8") : "").split("\n")
  .map((line) => /^\| (\w+) \| (.*) \| (\S+: .*) \|$/.exec(line)?.slice(1)).filter((row) => row && names.includes(`${row[0]}: ${row[1]}`));

const document = (rows) => `# Deliberate adapter bugs

Mistakes that adapters for DRM are easily made with; several stand in published samples. Each was put into a copy of this project, and
the test named beside it failed; without any of them it passed. Made by \`npm run mutants -- --write\`; the list is tests/mutants/.

| adapter | the bug | caught by |
|---|---|---|
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}
`;

await main(async () => {
  const args = process.argv.slice(2);
  const write = args.includes("--write");
  const at = args.indexOf("--project");
  const project = at < 0 ? "chromium" : args.splice(at, 2)[1];
  const wanted = args.filter((arg) => arg !== "--write");
  const all = await readMutants();
  const mutants = all.filter(({ name }) => wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix)));
  if (mutants.length === 0) throw new Stop("There is no such mutant.");
  await ensureBuilt("viewers");
  await ensureBuilt("bridge");
  copyProject();

  step("Without a bug: every test that is to catch one passes");
  await build("unchanged");
  for (const spec of new Set(mutants.map((mutant) => mutant.spec))) {
    const greps = [...new Set(mutants.filter((mutant) => mutant.spec === spec).map(({ grep }) => grep))];
    const { passed, failed } = await tests(spec, project, { spec, grep: greps.join("|") });
    if (failed.length > 0) throw new Stop(`${spec}: without any bug this fails: ${failed.join(", ")}`, "npm test -- --only e2e");
    if (passed.length < greps.length) throw new Stop(`${spec}: ${passed.length} tests ran for ${greps.length} bugs.`);
  }

  const rows = [];
  for (const mutant of mutants) {
    const started = Date.now();
    const restore = mutate(mutant, tree);
    try {
      await build(mutant.name);
      const { passed, failed } = await tests(mutant.name, project, { ...mutant, first: true });
      if (passed.length + failed.length === 0) throw new Stop(`${mutant.name}: no test ran (build/logs/mutants-tests.log).`);
      const [adapter, bug] = mutant.name.split(": ");
      if (failed.length > 0) rows.push([adapter, cell(bug), cell(`${mutant.spec}: ${failed[0]}`)]);
      say(`${failed.length > 0 ? "caught" : "NOT CAUGHT"}  ${mutant.name} (${seconds(Date.now() - started)})`);
    } finally {
      restore();
    }
  }
  say(`\n${rows.length} of ${mutants.length} bugs caught`);
  if (write) {
    const others = written(all.map(({ name }) => name).filter((name) => !mutants.some((mutant) => mutant.name === name)));
    const order = all.map(({ name }) => name);
    const place = ([adapter, bug]) => order.indexOf(`${adapter}: ${bug}`);
    writeFileSync(DOCUMENT, document([...others, ...rows].sort((a, b) => place(a) - place(b))));
  }
  return rows.length === mutants.length ? 0 : 1;
});
