// npm run release: checks everything that a release needs, builds it twice, and prints the commands that publish it. It
// publishes nothing (docs/releasing.md).
//   npm run release -- --repository you/pallycon-drm    replaces the repository's address everywhere
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { options } from "./lib/args.mjs";
import { MODULES } from "./build/modules.mjs";
import { UserError, elapsed, main, log, step } from "./lib/log.mjs";
import { PLACEHOLDER, commit, manifest, repository, textFiles, versions } from "./lib/manifest.mjs";
import { buildDir, logDir, root, windows } from "./lib/paths.mjs";
import { runOrFail } from "./lib/run.mjs";
import { LIMIT, pack, packageChecks } from "./lib/tarball.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { WASM_TARGET, ensureRust } from "./setup/rust.mjs";
import { ensureTool } from "./setup/tools.mjs";

const output = join(buildDir, "release");
const npm = windows ? "npm.cmd" : "npm";
const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

const check = (label, command, more) =>
  runOrFail(label, command, { log: `release-${label.replace(/\W+/g, "-")}`, ...more });

function writeRepository(name) {
  if (!/^[\w.-]+\/[\w.-]+$/.test(name))
    throw new UserError(`"${name}" is not a repository.`, "For example: you/pallycon-drm");
  const old = repository();
  for (const file of textFiles()) {
    const text = readFileSync(join(root, file), "utf8");
    const written = text.replaceAll(`github.com/${old}`, `github.com/${name}`);
    const all = written.replaceAll(`githubusercontent.com/${old}`, `githubusercontent.com/${name}`);
    if (all === text) continue;
    writeFileSync(join(root, file), all);
    log(`    ${file}`);
  }
}

function checkTree() {
  if (!commit()) throw new UserError("There are uncommitted changes.", "git status");
  if (PLACEHOLDER.test(repository()))
    throw new UserError(
      "The repository's address is a placeholder.",
      "npm run release -- --repository you/pallycon-drm",
    );
}

function checkVersions() {
  const found = Object.entries(versions());
  const [, version] = found[0];
  const others = found.filter(([, other]) => other !== version);
  if (others.length > 0)
    throw new UserError(`package.json has ${version}, ${others.map((pair) => pair.join(" has ")).join(", ")}.`);
}

/** npm test and npm run lint record their counts and the commit. */
function checkTests() {
  for (const [file, command] of Object.entries({ "summary.json": "npm test", "lint.json": "npm run lint" })) {
    const path = join(logDir, file);
    const { commit: tested, complete, passed, failed } = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    if (tested !== commit() || !complete) throw new UserError(`${command} has not run for this commit.`, ".ci/run");
    if (!(passed > 0) || failed > 0) throw new UserError(`${command}: ${passed} passed, ${failed} failed.`, ".ci/run");
  }
}

/** In a clone of its own. @returns {Promise<{folder: string, path: string, size: number, files: string[]}>} */
async function buildClone(name) {
  const folder = join(output, name);
  await check(`clone ${name}`, ["git", "clone", "--quiet", root, folder], { quiet: true });
  const env = { CARGO_TARGET_DIR: undefined, RUSTUP_TOOLCHAIN: undefined };
  await check(`build ${name}`, [npm, "run", "build"], { cwd: folder, env });
  return { folder, ...pack(join(output, `${name}-packed`), folder) };
}

/** @returns {Promise<string>} the package */
async function buildTwice() {
  // Folders of different lengths: a path in the output would show.
  const [first, second] = [await buildClone("first"), await buildClone("second-build")];
  const differing = [...new Set([...first.files, ...second.files])].filter((file) => {
    const [a, b] = [first, second].map(({ folder }) => join(folder, file));
    return !existsSync(a) || !existsSync(b) || sha256(a) !== sha256(b);
  });
  if (differing.length > 0 || sha256(first.path) !== sha256(second.path))
    throw new UserError(`Two builds of one commit differ: ${differing.join(", ") || "only in the archive"}.`);
  if (first.size > LIMIT) throw new UserError(`The package has ${first.size} bytes; the limit is ${LIMIT}.`);
  const path = join(output, basename(first.path));
  cpSync(first.path, path);
  for (const { folder, path: packed } of [first, second])
    for (const done of [folder, join(packed, "..")]) rmSync(done, { recursive: true });
  return path;
}

/** CycloneDX. The package has no dependencies of npm's; the code in its modules comes from crates. */
async function writeSboms(name) {
  const paths = [await ensureTool("cargo-cyclonedx")];
  const features = ["--features", MODULES.join(), "--target", WASM_TARGET];
  const command = ["cargo", "cyclonedx", "--format", "json", ...features, "--override-filename", "sbom"];
  await check("SBOM of the crates", command, { paths });
  renameSync(join(root, "sbom.json"), join(output, `${name}.crates.cdx.json`));
  const ofNpm = await check("SBOM of the package", [
    npm,
    "sbom",
    "--silent",
    "--sbom-format",
    "cyclonedx",
    "--omit",
    "dev",
    "--package-lock-only",
  ]);
  writeFileSync(join(output, `${name}.npm.cdx.json`), ofNpm);
  return [`${name}.crates.cdx.json`, `${name}.npm.cdx.json`];
}

await main(async () => {
  const { values } = options("npm run release", { repository: { type: "string", value: "you/pallycon-drm" } });
  if (values.repository) {
    writeRepository(values.repository);
    return;
  }
  step("Tree, versions, tests");
  checkTree();
  checkVersions();
  checkTests();
  await ensurePackages();
  await ensureRust();
  const { version } = manifest();
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });

  step("Licenses and sources of the crates");
  await check("cargo deny", ["cargo", "deny", "--locked", "check", "bans", "licenses", "sources"], {
    paths: [await ensureTool("cargo-deny")],
  });
  step("Two builds in two clones");
  const tarball = await buildTwice();
  step("The package");
  for (const [name, command] of packageChecks(tarball)) await check(name, command);
  step("SBOMs");
  const files = [basename(tarball), ...(await writeSboms(`pallycon-drm-${version}`))];
  step("The crate");
  await check("cargo publish", ["cargo", "publish", "--dry-run", "--locked"]);
  writeFileSync(join(output, "SHA256SUMS"), files.map((file) => `${sha256(join(output, file))}  ${file}\n`).join(""));

  log(`\n${readFileSync(join(output, "SHA256SUMS"), "utf8")}
Everything is ready after ${elapsed()}, and nothing is published. To publish (docs/releasing.md):

  git tag --sign v${version} --message "pallycon-drm ${version}" && git push origin v${version}
  npm publish --provenance --access public     in the workflow of that tag; compare its SHA-256
  cargo publish --locked
  gh release create v${version} --verify-tag ${[...files, "SHA256SUMS"].map((file) => `build/release/${file}`).join(" ")}`);
});
