// Tools that only the system's package manager provides: installed on Debian and Ubuntu, as root.
import { run, which } from "../lib/run.mjs";
import { UserError, log, step } from "../lib/log.mjs";
import { windows } from "../lib/paths.mjs";

/** Whether `aptInstall()` can do something here. */
export const hasApt = () => process.platform === "linux" && Boolean(which("apt-get")) && process.getuid?.() === 0;

/** One by one: a package that this release lacks must not block the others. */
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

/** Rust links with the C compiler, which rustup does not install. On Windows, rustc finds it. */
export async function ensureLinker() {
  if (windows || which("cc")) return;
  if (hasApt()) await aptInstall(["gcc", "libc6-dev"]);
  if (which("cc")) return;
  throw new UserError(
    "No C linker (cc) was found, and Rust cannot build without one.",
    "Install it (Debian, Ubuntu: build-essential; Fedora: gcc; macOS: xcode-select --install) and run the command again.",
  );
}

/** Tests read git's list of files. */
export async function ensureGit() {
  if (which("git")) return;
  if (hasApt()) await aptInstall(["git"]);
  if (!which("git")) log("  ! missing: git. Tests that need it count as failed until it is installed.");
}
