// How to build and run the simulator: a separate crate, with its own folder below target/.
const CARGO = [
  "--quiet",
  "--manifest-path",
  "xtask/simulate/Cargo.toml",
  "--target-dir",
  "target/simulate",
  "--locked",
];

/** The command; its arguments follow. */
export const SIMULATE = ["cargo", "run", "--release", ...CARGO, "--"];
/** Its tests. */
export const SIMULATE_TESTS = ["cargo", "test", ...CARGO.slice(1)];
/** Its clippy run. */
export const SIMULATE_CLIPPY = ["cargo", "clippy", "--all-targets", ...CARGO, "--", "-D", "warnings"];
