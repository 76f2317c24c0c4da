// What stands between a page's fetch and gloo-net. A page may have replaced fetch (a service mock, another frame's), and
// gloo-net 0.7.0 panics, which ends the instance with every request in flight, where it rejects with something that is no
// Error, or resolves with a Response of another realm. The build puts this in the place of `fetch` in the module's glue
// (scripts/build/scripts.mjs).
import { isA } from "../bytes.js";

/** Of responses that gloo-net does not know: what it carries in their place. */
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

/** What fetch resolved with. */
export const originalResponse = (response: Response): Response => standIns.get(response) ?? response;

export { guardedFetch as fetch };
