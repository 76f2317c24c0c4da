// Viewers of the package, many in one process: each has its own client, element and CDM, as each page has.
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { createPallyCon } from "../../dist/index.js";
import { attachMedia } from "../../dist/media.js";
import { Video, installEme } from "./eme.mjs";

const [FIRST, COMING] = ["0000000000000000000000000000000a", "0000000000000000000000000000000b"];
const CATALOG = [
  { contentId: "live", tracks: [FIRST, COMING].map((keyId) => ({ trackType: "HD", keyId, key: keyId })) },
];

export const startServer = async () => {
  installEme();
  const server = createLicenseServer({ catalog: CATALOG });
  await server.listen();
  return server;
};

const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** One viewer, who has a license for the current key. */
async function viewer(base, token, options) {
  const video = new Video();
  const events = [];
  const listeners = new Set();
  const onEvent = (event) => {
    events.push(event);
    for (const listener of listeners) listener(event);
  };
  const seen = (type) =>
    new Promise((resolve) => {
      const listener = (event) => {
        if (event.type !== type && event.type !== "error") return;
        listeners.delete(listener);
        resolve(event);
      };
      listeners.add(listener);
    });
  const client = await createPallyCon({
    siteId: "DEMO",
    contentId: "live",
    host: base,
    customData: () => token,
    ...options,
    onEvent,
  });
  const undo = await attachMedia(video, client, { drms: ["widevine"] });
  const first = seen("key-status");
  video.meet(FIRST);
  const end = await first;
  if (end.type === "error") throw end.error;
  return {
    undo,
    /** Encounters the coming key; returns the outcome. */
    async rotate(ahead) {
      events.length = 0;
      const done = seen("key-status");
      video.meet(COMING, ahead / 1000);
      const { type, at, error } = await done;
      const requests = events.filter((event) => event.type === "request").map((event) => event.at);
      return { licensed: type === "key-status", at, requests, ...(error ? { code: error.code } : {}) };
    },
  };
}

/**
 * A rotation for many viewers, in its own run.
 * @param {ReturnType<typeof createLicenseServer>} server
 * @param {string} name of the run
 * @param {{ viewers: number, options: object, polls: number, ahead: number, capacity: object, outage: number | null,
 * random?: () => number }} given `polls`: each player encounters the key within that many milliseconds; `ahead`: how
 * long after the rotation it is needed
 */
export async function rotate(server, name, { viewers, options, polls, ahead, capacity, outage, random = Math.random }) {
  const base = `${server.url}/r/${name}`;
  const post = (path, value) => fetch(`${base}/api/${path}`, { method: "POST", body: JSON.stringify(value) });
  const token = await (await fetch(`${base}/api/drm/token?drm=widevine&content_id=live`)).text();
  const all = [];
  // One after the other: a viewer that is ready has nothing to wait for when it begins.
  for (let index = 0; index < viewers; index += 1) all.push(await viewer(base, token, options));
  await post("capacity", capacity);
  if (outage) {
    await post("faults", [{ on: "license", fault: "status:503" }]);
    setTimeout(() => void fetch(`${base}/api/faults`, { method: "DELETE" }), outage);
  }
  const ends = await Promise.all(
    all.map(async ({ rotate }) => {
      const met = polls * random();
      await sleep(met);
      return rotate(ahead * (0.95 + 0.1 * random()) - met);
    }),
  );
  const load = await (await fetch(`${base}/api/capacity`)).json();
  await Promise.all(all.map(({ undo }) => undo()));
  return { ...measure(ends), ends, load };
}

/**
 * Counts like the model: the most requests within ten tenths of a second, and the 95th percentile of the viewers' waits
 * from the first request to the license, in seconds.
 */
export function measure(ends) {
  const times = ends.flatMap(({ requests }) => requests);
  const first = Math.min(...times);
  const tenths = [];
  for (const time of times) {
    const tenth = Math.floor((time - first) / 100);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  let peak = 0;
  for (let from = 0; from < tenths.length; from += 1)
    peak = Math.max(
      peak,
      tenths.slice(from, from + 10).reduce((sum, count) => sum + count, 0),
    );
  const waits = ends
    .filter(({ licensed }) => licensed)
    .map(({ at, requests }) => (at - requests[0]) / 1000)
    .sort((a, b) => a - b);
  const p95 = waits[Math.round((waits.length - 1) * 0.95)] ?? 0;
  return { peak, requests: times.length, p95, licensed: waits.length };
}
