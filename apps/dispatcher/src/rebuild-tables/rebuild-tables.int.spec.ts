import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionIdentity } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { ending, meta, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';
import { rebuildTables } from './rebuild-tables.js';

const TABLES = ['open_job', 'task', 'ready_task', 'placement', 'assignment', 'slot', 'runner', 'paused_queue'] as const;

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
});

afterEach(() => stage.strike());

async function content() {
  const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  const tables = await Promise.all(
    TABLES.map(async (table) => [table, (await replica.rows(table)).sort(byText)] as const),
  );
  // When a start is asked for again is no fact of the events; that it still is to be, is.
  const starts = (await replica.rows('start_drive')).map(({ key }) => key).sort();
  return { tables: new Map<string, object[]>(tables), starts };
}

/** Something of everything: paused, queued, blocked, in back-off, refused, running, cancelling, cancelled, done; slots in every state. */
async function history(): Promise<void> {
  const lostRunner = await replica.register(runnerDescription(1));
  await replica.register(runnerDescription(5, { repos: 3 }));
  const retry = { maxAttempts: 2, backoff: { initialMs: 60_000, factor: 1, maxMs: 60_000, jitter: 0 } };
  const slotted = ['ended', 'clean', 'held'].map((key) => submission([task(key, { slotPool: 'repos' })]));
  const failing = submission([task('failing', { retry })]);
  const running = submission([task('running'), task('blocked', { dependsOn: ['running'] })]);
  const refused = submission([task('refused')]);
  await replica.submit(...slotted, failing, running, refused);
  const orders = await replica.assignBatch();
  const execution = (key: string): ExecutionIdentity => {
    const order = orders.find((candidate) => candidate.task.spec.key === key);
    if (!order) throw new Error(`${key} was not assigned`);
    return { ...order.assignment, jobId: order.job.jobId, taskId: order.task.spec.taskId };
  };
  for (const key of ['ended', 'clean', 'failing', 'running']) await replica.reportStarted(execution(key));
  await replica.reportEnded(execution('ended'), ending('exited'));
  await replica.reportEnded(execution('clean'), ending('exited'));
  const { slot } = execution('clean');
  if (slot) await replica.proveClean(execution('clean'), slot);
  await replica.reportEnded(execution('failing'), ending('exited', { exit: { code: 1, signal: null } }));
  replica.runners.answer = () => Promise.resolve({ answer: 'refused', because: 'full' });
  await replica.dispatcher.driveStart(execution('refused').executionId);
  await replica.block(running, newId('can'));
  const at = new Date().toISOString();
  await replica.tellRunner(
    { type: 'LoseRunner', runnerId: lostRunner.runnerId, lastHeardAt: at, at },
    lostRunner.runnerId,
  );
  const cancelled = submission([task('cancelled')]);
  await replica.submit(cancelled, submission([task('queued'), task('later', { dependsOn: ['queued'] })]));
  await replica.block(cancelled, newId('can'));
  const { pauseQueue } = replica.dispatcher;
  for (const queue of ['paused', 'resumed']) await pauseQueue.handle('PauseQueue', queue, meta());
  await pauseQueue.handle('ResumeQueue', 'resumed', meta());
}

describe('rebuilding the tables', () => {
  it('gives what the events had led to', async () => {
    await history();
    const live = await content();
    await replica.store.number();
    await replica.database.query(
      'truncate dispatcher.open_job, dispatcher.ready_task, dispatcher.slot, dispatcher.task',
    );
    await rebuildTables(replica.store, replica.dispatcher.tables);
    expect(await content()).toEqual(live);
    for (const table of TABLES) expect(live.tables.get(table)).not.toEqual([]);
    expect(live.starts).not.toEqual([]);
  });

  it('never gives out a fencing token again', async () => {
    await history();
    await replica.store.number();
    const tokens = await greatestToken();
    await replica.database.query('alter sequence dispatcher.fencing_token restart with 1');
    await rebuildTables(replica.store, replica.dispatcher.tables);
    const [row] = await replica.database.query<{ next: string }[]>(
      `select nextval('dispatcher.fencing_token') as next`,
    );
    expect(Number(row?.next)).toBeGreaterThan(tokens);
  });
});

async function greatestToken(): Promise<number> {
  const [row] = await replica.database.query<{ last: string }[]>(
    'select last_value as last from dispatcher.fencing_token',
  );
  return Number(row?.last);
}
