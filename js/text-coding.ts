// TextEncoder and TextDecoder, or stand-ins that let an import succeed without them, as in Jest's jsdom: init() then
// reports it. The glue of the wasm modules creates both at its top level; the build substitutes these
// (scripts/build/scripts.mjs).

class Missing {
  decode(): string {
    return "";
  }
}

const Encoder = typeof TextEncoder === "function" ? TextEncoder : (Missing as unknown as typeof TextEncoder);
const Decoder = typeof TextDecoder === "function" ? TextDecoder : (Missing as unknown as typeof TextDecoder);
export { Encoder as TextEncoder, Decoder as TextDecoder };

export const hasTextCoding = ![Encoder, Decoder].includes(Missing as never);
