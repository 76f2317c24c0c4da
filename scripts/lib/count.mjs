// Counts the passed tests, from each runner's own summary. A skipped test did not run, so it counts as failed.

/** @typedef {{passed: number, failed: number}} Count */

const sum = (text, pattern) => [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);

/** `cargo test`, also through wasm-bindgen's runner: one "test result:" line for each test binary. */
export function cargo(output) {
  const lines = output.match(/^test result:.*/gm)?.join("\n") ?? "";
  return { passed: sum(lines, /(\d+) passed/g), failed: sum(lines, /(\d+) (?:failed|ignored)/g) };
}

/** `node --test --test-reporter=tap`. */
export const tap = (output) => ({
  passed: sum(output, /^# pass (\d+)$/gm),
  failed: sum(output, /^# (?:fail|cancelled|skipped|todo) (\d+)$/gm),
});

/** Playwright's JSON report. A test that only passed on a retry counts as passed; `flaky` is printed. */
export const playwright = ({ stats: { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = {} }) => ({
  passed: expected + flaky,
  failed: unexpected + skipped,
  flaky,
});

/** The last line of our own runners: "N passed, N failed". */
export function lastLine(output) {
  const [, passed = 0, failed = 0] = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].pop() ?? [];
  return { passed: Number(passed), failed: Number(failed) };
}

/**
 * The conformance run's last line. External collections may contain cases that the crate has no function for.
 * The run itself knows which kinds may not be skipped: it then fails, and that counts.
 */
export function conformance(output) {
  const [, right = 0, wrong = 0, skipped = 0] =
    [...output.matchAll(/(\d+) right, (\d+) wrong, (\d+) skipped/g)].pop() ?? [];
  return { passed: Number(right), failed: Number(wrong), skipped: Number(skipped) };
}

/** A suite that exited with an error without naming a failed test, or that ran no tests, counts as one more failure. */
export function settle(count, ok) {
  if ((!ok && count.failed === 0) || count.passed + count.failed === 0) return { ...count, failed: count.failed + 1 };
  return count;
}
