// What only the system's package manager can bring: on Debian and Ubuntu, as root, it is installed.
import { run, which } from "../lib/run.mjs";
import { UserError, log, step } from "../lib/log.mjs";
import { windows } from "../lib/paths.mjs";

/** Whether `aptInstall()` can do something here. */
export const hasApt = () => process.platform === "linux" && Boolean(which("apt-get")) && process.getuid?.() === 0;

/** One by one: a name that this release does not have must not keep the others out. */
export async function aptInstall(names) {
  step(`Installing ${names.join(", ")} with apt (once)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get update", ["apt-get", "update", "-q"], { log: "setup-apt-update", env });
  for (const name of names) {
    const install = [
      "apt-get",
      "install",
      "-y",
      "-q",
      "--no-install-recommends",
      "-o",
      "DPkg::Lock::Timeout=600",
      name,
    ];
    const result = await run(`apt-get install ${name}`, install, { log: `setup-apt-${name}`, env });
    if (!result.ok) log(result.tail);
  }
}

/** Rust links by the C compiler, which rustup does not install. Windows' is found by rustc itself. */
export async function ensureLinker() {
  if (windows || which("cc")) return;
  if (hasApt()) await aptInstall(["gcc", "libc6-dev"]);
  if (which("cc")) return;
  throw new UserError(
    "There is no C linker (cc), without which Rust builds nothing.",
    "Install it (Debian, Ubuntu: build-essential; Fedora: gcc; macOS: xcode-select --install) and run the command again.",
  );
}

/** Tests look into git's list of files. */
export async function ensureGit() {
  if (which("git")) return;
  if (hasApt()) await aptInstall(["git"]);
  if (!which("git")) log("  ! missing: git. Tests that need it count as failed until it is installed.");
}
