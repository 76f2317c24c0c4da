// What a token says, and what is wrong with it.
import { Call, textOf } from "./door.js";
import { callNow } from "./load.js";
import type { CustomDataInspection, ExpectedCustomData } from "./types.js";

type Expected = { [name in keyof ExpectedCustomData]: ExpectedCustomData[name] | undefined };

/** `tokenNeeded`: where callback auth data will not do. */
export function inspect(value: string, expect: Expected, tokenNeeded: boolean): CustomDataInspection {
  // What is no text is no custom data either: the core says so.
  const text = typeof value === "string" ? value : "";
  const [json] = callNow(Call.inspectCustomData, text, (expect.now ?? new Date()).getTime(), expect.drm, expect.siteId, expect.contentId, expect.keyRotation, expect.tokenLifetime ?? NaN, tokenNeeded);
  return JSON.parse(textOf(json), (key, item: unknown) => (key === "issuedAt" || key === "expiresAt" ? new Date(item as number) : item)) as CustomDataInspection;
}
