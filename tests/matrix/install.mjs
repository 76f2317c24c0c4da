// The folders that cells use: a set of tools installed once per user, plus the packed package.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDir, root, windows } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { UserError, log } from "../../scripts/lib/log.mjs";
import { NODE, TOOLS } from "./tools.mjs";

const base = join(cacheDir, "matrix");
const projects = fileURLToPath(new URL("projects", import.meta.url));
const npm = windows ? "npm.cmd" : "npm";

async function runOrFail(label, command, options) {
  const result = await run(label, command, options);
  if (!result.ok) throw new UserError(`${label} failed.\n${result.tail}`, `See ${result.log}.`);
}

/** Packages in a folder of their own, once for these versions. */
async function ensureInstalled(name, packages) {
  const folder = join(base, name);
  const wanted = JSON.stringify(packages);
  const stamp = join(folder, ".installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return folder;
  log(`    installing ${Object.keys(packages).join(", ")}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "matrix", private: true, dependencies: packages }),
  );
  await runOrFail(`npm install (${name})`, [npm, "install", "--no-audit", "--no-fund"], {
    log: `matrix-install-${name}`,
    cwd: folder,
  });
  writeFileSync(stamp, wanted);
  return folder;
}

/** The folder of the Node that runs the tools: this one if it is new enough, or npm's package of it. */
export async function nodeFolder() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 15)) return dirname(process.execPath);
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  return join(await ensureInstalled("node", { [name]: NODE }), "node_modules", name, "bin");
}

/** The package as it is published. @returns {Promise<string>} the unpacked folder */
export async function packPackage(from = root) {
  const folder = join(base, "packed");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const command = [npm, "pack", "--ignore-scripts", "--pack-destination", folder];
  await runOrFail("npm pack", command, { log: "matrix-pack", cwd: from, quiet: true });
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz")),
  );
  await runOrFail("tar", ["tar", "-xzf", tarball, "-C", folder], { log: "matrix-unpack", quiet: true });
  return join(folder, "package");
}

/**
 * A project that keeps only the tools of the previous cell.
 * @param {string} tool a name of TOOLS
 * @param {string[]} names folders of projects/, later ones over earlier ones
 * @param {string} packed the unpacked package
 * @param {object} manifest more for package.json
 */
export async function freshProject(tool, names, packed, manifest = {}) {
  const folder = await ensureInstalled(tool, TOOLS[tool]);
  for (const name of readdirSync(folder))
    if (!["node_modules", ".installed"].includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
  const modules = join(folder, "node_modules");
  for (const name of [".vite", ".vite-temp", ".cache", ".astro", "pallycon-drm"])
    rmSync(join(modules, name), { recursive: true, force: true });
  cpSync(packed, join(modules, "pallycon-drm"), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
  const { as = "dependencies", ...more } = manifest;
  const fields = { name: "app", private: true, type: "module", ...more };
  const dependencies = { ...TOOLS[tool], ...(as === "dependencies" ? { "pallycon-drm": version } : {}) };
  const devDependencies = as === "devDependencies" ? { "pallycon-drm": version } : {};
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...fields, dependencies, devDependencies }, null, 2));
  for (const name of names) cpSync(join(projects, name), folder, { recursive: true });
  return folder;
}
