import { describe, expect, it } from '@jest/globals';
import { type JobCommand, jobDecider, type JobEvent, type JobState, type SubmittedTask } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { ending, submission, task } from '../spec/fixtures.js';
import { jobRowChanges } from './job-row-changes.js';

const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-01T00:00:09.000Z';
const runnerId = newId('run');

/** The changes of the last command, after the ones before it. */
function changesOf(...commands: JobCommand[]) {
  let state: JobState = jobDecider.initial;
  let last: readonly JobEvent[] = [];
  for (const command of commands) {
    last = jobDecider.decide(command, state);
    state = last.reduce(jobDecider.evolve, state);
  }
  if (state.status === 'unknown') throw new Error('no job');
  const { jobs, tasks, ready, assignments, starts, placements } = jobRowChanges(last, state);
  return {
    jobs: [...jobs],
    tasks: [...tasks],
    ready: [...ready],
    assignments: [...assignments],
    starts: [...starts],
    placements: [...placements],
  };
}

const submitOf = (...tasks: readonly SubmittedTask[]) => {
  const job = submission(tasks, { priority: 70 });
  return { job, submit: { type: 'SubmitJob', ...job, at } as const };
};
const executionId = newId('exe');
const assign = ({ taskId }: SubmittedTask) =>
  ({ type: 'AssignTask', taskId, assignment: { executionId, runnerId, fencingToken: 1, slot: null }, at }) as const;
const end = ({ taskId }: SubmittedTask, how = ending('exited')) =>
  ({ type: 'RecordEnding', taskId, executionId, ending: how, random: 0.5, at: later }) as const;

describe('the row of an open job', () => {
  const row = { queue: 'default', owner: 'ada', labels: {}, batchId: null, submittedAt: at };

  it('is there from its submission, and follows its state and version until it ends', () => {
    const a = task('a');
    const { job, submit } = submitOf(a);
    const { jobId } = job;
    expect(changesOf(submit).jobs).toEqual([
      [jobId, { kind: 'opened', row: { ...row, state: 'queued', waiting: true }, events: 2 }],
    ]);
    expect(changesOf(submit, assign(a)).jobs).toEqual([
      [jobId, { kind: 'moved', row: { ...row, state: 'running', waiting: false }, events: 1 }],
    ]);
    expect(changesOf(submit, assign(a), end(a)).jobs).toEqual([[jobId, { kind: 'ended' }]]);
  });

  it('goes with everything else of a job that is dequeued', () => {
    const [a, b] = [task('a'), task('b', { dependsOn: ['a'] })];
    const { job, submit } = submitOf(a, b);
    expect(changesOf(submit, { type: 'DequeueJob', cancellationId: newId('can'), at })).toMatchObject({
      jobs: [[job.jobId, { kind: 'ended' }]],
      ready: [
        [a.taskId, null],
        [b.taskId, null],
      ],
      placements: [],
    });
  });
});

describe('the rows of a job', () => {
  it('hold the tasks that may start, and where every task belongs', () => {
    const [a, b] = [task('a', { slotPool: 'repos' }), task('b', { dependsOn: ['a'] })];
    const { job, submit } = submitOf(a, b);
    const { jobId } = job;
    expect(changesOf(submit)).toMatchObject({
      tasks: [
        [a.taskId, jobId],
        [b.taskId, jobId],
      ],
      ready: [
        [
          a.taskId,
          {
            jobId,
            priority: 70,
            submittedAt: at,
            notBefore: at,
            slotPool: 'repos',
            handlers: [],
            slotPools: ['repos'],
          },
        ],
      ],
      assignments: [],
      starts: [],
      placements: [],
    });
  });

  it('move a task from ready to in flight when it is assigned, and bind its job', () => {
    const a = task('a');
    const { job, submit } = submitOf(a);
    expect(changesOf(submit, assign(a))).toMatchObject({
      ready: [[a.taskId, null]],
      assignments: [[a.taskId, { jobId: job.jobId, executionId, runnerId }]],
      starts: [[executionId, true]],
      placements: [[job.jobId, runnerId]],
    });
  });

  it('no longer want a start that happened', () => {
    const a = task('a');
    const { submit } = submitOf(a);
    const start = { type: 'RecordStart', taskId: a.taskId, executionId, at } as const;
    expect(changesOf(submit, assign(a), start)).toMatchObject({
      ready: [],
      assignments: [],
      starts: [[executionId, false]],
    });
  });

  it('make room, let dependents in and let go of the job when it ends', () => {
    const [a, b] = [task('a'), task('b', { dependsOn: ['a'] })];
    const { submit } = submitOf(a, b);
    const changes = changesOf(submit, assign(a), end(a));
    expect(changes).toMatchObject({ assignments: [[a.taskId, null]], starts: [[executionId, false]], placements: [] });
    expect(changes.ready).toEqual([[b.taskId, expect.objectContaining({ notBefore: later, submittedAt: at })]]);
    const { job, submit: submitOne } = submitOf(a);
    expect(changesOf(submitOne, assign(a), end(a))).toMatchObject({ ready: [], placements: [[job.jobId, null]] });
  });

  it('keep a task in back-off until its time', () => {
    const a = task('a', { retry: { maxAttempts: 2, backoff: { initialMs: 500, factor: 1, maxMs: 500, jitter: 0 } } });
    const { submit } = submitOf(a);
    const failed = end(a, ending('exited', { exit: { code: 1, signal: null } }));
    expect(changesOf(submit, assign(a), failed)).toMatchObject({
      ready: [[a.taskId, { notBefore: '2026-01-01T00:00:09.500Z' }]],
      assignments: [[a.taskId, null]],
    });
  });

  it('keep a refused task back for a moment', () => {
    const a = task('a');
    const { submit } = submitOf(a);
    const unassign = { type: 'UnassignTask', taskId: a.taskId, executionId, because: 'full', at: later } as const;
    expect(changesOf(submit, assign(a), unassign)).toMatchObject({
      ready: [[a.taskId, { notBefore: '2026-01-01T00:00:09.100Z' }]],
      assignments: [[a.taskId, null]],
      starts: [[executionId, false]],
    });
  });

  it('forget what a cancel took out of the queue, and no longer want starts it overtook', () => {
    const [a, b] = [task('a'), task('b')];
    const { submit } = submitOf(a, b);
    const block = { type: 'BlockDispatch', cancellationId: newId('can'), taskId: null, cascade: 'none', at } as const;
    expect(changesOf(submit, assign(a), block)).toMatchObject({
      ready: [[b.taskId, null]],
      assignments: [[b.taskId, null]],
      starts: [[executionId, false]],
    });
    expect(changesOf(submit, assign(a), block, end(a, ending('stopped')))).toMatchObject({
      assignments: [[a.taskId, null]],
      starts: [[executionId, false]],
    });
  });
});
