// PallyCon's codes as the built core knows them: every number is tried, so the list is the table in the core itself.
import { createPallyCon, init } from "../../dist/index.js";

export const GROUPS = [
  ["Site and server", 1000, 2999], ["Token and custom data", 7000, 7099], ["Widevine", 7100, 7199], ["PlayReady", 7200, 7299],
  ["FairPlay", 7300, 7399], ["The site's own callback and policy", 8000, 8999], ["The request", 9000, 9999],
];

/** The error of a refusal as the client throws it. */
export async function refusals() {
  await init();
  const drm = await createPallyCon({});
  return (body) => {
    try {
      drm.readLicense("widevine", { status: 200, body: new TextEncoder().encode(JSON.stringify(body)) });
    } catch (error) {
      return error;
    }
    throw new Error("a refusal was taken for a license");
  };
}

/** @returns {Promise<{title: string, errors: {serverCode: string, code: string, message: string, hint: string, phase: string, retryable: boolean}[]}[]>} */
export async function serverCodes() {
  const refuse = await refusals();
  const known = [];
  for (let number = 0; number < 10_000; number += 1) {
    const error = refuse({ errorCode: String(number), message: "" });
    if (error.code !== "server-error") known.push(error);
  }
  return GROUPS.map(([title, from, to]) => ({ title, errors: known.filter(({ serverCode }) => Number(serverCode) >= from && Number(serverCode) <= to) }));
}
