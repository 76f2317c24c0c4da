// License tokens and callback auth data.
import { tagOf } from "./kinds.js";
import { call } from "./load.js";
import { plain } from "./plain.js";
import type { Account, AuthDataOptions, LicenseTokenOptions, OpenedAuthData, OpenedLicenseToken } from "./types.js";

// The core refuses anything but text with the same sentence as empty text; the value itself is never shown.
const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const keys = (account: Account): [string, string, string | undefined] => [
  text(account?.siteId),
  text(account?.siteKey),
  account?.accessKey === undefined ? undefined : text(account.accessKey),
];

/** Makes the value of `pallycon-customdata-v2`. Valid for 600 s by default: make one for every license request. */
export async function createLicenseToken(account: Account, options: LicenseTokenOptions): Promise<string> {
  const given = plain(options ?? {}) as Record<string, unknown>;
  // In milliseconds: the core formats it.
  if (tagOf(options?.timestamp) === "Date") given.timestamp = Number(options.timestamp);
  return call((core) => core.createLicenseToken(...keys(account), given, Date.now()));
}

/**
 * Verifies the hash and decrypts the policy. Does not check expiry: that is the license server's rule, which the site
 * can configure.
 */
export async function openLicenseToken(account: Account, token: string): Promise<OpenedLicenseToken> {
  const opened = await call((core) => core.openLicenseToken(...keys(account), text(token)));
  return { ...opened, timestamp: new Date(opened.timestamp) };
}

/** Makes auth data for the callback type: PallyCon asks the site's own server what the user may do. */
export async function createAuthData(account: Account, options: AuthDataOptions): Promise<string> {
  const [siteId, siteKey] = keys(account);
  return call((core) => core.createAuthData(siteId, siteKey, plain(options)));
}

/** Decrypts auth data. */
export async function openAuthData(account: Account, value: string): Promise<OpenedAuthData> {
  const [siteId, siteKey] = keys(account);
  return call((core) => core.openAuthData(siteId, siteKey, text(value)));
}
