import { setTimeout as delay } from 'node:timers/promises';

/** Looks again after 1, 2, 4, … ms: quick for what is quick, cheap for what is slow. */
export const nextLookMs = (looksSoFar: number, longestMs: number): number =>
  Math.min(2 ** Math.min(looksSoFar, 20), longestMs);

/** Waits until it holds, for a bounded time; answers whether it does. */
export async function settleWithin(timeoutMs: number, holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let looks = 0; !holds(); looks += 1) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return false;
    await delay(Math.min(nextLookMs(looks, 20), leftMs));
  }
  return true;
}
