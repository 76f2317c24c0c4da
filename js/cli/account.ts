// The account, from the environment or a file: keys on a command line are seen by every user of the machine.
import type { Account } from "../server.js";
import { Usage, jsonFile } from "./usage.js";

const NAMES = { siteId: "PALLYCON_SITE_ID", siteKey: "PALLYCON_SITE_KEY", accessKey: "PALLYCON_ACCESS_KEY", kmsToken: "PALLYCON_KMS_TOKEN" } as const;
type Name = keyof typeof NAMES;

/** What the file holds, and for what it does not, the environment. */
export function secrets(file: string | undefined, command: string): Partial<Record<Name, string>> {
  const given = file === undefined ? {} : (jsonFile(file, "--account", command) as Record<string, unknown> | null);
  const out: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(NAMES) as Name[]) {
    const value = given?.[name] ?? process.env[NAMES[name]];
    if (typeof value === "string" && value !== "") out[name] = value;
  }
  return out;
}

export function account(file: string | undefined, command: string): Account {
  const { siteId, siteKey, accessKey } = secrets(file, command);
  if (siteId === undefined) throw missing("siteId", command);
  if (siteKey === undefined) throw missing("siteKey", command);
  return { siteId, siteKey, accessKey };
}

export const missing = (name: Name, command: string): Usage => new Usage(`${NAMES[name]} is not set, and no --account file gives ${name}.`, command);
