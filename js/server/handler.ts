// A token backend in one line, for every runtime with Request and Response.
import { PallyConError } from "../core.js";
import { createLicenseToken } from "./token.js";
import type { Account, Authorize, DrmType } from "./types.js";

const DRM_TYPES = ["NCG", "Widevine", "PlayReady", "FairPlay", "Wiseplay"] as const;

// A token is for one viewer and one moment.
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

const answer = (status: number, text: string, more?: Record<string, string>) =>
  new Response(text, { status, headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8", ...more } });

/**
 * Answers `GET …/token?content_id=…&drm=…` with a license token as text, or as `{"token"}` where JSON is asked for. `authorize` says who may play
 * what: it gives the token's options (`userId`, `policy`, …), nothing to refuse with 403, or a Response of its own. What goes wrong inside stays
 * inside: it is handed to `onError`, and the viewer's player learns 500.
 */
export function tokenHandler(account: Account, authorize: Authorize, { onError = reportError }: { onError?: (error: unknown) => void } = {}): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== "GET") return answer(405, "Tokens are asked for by GET.", { allow: "GET" });
    const { searchParams } = new URL(request.url);
    const contentId = searchParams.get("content_id");
    const drm = searchParams.get("drm")?.toLowerCase();
    const drmType: DrmType | undefined = DRM_TYPES.find((known) => known.toLowerCase() === drm);
    // What a page without a content id asks for: `?content_id=${undefined}`.
    if (!contentId || contentId === "undefined" || contentId === "null") return answer(400, "content_id is missing.");
    if (!drmType) return answer(400, `drm must be one of ${DRM_TYPES.join(", ")}.`);
    try {
      const granted = await authorize({ contentId, drmType, request });
      if (!granted) return answer(403, "This content may not be played.");
      if (granted instanceof Response) return granted;
      const token = await createLicenseToken(account, { contentId, ...granted, drmType });
      if (!/\bapplication\/json\b/.test(request.headers.get("accept") ?? "")) return answer(200, token);
      return answer(200, JSON.stringify({ token }), { "content-type": "application/json" });
    } catch (error) {
      try {
        onError(error);
      } catch (thrown) {
        reportError(thrown);
      }
      return answer(500, "The token could not be made.");
    }
  };
}

function reportError(error: unknown): void {
  console.error(error instanceof PallyConError ? `pallycon-drm: ${error.message} ${error.hint}` : error);
}
