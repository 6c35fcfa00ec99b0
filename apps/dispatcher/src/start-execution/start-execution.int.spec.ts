import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionId, SubmittedTask } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { ending, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});

afterEach(() => stage.strike());

const asked = (): readonly ExecutionId[] => replica.runners.started.map(({ executionId }) => executionId);

/** Submits a job and lets one step of the loop assign it; the start is not asked for, as when the process dies right then. */
async function assigned(wanted: SubmittedTask = task('a')) {
  const runner = await replica.register(runnerDescription(1, { repos: 1 }));
  const job = submission([wanted]);
  await replica.submit(job);
  const [order] = await replica.assignBatch();
  if (!order) throw new Error('not assigned');
  return { job, runner, execution: { ...order.assignment, jobId: job.jobId, taskId: wanted.taskId } };
}

describe('starting', () => {
  it('asks the runner as soon as the task is assigned, with what it needs and nothing else', async () => {
    replica.dispatcher.start();
    const { runnerId } = await replica.register(runnerDescription(1));
    const wanted = task('a', { env: { EPOCHS: '3' }, timeoutMs: 900, signal: 'SIGINT', gracePeriodMs: 5 });
    const job = submission([wanted]);
    await replica.submit(job);
    await eventually(() => expect(replica.runners.asked).toHaveLength(1));
    expect(replica.runners.asked).toEqual([
      {
        execution: {
          executionId: expect.stringMatching(/^exe_/),
          jobId: job.jobId,
          taskId: wanted.taskId,
          runnerId,
          attempt: 1,
          fencingToken: expect.any(Number),
          slot: null,
        },
        taskKey: 'a',
        command: wanted.command,
        env: { EPOCHS: '3' },
        workingDirectory: 'workspace',
        timeoutMs: 900,
        onTimeout: { cancellationId: null, signal: 'SIGINT', signalTo: 'tree', gracePeriodMs: 5, force: false },
        traceparent: expect.stringMatching(/^00-/),
      },
    ]);
  });

  it('is asked for by whoever takes over from a process that died before it could ask', async () => {
    const { execution } = await assigned();
    const successor = await stage.open();
    await successor.dispatcher.driveStart(execution.executionId);
    expect(successor.runners.started).toEqual([execution]);
  });

  it('is asked for again when the answer was lost, until it is known to have happened', async () => {
    const { execution } = await assigned();
    replica.runners.answer = () => Promise.reject(new Error('no answer'));
    await expect(replica.dispatcher.driveStart(execution.executionId)).rejects.toThrow('no answer');
    replica.runners.answer = () => Promise.resolve({ answer: 'accepted' });
    await replica.dispatcher.driveStart(execution.executionId);
    expect(asked()).toEqual([execution.executionId, execution.executionId]);
    expect(await replica.rows('start_drive')).toHaveLength(1);
    await replica.reportStarted(execution);
    expect(await replica.rows('start_drive')).toEqual([]);
    await replica.dispatcher.driveStart(execution.executionId);
    expect(asked()).toHaveLength(2);
  });

  it('is not asked for any more once dispatch is blocked', async () => {
    const { job, execution } = await assigned();
    await replica.block(job, newId('can'));
    expect(await replica.rows('start_drive')).toEqual([]);
    await replica.dispatcher.driveStart(execution.executionId);
    expect(asked()).toEqual([]);
  });

  it('is asked for again at once when a lost runner is back', async () => {
    const { execution, runner } = await assigned();
    const { runnerId } = runner;
    const at = new Date().toISOString();
    await replica.tellRunner({ type: 'LoseRunner', runnerId, lastHeardAt: at, at }, runnerId);
    expect(await replica.typesOf(execution.jobId)).toEqual(['JobSubmitted', 'TaskQueued', 'TaskAssigned']);
    replica.dispatcher.start();
    await replica.tellRunner({ type: 'HearRunner', runnerId, at }, runnerId);
    await eventually(() => expect(asked()).toContain(execution.executionId), { withinMs: 1_500 });
  });
});

describe('a refused start', () => {
  it('gives the task and its untouched slot back, and tries again a moment later', async () => {
    const { job, execution } = await assigned(task('a', { slotPool: 'repos' }));
    replica.runners.answer = () => Promise.resolve({ answer: 'refused', because: 'full' });
    await replica.dispatcher.driveStart(execution.executionId);
    expect((await replica.typesOf(job.jobId)).at(-1)).toBe('TaskUnassigned');
    expect(await replica.rows('slot')).toEqual([expect.objectContaining({ status: 'free', execution_id: null })]);
    expect(await replica.rows('assignment')).toEqual([]);
    replica.runners.answer = () => Promise.resolve({ answer: 'accepted' });
    replica.dispatcher.start();
    await eventually(() => expect(replica.runners.started).toHaveLength(2));
    expect(replica.runners.started.at(-1)).toMatchObject({ taskId: execution.taskId, attempt: 1 });
    expect(replica.runners.started.at(-1)?.executionId).not.toBe(execution.executionId);
  });

  it('changes nothing when the task has moved on before the refusal came', async () => {
    const { job, execution } = await assigned(task('a', { slotPool: 'repos' }));
    replica.runners.answer = async () => {
      await replica.block(job, newId('can'));
      return { answer: 'refused', because: 'draining' };
    };
    await replica.dispatcher.driveStart(execution.executionId);
    expect((await replica.typesOf(job.jobId)).at(-1)).toBe('TaskCancellationStarted');
    expect(await replica.rows('slot')).toEqual([expect.objectContaining({ status: 'leased' })]);
  });

  it('because of a stop that came first waits for the ending that stop reports', async () => {
    const { job, execution } = await assigned();
    replica.runners.answer = () => Promise.resolve({ answer: 'refused', because: 'tombstone' });
    await replica.dispatcher.driveStart(execution.executionId);
    expect((await replica.typesOf(job.jobId)).at(-1)).toBe('TaskAssigned');
    const cancellationId = newId('can');
    await replica.reportEnded(execution, ending('stopped', { started: false, cancellationId }));
    const { facts } = await replica.block(job, cancellationId);
    expect(facts).toMatchObject({ status: 'cancelled', tasks: [{ neverStarted: true, cancellationId }] });
    expect(facts.executions).toHaveLength(1);
  });
});
