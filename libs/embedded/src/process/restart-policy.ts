/** When a process that died is started again. All times in milliseconds. */
export interface RestartPolicy {
  /** Wait before the first restart. */
  readonly initialMs: number;
  /** Each further wait is this much longer. */
  readonly factor: number;
  readonly maxMs: number;
  /** A process that ran this long is healthy: its next death counts as the first. */
  readonly healthyAfterMs: number;
}

export const defaultRestartPolicy: RestartPolicy = { initialMs: 200, factor: 2, maxMs: 15_000, healthyAfterMs: 30_000 };

/** How many deaths in a row this one makes, and how long to wait before the next start. */
export function planRestart(
  policy: RestartPolicy,
  { deathsInARow, ranMs }: { deathsInARow: number; ranMs: number },
): { deathsInARow: number; waitMs: number } {
  const deaths = ranMs >= policy.healthyAfterMs ? 1 : deathsInARow + 1;
  return { deathsInARow: deaths, waitMs: Math.min(policy.maxMs, policy.initialMs * policy.factor ** (deaths - 1)) };
}
