import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CancellationPage, type ListCancellations, listCancellationsQuery } from '@necrocode/contracts';
import { bulkDecider } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { countCancellations, pageOfCancellations, type Statement } from '../read-model/cancellation-query.js';
import { CancelledJob } from '../spec/cancelled-job.js';
import { act, startTestGateway, type TestGateway } from '../spec/test-gateway.js';
import { fromCursor, toCursor } from './cancellation-cursor.js';

const ROWS = 30_000;
let gateway: TestGateway;
let job: CancelledJob;
const bulkId = newId('can');

beforeAll(async () => {
  gateway = await startTestGateway();
  job = new CancelledJob(gateway);
  await job.live();
  await requestBulk();
  await eventually(async () => expect((await list('')).items).toHaveLength(2));
  await multiply();
}, 60_000);
afterAll(() => gateway.close());

const database = () => gateway.open.platform.database;
const list = async (query: string): Promise<CancellationPage> =>
  (await (await gateway.call('GET', `/cancellations${query}`)).json()) as CancellationPage;
const refused = async (query: string) => {
  const response = await gateway.call('GET', `/cancellations${query}`);
  return [response.status, await response.json()];
};

async function requestBulk(): Promise<void> {
  const at = new Date().toISOString();
  await act(gateway, bulkDecider, 'cancellation', bulkId, bulkId, {
    type: 'RequestBulk',
    cancellationId: bulkId,
    target: { kind: 'queue', queue: 'gpu', mode: 'all' },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: 'maintenance', text: 'new drivers' },
    requestedBy: 'user:ada',
    fingerprint: 'sha256:0',
    requestedAt: at,
    selection: { waiting: [newId('job')], started: [newId('job')], snapshotAt: at, digest: 'sha256:1' },
    at,
  });
}

/** Many more like the first, an hour apart before it, spread over every column that can be asked for. */
async function multiply(): Promise<void> {
  await database().query(
    `with one as materialized (
       -- Without what a list does not show, which is most of what it weighs.
       select requested_at, state::jsonb || '{"terminations": [], "certificate": null, "plan": null}' as state
       from gateway.cancellation where job_id = $1)
     insert into gateway.cancellation
       (cancellation_id, position, job_id, status, state, signalled, forced, scope, requested_by, reason_code, requested_at, bulk_id)
     select 'can_' || n, 1000000 - n, 'job_' || n % 10000,
       (array['completed','completed','completed','partial','unconfirmed','undone','in-progress'])[1 + n % 7],
       state || jsonb_build_object('cancellationId', 'can_' || n, 'requestedAt', requested_at - n * interval '1 hour'),
       n % 50 = 0, n % 50 = 0, (array['job','task'])[1 + n % 2], 'user:' || n % 40,
       (array['user-request','superseded','budget','deadline','failure'])[1 + n % 5], requested_at - n * interval '1 hour',
       case when n % 3 = 0 then 'can_' || n % 500 end
     from one, generate_series(1, ${ROWS}) as n`,
    [job.jobId],
  );
  await database().query('analyze gateway.cancellation');
}

describe('GET /cancellations', () => {
  it('lists those of jobs and of many jobs, newest first', async () => {
    const [bulk, single] = (await list('?limit=2')).items;
    expect(bulk).toMatchObject({
      cancellationId: bulkId,
      kind: 'bulk',
      target: { kind: 'queue', queue: 'gpu' },
      status: 'in-progress',
      requestedBy: 'user:ada',
      planned: 2,
      cancelled: null,
    });
    expect(single).toMatchObject({ cancellationId: job.cancellationId, word: 'cancelled', jobId: job.jobId });
  });

  it('tells those that a bulk opened from the others, and lists them by it', async () => {
    const member = new CancelledJob(gateway);
    await member.live({ bulkId });
    await eventually(async () =>
      expect((await list(`?bulkId=${bulkId}`)).items).toMatchObject([
        { cancellationId: member.cancellationId, bulkId },
      ]),
    );
    expect((await list(`?jobId=${job.jobId}`)).items).toMatchObject([{ bulkId: null }]);
  });

  it('counts what fits up to a bound', async () => {
    expect(await list('?requestedBy=user:ada')).toMatchObject({ total: 1, nextCursor: null });
    expect(await list('')).toMatchObject({ total: 1_000, limit: 50, offset: 0 });
  });

  it('pages by cursor without a gap or a repetition, whatever is requested meanwhile', async () => {
    const query = '?status=partial&status=undone&reason=budget&scope=task&limit=100';
    const seen: string[] = [];
    let page = await list(query);
    const late = new CancelledJob(gateway);
    await late.live();
    await eventually(async () => expect((await list(`?jobId=${late.jobId}`)).items).toHaveLength(1));
    for (;;) {
      seen.push(...page.items.map(({ cancellationId }) => cancellationId));
      if (page.nextCursor === null) break;
      page = await list(`${query}&cursor=${page.nextCursor}`);
    }
    const fitting = await database().query<{ cancellation_id: string }[]>(
      `select cancellation_id from gateway.cancellation
       where status in ('partial', 'undone') and reason_code = 'budget' and scope = 'task' order by requested_at desc, position desc`,
    );
    expect(seen.length).toBeGreaterThan(500);
    expect(seen).toEqual(fitting.map(({ cancellation_id }) => cancellation_id));
  });

  it('takes a range of time, to the moment', async () => {
    const [newest, oldest] = (await list('?scope=task&limit=2')).items;
    const range = `?${new URLSearchParams({ since: oldest?.requestedAt ?? '', until: newest?.requestedAt ?? '', scope: 'task' }).toString()}`;
    expect((await list(range)).items.map(({ cancellationId }) => cancellationId)).toEqual([oldest?.cancellationId]);
  });

  it.each([
    '?offset=10001',
    '?status=over',
    '?since=yesterday',
    '?forced=maybe',
    '?cursor=x&offset=1',
    '?cursor=!',
    '?cursor=x',
  ])('refuses %s', async (query) => expect(await refused(query)).toMatchObject([400, { code: 'validation-failed' }]));

  it('gives a cursor that comes back as the place it was made of', () => {
    const place = { requestedAt: new Date(1_700_000_000_123), position: '42' };
    expect(fromCursor(toCursor(place))).toEqual(place);
  });
});

describe('the statements of the list', () => {
  const filters = {
    jobId: newId('job'),
    bulkId: newId('can'),
    status: 'partial',
    requestedBy: 'user:7',
    reason: 'budget',
    scope: 'task',
    forced: 'true',
    since: '2020-01-01T00:00:00Z',
    until: new Date().toISOString(),
  };
  const names = Object.keys(filters);
  /** Every combination there is of those. */
  const combinations = Array.from({ length: 2 ** names.length }, (_, bits) =>
    Object.fromEntries(Object.entries(filters).filter((__, index) => (bits >> index) % 2 === 1)),
  );
  const behind = { requestedAt: new Date(), position: '500000' };

  async function scans({ sql, values }: Statement): Promise<string[]> {
    const lines = await database().query<{ 'QUERY PLAN': string }[]>(`explain ${sql}`, [...values]);
    return lines.map((line) => line['QUERY PLAN']).filter((line) => line.includes('Seq Scan'));
  }
  const parse = (query: object): ListCancellations => listCancellationsQuery.parse(query);

  it('never read the whole table, for any combination of filters, on any page', async () => {
    const found: [object, string[]][] = [];
    for (const combination of [...combinations, { forced: 'false' }, { status: ['partial', 'completed'] }]) {
      const query = parse(combination);
      for (const statement of [
        pageOfCancellations(query, null),
        pageOfCancellations(query, behind),
        countCancellations(query),
      ]) {
        const sequential = await scans(statement);
        if (sequential.length > 0) found.push([combination, sequential]);
      }
    }
    expect(found).toEqual([]);
  });

  it('would, without their indexes: the check can fail', async () => {
    const runner = database().createQueryRunner();
    await runner.startTransaction();
    await runner.query('drop index gateway.cancellation_requested_by_requested_at_position_idx');
    await runner.query('drop index gateway.cancellation_requested_at_position_idx');
    const { sql, values } = pageOfCancellations(parse({ requestedBy: 'user:7' }), null);
    const lines = (await runner.query(`explain ${sql}`, [...values])) as { 'QUERY PLAN': string }[];
    await runner.rollbackTransaction();
    await runner.release();
    expect(lines.some((line) => line['QUERY PLAN'].includes('Seq Scan'))).toBe(true);
  });
});
