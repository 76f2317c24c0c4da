// TextEncoder and TextDecoder, or what lets an import pass where they are missing, as in Jest's jsdom: init() says so then. The glue of the
// wasm modules makes both at its top level; the build gives it these (scripts/build/scripts.mjs).

class Missing {
  decode(): string {
    return "";
  }
}

const Encoder = typeof TextEncoder === "function" ? TextEncoder : (Missing as unknown as typeof TextEncoder);
const Decoder = typeof TextDecoder === "function" ? TextDecoder : (Missing as unknown as typeof TextDecoder);
export { Encoder as TextEncoder, Decoder as TextDecoder };

export const hasTextCoding = ![Encoder, Decoder].includes(Missing as never);
