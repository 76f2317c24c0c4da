// Sits between a page's fetch and gloo-net. A page may have replaced fetch (a service mock, another frame's), and
// gloo-net 0.7.0 panics, which ends the instance with every request in flight, if fetch rejects with something that is
// not an Error, or resolves with a Response of another realm. The build replaces `fetch` in the module's glue with this
// (scripts/build/scripts.mjs).
import { isA } from "../bytes.js";

/** Responses that gloo-net does not recognize, by the substitute that it carries. */
const standIns = new WeakMap<Response, Response>();

async function guardedFetch(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request);
  } catch (cause) {
    throw cause instanceof Error ? cause : new TypeError("fetch rejected with something that is not an Error");
  }
  if (response instanceof Response) return response;
  if (!isA(response, "Response")) throw new TypeError("fetch resolved with something that is not a Response");
  const standIn = new Response();
  standIns.set(standIn, response);
  return standIn;
}

/** The response that fetch resolved with. */
export const originalResponse = (response: Response): Response => standIns.get(response) ?? response;

export { guardedFetch as fetch };
