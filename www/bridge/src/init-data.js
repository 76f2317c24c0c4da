// Init data that all simulated CDMs read: `keyids` and `webm` (W3C), and the boxes of `cenc`.
import { base64url, fromBase64, fromUtf8 } from "./bytes.js";
import { readPssh, SYSTEM_ID } from "./boxes.js";

/** `{"kids":["base64url"…]}` */
export function readKeyIds(bytes) {
  const { kids } = JSON.parse(fromUtf8(bytes));
  if (!Array.isArray(kids) || kids.length === 0) throw new RangeError("no kids");
  return kids.map((kid) => {
    const id = fromBase64(String(kid).replace(/-/g, "+").replace(/_/g, "/"));
    if (id.length !== 16) throw new RangeError("a key id that is not 16 bytes");
    return id;
  });
}

/** `webm`: one key id, and nothing else (W3C EME initialization data format registry). */
export function readWebm(bytes) {
  if (bytes.length !== 16) throw new RangeError("a key id that is not 16 bytes");
  return [bytes];
}

export const writeKeyIds = (keyIds) => JSON.stringify({ kids: keyIds.map(base64url) });

/**
 * Reads `cenc` for one system: its own boxes by `readData`, else the Common boxes.
 * @param {(data: Uint8Array) => Uint8Array[]} readData key ids in the data of the system's own box
 */
export function readCenc(bytes, systemId, readData) {
  const all = readPssh(bytes);
  const own = all.filter((box) => box.systemId === systemId);
  const used = own.length > 0 ? own : all.filter((box) => box.systemId === SYSTEM_ID.common);
  const keyIds = [].concat(
    ...used.map((box) => [...box.keyIds, ...(box.systemId === systemId ? readData(box.data) : [])]),
  );
  if (keyIds.length === 0) throw new RangeError("no box of this system with a key id");
  return keyIds;
}
