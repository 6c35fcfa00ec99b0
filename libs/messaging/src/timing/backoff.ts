/** Delays in milliseconds that grow: `initialMs × factor^failures`, at most `maxMs`. */
export interface Backoff {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** @param failures how often it has failed so far, from 1 */
export function backoffMs({ initialMs, factor, maxMs }: Backoff, failures: number): number {
  return Math.min(maxMs, initialMs * factor ** (failures - 1));
}

/** For infrastructure that is about to come back. */
export const recoveryBackoff: Backoff = { initialMs: 20, factor: 2, maxMs: 1_000 };
