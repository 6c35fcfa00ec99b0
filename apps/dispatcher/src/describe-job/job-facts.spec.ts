import { describe, expect, it } from '@jest/globals';
import {
  type CancellationId,
  type DispatchedJob,
  dispatchedJobDecider,
  type ExecutionId,
  type JobCommand,
  jobFacts,
  type SubmittedTask,
} from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { ending, submission, task } from '../spec/fixtures.js';

const at = '2026-01-01T00:00:00.000Z';
const runnerId = newId('run');
const cancellationId = newId('can');

function factsAfter(tasks: readonly SubmittedTask[], ...commands: JobCommand[]) {
  const submit: JobCommand = { type: 'SubmitJob', ...submission(tasks), at };
  const state = [submit, ...commands].reduce<DispatchedJob>(
    (folded, command) => dispatchedJobDecider.decide(command, folded).reduce(dispatchedJobDecider.evolve, folded),
    dispatchedJobDecider.initial,
  );
  return jobFacts(state, []);
}

const drawn = new Map<string, ExecutionId>();
/** The execution of a task's n-th attempt. */
function execution({ taskId }: SubmittedTask, attempt: number): ExecutionId {
  const key = `${taskId}/${attempt}`;
  const id = drawn.get(key) ?? newId('exe');
  drawn.set(key, id);
  return id;
}
const assign = (of: SubmittedTask, attempt = 1): JobCommand => ({
  type: 'AssignTask',
  taskId: of.taskId,
  assignment: { executionId: execution(of, attempt), runnerId, fencingToken: 3, slot: null },
  at,
});
const start = (of: SubmittedTask, attempt = 1): JobCommand => ({
  type: 'RecordStart',
  taskId: of.taskId,
  executionId: execution(of, attempt),
  at,
});
const end = (of: SubmittedTask, how = ending('exited'), attempt = 1): JobCommand => ({
  type: 'RecordEnding',
  taskId: of.taskId,
  executionId: execution(of, attempt),
  ending: how,
  random: 0.5,
  at,
});
const block = (id: CancellationId = cancellationId): JobCommand => ({
  type: 'BlockDispatch',
  cancellationId: id,
  taskId: null,
  cascade: 'dependents',
  at,
});

const retryOnce = { maxAttempts: 2, backoff: { initialMs: 0, factor: 1, maxMs: 0, jitter: 0 } };

describe('the facts of a job', () => {
  it('name executions that are pending, running or being cancelled', () => {
    const [a, b, c] = [task('a'), task('b'), task('c')];
    const facts = factsAfter([a, b, c], assign(a), assign(b), start(b));
    expect(facts).toMatchObject({ status: 'running', runnerId, heldSlots: [] });
    expect(facts.executions.map(({ taskKey }) => taskKey)).toEqual(['a', 'b']);
    expect(facts.executions[0]).toEqual({
      execution: {
        executionId: execution(a, 1),
        jobId: facts.jobId,
        taskId: a.taskId,
        runnerId,
        attempt: 1,
        fencingToken: 3,
        slot: null,
      },
      taskKey: 'a',
      gracePeriodMs: 10_000,
      signal: 'SIGTERM',
      signalTo: 'tree',
    });
    expect(factsAfter([a], assign(a), block()).tasks).toEqual([
      { taskId: a.taskId, key: 'a', status: 'cancelling', neverStarted: true, cancellationId },
    ]);
  });

  it('still name an execution that a cancellation has ended, also when its end overtook the block', () => {
    const a = task('a');
    const stopped = end(a, ending('stopped', { cancellationId }));
    for (const commands of [
      [assign(a), start(a), block(), stopped],
      [assign(a), start(a), stopped, block()],
    ]) {
      const facts = factsAfter([a], ...commands);
      expect(facts.status).toBe('cancelled');
      expect(facts.executions.map((target) => target.execution.taskId)).toEqual([a.taskId]);
      expect(facts.tasks).toMatchObject([{ status: 'cancelled', neverStarted: false, cancellationId }]);
    }
  });

  it('name executions that ended by themselves apart: nothing of them is left to stop', () => {
    const [a, b] = [task('a'), task('b', { retry: retryOnce })];
    const failed = end(b, ending('exited', { exit: { code: 1, signal: null } }));
    const facts = factsAfter([a, b], assign(a), start(a), end(a), assign(b), start(b), failed, block());
    expect(facts.executions).toEqual([]);
    expect(facts.earlier.map((target) => target.execution.executionId)).toEqual([execution(a, 1), execution(b, 1)]);
    expect(facts.tasks).toMatchObject([
      { status: 'completed', neverStarted: false, cancellationId: null },
      { status: 'cancelled', neverStarted: false, cancellationId },
    ]);
  });

  it('name an attempt that was given up for lost and may still be alive, beside the one that runs now', () => {
    const a = task('a', { retry: retryOnce });
    const facts = factsAfter([a], assign(a), start(a), end(a, ending('fenced')), assign(a, 2), start(a, 2));
    expect(facts.executions.map((target) => target.execution.attempt)).toEqual([1, 2]);
    expect(facts.earlier).toEqual([]);
  });

  it('say of tasks no attempt of which ever started that they never did', () => {
    const [a, b] = [task('a'), task('b', { dependsOn: ['a'] })];
    expect(factsAfter([a, b]).tasks.map(({ neverStarted }) => neverStarted)).toEqual([true, true]);
    expect(factsAfter([a, b], assign(a)).tasks.map(({ neverStarted }) => neverStarted)).toEqual([true, true]);
    expect(factsAfter([a, b], assign(a), start(a)).tasks.map(({ neverStarted }) => neverStarted)).toEqual([
      false,
      true,
    ]);
  });

  it('refuse a job nobody submitted', () =>
    expect(() => jobFacts(dispatchedJobDecider.initial, [])).toThrow('job-not-found'));
});
