// Key ids as adapters encounter them: bytes of a CDM, and those of an init segment.
import type { Octets } from "../../core.js";

/**
 * default_KID of the first `tenc` that has one (ISO/IEC 23001-7, 8.2), at any depth of an init segment:
 *     "tenc" | version u8 | flags u24 | reserved u8 | pattern u8 | isProtected u8 | ivSize u8 | key id 16
 */
export function defaultKeyId(segment: Uint8Array | null | undefined): Octets | undefined {
  if (!segment) return undefined;
  for (let at = segment.indexOf(0x74); at >= 0 && at + 28 <= segment.length; at = segment.indexOf(0x74, at + 1)) {
    if (segment[at + 1] !== 0x65 || segment[at + 2] !== 0x6e || segment[at + 3] !== 0x63) continue;
    const keyId = segment.slice(at + 12, at + 28) as Octets;
    if (keyId.some((byte) => byte !== 0)) return keyId;
  }
  return undefined;
}
