// A token backend in one line, for every runtime with Request and Response.
import { PallyConError } from "../core.js";
import { Reason } from "../generated/codes.js";
import { checkCors, corsHeaders, preflightHeaders } from "./cors.js";
import { serverError } from "./error.js";
import { isPlainObject, tagOf, typeOf } from "./kinds.js";
import { call } from "./load.js";
import { aFunction, anObject, checkOptions, drmList, refuse } from "./options.js";
import { report, respond } from "./respond.js";
import { createLicenseToken } from "./token.js";
import type { Account, Authorize, DrmType, TokenHandlerOptions, TokenRequest } from "./types.js";

const METHODS = "GET, HEAD, OPTIONS";

/**
 * Responds to `GET …/token?content_id=…&drm=…` with a license token as text, or as `{"token"}` if JSON is requested;
 * without `drm`, and with the option `drms`, with a JSON object that has a token for each of these. `authorize` decides
 * who may play what: it returns the token's options (`userId`, `policy`, …), nothing to refuse with 403, or a Response
 * of its own. Internal errors are not disclosed: they go to `onError`, and the page gets 500.
 * @throws "options-invalid"
 */
export function tokenHandler(
  account: Account,
  authorize: Authorize,
  options: TokenHandlerOptions = {},
): (request: Request) => Promise<Response> {
  if (typeof authorize !== "function") throw refuse("authorize", "a function");
  checkOptions(options, { drms: drmList, onError: aFunction, cors: anObject });
  const { drms, onError, cors } = options;
  checkCors(cors);

  async function token(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const asked = parameters(searchParams, ["content_id", "drm"]);
    if (typeof asked === "string") return respond(400, asked);
    const drmType = await call((core) => core.checkTokenRequest(asked, !!drms) as DrmType | undefined);
    const contentId = asked.content_id!;
    const tokens: Record<string, string> = {};
    for (const each of drmType ? [drmType] : await listed(asked)) {
      const made = await tokenFor({ contentId, drmType: each, request });
      if (typeof made === "object") return made;
      if (made !== undefined) tokens[each.toLowerCase()] = made;
    }
    const [only] = Object.values(tokens);
    if (only === undefined) return respond(403, "This content may not be played.");
    const json = { "content-type": "application/json" };
    if (!drmType) return respond(200, JSON.stringify(tokens), json);
    const vary = { vary: "Accept" };
    if (!/\bapplication\/json\b/.test(request.headers.get("accept") ?? "")) return respond(200, only, vary);
    return respond(200, JSON.stringify({ token: only }), { ...vary, ...json });
  }

  /** The DRMs of the option, as a token spells them. An invalid one is the site's mistake, not the page's. */
  const listed = (asked: Record<string, string>): Promise<DrmType[]> =>
    call((core) => drms!.map((drm) => core.checkTokenRequest({ ...asked, drm }, false) as DrmType)).catch(() => {
      throw refuse("drms", drmList[0]);
    });

  /** A token, undefined if the viewer may not play, or the site's own response. */
  async function tokenFor(asked: TokenRequest): Promise<string | Response | undefined> {
    const granted: unknown = await authorize(asked);
    if (granted === null || granted === undefined || granted === false) return undefined;
    if (tagOf(granted) === "Response") return granted as Response;
    if (!isPlainObject(granted))
      throw serverError("token-options-invalid", Reason.AuthorizeReturned, { parameters: [typeOf(granted)] });
    return createLicenseToken(account, { contentId: asked.contentId, ...granted, drmType: asked.drmType });
  }

  return async (request) => {
    try {
      if (request.method === "OPTIONS")
        return respond(204, null, { allow: METHODS, ...preflightHeaders(request, cors, METHODS) });
      const isHead = request.method === "HEAD";
      const response =
        isHead || request.method === "GET"
          ? await token(request).catch((error: unknown) => refusal(error))
          : respond(405, "Request tokens with GET.", { allow: METHODS });
      return withHeaders(response, corsHeaders(request, cors), isHead);
    } catch (error) {
      return refusal(error);
    }
  };

  function refusal(error: unknown): Response {
    if (error instanceof PallyConError && error.code === "token-request-invalid") return respond(400, error.message);
    report(error, onError);
    return respond(500, "The token could not be made.");
  }
}

/** The parameters by name; a sentence if one occurs twice, because two readers might choose different values. */
function parameters(query: URLSearchParams, names: string[]): Record<string, string> | string {
  const found: Record<string, string> = {};
  for (const name of names) {
    const [value, ...more] = query.getAll(name);
    if (more.length > 0) return `${name} is given more than once.`;
    // A page without a value requests `?content_id=${undefined}`.
    if (value && value !== "undefined" && value !== "null") found[name] = value;
  }
  return found;
}

/** The same response with more headers, and without a body for HEAD. A Response of the site keeps everything else. */
function withHeaders(response: Response, more: Record<string, string>, isHead: boolean): Response {
  const entries = Object.entries(more);
  if (entries.length === 0 && !isHead) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of entries) {
    if (name !== "vary") headers.set(name, value);
    else if (!/(^|,)\s*(\*|origin)\s*(,|$)/i.test(headers.get("vary") ?? "")) headers.append("vary", value);
  }
  return new Response(isHead ? null : response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
