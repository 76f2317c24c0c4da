// pallycon-drm inspect: identifies and decodes its input. Needs no key, and shows none.
import { init, inspectAny, type Finding } from "../inspect.js";
import { print, printError, printJson } from "./terminal.js";
import { Usage, bytesOf, parse } from "./usage.js";

const NAME = "inspect";
/** The text form cuts longer bytes; `--json` prints them in full. */
const SHOWN = 64;

export async function runInspect(args: string[]): Promise<number> {
  const { values, positionals } = parse(NAME, args, {});
  const [input, ...more] = positionals;
  if (input === undefined || more.length > 0) throw new Usage("inspect takes one file, text, or - for stdin.", NAME);
  const bytes = await bytesOf(input);
  await init();
  const found = inspectAny(bytes ?? input);
  if (values.json)
    printJson(
      JSON.parse(JSON.stringify(found, (_, value: unknown) => (ArrayBuffer.isView(value) ? hex(value) : value))),
    );
  else show(found);
  if (found.kind === "unknown" && !bytes)
    printError(
      "No file has this name, and the text itself is in no known format. Check the path, or pass - to read from stdin.",
    );
  return hasProblem(found) ? 1 : 0;
}

function show({ kind, layers, value }: Finding): void {
  print(`${kind}${layers?.length ? `, inside ${layers.join(" in ")}` : ""}`);
  lines(value, "  ");
}

function lines(value: unknown, indent: string): void {
  if (typeof value !== "object" || value === null) return print(`${indent}${inline(value)}`);
  for (const [name, field] of Object.entries(value)) {
    // List items have no names; each begins with a dash.
    const head = Array.isArray(value) ? `${indent}-` : `${indent}${name}:`;
    const short = field instanceof Date ? time(name, field.getTime(), value) : inline(field);
    print(short === undefined ? head : `${head} ${short}`);
    if (short === undefined) lines(field, `${indent}  `);
  }
}

/**
 * Whether the token has expired by this machine's clock. Tokens of other services (a JWT has an algorithm) state their
 * own expiry.
 */
function time(name: string, value: number, token: object): string {
  const over = name === "expiresAt" && value < Date.now();
  return `${new Date(value).toISOString()}${!over ? "" : "algorithm" in token ? " (expired)" : " (expired, unless the site's tokens live longer than 600 s)"}`;
}

/** The part of a value that fits on the line of its name. */
function inline(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) {
    const text = hex(value);
    return `${text.slice(0, SHOWN * 2)}${value.byteLength > SHOWN ? "…" : ""} (${value.byteLength} bytes)`.trimStart();
  }
  if (Array.isArray(value))
    return value.every((item) => typeof item !== "object") ? value.map(inline).join(", ") || "none" : undefined;
  if (typeof value !== "object" || value === null) return String(value).replace(/\n/g, "\\n");
  return Object.keys(value).length === 0 ? "none" : undefined;
}

const hex = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("hex");

/** Unknown, unreadable, or with a defect that a server would refuse. */
function hasProblem({ kind, value }: Finding): boolean {
  const { error, problems, pieces, expiresAt, token } = (value ?? {}) as {
    error?: unknown;
    problems?: unknown[];
    pieces?: Finding[];
    expiresAt?: Date;
    token?: unknown;
  };
  return (
    kind === "unknown" ||
    error !== undefined ||
    (problems?.length ?? 0) > 0 ||
    (expiresAt?.getTime() ?? Infinity) < Date.now() ||
    !!pieces?.some(hasProblem) ||
    (token !== undefined && hasProblem({ kind: "token", value: token }))
  );
}
