// Old headless Chromium, of the age of TV engines: each version of npm's chrome-aws-lambda contains another one.
// Downloaded once per user into the cache folder; only for development. They are Linux programs for x64.
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { toolDir } from "../lib/paths.mjs";
import { runOrFail } from "../lib/run.mjs";
import { UserError, step } from "../lib/log.mjs";
import { locked } from "./tools.mjs";

const PACKAGE = "chrome-aws-lambda";

/**
 * `chromium`: the engine's version; `version`, `integrity`: of the package; `h264`: whether it was built with H.264 and
 * AAC, and so with MP4;
 * `near`: the TVs with that engine or one of similar age, from their makers' tables (Samsung: Web Engine
 * Specifications; LG: Web API and
 * Web Engine).
 */
export const ENGINES = [
  {
    chromium: 64,
    version: "64.0.3264",
    h264: false,
    near: "Tizen 5.0 (63)",
    integrity: "sha512-3XpUhpg5Qlbq8V/Pk5gzfSqcq3wSlfT1N98yzDY8a+PrrROx9XUCntkg4W1ZmisqLsWhmRLZQrKtDjTRBttwig==",
  },
  {
    chromium: 67,
    version: "67.0.3372",
    h264: false,
    near: "webOS 5 (68), Tizen 5.5 (69)",
    integrity: "sha512-JGB/vPO64wwEBLBRGkZUa9uoJ7sZ/y0wB9/ZAlDS7fYtEOAJUVx7WzcU3hIhfCP4RSBcggS6vbSyx1u+Sgt5+w==",
  },
  {
    chromium: 78,
    version: "1.20.4",
    h264: true,
    near: "Tizen 6.0 (76)",
    integrity: "sha512-+zuq/BO9TpAvlXIpyGto6YytnEe0NBpZS5HVGnaMqRhL0cagDEhrzAYqaQfK4HZnafA7HW1wkFacl7CAI990LQ==",
  },
  {
    chromium: 80,
    version: "2.1.1",
    h264: true,
    near: "webOS 6 (79)",
    integrity: "sha512-Wer2QuygxsCov5bM2+8CLa6qYpNsc5AxYTlgTne00aFoxFP491LGJRxOQtGnYtsJP6UG4pB0SfrwTyPnLys1Lw==",
  },
  {
    chromium: 83,
    version: "3.1.1",
    h264: true,
    near: "Tizen 6.5 (85)",
    integrity: "sha512-ikOcpFgobiiUvDXtBft+jxVz2CsauRV58owDtVyF1ocl/YN+/eqdIrrmbItm3yeJGnb9RtKxzFAqGcpBTQbTCA==",
  },
];

export const enginesRunHere = process.platform === "linux" && process.arch === "x64";

/** @returns {Promise<string>} a folder with the program `chromium`, and its libraries in `lib/` */
export async function ensureEngine({ chromium, version, integrity }) {
  const home = join(toolDir, `chromium-${chromium}-${version}`);
  if (existsSync(home)) return home;
  mkdirSync(toolDir, { recursive: true });
  return locked(`chromium-${chromium}`, async () => {
    if (existsSync(home)) return home;
    step(`Downloading Chromium ${chromium} (once per user, about 35 MB; kept in ${toolDir})`);
    const temporary = join(toolDir, `.chromium-${chromium}.${process.pid}`);
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    try {
      const log = `setup-chromium-${chromium}`;
      await runOrFail("npm pack", ["npm", "pack", `${PACKAGE}@${version}`, "--ignore-scripts", "--silent"], {
        cwd: temporary,
        log,
        quiet: true,
        hint: "Check the network and npm's registry setting, then run the command again.",
      });
      const archive = join(temporary, `${PACKAGE}-${version}.tgz`);
      const digest = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
      if (digest !== integrity) {
        const hint = "Check npm's registry setting before running it.";
        throw new UserError(`${PACKAGE} ${version} differs from the pinned package: ${digest}`, hint);
      }
      await runOrFail("tar", ["tar", "xzf", archive], { cwd: temporary, log, quiet: true });
      const unpack = (name, to) => {
        const packed = readFileSync(join(temporary, "package/bin", name));
        writeFileSync(join(temporary, to), brotliDecompressSync(packed));
      };
      unpack("chromium.br", "chromium");
      chmodSync(join(temporary, "chromium"), 0o755);
      if (existsSync(join(temporary, "package/bin/aws.tar.br"))) {
        unpack("aws.tar.br", "aws.tar");
        await runOrFail("tar", ["tar", "xf", "aws.tar"], { cwd: temporary, log, quiet: true });
      }
      for (const path of [archive, join(temporary, "package"), join(temporary, "aws.tar")]) {
        rmSync(path, { recursive: true, force: true });
      }
      renameSync(temporary, home);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return home;
  });
}
