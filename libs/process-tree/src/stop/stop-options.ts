import type { SignalEvidence } from './stop-report.js';

export interface StopOptions {
  /** The graceful signal; default SIGTERM. SIGCONT goes with it, or a stopped process would never see it. */
  readonly signal?: NodeJS.Signals;
  /** From the first request to SIGKILL, however many follow. */
  readonly gracePeriodMs: number;
  /** SIGKILL at once. */
  readonly force?: boolean;
  /** Whom the graceful signal goes to: everybody (default), or the leader alone and the rest when it has ended. */
  readonly mode?: 'tree' | 'leader-first';
  /** Called right after signals were sent, with those that went together. Must not throw. */
  readonly onSignals?: (sent: readonly SignalEvidence[]) => void;
  /** How long after SIGKILL survivors are reported, while the killing goes on; default 5,000. */
  readonly reportAfterMs?: number;
}

/** A stop that is under way, in ms on one clock. */
export interface RunningStop {
  /** When it was first asked for: what all graces count from. */
  readonly since: number;
  readonly due: number;
}

/**
 * When SIGKILL is due after one more request. The grace is one total budget, counted from the first request: a later one
 * may only shrink it, and finds it over when as much has passed.
 * @param running undefined: there was no request before
 * @returns on the clock of `now`, in ms
 */
export function deadlineAfter(
  { force, gracePeriodMs, signal }: StopOptions,
  now: number,
  running: RunningStop | undefined,
): number {
  if (force === true || signal === 'SIGKILL') return Math.min(now, running?.due ?? now);
  const asked = (running?.since ?? now) + Math.max(0, gracePeriodMs);
  return Math.min(asked, running?.due ?? asked);
}
