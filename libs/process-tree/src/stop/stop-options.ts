import type { SignalEvidence } from './stop-report.js';

export interface StopOptions {
  /** The graceful signal; default SIGTERM. SIGCONT goes with it, or a stopped process would never see it. */
  readonly signal?: NodeJS.Signals;
  /** From the first signal to SIGKILL. */
  readonly gracePeriodMs: number;
  /** SIGKILL at once. */
  readonly force?: boolean;
  /** Whom the graceful signal goes to: everybody (default), or the leader alone and the rest when it has ended. */
  readonly mode?: 'tree' | 'leader-first';
  /** Called for each signal right after it was sent. Must not throw. */
  readonly onSignal?: (evidence: SignalEvidence) => void;
  /** How long after SIGKILL survivors are reported, while the killing goes on; default 5,000. */
  readonly reportAfterMs?: number;
}

/**
 * When SIGKILL is due after one more request: a stop is only ever upgraded, never put off.
 * @param current when it was due before; undefined: there was no request before
 * @returns on the clock of `now`, in ms
 */
export function deadlineAfter(
  { force, gracePeriodMs, signal }: StopOptions,
  now: number,
  current: number | undefined,
): number {
  const asked = force === true || signal === 'SIGKILL' ? now : now + Math.max(0, gracePeriodMs);
  return current === undefined ? asked : Math.min(current, asked);
}
