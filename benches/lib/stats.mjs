// Medians and spreads. A ratio is formed within a round, from two measurements in direct succession, so
// that a temporarily slow machine slows both.

/** The value below which `part` of the numbers are, interpolated. */
export function quantile(numbers, part) {
  if (numbers.length === 0) throw new Error("no numbers");
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** @returns {{median: number, low: number, high: number}} median and quartiles */
export const summary = (numbers) => ({
  median: quantile(numbers, 0.5),
  low: quantile(numbers, 0.25),
  high: quantile(numbers, 0.75),
});

/** The ratios of two series that were measured in turns: `theirs[i] / ours[i]`. */
export function ratios(theirs, ours) {
  if (theirs.length !== ours.length) throw new Error(`${theirs.length} measurements beside ${ours.length}`);
  return summary(theirs.map((value, i) => value / ours[i]));
}

/** `items`, starting with another one each round: none is always first, or always after the same one. */
export function rotated(items, round) {
  const start = round % items.length;
  const turned = [...items.slice(start), ...items.slice(0, start)];
  return Math.floor(round / items.length) % 2 ? turned.reverse() : turned;
}

const digits = (value) =>
  value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value >= 0.1
        ? value.toFixed(2)
        : value.toPrecision(1);
/** `1.23×`; the quartiles in brackets. */
export const times = ({ median, low, high }) => `${digits(median)}× (${digits(low)}–${digits(high)})`;
/** Nanoseconds as a person reads them. */
export function duration(ns) {
  if (ns < 0) return `−${duration(-ns)}`;
  if (ns < 999.5) return `${ns.toFixed(0)} ns`;
  if (ns < 999_500) return `${digits(ns / 1000)} µs`;
  return `${digits(ns / 1e6)} ms`;
}
/** 1 kB is 1000 bytes. */
export const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
