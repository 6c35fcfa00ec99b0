import type { RunnerId } from '../ids.js';
import type { Needs } from '../job/needs-of.js';
import type { SlotDefinition } from '../slot-pool/slot-pool.js';

/** What a runner has left. */
export interface RunnerPlaces {
  readonly runnerId: RunnerId;
  /** Executions it can take on. */
  readonly free: number;
  /** False while it is drained: it finishes the jobs it has. */
  readonly takesNewJobs: boolean;
  /** Functions it can run. */
  readonly handlers: readonly string[];
  /** Pools it offers slots of, free or not. */
  readonly slotPools: readonly string[];
}

export interface Placement {
  readonly runnerId: RunnerId;
  readonly slot: SlotDefinition | null;
}

/** What a task asks of a runner. The runner of a job was chosen for what the job needs, and is not asked again. */
export interface Wish extends Needs {
  /** The runner its job keeps to, because the workspace is there; null before the first assignment. */
  readonly runnerId: RunnerId | null;
  /** Free slots of the pool it leases from; null when it needs none. */
  readonly freeSlots: readonly SlotDefinition[] | null;
}

/**
 * The emptiest runner that can take the task, so that load spreads; between equals the one with the smaller id, so that the
 * choice can be repeated. Null: none can now.
 */
export function chooseRunner(
  { runnerId, handlers, slotPools, freeSlots }: Wish,
  runners: readonly RunnerPlaces[],
): Placement | null {
  let best: (Placement & { readonly free: number }) | null = null;
  for (const runner of runners) {
    const may = runnerId === null ? canTakeOn(runner, { handlers, slotPools }) : runner.runnerId === runnerId;
    if (!may || runner.free < 1) continue;
    if (best && (runner.free < best.free || (runner.free === best.free && runner.runnerId > best.runnerId))) continue;
    const slot = freeSlots?.find((candidate) => candidate.runnerId === runner.runnerId) ?? null;
    if (freeSlots !== null && slot === null) continue;
    best = { runnerId: runner.runnerId, slot, free: runner.free };
  }
  return best && { runnerId: best.runnerId, slot: best.slot };
}

function canTakeOn(runner: RunnerPlaces, job: Needs): boolean {
  return (
    runner.takesNewJobs &&
    job.handlers.every((handler) => runner.handlers.includes(handler)) &&
    job.slotPools.every((pool) => runner.slotPools.includes(pool))
  );
}
