// inspectCustomData: what a token says, and what is wrong with it.
import { call } from "./load.js";
import type { CustomDataInspection, ExpectedCustomData } from "./types.js";

/**
 * Reads a license token or callback auth data without any key. What is wrong, or differs from what is expected, is a problem in
 * the list; only what is not base64 (once or twice) of a JSON object throws "custom-data-invalid".
 */
export function inspectCustomData(value: string, expect?: ExpectedCustomData | null): CustomDataInspection {
  return inspect(value, expect ?? {}, false);
}

/** `tokenNeeded`: where callback auth data will not do. */
export function inspect(value: string, expect: ExpectedCustomData, tokenNeeded: boolean): CustomDataInspection {
  const json = call((core) =>
    // What is no text is no custom data either: the core says so.
    core.inspectCustomData(typeof value === "string" ? value : "", (expect.now ?? new Date()).getTime(), expect.drm ?? "", expect.siteId ?? "", expect.contentId ?? "", !!expect.keyRotation, expect.tokenLifetime ?? NaN, tokenNeeded),
  );
  return JSON.parse(json, (key, item: unknown) => (key === "issuedAt" || key === "expiresAt" ? new Date(item as number) : item)) as CustomDataInspection;
}
