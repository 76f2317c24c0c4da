// Compares real sessions with the model's predictions (`npm run simulate -- --confirm`). The package, its wasm core and
// HTTP are real; the CDM is simulated. Several groups, because the random delays of 300 viewers differ from one run to
// the next; one after the other, because a busy process is late, and then the machine would be measured.
import { rotate, startServer } from "./fleet.mjs";

const GROUPS = 4;
/** How far the mean of the groups may be from the model's. */
const TOLERANCE = 0.15;
const FIGURES = { peak: "requests/s, peak", requests: "requests", p95: "95 % waited at most, s", licensed: "licensed" };

/** @param {{ peak: number, requests: number, p95: number, licensed: number }} expected @param {typeof expected[]} groups */
export function compare(expected, groups) {
  return Object.entries(FIGURES).map(([figure, name]) => {
    const measured = groups.reduce((sum, group) => sum + group[figure], 0) / groups.length;
    const off = measured / expected[figure] - 1;
    return { name, expected: expected[figure], measured, off, ok: Math.abs(off) <= TOLERANCE };
  });
}

/**
 * Every row has a scenario and a figure; `ok` says whether all agree.
 * @param {{ viewers: number, options: object, scenarios: any[] }} prediction
 */
export async function confirm({ viewers, options, scenarios }) {
  const server = await startServer();
  let ok = true;
  const table = [["scenario", "figure", "model", "measured", "off by"]];
  try {
    for (const { id, expected, ...scenario } of scenarios) {
      const given = { viewers, options, ...scenario };
      const groups = [];
      for (let group = 0; group < GROUPS; group += 1) groups.push(await rotate(server, `${id}-${group}`, given));
      for (const { requests, load } of groups) {
        const arrived = load.arrivals.reduce((sum, count) => sum + count, 0);
        if (arrived !== requests) throw new Error(`${id}: ${requests} requests were made, ${arrived} arrived`);
      }
      const rows = compare(expected, groups);
      const percent = (off) => `${off < 0 ? "−" : "+"}${Math.abs(100 * off).toFixed(1)} %`;
      for (const { name, expected, measured, off } of rows)
        table.push([id, name, expected.toFixed(1), measured.toFixed(1), percent(off)]);
      ok &&= rows.every((row) => row.ok);
    }
  } finally {
    await server.close();
  }
  return { ok, table };
}
