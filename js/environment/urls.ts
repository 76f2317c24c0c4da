// Whether the page can reach a URL, and what keeps it from it: the policy, the connection, or CORS.
import type { Problem } from "../types.js";
import { watchingPolicy } from "./content-policy.js";
import { problem } from "./problem.js";
import { Reason } from "../generated/codes.js";

/** One that hangs is given up after `timeout`. No cookies and no token are sent. */
export async function urlProblems(text: string, timeout: number): Promise<Problem[]> {
  let url: URL;
  try {
    url = new URL(text, typeof location === "undefined" ? undefined : location.href);
  } catch {
    return [problem("url-invalid")];
  }
  const name = url.origin + url.pathname;
  if (typeof fetch === "undefined" || !/^https?:$/.test(url.protocol)) return [];
  const late = typeof AbortController === "undefined" ? undefined : new AbortController();
  const timer = setTimeout(() => late?.abort(), timeout);
  const reach = (init: RequestInit) => fetch(url.href, { cache: "no-store", credentials: "omit", ...init, ...(late ? { signal: late.signal } : {}) }).then((answer) => { void answer.body?.cancel(); return true; }, () => false);
  try {
    const concerns = (blocked: string) => blocked === "" || url.href.startsWith(blocked) || blocked.startsWith(url.origin);
    const [reached, directive] = await watchingPolicy(() => reach({ mode: "no-cors" }), concerns);
    if (directive) return [problem("csp-blocks-url", [directive, name])];
    if (!reached) return [unreachable(url, name, late?.signal.aborted)];
    if (typeof location === "undefined" || url.origin === location.origin) return [];
    // A license request carries a header of its own, so its preflight has to be allowed as well.
    const headers = /licenseManager/.test(url.pathname) ? { "pallycon-customdata-v2": "" } : {};
    if (await reach({ mode: "cors", headers })) return [];
    return [problem("cors-refused", [name, location.origin])];
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(url: URL, name: string, late: boolean | undefined): Problem {
  if (typeof location !== "undefined" && location.protocol === "https:" && url.protocol === "http:") {
    return problem("mixed-content", [name]);
  }
  return problem("url-unreachable", [name], late ? Reason.NotInTime : Reason.NotReached);
}
