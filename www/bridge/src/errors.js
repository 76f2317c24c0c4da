// The errors of a CDM. EME defines their names; the texts are for people who read the console.

/** Invalid bytes or arguments: EME's TypeError. */
export const malformed = (text) => new TypeError(`simulated CDM: ${text}`);

/** A valid call at the wrong time. */
export const wrongState = (text) => new DOMException(`simulated CDM: ${text}`, "InvalidStateError");

/** Something that this CDM does not support. */
export const notSupported = (text) => new DOMException(`simulated CDM: ${text}`, "NotSupportedError");

/** Runs a parser; any exception (short input, bad base64, bad UTF-8) becomes one TypeError. */
export function parsing(what, parser) {
  try {
    return parser();
  } catch (error) {
    throw malformed(`${what}: ${error.message}`);
  }
}
