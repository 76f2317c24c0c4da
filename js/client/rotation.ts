// The license of a coming key period: delayed by a random time, within what is buffered, and only while playback
// continues.
import { bufferedAhead, sleep } from "../time.js";
import { delayOfRotation } from "../wasm/delivery.js";

/** The playing element, if the adapter knows it. */
type MediaOf = () => HTMLMediaElement | null | undefined;

/** Events that stop or speed up playback: the license is needed now, or at an unknown time. */
const NEEDED = ["waiting", "waitingforkey", "seeking", "ratechange", "emptied"];

/** What an adapter knows of its player. */
export interface Playing {
  media?: MediaOf;
  /**
   * How long the player still loads after it has the license, in milliseconds, if it waits for that before it
   * continues.
   */
  loading?: () => number;
}

/**
 * Waits, and returns for how long. Without an element the time at which the key is needed is unknown, so it does not
 * wait.
 */
export async function spreadRotation(
  { media, loading }: Playing,
  spread: number,
  latency: number,
  signal?: AbortSignal,
): Promise<number> {
  const video = spread > 0 ? media?.() : undefined;
  const delay = video ? delayOfRotation(spread, bufferedAhead(video) - (loading?.() ?? 0), latency) : 0;
  if (!video || !(delay > 0)) return 0;
  const began = Date.now();
  let needed!: () => void;
  const early = new Promise<void>((resolve) => {
    needed = resolve;
  });
  for (const type of NEEDED) video.addEventListener(type, needed);
  try {
    await sleep(delay, signal, early);
  } finally {
    for (const type of NEEDED) video.removeEventListener(type, needed);
  }
  return Date.now() - began;
}
