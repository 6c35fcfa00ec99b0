import type { FaultySystem } from '../faults/open-faulty-system.js';
import { kill, untilAllReady } from '../faults/victims.js';
import { cancelUntilHeard, untilCancellation, whyOf } from './cancel-until-heard.js';
import { startVictimJob } from './victim-job.js';

export interface StayAwayResult {
  /** From the kill to the honest interim outcome, and from the runner's return to the final one, ms. */
  readonly unconfirmedAfterMs: number | null;
  readonly completedAfterMs: number | null;
  readonly faults: readonly string[];
}

/** The runner is killed and its successor does not come up until the cancellation has said that nobody can know. */
export async function runnerStaysAway({ system, client, points, audit }: FaultySystem): Promise<StayAwayResult> {
  let unconfirmedAfterMs: number | null = null;
  try {
    await untilAllReady(system);
    const { jobId } = await startVictimJob(client);
    const away = await points.arm({ process: 'runner', when: 'before', what: 'start', about: 'runner' });
    const killedAt = performance.now();
    await kill(system, 'runner-1');
    const cancellationId = await cancelUntilHeard(client, jobId);
    const unsure = await untilCancellation(client, cancellationId, 'unconfirmed');
    unconfirmedAfterMs = Math.round(performance.now() - killedAt);
    const backAt = performance.now();
    await away.release();
    const proven = await untilCancellation(client, cancellationId, 'completed');
    const completedAfterMs = Math.round(performance.now() - backAt);
    await untilAllReady(system);
    const faults = [
      ...(unsure.certificate?.outcome === 'unconfirmed' ? [] : ['the interim certificate does not say unconfirmed']),
      ...(proven.certificate?.outcome === 'completed' ? [] : ['the final certificate does not say completed']),
      ...(await audit.faults([jobId])),
    ];
    return { unconfirmedAfterMs, completedAfterMs, faults };
  } catch (error) {
    await points.clear();
    return { unconfirmedAfterMs, completedAfterMs: null, faults: [whyOf(error)] };
  }
}
