import type { FaultySystem } from '../faults/open-faulty-system.js';
import { kill, untilAllReady, type Victim } from '../faults/victims.js';
import { cancelUntilHeard, untilCancellation, whyOf } from './cancel-until-heard.js';
import type { Moment } from './moments.js';
import { startVictimJob } from './victim-job.js';

export interface Cell {
  readonly victim: Victim;
  readonly moment: Moment;
  readonly when: 'before' | 'after';
}

export interface CellResult {
  readonly cell: Cell;
  /** From the kill to the completed cancellation, as a client of the gateway sees it, ms; null: it never came. */
  readonly recoveredAfterMs: number | null;
  /** Empty when every invariant holds. */
  readonly faults: readonly string[];
}

const REACHED_WITHIN_MS = 60_000;

/** Cancels a job and kills the victim at that very moment: whoever makes the append is held there meanwhile. */
export async function runCell(faulty: FaultySystem, cell: Cell): Promise<CellResult> {
  const { system, client, points, audit } = faulty;
  const { moment, victim, when } = cell;
  try {
    await untilAllReady(system);
    const { jobId, executionId } = await startVictimJob(client);
    const point = await points.arm({
      process: moment.by.replace(/-1$/, ''),
      when,
      what: moment.what,
      about: moment.what.startsWith('report:') ? executionId : jobId,
    });
    const cancelling = cancelUntilHeard(client, jobId);
    cancelling.catch(() => undefined); // Awaited below; until then it may fail without anybody listening.
    await point.reached(REACHED_WITHIN_MS);
    const killedAt = performance.now();
    await kill(system, victim);
    await point.release();
    const { certificate } = await untilCancellation(client, await cancelling, 'completed');
    const recoveredAfterMs = Math.round(performance.now() - killedAt);
    await untilAllReady(system);
    const { status } = await client.getJob(jobId);
    const faults = [
      ...(status === 'cancelled' ? [] : [`${jobId} is ${status}`]),
      ...(certificate?.outcome === 'completed' ? [] : [`the certificate says ${certificate?.outcome ?? 'nothing'}`]),
      ...(await audit.faults([jobId])),
    ];
    return { cell, recoveredAfterMs, faults };
  } catch (error) {
    await points.clear();
    return { cell, recoveredAfterMs: null, faults: [whyOf(error)] };
  }
}
