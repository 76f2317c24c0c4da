// The package as it is packed: small, without dead links, and without what publint and attw find.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { after, test } from "node:test";
import { table } from "../../scripts/lib/log.mjs";
import { repository } from "../../scripts/lib/manifest.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { LIMIT, pack, packageChecks, shares } from "../../scripts/lib/tarball.mjs";

const folder = mkdtempSync(join(tmpdir(), "pallycon-drm-"));
after(() => rmSync(folder, { recursive: true }));
const tarball = pack(folder);

test(`it has at most ${LIMIT / 1000} kB`, (t) => {
  t.diagnostic(`${tarball.size} bytes in ${tarball.files.length} files`);
  for (const line of table(shares(tarball)).split("\n")) t.diagnostic(line);
  assert.ok(tarball.size <= LIMIT, `${tarball.size} bytes`);
});

const documents = tarball.files.filter((file) => file.endsWith(".md"));
/** Of Markdown and of HTML in it. */
const links = (document) => {
  const text = readFileSync(join(root, document), "utf8").replaceAll(/^```[\s\S]*?^```|`[^`\n]+`/gm, "code");
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g), ([, link, other]) => link ?? other);
};

test("a relative link in a packed document leads to a packed file", () => {
  const dead = documents.flatMap((document) =>
    links(document)
      .filter((link) => !/^[a-z]+:|^#/.test(link))
      .filter((link) => !tarball.files.includes(posix.join(dirname(document), link.replace(/#.*/, ""))))
      .map((link) => `${document}: ${link}`),
  );
  assert.deepEqual(dead, [], `other files are linked as https://github.com/${repository()}/blob/main/…`);
});

test("a link to a file of the repository leads to one", () => {
  const own = new RegExp(
    `^https://(?:github\\.com/${repository()}/(?:blob|tree)|raw\\.githubusercontent\\.com/${repository()})/main/([^#]+)`,
  );
  const targets = documents.flatMap((document) =>
    links(document)
      .map((link) => own.exec(link)?.[1])
      .filter(Boolean),
  );
  assert.ok(targets.length > 0);
  for (const target of targets) assert.ok(existsSync(join(root, target)), target);
});

for (const [name, [command, ...args]] of packageChecks(tarball.path)) {
  test(`${name} finds nothing`, () => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
}
