import { setTimeout as delay } from 'node:timers/promises';

export interface Budget {
  /** Default 20 s: far more than is ever needed, since a spec that passes does not wait for it. */
  readonly withinMs?: number;
  /** Default 10 ms. */
  readonly everyMs?: number;
}

/**
 * Repeats the assertion until it passes and returns its value; when the budget is spent, throws what it threw last.
 * Use it in place of every sleep.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { withinMs = 20_000, everyMs = 10 }: Budget = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(everyMs);
  }
}
