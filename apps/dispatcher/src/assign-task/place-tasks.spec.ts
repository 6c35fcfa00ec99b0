import { describe, expect, it } from '@jest/globals';
import {
  type Candidate,
  type DispatchedJob,
  dispatchedJobDecider,
  type FencingToken,
  type JobCommand,
  knownJob,
  type OpenRunner,
  placeTasks,
  type SlotPool,
  slotPoolDecider,
  type SlotPoolEvent,
  type SubmittedTask,
} from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { runnerDescription, submission, task } from '../spec/fixtures.js';
import type { Submission } from '../submit-job/submit-job.js';

const at = '2026-01-01T00:00:00.000Z';

const given = (job: Submission, ...commands: JobCommand[]): DispatchedJob =>
  [{ type: 'SubmitJob' as const, ...job, at }, ...commands].reduce<DispatchedJob>(
    (state, command) =>
      dispatchedJobDecider
        .decide(command, state)
        .reduce((folded, event) => dispatchedJobDecider.evolve(folded, event), state),
    dispatchedJobDecider.initial,
  );

function candidate(
  { jobId }: Submission,
  { taskId, slotPool }: SubmittedTask,
  fencingToken: FencingToken = 1,
): Candidate {
  return { jobId, taskId, slotPool, fencingToken, executionId: newId('exe') };
}

function openRunner(free: number, pools: Readonly<Record<string, number>> = {}): OpenRunner & { pool: SlotPool } {
  const { runnerId, slots } = runnerDescription(free, pools);
  const added: SlotPoolEvent = { type: 'SlotsAdded', pool: 'repos', slots, at };
  const pool = slotPoolDecider.evolve(slotPoolDecider.initial, added);
  return {
    runnerId,
    free,
    takesNewJobs: true,
    handlers: [],
    slotPools: Object.keys(pools),
    slotIds: slots.map(({ slotId }) => slotId),
    pool,
  };
}

describe('placing tasks', () => {
  it('gives each placed task its attempt and takes the place from the runner', () => {
    const a = task('a');
    const job = submission([a]);
    const runner = openRunner(1);
    const wanted = candidate(job, a, 7);
    const placed = placeTasks(
      { runners: [runner], jobs: new Map([[job.jobId, given(job)]]), pools: new Map() },
      [wanted],
      at,
    );
    const { executionId } = wanted;
    const assignment = { executionId, runnerId: runner.runnerId, fencingToken: 7, slot: null, attempt: 1 };
    expect(placed.assigned.map((order) => order.assignment)).toEqual([assignment]);
    expect(placed.jobs.get(job.jobId)?.events).toEqual([
      { type: 'TaskAssigned', jobId: job.jobId, taskId: a.taskId, assignment, at },
    ]);
    expect(placed.runners.map(({ free }) => free)).toEqual([0]);
  });

  it('leaves what finds no place, and goes on with what does', () => {
    const [a, b] = [task('a', { slotPool: 'repos' }), task('b')];
    const job = submission([a, b]);
    const placed = placeTasks(
      { runners: [openRunner(2, { repos: 1 })], jobs: new Map([[job.jobId, given(job)]]), pools: new Map() },
      [candidate(job, a), candidate(job, b)],
      at,
    );
    expect(placed.assigned.map((order) => order.task.spec.key)).toEqual(['b']);
    expect(placed.dropped).toEqual([]);
  });

  it('keeps the second task of a job on the runner its first one was placed on a moment ago', () => {
    const [a, b] = [task('a'), task('b')];
    const job = submission([a, b]);
    const runners = [openRunner(3), openRunner(3)];
    const placed = placeTasks(
      { runners, jobs: new Map([[job.jobId, given(job)]]), pools: new Map() },
      [candidate(job, a), candidate(job, b)],
      at,
    );
    expect(new Set(placed.assigned.map(({ assignment }) => assignment.runnerId)).size).toBe(1);
    expect(placed.assigned).toHaveLength(2);
  });

  it('leases each slot once', () => {
    const jobs = [1, 2, 3].map(() => submission([task('a', { slotPool: 'repos' })]));
    const runner = openRunner(3, { repos: 2 });
    const placed = placeTasks(
      {
        runners: [runner],
        jobs: new Map(jobs.map((job) => [job.jobId, given(job)])),
        pools: new Map([['repos', runner.pool]]),
      },
      jobs.flatMap((job, index) => job.tasks.map((wanted) => candidate(job, wanted, index + 1))),
      at,
    );
    const slots = placed.assigned.map(({ assignment }) => assignment.slot?.slotId);
    expect(slots).toEqual(runner.slotIds);
    expect(placed.pools.get('repos')?.events.map(({ type }) => type)).toEqual(['SlotLeased', 'SlotLeased']);
  });

  it('leases no slot its runner does not offer any more', () => {
    const a = task('a', { slotPool: 'repos' });
    const job = submission([a]);
    const runner = openRunner(1, { repos: 1 });
    const placed = placeTasks(
      {
        runners: [{ ...runner, slotIds: [] }],
        jobs: new Map([[job.jobId, given(job)]]),
        pools: new Map([['repos', runner.pool]]),
      },
      [candidate(job, a)],
      at,
    );
    expect(placed.assigned).toEqual([]);
  });

  it('drops a task that was cancelled after its row was written', () => {
    const a = task('a');
    const job = submission([a]);
    const block = { type: 'BlockDispatch', cancellationId: newId('can'), taskId: null, cascade: 'none', at } as const;
    const cancelled = given(job, block);
    expect(knownJob(cancelled).status).toBe('cancelled');
    const placed = placeTasks(
      { runners: [openRunner(1)], jobs: new Map([[job.jobId, cancelled]]), pools: new Map() },
      [candidate(job, a)],
      at,
    );
    expect(placed).toMatchObject({ assigned: [], dropped: [a.taskId] });
  });

  it('leaves a task in back-off alone until its time has come', () => {
    const a = task('a', {
      retry: { maxAttempts: 2, backoff: { initialMs: 1_000, factor: 1, maxMs: 1_000, jitter: 0 } },
    });
    const job = submission([a]);
    const { taskId } = a;
    const assignment = { executionId: newId('exe'), runnerId: newId('run'), fencingToken: 1, slot: null };
    const submitted = given(job, { type: 'AssignTask', taskId, assignment, at });
    const retrying = [
      {
        type: 'TaskRetryScheduled' as const,
        taskId,
        executionId: assignment.executionId,
        error: { code: 'x', message: 'x' },
        notBefore: '2026-01-01T00:00:01.000Z',
        at,
      },
    ].reduce(dispatchedJobDecider.evolve, submitted);
    const runner = { ...openRunner(1), runnerId: assignment.runnerId };
    const place = (now: string) =>
      placeTasks(
        { runners: [runner], jobs: new Map([[job.jobId, retrying]]), pools: new Map() },
        [candidate(job, a)],
        now,
      );
    expect(place('2026-01-01T00:00:00.999Z')).toMatchObject({ assigned: [], dropped: [] });
    expect(place('2026-01-01T00:00:01.000Z').assigned).toHaveLength(1);
  });
});
