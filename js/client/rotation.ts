// The license of a coming key period: put off by a random time, within what is buffered, and no longer than playback goes on.
import { bufferedAhead, sleep } from "../time.js";
import { delayOfRotation } from "../wasm/delivery.js";

/** The element that plays, where the adapter knows it. */
type MediaOf = () => HTMLMediaElement | null | undefined;

/** Whatever stops playback or makes it faster: the license is needed now, or it is not known when. */
const NEEDED = ["waiting", "waitingforkey", "seeking", "ratechange", "emptied"];

/** What an adapter knows of its player. */
export interface Playing {
  media?: MediaOf;
  /** How long the player loads when it has the license, in milliseconds: where it waits for that before it goes on. */
  loading?: () => number;
}

/** Waits, and returns for how long. Without an element it is unknown when the key is needed, so it is now. */
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
