// Whether the page can reach a URL, and if not, why: the policy, the connection, or CORS.
import { newAbortController } from "../core.js";
import type { Problem } from "../types.js";
import { watchingPolicy } from "./content-policy.js";
import { problem } from "./problem.js";
import { before, type Deadline } from "./time.js";
import { Reason } from "../generated/codes.js";

const LATE = "late" as const;

/** A request that hangs is aborted at the time limit. No cookies and no token are sent. */
export async function urlProblems(text: string, limit: Deadline): Promise<Problem[]> {
  let url: URL;
  try {
    url = new URL(text, typeof location === "undefined" ? undefined : location.href);
  } catch {
    return [problem("url-invalid")];
  }
  const name = url.origin + url.pathname;
  if (typeof fetch === "undefined" || !/^https?:$/.test(url.protocol)) return [];
  const controller = newAbortController();
  void limit.over.then(() => controller.abort());
  const reach = (init: RequestInit) => {
    const response = fetch(url.href, { cache: "no-store", credentials: "omit", ...init, signal: controller.signal });
    return before(
      limit,
      response.then(
        ({ body }) => {
          void body?.cancel();
          return true;
        },
        () => false,
      ),
      LATE,
    );
  };
  const concerns = (blocked: string) =>
    blocked === "" || url.href.startsWith(blocked) || blocked.startsWith(url.origin);
  const [reached, directive] = await watchingPolicy(() => reach({ mode: "no-cors" }), concerns);
  if (directive) return [problem("csp-blocks-url", [directive, name])];
  if (reached !== true) return [unreachable(url, name, reached)];
  if (typeof location === "undefined" || url.origin === location.origin) return [];
  // A license request carries a header of its own, so its preflight must be allowed as well.
  const headers = /licenseManager/.test(url.pathname) ? { "pallycon-customdata-v2": "" } : {};
  const readable = await reach({ mode: "cors", headers });
  if (readable === true) return [];
  return [readable === LATE ? unreachable(url, name, LATE) : problem("cors-refused", [name, location.origin])];
}

function unreachable(url: URL, name: string, reached: false | typeof LATE): Problem {
  if (typeof location !== "undefined" && location.protocol === "https:" && url.protocol === "http:") {
    return problem("mixed-content", [name]);
  }
  return problem("url-unreachable", [name], reached === LATE ? Reason.NotInTime : Reason.NotReached);
}
