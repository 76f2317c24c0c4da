// How the test run counts: a wrong sum would hide a failure, so each format is tested with real output.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cargo, conformance, engines, fuzz, playwright, settle, tap } from "../../scripts/lib/count.mjs";

test("cargo: the lines of all test binaries are added up, ignored tests count as failed", () => {
  const output = [
    "running 3 tests",
    "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
    "test result: FAILED. 1 passed; 2 failed; 4 ignored; 0 measured; 7 filtered out; finished in 0.00s",
  ].join("\n");
  assert.deepEqual(cargo(output), { passed: 4, failed: 6 });
});

test("cargo: test output that looks like a result is not counted", () => {
  assert.deepEqual(cargo("  note: test result: 9 passed; 9 failed\n"), { passed: 0, failed: 0 });
});

test("node --test: cancelled, skipped and todo tests count as failed", () => {
  assert.deepEqual(tap("ok 1 - a\n# tests 9\n# suites 0\n# pass 5\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n"), {
    passed: 5,
    failed: 4,
  });
});

test("Playwright: by project, nested; skipped counts as failed; a pass on retry counts as passed and is reported", () => {
  const spec = (projectName, status, expectedStatus = "passed") => ({
    tests: [{ projectName, status, expectedStatus }],
  });
  const report = {
    suites: [
      {
        specs: [spec("chromium", "expected"), spec("firefox", "unexpected")],
        suites: [
          { specs: [spec("chromium", "flaky"), spec("chromium", "skipped", "skipped"), spec("chromium", "expected")] },
        ],
      },
    ],
  };
  assert.deepEqual(playwright(report, "chromium"), { passed: 3, failed: 1, flaky: 1 });
  assert.deepEqual(playwright(report, "firefox"), { passed: 0, failed: 1 });
  assert.deepEqual(playwright({}, "chromium"), { passed: 0, failed: 0 });
});

test("Playwright: a test that is expected to fail proves nothing, so it does not count as passed", () => {
  assert.deepEqual(
    playwright(
      { suites: [{ specs: [{ tests: [{ projectName: "chromium", status: "expected", expectedStatus: "failed" }] }] }] },
      "chromium",
    ),
    { passed: 0, failed: 1 },
  );
});

test("conformance: the last score counts", () => {
  assert.deepEqual(conformance("pssh 5 right, 0 wrong, 0 skipped\ntotal 12 right, 1 wrong, 2 skipped\n"), {
    passed: 12,
    failed: 1,
    skipped: 2,
  });
});

test("a suite that broke, or that ran nothing, has failed", () => {
  assert.deepEqual(settle({ passed: 3, failed: 0 }, false), { passed: 3, failed: 1 });
  assert.deepEqual(settle({ passed: 0, failed: 0 }, true), { passed: 0, failed: 1 });
  assert.deepEqual(settle({ passed: 3, failed: 2 }, false), { passed: 3, failed: 2 });
  assert.deepEqual(settle({ passed: 3, failed: 0 }, true), { passed: 3, failed: 0 });
});

test("engines: the last line counts, not a cell of the table", () => {
  assert.deepEqual(engines("probe  2 passed, 9 failed\n\n26 passed, 1 failed in 41 s\n"), { passed: 26, failed: 1 });
  assert.deepEqual(engines(""), { passed: 0, failed: 0 });
});

test("fuzz: targets, by the last line", () => {
  assert.deepEqual(fuzz("target  executions\nxml  9 failed\n\n15 targets passed, 1 failed\n"), {
    passed: 15,
    failed: 1,
  });
});
