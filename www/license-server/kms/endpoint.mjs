/**
 * The key server, as a packager calls it. The license endpoints of the same run know the keys that it has issued.
 *     POST /v1/cpix/pallycon/getKey/TOKEN       one key
 *     POST /v2/cpix/pallycon/getKey/TOKEN       several keys by track type and period, payloads, playlist lines
 *     POST /v2/cpix/doverunner/getKey/TOKEN     the same
 *     POST /cpix/getKey?enc-token=TOKEN         SPEKE v1: one key
 *     GET  /cpix/anevia/dash|hls/TOKEN/CID      ATEME NEA-DVR: the request is the path
 */
import { Refusal } from "../errors.mjs";
import { readCpixRequest } from "./request.mjs";
import { cpixResponse } from "./response.mjs";

const DASH = ["edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "9a04f079-9840-4286-ab92-e65be0885f95"];
const HLS = ["94ce86fb-07ff-4f43-adb8-93d2fa968ca2"];

/**
 * @typedef {object} KmsCall
 * @property {string} token
 * @property {"pallycon" | "doverunner"} vendor
 * @property {1 | 2} version
 */

/**
 * @param {KmsCall} call
 * @param {Buffer} body
 * @param {import("../routes.mjs").Context} context
 * @returns {import("../errors.mjs").Reply}
 */
export function getKey({ token, vendor, version }, body, { world, run }) {
  const secret = secretFor(token, world);
  const request = readCpixRequest(body, { multiKey: version === 2 });
  const provider = vendor === "doverunner" ? "doverunner" : "inkaentworks";
  return give(run, cpixResponse(request, { secret, provider, version2: version === 2 }));
}

/**
 * @param {{ container: string, token: string, cid: string }} call
 * @param {import("../routes.mjs").Context} context
 * @returns {import("../errors.mjs").Reply}
 */
export function getAtemeKey({ container, token, cid }, { world, run }) {
  const secret = secretFor(token, world);
  if (cid === "" || [...cid].length > 200) throw new Refusal(9001, "the content id has 1 to 200 characters");
  const hls = container === "hls";
  /** @type {import("./request.mjs").CpixRequest} */
  const request = {
    contentId: cid,
    periods: [],
    keys: [{ kid: "", scheme: hls ? "cbcs" : "cenc", ruled: false, systemIds: hls ? HLS : DASH }],
  };
  return give(run, cpixResponse(request, { secret, provider: "inkaentworks", version2: true, ateme: true }));
}

/**
 * @param {string | null} token
 * @param {import("../routes.mjs").World} world
 */
function secretFor(token, world) {
  const account = [...world.accounts.values()].find(({ kmsToken }) => kmsToken !== undefined && kmsToken === token);
  if (account?.kmsSecret === undefined) throw new Refusal(7016, "no account has this key server token");
  return account.kmsSecret;
}

/**
 * @param {import("../runs.mjs").Run} run
 * @param {{ xml: string, known: import("../catalog.mjs").KnownKey[] }} answer
 * @returns {import("../errors.mjs").Reply}
 */
function give(run, { xml, known }) {
  for (const key of known) run.learn(key);
  return { status: 200, type: "application/xml; charset=utf-8", body: Buffer.from(xml, "utf8") };
}
