import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { Audit } from '../audit/audit.js';
import { cancelUntilHeard, untilCancellation } from '../crash-matrix/cancel-until-heard.js';
import { startVictimJob } from '../crash-matrix/victim-job.js';
import { type FaultySystem, openFaultySystem } from '../faults/open-faulty-system.js';
import { untilAllReady } from '../faults/victims.js';
import { consumerLag } from '../soak/consumer-lag.js';
import { scraped } from '../support/scrape.js';
import { type Damage, deleteStore, flipBits, removeConsumers, removeStreams, truncateStore } from './damage.js';

const RUNNING = 4;
const WAITING = 8;

let faulty: FaultySystem;

beforeAll(async () => {
  faulty = await openFaultySystem({ env: { RUNNER_SLOTS: `repos:repository:${RUNNING}` } });
}, 180_000);
afterAll(() => faulty.end(), 60_000);

const losses = (what: string): Promise<number> =>
  scraped(faulty.system.home, `necrocode_jetstream_losses_total{what="${what}"}`);

async function waitingJob(): Promise<string> {
  const sleep = { key: 'sleep', command: ['sleep', '1000'], slot: { pool: 'nowhere' } };
  return (await faulty.client.submitJob({ name: 'waiting', tasks: [sleep] })).jobId;
}

/** Does it while cancellations are under way; resolves when each is completed and everything was found whole. */
async function cancelDuring(damage: Damage): Promise<void> {
  const { system, client } = faulty;
  const running = await Promise.all(Array.from({ length: RUNNING }, () => startVictimJob(client)));
  const waiting = await Promise.all(Array.from({ length: WAITING }, waitingJob));
  const jobIds = [...running.map(({ jobId }) => jobId), ...waiting];
  const asked = jobIds.map((jobId) => cancelUntilHeard(client, jobId));
  await Promise.any(asked);
  await damage(system);
  for (const asking of asked) await untilCancellation(client, await asking, 'completed');
  await untilAllReady(system);
  // One that reads everything published once more: what was damaged may be old.
  const audit = await Audit.open(system, client);
  expect(await audit.faults(jobIds)).toEqual([]);
  await audit.close();
}

describe('cancellations are completed, nothing is lost or doubled, and JetStream holds the whole history again', () => {
  it.each([
    ['the store is deleted', deleteStore, 'emptied'],
    ['the streams are removed', removeStreams, 'emptied'],
  ])(
    'when %s under load, and the loss is counted',
    async (_, damage, counted) => {
      const before = await losses(counted);
      await cancelDuring(damage);
      await eventually(async () => expect(await losses(counted)).toBeGreaterThan(before));
    },
    180_000,
  );

  it.each([
    ['the store is truncated', truncateStore],
    ['bits of the store are flipped', flipBits],
    ['the consumers are removed', removeConsumers],
  ])('when %s under load', (_, damage) => cancelDuring(damage), 180_000);

  it('and in the end no stream is away and no consumer behind', async () => {
    const { system, audit } = faulty;
    await eventually(async () => expect(await losses('stream')).toBeGreaterThan(0));
    expect(await consumerLag(system.natsUrl)).toEqual([]);
    expect(await audit.faults([])).toEqual([]);
    expect(await audit.verifyAll()).toEqual([]);
  }, 60_000);
});
