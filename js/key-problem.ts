// What the status of a key means for a person.
import { Call, textOf } from "./door.js";
import { callNow } from "./load.js";
import type { Problem } from "./types.js";

/** `status`: an EME MediaKeyStatus, or none where no license has brought the key. Nothing where it plays, or may yet. */
export function keyProblem(keyId: string, status: string): Problem | undefined {
  const [found] = callNow(Call.keyProblem, keyId, status);
  if (!found) return undefined;
  const { code, message, hint } = JSON.parse(textOf(found)) as Problem;
  return { code, message, hint };
}
