// Events of the package as lines that a person can read. Pure: an event in, a line out.
import { DRMS } from "./choices.js";

/** @typedef {{kind: "step" | "good" | "warning" | "error", what: string, more?: string[]}} Line */

const ms = (duration) => `${Math.round(duration)} ms`;
const bytes = (count) => `${count.toLocaleString("en")} bytes`;
const short = (keyId) => (keyId.length > 12 ? `${keyId.slice(0, 8)}…` : keyId);
const name = (drm) => DRMS[drm]?.label ?? drm;

function initData({ type, boxes, keyIds, contentId, warnings }) {
  const systems = boxes.map((box) => box.system ?? box.systemId).join(", ");
  const more = [];
  if (boxes.length > 0) more.push(`${boxes.length} PSSH box${boxes.length === 1 ? "" : "es"}: ${systems}`);
  if (contentId) more.push(`content id ${contentId}`);
  if (keyIds.length > 0) more.push(`key ids ${keyIds.join(", ")}`);
  for (const warning of warnings) more.push(`${warning.message} (byte ${warning.offset})`);
  return { kind: "step", what: `Init data found (${type})`, more };
}

function failure(error) {
  const more = [error.hint, `code ${error.code}${error.serverCode ? `, PallyCon ${error.serverCode}` : ""}${error.httpStatus ? `, HTTP ${error.httpStatus}` : ""}`];
  if (error.siteError) more.push(`the site says ${error.siteError.code}: ${error.siteError.message}`);
  for (const problem of error.problems ?? []) more.push(`the token: ${problem.message}`);
  return { kind: "error", what: error.message, more: more.filter(Boolean) };
}

const STATUS = {
  usable: "the key decrypts",
  expired: "the key has expired",
  "output-restricted": "the screen's connection is not protected enough",
  "output-downscaled": "shown in a lower resolution: the screen's connection is not protected enough",
  "internal-error": "the CDM failed",
  released: "the key was given back",
  "status-pending": "the CDM has not decided yet",
};

/** @returns {Line} */
export function tell(event) {
  switch (event.type) {
    case "init-data": return initData(event.initData);
    case "custom-data": return { kind: "step", what: `License token for ${name(event.drm)}`, more: [`from the local backend in ${ms(event.duration)}`] };
    case "request": return { kind: "step", what: `License request (${name(event.drm)})${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}`, more: [`${bytes(event.bytes)} to ${event.url}`] };
    case "license": return { kind: "good", what: `License received (${name(event.drm)})`, more: [`${bytes(event.bytes)} after ${ms(event.duration)}; it is what it should be, the CDM gets it`] };
    case "certificate": return { kind: "step", what: `Certificate (${name(event.drm)})`, more: [`${bytes(event.bytes)} in ${ms(event.duration)}`] };
    case "key-status": return { kind: event.status === "usable" ? "good" : "warning", what: `Key ${short(event.keyId)}: ${event.status}`, more: STATUS[event.status] ? [STATUS[event.status]] : [] };
    case "retry": return { kind: "warning", what: `Asking again in ${ms(event.delay)}`, more: [event.error.message] };
    case "warning": return { kind: "warning", what: event.message, more: [event.hint, `code ${event.code}`] };
    case "error": return failure(event.error);
    default: return { kind: "step", what: String(event.type) };
  }
}

/** An error of the player: ours is inside of it, or it is the player's alone. */
export function tellPlayerError({ player, message, ours }) {
  return { kind: "error", what: `${player}: ${message}`, more: ours ? [`with our error inside: ${ours.message}`] : [] };
}
