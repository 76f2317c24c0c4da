// Where PallyCon's license server is (docs/protocol.md, "Endpoints"). Known without the wasm: players want a URL before it is loaded.
import type { Drm } from "../types.js";

const DEFAULT_HOST = "https://drm-license.doverunner.com";

function build(host: string | undefined, path: string, parameters: Record<string, string | undefined> = {}): string {
  const query = Object.keys(parameters)
    .filter((name) => parameters[name] !== undefined)
    .map((name) => `${name}=${encodeURIComponent(parameters[name]!)}`)
    .join("&");
  return `${(host ?? DEFAULT_HOST).replace(/\/+$/, "")}/ri/${path}${query && `?${query}`}`;
}

/** One URL for all DRMs but ClearKey, whose content is named in it. */
export const licenseUrl = (host: string | undefined, drm: Drm, siteId?: string, contentId?: string): string =>
  drm === "clearkey"
    ? build(host, "clearkey/licenseManager.do", { siteId, cid: contentId })
    : build(host, "licenseManager.do");

export const certificateUrl = (host: string | undefined, drm: "fairplay" | "widevine", siteId: string): string =>
  build(host, drm === "widevine" ? "widevineCert.do" : "fpsKeyManager.do", { siteId });

/** A URL, which may be relative to the page or to `base`; undefined if the text is not a URL. */
export function parseUrl(
  url: string,
  base = typeof location === "object" ? location.href : undefined,
): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

export const originOf = (url: string, base?: string): string | undefined => parseUrl(url, base)?.origin;
