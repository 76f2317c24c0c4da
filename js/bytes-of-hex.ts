// Hex and not base64: brotli finds the repetitions of the bytes in it, which base64 hides (docs/decisions.md). It is
// also ASCII, which a page's charset cannot damage.

/** `text`: lower-case digits. */
export function bytesOfHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  const digit = (at: number) => {
    const code = text.charCodeAt(at);
    return code < 58 ? code - 48 : code - 87;
  };
  for (let at = 0; at < bytes.length; at++) bytes[at] = digit(2 * at) * 16 + digit(2 * at + 1);
  return bytes;
}
