// Facts that several manifests repeat (the version, the repository's address), and the files that belong to the
// project.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { UserError } from "./log.mjs";
import { ask } from "./run.mjs";

const read = (path) => readFileSync(join(root, path), "utf8");
export const manifest = () => JSON.parse(read("package.json"));

const VERSION = /^version = "([^"]+)"/m;
/** The crate's entry in a lock file. */
const LOCKED = /^name = "pallycon-drm"\nversion = "([^"]+)"/m;
const PLACES = {
  "package.json": /"version": "([^"]+)"/,
  "package-lock.json": /"version": "([^"]+)"/,
  "Cargo.toml": VERSION,
  "Cargo.lock": LOCKED,
  "fuzz/Cargo.lock": LOCKED,
  "xtask/simulate/Cargo.lock": LOCKED,
  "CHANGELOG.md": /^## (\S+)/m,
};

/** @returns {Record<string, string | undefined>} the version by file */
export const versions = () =>
  Object.fromEntries(
    Object.entries(PLACES).map(([file, pattern]) => [file, pattern.exec(read(file).replaceAll("\r\n", "\n"))?.[1]]),
  );

/** As "owner/name". */
export const repository = () => /github\.com\/(.+)\.git$/.exec(manifest().repository.url)[1];
/** The placeholder until the project has an address. */
export const PLACEHOLDER = /^OWNER\//;

/** Addresses of a repository of this name, in every tracked text file. @returns {{file: string, name: string}[]} */
export function repositoriesNamed() {
  const name = repository().split("/")[1];
  const address = new RegExp(`github(?:usercontent)?\\.com/([\\w.-]+/${name})\\b`, "g");
  return textFiles().flatMap((file) => Array.from(read(file).matchAll(address), (match) => ({ file, name: match[1] })));
}

const TEXTS = ["*.md", "*.json", "*.toml", "*.yml", "*.ts", "*.mjs", "*.rs", "*.html"];
/** The files that git tracks, or would: nothing that a build or a test leaves. @param {string[]} patterns as git's */
export function projectFiles(...patterns) {
  const list = ask(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", ...patterns]);
  if (list === undefined)
    throw new UserError("git cannot list the project's files.", "Run this in a clone, with git installed.");
  return list.split("\n").filter((file) => existsSync(join(root, file)));
}
export const textFiles = () => projectFiles(...TEXTS);

/** The commit that is checked out, or undefined if something is not committed. */
export const commit = () =>
  ask(["git", "status", "--porcelain"]) === "" ? ask(["git", "rev-parse", "HEAD"]) : undefined;
