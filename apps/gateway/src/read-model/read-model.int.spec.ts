import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobPage, ProjectionList, ProjectionResource, ProjectionVerification } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';
import { Rebuild } from '../rebuild-read-model/rebuild.js';
import { CancelledJob } from '../spec/cancelled-job.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';
import { verifyReadModel } from '../verify-read-model/verify-read-model.js';
import { Projection } from './projection.js';
import { TABLES } from './row-store.js';
import { PROJECTION_VERSION } from './schema.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.close());

const database = () => gateway.open.platform.database;
const store = () => gateway.open.platform.store;
const snapshot = async (): Promise<Record<string, unknown[]>> => {
  const tables = Object.entries(TABLES).map(async ([table, key]) => {
    return [table, await database().query<unknown[]>(`select * from gateway.${table} order by ${key}`)] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
};
const caughtUp = () =>
  eventually(async () => {
    const events = await store().readAll(0n, 10_000);
    const certificates = events.filter(({ type }) => type === 'CancellationCompleted').length;
    expect([certificates, (await readModel()).behind]).toEqual([3, 0]);
  });
const json = async <Value>(method: string, path: string): Promise<Value> =>
  (await (await gateway.call(method, path)).json()) as Value;
const readModel = async (): Promise<ProjectionResource> => {
  const [only] = (await json<ProjectionList>('GET', '/projections')).items;
  if (!only) throw new Error('no projection');
  return only;
};
const verified = async () => {
  const lines = [];
  for await (const line of verifyReadModel(database(), store())) lines.push(line);
  const result = lines.at(-1);
  if (result?.kind !== 'result') throw new Error('no result');
  return result;
};
/** Of a release that builds its rows in another way: the gateway under test leaves it alone. */
const nextRelease = () => new Rebuild(database(), store(), PROJECTION_VERSION + 1, 10);

describe('the read model', () => {
  let live: Record<string, unknown[]>;

  it('is what the events give, fed by two replicas at once', async () => {
    const replica = await gateway.replica();
    await Promise.all([1, 2, 3].map(() => new CancelledJob(gateway).live()));
    await caughtUp();
    await replica.close();
    live = await snapshot();
    for (const row of live['job'] ?? [])
      expect(row).toMatchObject({ cleaned: true, settled_position: expect.any(String) });
    expect(await verified()).toMatchObject({ rows: { job: 3, cancellation: 3 }, differences: [], more: false });
  });

  it('is rebuilt beside the live one, which readers read on without a gap', async () => {
    let reading = true;
    const seen = new Set<number>();
    const reader = (async () => {
      while (reading) seen.add((await json<JobPage>('GET', '/jobs')).items.length);
    })();
    const asked = await json<ProjectionResource>('POST', '/projections/read-model/rebuild');
    expect(asked).toMatchObject({ name: 'read-model', build: 1, rebuild: { build: 2 } });
    await eventually(async () => expect(await readModel()).toMatchObject({ build: 2, rebuild: null }));
    reading = false;
    await reader;
    expect([...seen]).toEqual([3]);
    expect(await snapshot()).toEqual(live);
  });

  it('is verified over the API: every row and field that is another is named', async () => {
    const [job, other] = (await json<JobPage>('GET', '/jobs')).items;
    await database().query(`update gateway.job set status = 'failed' where job_id = $1`, [job?.jobId]);
    await database().query('delete from gateway.cancellation where job_id = $1', [other?.jobId]);
    const response = await gateway.call('GET', '/projections/read-model/verification');
    const lines = (await response.text()).trim().split('\n');
    const result = JSON.parse(lines.at(-1) ?? '') as ProjectionVerification;
    expect(result).toMatchObject({
      kind: 'result',
      differences: [
        { table: 'job', id: job?.jobId, field: 'status', live: '"failed"', rebuilt: '"cancelled"' },
        { table: 'cancellation', field: '', live: null },
      ],
    });
    expect(lines.slice(0, -1).map((line) => (JSON.parse(line) as ProjectionVerification).kind)).toContain('progress');
    await json('POST', '/projections/read-model/rebuild');
    await eventually(async () => expect((await readModel()).build).toBe(3));
    expect(await verified()).toMatchObject({ differences: [] });
    expect(await snapshot()).toEqual(live);
  });

  it('knows no other projection', async () => {
    for (const [method, path] of [
      ['POST', 'rebuild'],
      ['GET', 'verification'],
    ] as const) {
      const refused = await gateway.call(method, `/projections/lists/${path}`);
      expect([refused.status, await refused.json()]).toMatchObject([404, { code: 'projection-not-found' }]);
    }
  });
});

describe('a rebuild', () => {
  it('that was left half-way is taken up where it was, by whoever comes next', async () => {
    await nextRelease().request();
    await nextRelease().advance();
    await nextRelease().advance();
    expect((await readModel()).rebuild).toMatchObject({ position: '20' });
    // What it holds so far is not made again: a mark in it is still there at the end.
    await database().query(
      `update gateway_rebuild.timeline set event = 'marked' where position = (select min(position) from gateway_rebuild.timeline)`,
    );
    const rebuild = nextRelease();
    for (let step = await rebuild.advance(); step.kind === 'built';) step = await rebuild.advance();
    const [first] = await database().query<{ event: string }[]>(
      'select event from gateway.timeline order by position limit 1',
    );
    expect(first?.event).toBe('marked');
  });

  it('of another release ends the writing and the reading of this one, not the reading of single jobs', async () => {
    const older = new Projection(database(), store(), PROJECTION_VERSION);
    await new CancelledJob(gateway).submit();
    expect(await older.advance()).toEqual({ kind: 'foreign', version: PROJECTION_VERSION + 1 });
    await eventually(async () => {
      const refused = await gateway.call('GET', '/jobs');
      expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'read-model-rebuilding' }]);
    });
    expect((await readModel()).behind).toBeGreaterThan(0);
    const refused = await gateway.call('POST', '/projections/read-model/rebuild');
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'read-model-foreign' }]);
  });

  it('of the newest release is begun by itself, is not switched while a reader is in the way, and loses no event', async () => {
    const newest = new Rebuild(database(), store(), PROJECTION_VERSION + 2, 10);
    const reader = database().createQueryRunner();
    await reader.startTransaction();
    await reader.query('select 1 from gateway.job');
    let step = await newest.advance();
    while (step.kind === 'built') step = await newest.advance();
    expect(step).toEqual({ kind: 'waiting' });
    await new CancelledJob(gateway).submit();
    await reader.commitTransaction();
    await reader.release();
    await eventually(async () => expect((await newest.advance()).kind).toBe('switched'));
    expect((await snapshot())['job']).toHaveLength(5);
    expect(await newest.advance()).toEqual({ kind: 'none' });
  });
});
