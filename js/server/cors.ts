// CORS for a token backend of another origin than the page's: none, unless it is configured.
import { aBoolean, checkOptions, headerNames, isOrigin, refuse } from "./options.js";
import type { CorsOptions } from "./types.js";

/** Seconds for which a browser may cache a preflight. */
const MAX_AGE = "600";

const ORIGINS = [
  '"*" or a list of origins, such as "https://www.example.com"',
  (value: unknown) => value === "*" || (Array.isArray(value) && value.every(isOrigin)),
] as const;

export function checkCors(cors: CorsOptions | undefined | null): void {
  if (cors == null) return;
  checkOptions(cors, { origins: ORIGINS, credentials: aBoolean, headers: headerNames }, "cors.");
  if (cors.origins == null) throw refuse("cors.origins", ORIGINS[0]);
  // Browsers refuse the combination: https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
  if (cors.origins === "*" && cors.credentials)
    throw refuse("cors.origins", "a list of origins, which credentials require");
}

/**
 * The headers for the page of this request. `Vary` is also sent to other origins: a cache must know that responses
 * differ.
 */
export function corsHeaders(request: Request, cors: CorsOptions | undefined | null): Record<string, string> {
  if (!cors) return {};
  if (cors.origins === "*") return { "access-control-allow-origin": "*" };
  const origin = request.headers.get("origin") ?? "";
  const allowed = cors.origins.includes(origin)
    ? {
        "access-control-allow-origin": origin,
        ...(cors.credentials ? { "access-control-allow-credentials": "true" } : {}),
      }
    : {};
  return { ...allowed, vary: "Origin" };
}

/** What a preflight requests, if the page's origin is allowed. */
export function preflightHeaders(
  request: Request,
  cors: CorsOptions | undefined | null,
  methods: string,
): Record<string, string> {
  const headers = corsHeaders(request, cors);
  if (!headers["access-control-allow-origin"] || !request.headers.has("access-control-request-method")) return headers;
  return {
    ...headers,
    "access-control-allow-methods": methods,
    ...(cors?.headers?.length ? { "access-control-allow-headers": cors.headers.join(", ") } : {}),
    "access-control-max-age": MAX_AGE,
  };
}
