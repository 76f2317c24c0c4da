// Which error a CDM refuses with. EME names them; the texts are for whoever reads the console.

/** Bytes or arguments that make no sense: EME's TypeError. */
export const malformed = (text) => new TypeError(`simulated CDM: ${text}`);

/** Right call at the wrong time. */
export const wrongState = (text) => new DOMException(`simulated CDM: ${text}`, "InvalidStateError");

/** Something that this CDM cannot do. */
export const notSupported = (text) => new DOMException(`simulated CDM: ${text}`, "NotSupportedError");

/** Runs a parser; whatever it throws (short input, bad base64, bad UTF-8) becomes one TypeError. */
export function parsing(what, parser) {
  try {
    return parser();
  } catch (error) {
    throw malformed(`${what}: ${error.message}`);
  }
}
