import type { ExecutionId, FencingToken, JobId, SlotId, TaskId, Timestamp } from '../ids.js';
import { type DispatchedJob, dispatchedJobDecider } from '../job/dispatched-job.js';
import { isFinalizer } from '../job/finalizers.js';
import { needsOf } from '../job/needs-of.js';
import type { Assignment, Job, Task } from '../job/job.js';
import type { JobEvent } from '../job/job-event.js';
import { placeOf } from '../job/place-of.js';
import { Rejection } from '../rejection.js';
import { slotPoolDecider } from '../slot-pool/decider.js';
import type { SlotClaim, SlotDefinition, SlotPool, SlotPoolEvent } from '../slot-pool/slot-pool.js';
import { chooseRunner, type RunnerPlaces } from './choose-runner.js';

/** A task that is ready, claimed by whoever places it. */
export interface ClaimedTask {
  readonly taskId: TaskId;
  readonly jobId: JobId;
  readonly slotPool: string | null;
  readonly fencingToken: FencingToken;
}

export interface OpenRunner extends RunnerPlaces {
  /** Slots the runner offers, held or not. */
  readonly slotIds: readonly SlotId[];
}

export interface Candidate extends ClaimedTask {
  /** Drawn for the attempt that a placement would begin. */
  readonly executionId: ExecutionId;
}

/** A stream's part: what was decided, and the state after it. */
export interface Decided<State, Event> {
  readonly state: State;
  readonly events: readonly Event[];
}

export interface Placed {
  /** With what is left of them. */
  readonly runners: readonly OpenRunner[];
  readonly jobs: ReadonlyMap<JobId, Decided<DispatchedJob, JobEvent>>;
  readonly pools: ReadonlyMap<string, Decided<SlotPool, SlotPoolEvent>>;
  readonly assigned: readonly { readonly job: Job; readonly task: Task; readonly assignment: Assignment }[];
  /** Tasks that were ready when their rows were written and will not be again: cancelled since, or about to be. */
  readonly dropped: readonly TaskId[];
}

/** What is known before anything is placed. */
export interface Placing {
  readonly runners: readonly OpenRunner[];
  readonly jobs: ReadonlyMap<JobId, DispatchedJob>;
  readonly pools: ReadonlyMap<string, SlotPool>;
}

/** Which of the candidates go where, in their order. Pure; what finds no place now stays as it is. */
export function placeTasks({ runners, jobs, pools }: Placing, candidates: readonly Candidate[], at: Timestamp): Placed {
  const undecided = <Key, State>(states: ReadonlyMap<Key, State>): ReadonlyMap<Key, Decided<State, never>> =>
    new Map([...states].map(([key, state]) => [key, { state, events: [] }]));
  const nothing: Placed = { runners, jobs: undecided(jobs), pools: undecided(pools), assigned: [], dropped: [] };
  return candidates.reduce((placed, candidate) => placeOne(placed, candidate, at), nothing);
}

function placeOne(placed: Placed, candidate: Candidate, at: Timestamp): Placed {
  const { jobId, taskId, executionId, fencingToken } = candidate;
  const before = placed.jobs.get(jobId) ?? { state: dispatchedJobDecider.initial, events: [] };
  const { job } = before.state;
  const task = job.status === 'unknown' ? undefined : job.tasks.find(({ spec }) => spec.taskId === taskId);
  if (job.status === 'unknown' || !task || !isReady(task) || (job.overdue !== null && !isFinalizer(task))) {
    return { ...placed, dropped: [...placed.dropped, taskId] };
  }

  const pool = task.spec.slotPool;
  const freeSlots = pool === null ? null : freeSlotsOf(placed, pool);
  const placement = chooseRunner(
    {
      runnerId: job.runnerId === null ? (job.retryOf?.runnerId ?? null) : placeOf(job),
      ...needsOf(job.tasks),
      freeSlots,
    },
    placed.runners,
  );
  if (!placement) return placed;

  const { runnerId } = placement;
  const slot = pool === null ? null : claimOf(pool, placement.slot);
  const assignment = { executionId, runnerId, fencingToken, slot };
  try {
    const events = dispatchedJobDecider.decide({ type: 'AssignTask', taskId, assignment, at }, before.state);
    const after = follow(before, events, dispatchedJobDecider.evolve);
    return {
      ...placed,
      runners: placed.runners.map((runner) =>
        runner.runnerId === runnerId ? { ...runner, free: runner.free - 1 } : runner,
      ),
      jobs: new Map(placed.jobs).set(jobId, after),
      pools: slot ? lease(placed.pools, slot, candidate, at) : placed.pools,
      assigned: [...placed.assigned, { job, task, assignment: { ...assignment, attempt: task.attempts + 1 } }],
    };
  } catch (error) {
    // Not yet due by this clock, or a lease with a newer token came between: the row stays for the next look.
    if (error instanceof Rejection) return placed;
    throw error;
  }
}

function isReady({ progress: { status } }: Task): boolean {
  return status === 'queued' || status === 'retrying';
}

/** Free, and still offered by a runner that is open. */
function freeSlotsOf({ pools, runners }: Placed, pool: string): readonly SlotDefinition[] {
  const slots = pools.get(pool)?.state.slots.values() ?? [];
  return [...slots].filter(
    ({ slotId, use }) => use.status === 'free' && runners.some(({ slotIds }) => slotIds.includes(slotId)),
  );
}

function claimOf(pool: string, slot: SlotDefinition | null): SlotClaim | null {
  return slot && { pool, slotId: slot.slotId, kind: slot.kind };
}

function lease(
  pools: Placed['pools'],
  { pool, slotId }: SlotClaim,
  { executionId, jobId, taskId, fencingToken }: Candidate,
  at: Timestamp,
): Placed['pools'] {
  const before = pools.get(pool) ?? { state: slotPoolDecider.initial, events: [] };
  const holder = { executionId, jobId, taskId, fencingToken };
  const events = slotPoolDecider.decide({ type: 'LeaseSlot', slotId, holder, at }, before.state);
  return new Map(pools).set(pool, follow(before, events, slotPoolDecider.evolve));
}

function follow<State, Event>(
  { state, events }: Decided<State, Event>,
  news: readonly Event[],
  evolve: (state: State, event: Event) => State,
): Decided<State, Event> {
  return { state: news.reduce(evolve, state), events: [...events, ...news] };
}
