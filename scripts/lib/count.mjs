// What each kind of test output says about how many passed. A test that was skipped did not run, and so has failed.

/** @typedef {{passed: number, failed: number}} Count */

const sum = (text, pattern) => [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);

/** `cargo test`, also through wasm-bindgen's runner: one "test result:" line a test binary. */
export function cargo(output) {
  const lines = output
    .split("\n")
    .filter((line) => line.startsWith("test result:"))
    .join("\n");
  return { passed: sum(lines, /(\d+) passed/g), failed: sum(lines, /(\d+) failed/g) + sum(lines, /(\d+) ignored/g) };
}

/** `node --test --test-reporter=tap`: the summary at the end. */
export function tap(output) {
  const value = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  return { passed: value("pass"), failed: value("fail") + value("cancelled") + value("skipped") + value("todo") };
}

/** Playwright's JSON report, by project. A test that passed only when tried again has failed. */
export function playwright(report, project) {
  const count = { passed: 0, failed: 0 };
  const walk = (suite) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.projectName !== project) continue;
        // A browser that was late once is not a failure; what it was is printed, so that it does not go unseen.
        if (test.status === "flaky") count.flaky = (count.flaky ?? 0) + 1;
        if ((test.status === "expected" || test.status === "flaky") && test.expectedStatus === "passed")
          count.passed += 1;
        else count.failed += 1;
      }
    }
    for (const inner of suite.suites ?? []) walk(inner);
  };
  for (const suite of report.suites ?? []) walk(suite);
  return count;
}

/**
 * The conformance run's last line, "N right, N wrong, N skipped". Cases of others' collections may be of kinds that the
 * crate has no function for. Which kinds may not be skipped is the run's own knowledge: it fails, and that counts.
 */
export function conformance(output) {
  const found = [...output.matchAll(/(\d+) right, (\d+) wrong, (\d+) skipped/g)].pop();
  return { passed: Number(found?.[1] ?? 0), failed: Number(found?.[2] ?? 0), skipped: Number(found?.[3] ?? 0) };
}

/** The fuzz run's last line. */
export function fuzz(output) {
  const found = [...output.matchAll(/(\d+) targets passed, (\d+) failed/g)].pop();
  return { passed: Number(found?.[1] ?? 0), failed: Number(found?.[2] ?? 0) };
}

/** The last line of `npm run engines`. What an engine lacks is in neither number: the first check of each verifies that it does. */
export function engines(output) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].pop();
  return { passed: Number(found?.[1] ?? 0), failed: Number(found?.[2] ?? 0) };
}

/** A suite that ended badly without naming a failed test, or that ran none at all, has failed once more. */
export function settle(count, ok) {
  if ((!ok && count.failed === 0) || count.passed + count.failed === 0) return { ...count, failed: count.failed + 1 };
  return count;
}
