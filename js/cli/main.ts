// The command line: `npx pallycon-drm COMMAND …`. Exit codes: 0 all well, 1 refused or something is wrong, 2 wrong usage.
import { readFileSync } from "node:fs";
import { PallyConError } from "../server.js";
import { HELP } from "./help.js";
import { endWithReader, print, printError, printJson } from "./terminal.js";
import { Usage } from "./usage.js";
import { runCpix } from "./cpix.js";
import { runInspect } from "./inspect.js";
import { runToken } from "./token.js";

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = { inspect: runInspect, token: runToken, cpix: runCpix };
/** Process lists and shell histories show arguments to everyone. */
const SECRETS = /^--?(site-?key|access-?key|kms-?token|enc-?token)(=|$)/i;

async function run(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    printError(HELP[""]!);
    return 2;
  }
  if (name === "help" || name === "--help" || name === "-h") {
    print(HELP[rest[0] ?? ""] ?? HELP[""]!);
    return 0;
  }
  if (name === "--version") {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
    print(version);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Usage(`There is no command "${name}".`);
  if (rest.includes("--help") || rest.includes("-h")) {
    print(HELP[name]!);
    return 0;
  }
  const secret = rest.find((arg) => SECRETS.test(arg))?.replace(/=.*/s, "");
  if (secret) {
    throw new Usage(`${secret} is not taken from the command line, where others can read it. Set PALLYCON_SITE_KEY, PALLYCON_ACCESS_KEY or PALLYCON_KMS_TOKEN, or name a file by --account.`, name);
  }
  return command(rest);
}

const args = process.argv.slice(2);
endWithReader();
try {
  process.exitCode = await run(args);
} catch (error) {
  if (error instanceof Usage) {
    printError(`${error.message}\nSee: pallycon-drm ${error.command ? `${error.command} ` : ""}--help`);
    process.exitCode = 2;
  } else if (error instanceof PallyConError) {
    if (args.includes("--json")) printJson({ error: error.toJSON() });
    else printError(`${error.message}\n${error.hint}`);
    process.exitCode = 1;
  } else {
    printError(error instanceof Error ? error.stack ?? error.message : String(error));
    process.exitCode = 1;
  }
}
