// The common forms of a key id. The package returns key ids in hex; this only writes the same bytes in other forms.

export interface KeyIdForms {
  uuid: string;
  hex: string;
  base64: string;
  guid: string;
}

const grouped = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/**
 * Microsoft's GUIDs have the first three groups in little-endian byte order: PlayReady writes key ids like that, in
 * base64.
 */
export const inGuidOrder = (hex: string): string =>
  [3, 2, 1, 0, 5, 4, 7, 6].map((byte) => hex.slice(byte * 2, byte * 2 + 2)).join("") + hex.slice(16);

const base64 = (hex: string): string =>
  btoa((hex.match(/../g) ?? []).map((byte) => String.fromCharCode(parseInt(byte, 16))).join(""));

/** @param hex 32 digits, lower case, as the package returns them */
export function keyIdForms(hex: string): KeyIdForms {
  return { uuid: grouped(hex), hex, base64: base64(hex), guid: base64(inGuidOrder(hex)) };
}
