// The callback page of a site, for every runtime with Request and Response: PallyCon asks it what a user may do.
import { decodeText } from "../core.js";
import { Reason } from "../generated/codes.js";
import { readBody } from "./body.js";
import { serverError } from "./error.js";
import { isPlainObject, tagOf, typeOf } from "./kinds.js";
import { call } from "./load.js";
import { aFunction, checkOptions, refuse } from "./options.js";
import { plain } from "./plain.js";
import { report, respond } from "./respond.js";
import { keys } from "./token.js";
import type { Account, AuthorizeCallback, CallbackHandlerOptions, CallbackRequest } from "./types.js";

/** A request has a few hundred bytes. */
const MAX_BODY = 64 << 10;
const NOT_ALLOWED = { error: { code: "403", message: "This content may not be played." } };
const FAILED = { error: { code: "500", message: "The request could not be answered." } };

/**
 * Responds to PallyCon's `POST` of `data=…`: decrypts it, lets `authorize` decide, and encrypts the response with the
 * policy and the nonce. `authorize` returns `{ policy, userId }`, `{ error: { code, message } }`, which reaches the
 * player inside 8002, nothing to refuse, or a Response. Internal errors are not disclosed: they go to `onError`, and
 * the player gets code 500.
 * @throws "options-invalid"
 */
export function callbackHandler(
  account: Account,
  authorize: AuthorizeCallback,
  options: CallbackHandlerOptions = {},
): (request: Request) => Promise<Response> {
  if (typeof authorize !== "function") throw refuse("authorize", "a function");
  checkOptions(options, { onError: aFunction });
  const { onError } = options;
  const [siteId, siteKey] = keys(account);
  const seal = (answer: unknown, nonce: string) =>
    call((core) => core.sealCallbackAnswer(siteId, siteKey, answer, nonce, Date.now()));

  async function answer(asked: CallbackRequest): Promise<Response> {
    try {
      const granted: unknown = await authorize(asked);
      if (granted === null || granted === undefined || granted === false)
        return respond(200, await seal(NOT_ALLOWED, asked.nonce));
      if (tagOf(granted) === "Response") return granted as Response;
      if (!isPlainObject(granted))
        throw serverError("token-options-invalid", Reason.AuthorizeReturned, { parameters: [typeOf(granted)] });
      return respond(200, await seal(plain(granted), asked.nonce));
    } catch (error) {
      report(error, onError);
      return respond(200, await seal(FAILED, asked.nonce));
    }
  }

  return async (request) => {
    try {
      if (request.method !== "POST") return respond(405, "PallyCon calls this page with POST.", { allow: "POST" });
      const body = await readBody(request.body, MAX_BODY);
      if (!body) return respond(413, "The body is too large.");
      // A plus that was not percent-encoded has become a space; base64 contains no spaces.
      const data = new URLSearchParams(decodeText(body)).get("data")?.replace(/ /g, "+");
      if (!data) return respond(400, "data is missing.");
      const asked = await call((core) => core.openCallbackRequest(siteId, siteKey, data)).catch(
        (error: unknown) => void report(error, onError),
      );
      return asked ? await answer({ ...asked, request }) : respond(400, "data cannot be decrypted.");
    } catch (error) {
      report(error, onError);
      return respond(500, "The request could not be answered.");
    }
  };
}
