import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExecutionId } from '../ids.js';
import { ending } from '../testing/executions.js';
import { at, cancellationId, otherCancellationId, runnerId, submit, task, taskId } from '../testing/jobs.js';
import { anythingButRejection, foldTwice, play, type Played } from '../testing/play.js';
import { jobDecider } from './decider.js';
import { isTerminal } from './is-terminal.js';
import { CASCADES, type Job, type JobState, type Task } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobEvent } from './job-event.js';

/** Few tasks, executions and cancellations, so that commands meet. */
const KEYS = ['a', 'b', 'c', 'd'];
const key = fc.constantFrom(...KEYS, 'nobody').map(taskId);
/** Execution `a1` belongs to task `a`; its token is drawn when it is assigned, as the dispatcher does. */
const execution = fc.nat({ max: 5 });
const executionOf = (id: string, number: number): ExecutionId => `exe_${id}${number}` as ExecutionId;
const time = fc.nat({ max: 20 }).map(at);
const cancellation = fc.constantFrom(cancellationId, otherCancellationId);
const nobody = fc.constant(null);

const job = fc
  .tuple(
    ...KEYS.map((_, index) =>
      fc.record({
        optional: fc.boolean(),
        maxAttempts: fc.integer({ min: 1, max: 3 }),
        dependsOn: fc.subarray(KEYS.slice(0, index)),
      }),
    ),
  )
  .chain((options) =>
    fc.shuffledSubarray(
      KEYS.map((name, index) => task(name, options[index])),
      { minLength: 4 },
    ),
  )
  .map((tasks) => submit(...tasks));

const reason = fc.constantFrom(
  'exited',
  'stopped',
  'timed-out',
  'start-failed',
  'lease-lost',
  'runner-restarted',
  'fenced',
);
const anEnding = fc
  .record({ reason, code: fc.constantFrom(0, 1, null), started: fc.boolean(), by: fc.oneof(cancellation, nobody) })
  .map(({ reason, code, started, by }) =>
    ending(reason, { exit: { code, signal: null }, started: started || reason === 'exited', cancellationId: by }),
  );

const command: fc.Arbitrary<JobCommand> = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant('AssignTask' as const), id: key, number: execution, at: time }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('UnassignTask' as const), id: key, number: execution, at: time }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('RecordStart' as const), id: key, number: execution, at: time }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('RecordEnding' as const),
        id: key,
        number: execution,
        ending: anEnding,
        random: fc.double({ min: 0, max: 1, noNaN: true }),
        at: time,
      }),
    },
  )
  .map(({ id, number, ...rest }): JobCommand => {
    const executionId = executionOf(id, number);
    switch (rest.type) {
      case 'AssignTask':
        return {
          type: rest.type,
          at: rest.at,
          taskId: id,
          assignment: { executionId, runnerId, fencingToken: number, slot: null },
        };
      case 'UnassignTask':
        return { type: rest.type, at: rest.at, taskId: id, executionId, because: 'full' };
      case 'RecordStart':
        return { ...rest, taskId: id, executionId };
      case 'RecordEnding':
        return { ...rest, taskId: id, executionId };
      default:
        return rest satisfies never;
    }
  });
const block: fc.Arbitrary<JobCommand> = fc.record({
  type: fc.constant('BlockDispatch' as const),
  cancellationId: cancellation,
  taskId: fc.oneof(key, nobody),
  cascade: fc.constantFrom(...CASCADES),
  at: time,
});

const dequeue: fc.Arbitrary<JobCommand> = fc.record({
  type: fc.constant('DequeueJob' as const),
  cancellationId: cancellation,
  at: time,
});

/** A job's life: submitted, then anything in any order. */
const life = fc
  .tuple(
    job,
    fc.array(
      fc.oneof(
        { weight: 10, arbitrary: command },
        { weight: 1, arbitrary: block },
        { weight: 1, arbitrary: dequeue },
        { weight: 1, arbitrary: job },
      ),
      { maxLength: 80 },
    ),
  )
  .map(([first, rest]): JobCommand[] => [first, ...rest]);

const lives = (check: (played: Played<JobState, JobCommand, JobEvent>) => void): void =>
  fc.assert(
    fc.property(life, (commands) => check(play(jobDecider, commands))),
    { numRuns: 200 },
  );

describe('whatever happens to a job', () => {
  it('is decided or refused, never a fault', () => lives(({ faults }) => expect(faults).toStrictEqual([])));

  it('leaves a task that has ended as it ended', () =>
    lives(({ states }) =>
      eachStep(states, (before, after) => {
        before.tasks.forEach((task, index) => {
          if (isTerminal(task)) expect(after.tasks[index]?.progress).toStrictEqual(task.progress);
        });
      }),
    ));

  it('leaves a job that has ended as it ended', () =>
    lives(({ states }) =>
      eachStep(states, (before, after) => {
        if (before.endedAt !== null) expect({ ...after, tasks: null }).toStrictEqual({ ...before, tasks: null });
      }),
    ));

  it('ends a job when, and only when, all its tasks have, but for a cancellation it has yet to hear of', () =>
    lives(({ states }) => {
      for (const state of known(states)) {
        const over = state.tasks.every(isTerminal);
        const unheardOf = state.tasks.some(
          ({ progress }) =>
            progress.status === 'cancelled' &&
            !state.cancellations.some((heard) => heard.cancellationId === progress.cancellationId),
        );
        if (state.endedAt !== null) expect(over).toBe(true);
        else expect(over && !unheardOf).toBe(false);
      }
    }));

  it('begins nothing of a task after its dispatch was blocked', () =>
    lives(({ events }) => {
      const blocked = new Set<string>();
      for (const event of events) {
        if (event.type === 'DispatchBlocked') event.taskIds.forEach((id) => blocked.add(id));
        if (event.type === 'TaskAssigned' || event.type === 'TaskQueued' || event.type === 'TaskRetryScheduled') {
          expect(blocked.has(event.taskId)).toBe(false);
        }
      }
    }));

  it('begins a task only once what it depends on is over', () =>
    lives(({ events, states }) => {
      const { tasks } = known(states).at(-1) ?? { tasks: [] };
      const over = new Set<string>();
      for (const event of events) {
        if (event.type === 'TaskCompleted' || event.type === 'TaskFailed' || event.type === 'TaskCancelled')
          over.add(event.taskId);
        if (event.type === 'TaskSkipped') over.add(event.taskId);
        if (event.type === 'TaskAssigned')
          expect(dependenciesOf(event.taskId, tasks).filter((id) => !over.has(id))).toStrictEqual([]);
      }
    }));

  it('leaves no blocked task behind that could go on or never will', () =>
    lives(({ states }) => {
      const last = known(states).at(-1);
      for (const { progress, spec } of last?.tasks ?? []) {
        if (progress.status !== 'blocked') continue;
        const open = dependenciesOf(spec.taskId, last?.tasks ?? []).some((id) => {
          const dependency = last?.tasks.find((other) => other.spec.taskId === id);
          return dependency && (!isTerminal(dependency) || dependency.progress.status === 'cancelled');
        });
        expect(open).toBe(true);
      }
    }));

  it('gives an execution to one attempt of one task', () =>
    lives(({ events }) => {
      const assigned = events.flatMap((event) => (event.type === 'TaskAssigned' ? event.assignment.executionId : []));
      expect(new Set(assigned).size).toBe(assigned.length);
    }));

  it('does nothing when it is told again, however much later', () =>
    lives(({ effective }) => expect(effective.filter(({ again }) => again.length > 0)).toStrictEqual([])));

  it('gives the same state each time it is replayed', () =>
    lives(({ events }) => expect(foldTwice(jobDecider, events)).toBe(true)));

  it('is refused before there is a job', () =>
    fc.assert(
      fc.property(command, (told) =>
        expect(anythingButRejection(() => jobDecider.decide(told, jobDecider.initial))).toBeNull(),
      ),
    ));
});

function known(states: readonly JobState[]): readonly Job[] {
  return states.flatMap((state) => (state.status === 'unknown' ? [] : state));
}

function eachStep(states: readonly JobState[], check: (before: Job, after: Job) => void): void {
  const jobs = known(states);
  jobs.slice(1).forEach((after, index) => {
    const before = jobs[index];
    if (before) check(before, after);
  });
}

function dependenciesOf(id: string, tasks: readonly Task[]): readonly string[] {
  return tasks.find(({ spec }) => spec.taskId === id)?.spec.dependsOn.map(taskId) ?? [];
}
