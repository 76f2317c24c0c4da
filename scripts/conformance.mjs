// npm run conformance -- DIR…: runs every case in the given vector folders and their subfolders `field`, and prints the
// score.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { MODULES } from "./build/modules.mjs";
import { run } from "./lib/run.mjs";
import { UserError, main, log } from "./lib/log.mjs";
import { ensureRust } from "./setup/rust.mjs";

await main(async () => {
  const folders = process.argv.slice(2);
  if (folders.length === 0)
    throw new UserError(
      "No vector folder was given.",
      "npm run conformance -- FOLDER, a folder with *.json vector files.",
    );
  await ensureRust();
  let code = 0;
  for (const folder of folders) {
    if (!existsSync(folder))
      throw new UserError(`${folder} does not exist.`, "Name a folder with *.json vector files.");
    const command = [
      "cargo",
      "test",
      "--quiet",
      "--features",
      // Built like npm test does, so that the crate is compiled once.
      MODULES.join(),
      "--test",
      "conformance",
      "--",
      "--nocapture",
    ];
    const result = await run("conformance", command, {
      log: "conformance",
      env: { PALLYCON_VECTORS: resolve(folder) },
    });
    log(result.output.trimEnd());
    if (!result.ok) code = 1;
  }
  return code;
});
