import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import { createLogger } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { OwnTables } from '../tables/own-tables.js';
import { ending, runnerDescription, submission, task } from '../spec/fixtures.js';
import { DispatcherStage, type Replica } from '../spec/open-dispatcher.js';
import { SweepSlots } from './sweep-slots.js';

let stage: DispatcherStage;
let replica: Replica;

beforeEach(async () => {
  stage = await DispatcherStage.set();
  replica = await stage.open();
  replica.dispatcher.start();
});
afterEach(() => stage.strike());

const running = async () => {
  await replica.register(runnerDescription(1, { repos: 1 }));
  const job = submission([task('a', { slotPool: 'repos' })]);
  await replica.submit(job);
  await eventually(() => expect(replica.runners.started).toHaveLength(1));
  const [execution] = replica.runners.started;
  if (!execution) throw new Error('not started');
  await replica.reportStarted(execution);
  return { job, execution };
};
const soilings = async () =>
  (await replica.store.readStream(streamIdOf('slot-pool', 'repos'))).flatMap((event) =>
    event.type === 'SlotSoiled' ? [event.data] : [],
  );
const statusOfSlots = async () => (await replica.rows('slot')).map((row) => ({ ...row })['status']);

describe('a sweep of the slots', () => {
  it('gives back, at its second look, that of an execution whose stored end never came round', async () => {
    const { job, execution } = await running();
    await replica.storeEnded(execution, ending('exited'));
    await replica.dispatcher.sweepSlots();
    expect(await statusOfSlots()).toEqual(['leased']);
    await replica.dispatcher.sweepSlots();
    expect(await statusOfSlots()).toEqual(['soiled']);
    expect(await soilings()).toMatchObject([{ holder: { executionId: execution.executionId }, foundBy: 'sweep' }]);
    const types = await replica.typesOf(job.jobId);
    await replica.dispatcher.sweepSlots();
    expect(await replica.typesOf(job.jobId)).toEqual(types);
    expect(await soilings()).toHaveLength(1);
  });

  it('is not named where the end came round by itself, whatever it looks at then', async () => {
    const { execution } = await running();
    await replica.reportEnded(execution, ending('exited'));
    for (let look = 0; look < 3; look += 1) await replica.dispatcher.sweepSlots();
    const [soiling] = await soilings();
    expect(soiling).toMatchObject({ holder: { executionId: execution.executionId } });
    expect(soiling).not.toHaveProperty('foundBy');
  });

  it('needs both looks of one dispatcher: another one begins with its first', async () => {
    const { execution } = await running();
    await replica.storeEnded(execution, ending('exited'));
    await replica.dispatcher.sweepSlots();
    const other = await stage.open();
    await other.dispatcher.sweepSlots();
    expect(await statusOfSlots()).toEqual(['leased']);
  });

  it('leaves alone that of one that is fenced, and takes its end in once its runner has proven it', async () => {
    const { execution } = await running();
    await replica.reportFenced(execution);
    const taken: unknown[] = [];
    const sweep = new SweepSlots(
      new OwnTables(replica.database),
      replica.store,
      { handle: (_, ends) => Promise.resolve(void taken.push(...ends.map(({ ending }) => ending.reason))) },
      createLogger('dispatcher', 'silent'),
    );
    for (let look = 0; look < 3; look += 1) await sweep.sweep();
    expect(taken).toEqual([]);
    await replica.storeEnded(execution, ending('lease-lost'));
    for (let look = 0; look < 2; look += 1) await sweep.sweep();
    expect(taken).toEqual(['lease-lost']);
  });

  it('leaves alone that of one that runs', async () => {
    await running();
    for (let look = 0; look < 3; look += 1) await replica.dispatcher.sweepSlots();
    expect(await statusOfSlots()).toEqual(['leased']);
  });
});
