export interface RetrySchedule {
  readonly firstMs: number;
  readonly longestMs: number;
}

const FACTOR = 3;

/**
 * Pause before the next attempt, ms: exponential, a quarter more or less at random.
 * @param attempts made so far, from 1 @param random in [0, 1) @param askedMs what the endpoint asked for by Retry-After
 */
export function retryDelay(
  attempts: number,
  { firstMs, longestMs }: RetrySchedule,
  random: number,
  askedMs: number | null = null,
): number {
  const pause = Math.min(longestMs, firstMs * FACTOR ** Math.min(attempts - 1, 30)) * (0.75 + random / 2);
  return Math.max(pause, Math.min(askedMs ?? 0, longestMs));
}

/** `Retry-After` in ms: seconds or a date; null when there is none that can be read. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
