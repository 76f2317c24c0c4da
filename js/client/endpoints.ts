// The URLs of PallyCon's license server (docs/protocol.md, "Endpoints"). Available without the wasm: players need a URL
// before it is loaded.
import type { Drm } from "../types.js";

const DEFAULT_HOST = "https://drm-license.doverunner.com";

function build(host: string | undefined, path: string, parameters: Record<string, string | undefined> = {}): string {
  const query = Object.keys(parameters)
    .filter((name) => parameters[name] !== undefined)
    .map((name) => `${name}=${encodeURIComponent(parameters[name]!)}`)
    .join("&");
  return `${(host ?? DEFAULT_HOST).replace(/\/+$/, "")}/ri/${path}${query && `?${query}`}`;
}

/** One URL for all DRMs except ClearKey, whose URL names the content. */
export const licenseUrl = (host: string | undefined, drm: Drm, siteId?: string, contentId?: string): string =>
  drm === "clearkey"
    ? build(host, "clearkey/licenseManager.do", { siteId, cid: contentId })
    : build(host, "licenseManager.do");

export const certificateUrl = (host: string | undefined, drm: "fairplay" | "widevine", siteId: string): string =>
  build(host, drm === "widevine" ? "widevineCert.do" : "fpsKeyManager.do", { siteId });

/** Resolves a URL against `base` or the page; undefined if the text is not a URL. */
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
