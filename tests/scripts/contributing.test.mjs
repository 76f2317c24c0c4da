// CONTRIBUTING's lists of the files that a change touches are true: each is compared with an existing example, found by
// its name.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { projectFiles } from "../../scripts/lib/manifest.mjs";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const BINARY = /\.(wasm|m4s|mp4|webm|der)$/;

const files = projectFiles().filter((path) => !/(^|\/)package-lock\.json$/.test(path) && !BINARY.test(path));

/** The files in a section's table. */
function listed(heading) {
  const [, section] = new RegExp(`## ${heading}\\n([\\s\\S]*?)(\\n## |$)`).exec(read("CONTRIBUTING.md"));
  return [...section.matchAll(/^\| (`.*?) \| .* \|$/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path),
  );
}

/**
 * `example`: an existing one; `pattern`: how the files that implement it name it, in their path (first line) or text;
 * `others`: files that name it for another reason; `folders`: parts of the example, which the text mentions
 */
const LISTS = {
  "Adding an adapter": {
    example: "rx-player",
    pattern: /^.*rx-player|rxKeySystems|pallycon-drm\/rx-player|\brx-player\.(js|ts|mjs)\b|"rx-player"/,
    others: [
      /^(benches|www|xtask|docs\/scale)\//, // compared as a reader of init data; the bridge and the demo choose what they show
      /^docs\/(performance|decisions|adapter-bugs|scale|when-it-does-not-play)\.md$/, // measured, decided, generated
      /^tests\/(demo|engines)\/|^tests\/e2e\/(?!rx-player\.)[\w-]+\.spec\.mjs$|^tests\/mutants\/bugs\/client\.mjs$/, // what the client and the demo do with every adapter
    ],
    folders: ["js/players/rx-player/", "tests/e2e/page/rx-player/"],
  },
  "Adding an error code": { example: "player-untested", others: [/^tests\//, /^js\/players\/parts\/version\.ts$/] }, // raised and tested there
  "Adding a DRM system": { example: "Nagra", pattern: /\bNAGRA\b|PayloadFormat::Nagra|\| Nagra \|/, others: [] },
  "Adding a packager": {
    example: "flussonic",
    pattern: /flussonic/i,
    others: [/^docs\/(coverage|partner-shaka-packager)\.md$/, /^tests\/server\/coverage\.test\.mjs$/], // the key server's documents
  },
  "Adding a command": {
    example: "token",
    pattern: /^js\/cli\/token\.ts|\brunToken\b|cli\(\["token"|pallycon-drm token/,
    others: [/^docs\/(?!server\.md)[\w-]+\.md$|^errors\.json$|\/cli-inspect\./], // their examples use it
  },
};

for (const [heading, { example, pattern = new RegExp(example), others, folders = [] }] of Object.entries(LISTS)) {
  test(`${heading}: the files listed are those of ${example}`, () => {
    const section = read("CONTRIBUTING.md").split(`## ${heading}\n`)[1].split("\n## ")[0];
    for (const folder of folders) assert.ok(section.includes(`\`${folder.replace(example, "NAME")}\``), folder);
    const ignored = [...others, /^CONTRIBUTING\.md$|^CHANGELOG\.md$|^tests\/scripts\//]; // these lists
    const touched = files.filter(
      (path) =>
        pattern.test(`${path}\n${read(path)}`) &&
        !ignored.some((other) => other.test(path)) &&
        !folders.some((folder) => path.startsWith(folder)),
    );
    const names = new Set(touched.map((path) => path.replace(example, "NAME").replace(".bundler.", ".")));
    assert.deepEqual(
      [...names].sort(),
      listed(heading)
        .filter((path) => path !== "CHANGELOG.md")
        .sort(),
    );
  });
}
