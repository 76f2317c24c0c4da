// Facts that several manifests repeat are the same in each of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PLACEHOLDER, manifest, repositoriesNamed, repository, versions } from "../../scripts/lib/manifest.mjs";

test("the version is the same in the manifests, the lock files and the changelog", () => {
  const found = versions();
  const { version } = manifest();
  assert.match(version, /^\d+\.\d+\.\d+/);
  assert.deepEqual(found, Object.fromEntries(Object.keys(found).map((file) => [file, version])));
});

test("once package.json has another address, no file keeps the placeholder", () => {
  const named = repositoriesNamed();
  for (const file of ["Cargo.toml", "SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml"])
    assert.ok(
      named.some((one) => one.file === file && one.name === repository()),
      file,
    );
  const left = named.filter(({ name }) => PLACEHOLDER.test(name) && name !== repository());
  assert.deepEqual(left, [], "npm run release -- --repository OWNER/NAME writes all of them");
});

test("npm's manifest and the crate's have the same home and licence", () => {
  const cargo = readFileSync(new URL("../../Cargo.toml", import.meta.url), "utf8");
  const { homepage, license, repository: source, bugs } = manifest();
  assert.ok(cargo.includes(`\nrepository = "${source.url.replace(/^git\+|\.git$/g, "")}"`));
  assert.ok(cargo.includes(`\nhomepage = "${homepage}"`));
  assert.ok(cargo.includes(`\nlicense = "${license}"`));
  assert.equal(bugs, `https://github.com/${repository()}/issues`);
});
