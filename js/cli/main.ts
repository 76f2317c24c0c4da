// The command line: `npx pallycon-drm COMMAND …`. Exit codes: 0 success, 1 refused or a problem was found, 2 usage
// error.
import { readFileSync } from "node:fs";
import { PallyConError, packagerViews } from "../server.js";
import { HELP } from "./help.js";
import { endWithReader, print, printError, printJson } from "./terminal.js";
import { Usage } from "./usage.js";
import { runCpix, runView } from "./cpix.js";
import { runInspect } from "./inspect.js";
import { runToken } from "./token.js";
import { runWasm } from "./wasm.js";
import { viewHelp, viewList } from "./view.js";

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = {
  inspect: runInspect,
  token: runToken,
  cpix: runCpix,
  wasm: runWasm,
};
/** Every user can read arguments in process lists and shell histories. */
const SECRETS = /^--?(site-?key|access-?key|kms-?token|enc-?token)(=|$)/i;

/** A packager's name is also a command. */
const viewOf = async (name: string) => (await packagerViews()).find((view) => view.name === name);

async function help(name: string): Promise<string> {
  if (name !== "" && Object.hasOwn(HELP, name)) return HELP[name]!;
  const view = await viewOf(name);
  return view
    ? viewHelp(view)
    : `${HELP[""]!}\nPackagers, each with a command that prints its settings:\n\n${viewList(await packagerViews())}\n`;
}

async function run(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    printError(await help(""));
    return 2;
  }
  if (name === "help" || name === "--help" || name === "-h") {
    print(await help(rest[0] ?? ""));
    return 0;
  }
  if (name === "--version") {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    print(version);
    return 0;
  }
  const own = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const command = own ?? ((await viewOf(name)) && ((list: string[]) => runView(name, list)));
  if (!command) throw new Usage(`Unknown command "${name}".`);
  if (rest.includes("--help") || rest.includes("-h")) {
    print(await help(name));
    return 0;
  }
  const secret = rest.find((arg) => SECRETS.test(arg))?.replace(/=.*/s, "");
  if (secret) {
    throw new Usage(
      `${secret} is not accepted on the command line, where other users can read it. Set PALLYCON_SITE_KEY, PALLYCON_ACCESS_KEY or PALLYCON_KMS_TOKEN, or pass a file with --account.`,
      name,
    );
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
    printError(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
