// The local license server, if it exists: it mints tokens, issues licenses, and injects faults. A file host has none.
import contents from "site:catalog";
import type { Content } from "./choices.js";
import { siteRoot } from "../shared/dom.js";

/** Each page has its own run at the server, so that one tab's faults do not affect another. */
const RUN = /^.*\/r\/[\w-]+\//.exec(location.pathname)?.[0];
const run = RUN ?? `${siteRoot().pathname}r/demo-${(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).toString(36)}/`;

export interface Backend {
  /** whether the license server exists */
  server: boolean;
  /** with a slash at the end */
  base: string;
  contents: Content[];
}

/** Asks once; a host with any other response has no license server. */
export async function findBackend(): Promise<Backend> {
  const base = new URL(run, location.origin).href;
  try {
    const response = await fetch(`${base}api/catalog`, { cache: "no-store" });
    if (response.ok) return { server: true, base, contents: (await response.json()) as Content[] };
  } catch {
    /* no server, or no network */
  }
  return { server: false, base: siteRoot().href, contents };
}

export const mediaUrl = ({ base }: Backend, path: string): string => new URL(`media/${path}`, base).href;

/**
 * Keys of the samples for ClearKey, as a file: they protect nothing, and let a copy of the site play without any
 * server.
 */
export const clearKeyFile = (contentId: string): string => new URL(`clearkey/${contentId}.json`, siteRoot()).href;

export async function setFaults({ base }: Backend, faults: object[]): Promise<void> {
  const response = await fetch(`${base}api/faults`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(faults),
  });
  if (!response.ok) throw new Error(`The local server answered ${response.status}.`);
}

/** The CDM bridge must be loaded before a player looks for a CDM; it cannot be removed afterwards. */
export async function loadBridge({ base }: Backend): Promise<void> {
  if (bridge()) return;
  const script = document.createElement("script");
  script.src = new URL("bridge/bridge.js", base).href;
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error("The CDM bridge could not be loaded."));
    document.head.append(script);
  });
}

export const bridge = (): { active: boolean; drms: string[] } | undefined =>
  (window as { __cdmBridge?: { active: boolean; drms: string[] } }).__cdmBridge;
