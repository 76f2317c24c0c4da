// CONTRIBUTING's lists of what a change touches are true: for an adapter, and for an error code.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const LEFT_OUT =
  /^(node_modules|target|dist|build|test-results|\.git|package-lock\.json|js\/generated)(\/|$)|\/(node_modules|target|package-lock\.json)(\/|$)|\.(wasm|m4s|mp4|webm|der)$/;

/** Every text file of the project, by path. */
function texts(folder = "") {
  return readdirSync(new URL(folder || ".", root), { withFileTypes: true }).flatMap(({ name }, index, entries) => {
    const path = folder + name;
    if (LEFT_OUT.test(path)) return [];
    return entries[index].isDirectory() ? texts(`${path}/`) : [path];
  });
}
const files = texts();
const naming = (word) => files.filter((path) => path.includes(word) || read(path).includes(word));

/** How an adapter is named where it needs something; other texts may mention rx-player. */
const ADAPTER = /rxKeySystems|pallycon-drm\/rx-player|\brx-player\.(js|ts|mjs)\b|"rx-player"/;
/** Files that name it for another reason than that a new adapter needs it. */
const OTHERS = [
  /^(benches|www|xtask|docs\/scale)\//, // compared as a reader of init data; the bridge and the demo choose what they show
  /^docs\/(performance|decisions|adapter-bugs|scale|when-it-does-not-play)\.md$/, // measured, decided, generated
  /^CONTRIBUTING\.md$|^tests\/scripts\//, // these lists
  /^tests\/(demo|engines)\/|^tests\/e2e\/(?!rx-player\.)[\w-]+\.spec\.mjs$|^tests\/mutants\/bugs\/client\.mjs$/, // what the client and the demo do with every adapter
];

test("a new adapter touches the same files as rx-player", () => {
  const [, section] = /## Adding an adapter\n([\s\S]*?)(\n## |$)/.exec(read("CONTRIBUTING.md"));
  const listed = [...section.matchAll(/^\| (.*?) \| .* \|$/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path),
  );
  assert.ok(listed.length >= 10 && listed.length <= 15, `${listed.length} files`);
  const folders = ["js/players/rx-player/", "tests/e2e/page/rx-player/"];
  for (const folder of folders) assert.ok(section.includes(`\`${folder.replace("rx-player", "NAME")}\``), folder);
  const adapters = files.filter((path) => path.includes("rx-player") || ADAPTER.test(read(path)));
  const touched = adapters.filter(
    (path) => !OTHERS.some((other) => other.test(path)) && !folders.some((folder) => path.startsWith(folder)),
  );
  const names = touched.map((path) => path.replace("rx-player", "NAME").replace(".bundler.", "."));
  assert.deepEqual([...new Set(names)].sort(), listed.sort());
});

test("a new error code touches its table and the document, and where it is raised and tested", () => {
  const touched = naming("player-untested").filter((path) => !path.startsWith("tests/"));
  assert.deepEqual(touched.sort(), ["docs/errors.md", "errors.json", "js/players/parts/version.ts"]);
});
