// pallycon-drm token: creates a token, or decrypts one.
import {
  createAuthData,
  createLicenseToken,
  openAuthData,
  openLicenseToken,
  type DrmType,
  type LicenseTokenOptions,
  type Policy,
} from "../server.js";
import { account } from "./account.js";
import { print, printJson } from "./terminal.js";
import { Usage, bytesOf, jsonFile, parse } from "./usage.js";

const NAME = "token";

export async function runToken(args: string[]): Promise<number> {
  const { values, positionals } = parse(NAME, args, {
    drm: { type: "string" },
    "content-id": { type: "string" },
    "user-id": { type: "string" },
    "order-id": { type: "string" },
    policy: { type: "string" },
    "response-format": { type: "string" },
    "key-rotation": { type: "boolean" },
    "allow-unknown": { type: "boolean" },
    callback: { type: "boolean" },
    account: { type: "string" },
  });
  const [verb, value, ...more] = positionals;
  if (verb === "open" && value !== undefined && more.length === 0) return open(value, values.account, !!values.json);
  if (verb !== undefined)
    throw new Usage(
      verb === "open" ? "token open takes one token, a file or -." : `Unknown token command "${verb}".`,
      NAME,
    );
  const { drm, "content-id": contentId, "user-id": userId } = values;
  if (drm === undefined || contentId === undefined) throw new Usage("--drm and --content-id are required.", NAME);
  if (values.callback && userId === undefined) throw new Usage("--callback requires --user-id.", NAME);
  const keys = await account(values.account, NAME);
  const drmType = drm as DrmType;
  if (values.callback) {
    show(
      "authData",
      await createAuthData(keys, { drmType, contentId, userId: userId!, orderId: values["order-id"] }),
      values.json,
    );
    return 0;
  }
  const token = await createLicenseToken(keys, {
    drmType,
    contentId,
    userId,
    policy: values.policy === undefined ? undefined : ((await jsonFile(values.policy, "--policy", NAME)) as Policy),
    responseFormat: values["response-format"] as LicenseTokenOptions["responseFormat"],
    keyRotation: values["key-rotation"],
    allowUnknown: values["allow-unknown"],
  });
  show("token", token, values.json);
  return 0;
}

function show(name: string, value: string, json: boolean | undefined): void {
  if (json) printJson({ [name]: value });
  else print(value);
}

async function open(value: string, file: string | undefined, json: boolean): Promise<number> {
  const bytes = await bytesOf(value);
  const text = (bytes ? new TextDecoder().decode(bytes) : value).trim();
  const keys = await account(file, NAME);
  const opened: Record<string, unknown> = isAuthData(text)
    ? { ...(await openAuthData(keys, text)) }
    : { ...(await openLicenseToken(keys, text)) };
  if (json) {
    printJson(opened);
    return 0;
  }
  for (const [name, field] of Object.entries(opened)) {
    if (field instanceof Date) print(`${name}: ${field.toISOString()} (${age(field)})`);
    // A line end within a field must not look like another field.
    else
      print(
        `${name}: ${typeof field === "object" ? JSON.stringify(field, null, 2) : String(field).replace(/\n/g, "\\n")}`,
      );
  }
  return 0;
}

function isAuthData(text: string): boolean {
  try {
    return "data" in (JSON.parse(atob(text.replace(/\s/g, "").replace(/-/g, "+").replace(/_/g, "/"))) as object);
  } catch {
    return false;
  }
}

/** PallyCon accepts a token for 600 s unless the site is configured otherwise. */
function age(issued: Date): string {
  const seconds = Math.round((Date.now() - issued.getTime()) / 1000);
  if (seconds < 0) return `${-seconds} s in the future: refused until then`;
  return `${seconds} s ago: ${seconds > 600 ? "expired, unless the site's tokens live longer than 600 s" : "valid by default"}`;
}
