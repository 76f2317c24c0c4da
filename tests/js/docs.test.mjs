// Documents with lists are complete: options by player, outcomes without the package and with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PLAYERS as ADAPTERS } from "../../scripts/build/scripts.mjs";
import { CASES, NOT_PROVOKED, SECTIONS } from "../../www/demo/errors/cases.mjs";
import { PALLYCON_GROUPS } from "../../scripts/docs/errors.mjs";
import { secretsIn } from "../../scripts/lib/secrets.mjs";
import { PLAYERS, PLAYS } from "../showcase/record.mjs";
import { FILE, nameOf, parts, playersOf } from "../showcase/run.mjs";
import { reportedIssues } from "../support/reported-issues.mjs";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const cells = (line) => line.slice(2, -2).split(/(?<!\\) \| /);

test("every option has an entry for each adapter", () => {
  const [, body] = /export interface PallyConOptions \{\n([\s\S]*?)\n\}/.exec(read("js/types.ts"));
  const options = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  assert.ok(options.length >= 15);
  const [, table] = /## Options, by player\n([\s\S]*?)\n## /.exec(read("docs/players.md"));
  const rows = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map(cells);
  assert.deepEqual(
    rows.map(([name]) => name.replaceAll("`", "")),
    options,
  );
  for (const [name, ...players] of rows) {
    assert.equal(players.length, ADAPTERS.length, name);
    for (const cell of players) assert.match(cell, /\bours\b|\bmapped\b|\bnot possible\b/i, name);
  }
});

test("every reported issue and every group of codes is provoked, or has a reason", () => {
  for (const [index, { report }] of reportedIssues().entries()) {
    const number = index + 1;
    const cases = CASES.filter((one) => one.pain === number);
    assert.equal(cases.length > 0, !(number in NOT_PROVOKED), `${number}. ${report}`);
  }
  for (const one of CASES)
    assert.ok(one.players === undefined || (one.pain && one.run?.hls), "only playlist cases are not for every player");
  for (const title of PALLYCON_GROUPS)
    assert.ok(
      CASES.some(({ group }) => group === title),
      title,
    );
  for (const { id } of SECTIONS)
    assert.ok(
      CASES.some(({ section }) => section === id),
      id,
    );
  assert.equal(
    parts().reduce((sum, { cases }) => sum + cases.length, 0),
    CASES.length,
    "each case is in one place",
  );
  assert.equal(new Set(CASES.map(nameOf)).size, CASES.length, "each has its own name");
});

test("docs/without-and-with.md contains every case, for each player, without the package and with it", () => {
  const text = readFileSync(FILE, "utf8");
  const titles = [...text.matchAll(/^(#{2,3}) (.+)$/gm)].map(([, marks, title]) => [marks.length, title]);
  assert.deepEqual(
    titles,
    parts().map(({ level, title }) => [level, title]),
    "stale: npm run showcase",
  );
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map(cells);
  for (const one of CASES) {
    const at = rows.findIndex(([name]) => name === nameOf(one));
    assert.ok(at >= 0, `${nameOf(one)}: npm run showcase`);
    const observed = rows.slice(at, at + playersOf(one).length);
    assert.deepEqual(
      observed.map(([, player]) => player),
      playersOf(one).map((player) => PLAYERS[player]),
      nameOf(one),
    );
    for (const [, , without, withUs] of observed) assert.ok(without && withUs, nameOf(one));
  }
  for (const number of Object.keys(NOT_PROVOKED))
    assert.ok(text.includes(`Not provoked here: ${NOT_PROVOKED[number]}.`));
  assert.deepEqual(secretsIn(text), []);
  assert.doesNotMatch(text, /\/\/localhost|127\.0\.0\.1|file:\/\/|\/tmp\/|\[object/);
});

test("with the package, every code of PallyCon reaches the app", () => {
  const text = readFileSync(FILE, "utf8");
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map(cells);
  for (const one of CASES.filter(({ group }) => group)) {
    const at = rows.findIndex(([name]) => name === nameOf(one));
    for (const [, player, without, withUs] of rows.slice(at, at + 3)) {
      const [code] = one.what.split(":");
      assert.ok(withUs.includes(`PallyCon ${code}: `) && withUs.includes("→"), `${player}: ${nameOf(one)}`);
      assert.ok(!without.includes("→") && without !== PLAYS, `${player}: ${nameOf(one)}`);
    }
  }
});
