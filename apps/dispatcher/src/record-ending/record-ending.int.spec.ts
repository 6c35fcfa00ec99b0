import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionIdentity, SubmittedTask } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { ending, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
  replica.dispatcher.start();
});

afterEach(() => stage.strike());

/** Submits tasks as one job and waits for the first start. */
async function started(tasks: readonly SubmittedTask[], pools: Readonly<Record<string, number>> = {}) {
  await replica.register(runnerDescription(1, pools));
  const job = submission(tasks);
  await replica.submit(job);
  return { job, execution: await start(1) };
}

/** The n-th start that was asked for, once it has been. */
async function start(count: number): Promise<ExecutionIdentity> {
  await eventually(() => expect(replica.runners.started.length).toBeGreaterThanOrEqual(count));
  const execution = replica.runners.started[count - 1];
  if (!execution) throw new Error('not started');
  return execution;
}

const failed = ending('exited', { exit: { code: 1, signal: null } });
const retry = (initialMs: number) => ({
  maxAttempts: 2,
  backoff: { initialMs, factor: 1, maxMs: initialMs, jitter: 0 },
});

describe('the end of an execution', () => {
  it('completes its task, frees the place and lets dependents start', async () => {
    const { job, execution } = await started([task('a'), task('b', { dependsOn: ['a'] })]);
    await replica.reportStarted(execution);
    await replica.reportEnded(execution, ending('exited'));
    const second = await start(2);
    await replica.reportStarted(second);
    await replica.reportEnded(second, ending('exited'));
    expect(await replica.typesOf(job.jobId)).toEqual([
      ...['JobSubmitted', 'TaskQueued', 'TaskAssigned', 'TaskStarted', 'TaskCompleted', 'TaskQueued'],
      ...['TaskAssigned', 'TaskStarted', 'TaskCompleted', 'JobCompleted'],
    ]);
    for (const table of ['ready_task', 'assignment', 'start_drive', 'placement'])
      expect(await replica.rows(table)).toEqual([]);
  });

  it('changes nothing when it is told twice', async () => {
    const { job, execution } = await started([task('a', { retry: retry(60_000), slotPool: 'repos' })], { repos: 1 });
    const events = await replica.reportEnded(execution, failed);
    const before = [await replica.typesOf(job.jobId), await replica.rows('slot')];
    for (const event of events) await replica.dispatcher.react(event);
    expect([await replica.typesOf(job.jobId), await replica.rows('slot')]).toEqual(before);
  });

  it('is tried again when the back-off ends, without waiting for the next look', async () => {
    const { job, execution } = await started([task('a', { retry: retry(30) })]);
    await replica.reportStarted(execution);
    await replica.reportEnded(execution, failed);
    expect(await start(2)).toMatchObject({ taskId: execution.taskId, attempt: 2 });
    expect(await replica.typesOf(job.jobId)).toContain('TaskRetryScheduled');
  });

  it('is not tried again when the job is cancelled in its back-off', async () => {
    const { job, execution } = await started([task('a', { retry: retry(60_000) })]);
    await replica.reportStarted(execution);
    await replica.reportEnded(execution, failed);
    expect(await replica.rows('ready_task')).toHaveLength(1);
    const { facts } = await replica.block(job, newId('can'));
    expect(facts).toMatchObject({ status: 'cancelled', executions: [], tasks: [{ neverStarted: false }] });
    expect(await replica.rows('ready_task')).toEqual([]);
  });
});

describe('the slot of an execution', () => {
  it('is soiled with its end and leased to the next only when it was proven clean', async () => {
    const tasks = ['a', 'b'].map((key) => task(key, { slotPool: 'repos' }));
    const { job, execution } = await started(tasks, { repos: 1 });
    const { slot } = execution;
    if (!slot) throw new Error('no slot');
    expect((await replica.dispatcher.describeJob.handle(job.jobId)).heldSlots).toEqual([
      { pool: 'repos', slotId: slot.slotId, executionId: execution.executionId, status: 'leased' },
    ]);
    await replica.reportStarted(execution);
    const { appended } = await appendedBy(() => replica.reportEnded(execution, ending('exited')));
    expect(appended).toEqual(['TaskCompleted', 'SlotSoiled']);
    expect((await replica.dispatcher.describeJob.handle(job.jobId)).heldSlots).toMatchObject([{ status: 'soiled' }]);
    expect(await replica.assignBatch()).toEqual([]);
    await replica.proveClean(execution, slot);
    const next = await start(2);
    expect(next.slot).toEqual(slot);
    expect(next.fencingToken).toBeGreaterThan(execution.fencingToken);
  });

  it('stays leased when its runner fell silent, until the runner has proven the end', async () => {
    const { job, execution } = await started([task('a', { slotPool: 'repos', retry: retry(60_000) })], { repos: 1 });
    await replica.reportStarted(execution);
    await replica.reportFenced(execution);
    expect((await replica.typesOf(job.jobId)).slice(-2)).toEqual(['TaskRetryScheduled', 'JobUnplaced']);
    expect(await replica.rows('slot')).toEqual([expect.objectContaining({ status: 'leased' })]);
    await replica.reportEnded(execution, ending('lease-lost'));
    expect((await replica.typesOf(job.jobId)).at(-1)).toBe('LateReportNoted');
    expect(await replica.rows('slot')).toEqual([expect.objectContaining({ status: 'soiled' })]);
  });
});

/** What the dispatcher appended meanwhile, in the order of one append. */
async function appendedBy(work: () => Promise<unknown>): Promise<{ appended: readonly string[] }> {
  const after = await replica.store.number();
  await work();
  await replica.store.number();
  const events = await replica.store.readAll(after, 100);
  return {
    appended: events
      .filter(({ metadata }) => metadata.actor === 'service:dispatcher')
      .map(({ type }) => type)
      .slice(0, 2),
  };
}
