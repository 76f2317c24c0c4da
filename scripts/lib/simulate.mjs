// How the simulator is built and run: a crate of its own, with a folder of its own below target/.
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
/** What clippy thinks of it. */
export const SIMULATE_CLIPPY = ["cargo", "clippy", "--all-targets", ...CARGO, "--", "-D", "warnings"];
