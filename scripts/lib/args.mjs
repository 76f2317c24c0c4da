// Options of a command, read by Node's own parser.
import { parseArgs } from "node:util";
import { UserError } from "./log.mjs";

const shown = (name, { type, value = type === "string" ? "VALUE" : "N" }) =>
  `--${name}${type === "boolean" ? "" : ` ${value}`}`;

/**
 * @param {string} command as typed, without its options
 * @param {Record<string, {type: "string" | "boolean" | "number", value?: string, default?: unknown}>} spec
 *   `number`: whole and not negative; `value`: its name in the usage
 * @returns {{values: Record<string, any>, positionals: string[]}}
 */
export function options(command, spec, { args = process.argv.slice(2), allowPositionals = false } = {}) {
  const usage = Object.entries(spec).map(([name, option]) => shown(name, option));
  const refuse = (message) => new UserError(message, `${command} -- ${usage.join("  ")}`);
  const plain = Object.entries(spec).map(([name, { type }]) => [
    name,
    { type: type === "boolean" ? "boolean" : "string" },
  ]);
  let parsed;
  try {
    parsed = parseArgs({ args, options: Object.fromEntries(plain), allowPositionals });
  } catch (error) {
    throw refuse(error.message.split(/\. (?=To )/)[0]);
  }
  const values = { ...parsed.values };
  for (const [name, { type, default: preset }] of Object.entries(spec)) {
    const given = values[name];
    if (given === undefined) values[name] = preset;
    else if (type === "number" && !/^\d+$/.test(given)) throw refuse(`--${name} takes a whole number, not "${given}".`);
    else if (type === "number") values[name] = Number(given);
  }
  return { values, positionals: parsed.positionals };
}
