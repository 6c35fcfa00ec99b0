import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '@necrocode/testing';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { openDatabase } from '../database/open-database.js';
import { createLogger } from '../logging/logger.js';
import { DriveQueue } from './drive-queue.js';
import { Driver } from './driver.js';

const SCHEMA = 'drive_spec';
const BACKOFF = { firstMs: 60_000, longestMs: 600_000 };

class Tables1 implements MigrationInterface {
  readonly name = 'Tables1764000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DriveQueue.createTable(SCHEMA, 'drive'));
  }
  down = () => Promise.resolve();
}

let testDatabase: TestDatabase;
let database: DataSource;
let queue: DriveQueue;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, schema: SCHEMA, migrations: [Tables1] });
});
afterAll(async () => {
  await database.destroy();
  await testDatabase.drop();
});
beforeEach(async () => {
  await database.query(`truncate ${SCHEMA}.drive`);
  queue = new DriveQueue(database, SCHEMA, 'drive');
});

describe('a drive queue', () => {
  it('knows when the next intent is due, and that there is none', async () => {
    expect(await queue.nextDueInMs()).toBeNull();
    await queue.run(queue.schedule('later', 50_000));
    expect(await queue.nextDueInMs()).toBeGreaterThan(40_000);
    await queue.run(queue.schedule('overdue', -1_000));
    expect(await queue.nextDueInMs()).toBe(0);
  });

  it('gives out what is due, once until its back-off is over, counting the claims', async () => {
    await queue.run(queue.schedule('due', 0));
    await queue.run(queue.schedule('later', 50_000));
    expect(await queue.claimDue(10, BACKOFF)).toEqual([{ key: 'due', attempts: 1 }]);
    expect(await queue.claimDue(10, BACKOFF)).toEqual([]);
    expect(await queue.nextDueInMs()).toBeLessThanOrEqual(50_000);
  });

  it('shares what is due between replicas without giving any intent twice', async () => {
    for (let index = 0; index < 40; index += 1) await queue.run(queue.schedule(`intent-${index}`, 0));
    const claims = await Promise.all(Array.from({ length: 8 }, () => queue.claimDue(10, BACKOFF)));
    const keys = claims.flat().map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('forgets what is fulfilled', async () => {
    await queue.run(queue.schedule('done', 0));
    await queue.run(queue.forget('done'));
    expect(await queue.claimDue(10, BACKOFF)).toEqual([]);
  });
});

describe('a driver', () => {
  it('drives what is due, again after a failure, and stands still while nothing is', async () => {
    const driven: string[] = [];
    let looks = 0;
    const counting = Object.assign(Object.create(queue) as DriveQueue, {
      claimDue: (...args: Parameters<DriveQueue['claimDue']>) => {
        looks += 1;
        return queue.claimDue(...args);
      },
    });
    await queue.run(queue.schedule('stubborn', 0));
    const driver = new Driver({
      queue: counting,
      logger: createLogger('spec', 'silent'),
      backoff: { firstMs: 1, longestMs: 2 },
      longestPauseMs: 60_000,
      drive: async (key) => {
        driven.push(key);
        if (driven.length < 3) throw new Error('not yet');
        await queue.run(queue.forget(key));
      },
    });
    driver.start();
    await eventually(() => expect(driven).toHaveLength(3));
    await eventually(async () => expect(await queue.nextDueInMs()).toBeNull());
    const before = looks;
    await queue.nextDueInMs();
    await queue.nextDueInMs();
    expect(looks - before).toBeLessThanOrEqual(1);
    await driver.stop();
  });
});
