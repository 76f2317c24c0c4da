/** Faults that apply to any response: they replace it, or change it on the way out. */
import { flipBit } from "./certificates.mjs";
import { errorReply, jsonReply } from "./errors.mjs";

/** @typedef {import("./errors.mjs").Reply} Reply */

/** What a captive portal or a gateway sends instead of a response. */
const PAGE =
  "<!doctype html>\n<html><head><title>Sign in</title></head><body><h1>Please sign in to use this network</h1></body></html>\n";

/** @returns {Reply} */
export function loginPage(status = 200) {
  return { status, type: "text/html; charset=utf-8", body: Buffer.from(PAGE, "utf8") };
}

/**
 * The response that replaces the real one, if the fault does that.
 * @param {import("./faults.mjs").Fault} fault
 * @param {string} prefix the run's prefix, for a redirect that stays in the run
 * @returns {Reply | undefined}
 */
export function instead({ name, argument, number }, prefix) {
  switch (name) {
    case "error":
      return errorReply(argument);
    case "error-number":
      return errorReply(argument, undefined, { asNumber: true });
    case "site-error": {
      const colon = argument.indexOf(":");
      const nested = { ERROR: argument.slice(0, colon), MESSAGE: argument.slice(colon + 1) };
      return errorReply("8002", JSON.stringify(nested));
    }
    case "html":
      return loginPage(argument === "" ? 200 : number);
    case "json":
      return jsonReply({ status: "ok", data: { items: [] } });
    case "empty":
      return { status: 200, body: Buffer.alloc(0) };
    case "status": {
      const seconds = /:retry-after=(\d+)$/.exec(argument)?.[1];
      const headers = seconds === undefined ? undefined : { "retry-after": seconds };
      return { status: number, type: "text/plain; charset=utf-8", body: Buffer.from(`Status ${number}\n`), headers };
    }
    case "redirect":
      return { status: 302, body: Buffer.alloc(0), headers: { location: `${prefix}/login` } };
    case "close":
      return { status: 0, body: Buffer.alloc(0), close: true };
    default:
      return undefined;
  }
}

/**
 * @param {Reply} reply
 * @param {import("./faults.mjs").Fault} fault
 * @param {boolean} flipped whether the endpoint flipped the bit itself, inside the outer format
 * @returns {Reply}
 */
export function changed(reply, { name, number }, flipped) {
  switch (name) {
    case "truncate":
      return { ...reply, body: reply.body.subarray(0, reply.body.length >> 1) };
    case "flip":
      return flipped ? reply : { ...reply, body: flipBit(reply.body, number) };
    case "no-cors":
      return { ...reply, cors: false };
    default:
      return reply;
  }
}
