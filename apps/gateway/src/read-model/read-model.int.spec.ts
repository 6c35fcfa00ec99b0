import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';
import { Projection } from './projection.js';
import { PROJECTION_VERSION } from './schema.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.close());

const TABLES = {
  job: 'job_id',
  cancellation: 'cancellation_id',
  runner: 'runner_id',
  slot: 'slot_id',
  timeline: 'position',
};
const database = () => gateway.open.platform.database;
const snapshot = async (): Promise<Record<string, unknown[]>> => {
  const tables = Object.entries(TABLES).map(async ([table, key]) => {
    return [table, await database().query<unknown[]>(`select * from gateway.${table} order by ${key}`)] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
};
const position = async (): Promise<bigint> => {
  const [row] = await database().query<{ position: string }[]>('select position from gateway.projection');
  return BigInt(row?.position ?? 0);
};
const caughtUp = async (): Promise<void> => {
  const { store } = gateway.open.platform;
  await eventually(async () => {
    const events = await store.readAll(0n, 10_000);
    const jobs = events.filter(({ type }) => type === 'JobSubmitted').length;
    const certificates = events.filter(({ type }) => type === 'CancellationCompleted').length;
    expect([jobs, certificates]).toEqual([3, 3]);
    expect(await position()).toBe(await store.lastPosition());
  });
};
const drain = async (projection: Projection): Promise<void> => {
  while ((await projection.advance()).kind !== 'idle');
};

describe('the read model', () => {
  let live: Record<string, unknown[]>;

  it('rebuilt from the first event equals the live one, fed by two replicas at once', async () => {
    const replica = await gateway.replica();
    await Promise.all([1, 2, 3].map(() => new CancelledJob(gateway).live()));
    await caughtUp();
    await replica.close();
    live = await snapshot();
    expect(live['job']).toHaveLength(3);
    expect(live['cancellation']).toHaveLength(3);
    for (const row of live['job'] ?? [])
      expect(row).toMatchObject({ cleaned: true, settled_position: expect.any(String) });
    await new Projection(database(), gateway.open.platform.store).rebuild();
    expect((await snapshot())['job']?.length).toBeLessThanOrEqual(3);
    await caughtUp();
    expect(await snapshot()).toEqual(live);
  });

  it('of an older version is thrown away and built anew, and the older release stops writing', async () => {
    const { store } = gateway.open.platform;
    const newer = new Projection(database(), store, PROJECTION_VERSION + 1);
    await drain(newer);
    expect(await position()).toBe(await store.lastPosition());
    expect(await snapshot()).toEqual(live);
    const older = new Projection(database(), store, PROJECTION_VERSION);
    await new CancelledJob(gateway).submit();
    await eventually(async () => expect((await store.readAll(await position(), 10)).length).toBeGreaterThan(0));
    expect((await older.advance()).kind).toBe('moved');
    await drain(newer);
    expect((await snapshot())['job']).toHaveLength(4);
  });
});
