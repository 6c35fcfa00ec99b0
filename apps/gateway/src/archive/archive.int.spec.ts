import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  ArchiveBody,
  ArchivePlan,
  CloudEvent,
  ProjectionList,
  ProjectionVerification,
} from '@necrocode/contracts';
import { slotPoolDecider } from '@necrocode/domain';
import { eventually } from '@necrocode/testing';
import { CancelledJob } from '../spec/cancelled-job.js';
import { act, startTestGateway, type TestGateway } from '../spec/test-gateway.js';

const FIRST = `sha256:${'1'.repeat(64)}`;

let gateway: TestGateway;
let job: CancelledJob;
let goesOn: CancelledJob;
let body: ArchiveBody;

beforeAll(async () => {
  gateway = await startTestGateway(undefined, { ARCHIVE_AFTER_DAYS: 0 });
  job = new CancelledJob(gateway);
  goesOn = new CancelledJob(gateway);
  await job.live();
  await goesOn.registerRunner();
  await goesOn.submit();
  await goesOn.start();
  await eventually(async () => expect((await plan()).stories).toBe(1));
  body = await bodyOfNext(FIRST);
}, 60_000);
afterAll(() => gateway.close());

async function get<Value>(path: string): Promise<Value> {
  return (await (await gateway.call('GET', path)).json()) as Value;
}
const plan = (): Promise<ArchivePlan> => get('/archives/plan');

async function linesOf<Line>(path: string): Promise<Line[]> {
  const text = await (await gateway.call('GET', path)).text();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

/** As whoever has written the next archive would name what it holds. */
async function bodyOfNext(manifestHash: string): Promise<ArchiveBody> {
  const { number, previous } = await plan();
  const ends = new Map<string, ArchiveBody['streams'][number]>();
  for (const { streamid, streamversion, hash } of await linesOf<CloudEvent>('/archives/plan/events'))
    ends.set(streamid, { stream: streamid, version: streamversion, hash });
  return { number, manifestHash, previous, streams: [...ends.values()] };
}

async function refusal(sent: ArchiveBody): Promise<unknown> {
  const response = await gateway.call('POST', '/archives', { body: sent });
  return [response.status, ((await response.json()) as { code: string }).code];
}

async function differences(): Promise<unknown> {
  const lines = await linesOf<ProjectionVerification>('/projections/read-model/verification');
  const last = lines.at(-1);
  return last?.kind === 'result' ? last.differences : last;
}

describe('the next archive', () => {
  it('holds what is over, whole: the job with its execution, cancellation and cleanup', async () => {
    expect(await plan()).toMatchObject({
      number: 1,
      previous: null,
      afterDays: 0,
      stories: 1,
      streams: 4,
      more: false,
    });
    const aggregates = body.streams.map(({ stream }) => stream.split('-')[0]);
    expect(aggregates.sort()).toEqual(['cancellation', 'cleanup', 'execution', 'job']);
  });

  it('is refused where it lacks a stream, holds one that goes on, or one that has grown', async () => {
    const without = (aggregate: string) => body.streams.filter(({ stream }) => !stream.startsWith(aggregate));
    expect(await refusal({ ...body, streams: without('execution') })).toEqual([409, 'archive-outdated']);
    const open = { stream: `job-${goesOn.jobId}`, version: 1, hash: FIRST };
    expect(await refusal({ ...body, streams: [...body.streams, open] })).toEqual([409, 'archive-outdated']);
    const shorter = body.streams.map((stream) => ({ ...stream, version: stream.version - 1 || 1 }));
    expect(await refusal({ ...body, streams: shorter })).toEqual([409, 'archive-outdated']);
    expect(await get('/archives')).toEqual({ items: [] });
  });

  it('is refused where a reader of the store has not passed it', async () => {
    const { database } = gateway.open.platform;
    await database.query(`insert into gateway.consumer_checkpoint values ('slow', 3)`);
    expect(await plan()).toMatchObject({ stories: 0, slowest: { reader: 'gateway.slow', position: '3' } });
    expect(await refusal(body)).toEqual([409, 'archive-behind']);
    await database.query(`delete from gateway.consumer_checkpoint`);
  });

  it('is removed as a whole or not at all', async () => {
    const { database } = gateway.open.platform;
    const runner = database.createQueryRunner();
    await runner.startTransaction();
    await runner.query('lock table gateway.job in access exclusive mode');
    expect(await refusal(body)).toEqual([503, 'store-unavailable']);
    await runner.rollbackTransaction();
    await runner.release();
    expect(await get('/archives')).toEqual({ items: [] });
    expect((await gateway.call('GET', `/jobs/${job.jobId}`)).status).toBe(200);
  });
});

describe('what was archived', () => {
  beforeAll(async () => {
    expect((await gateway.call('POST', '/archives', { body })).status).toBe(200);
  });

  it('is told to be so, wherever it is asked for', async () => {
    const { jobId, cancellationId } = job;
    const paths = [`/jobs/${jobId}`, `/jobs/${jobId}/history`, `/jobs/${jobId}/events`];
    const parts = ['', '/certificate', '/replay', '/trace', '/events'].map(
      (part) => `/cancellations/${cancellationId}${part}`,
    );
    for (const path of [...paths, ...parts, `/audit/verification?stream=job-${jobId}`]) {
      const response = await gateway.call('GET', path);
      expect([path, response.status, await response.json()]).toMatchObject([path, 410, { code: 'archived' }]);
    }
  });

  it('is in no list; the others are as they were', async () => {
    const { items } = await get<{ items: { jobId: string }[] }>('/jobs');
    expect(items.map(({ jobId }) => jobId)).toEqual([goesOn.jobId]);
    expect(await get('/cancellations')).toMatchObject({ items: [] });
    expect((await gateway.call('GET', `/jobs/${goesOn.jobId}`)).status).toBe(200);
  });

  it('is answered as the first time when it is asked for again', async () => {
    const again = await gateway.call('POST', '/archives', { body });
    expect([again.status, await again.json()]).toMatchObject([200, { number: 1, manifestHash: FIRST, streams: 4 }]);
    expect(await refusal({ ...body, manifestHash: FIRST.replaceAll('1', '2') })).toEqual([409, 'archive-out-of-order']);
  });

  it('leaves the numbering and every chain whole, and says what each stream ended with', async () => {
    expect((await linesOf('/audit/verification')).at(-1)).toMatchObject({ faults: [], numbering: [] });
    const { items } = await get<{ items: ArchiveBody['streams'] }>('/archives/1/streams');
    expect(items).toEqual(body.streams.toSorted((a, b) => (a.stream < b.stream ? -1 : 1)));
  });

  it('is told no more of, though the projection has just held its rows and an event of others names it', async () => {
    await act(gateway, slotPoolDecider, 'slot-pool', 'later', job.jobId, {
      type: 'AddSlots',
      pool: 'later',
      slots: [{ slotId: job.slotId, runnerId: job.runnerId, kind: 'counted' }],
      at: new Date().toISOString(),
    });
    await eventually(async () => expect((await get<ProjectionList>('/projections')).items[0]?.behind).toBe(0));
    expect(
      await gateway.open.platform.database.query('select from gateway.timeline where job_id = $1', [job.jobId]),
    ).toEqual([]);
  });

  it('leaves the rows as the events give them, before a rebuild and after it', async () => {
    expect(await differences()).toEqual([]);
    await gateway.call('POST', '/projections/read-model/rebuild');
    await eventually(async () => expect((await get<ProjectionList>('/projections')).items[0]?.build).toBe(2));
    expect(await differences()).toEqual([]);
    expect(await get('/jobs')).toMatchObject({ items: [{ jobId: goesOn.jobId }] });
  });

  it('does not keep what goes on from going on', async () => {
    await goesOn.complete();
    await eventually(async () => expect(await get('/jobs')).toMatchObject({ items: [{ status: 'completed' }] }));
  });
});

it('a gateway that was not told how long to keep archives nothing', async () => {
  const other = await startTestGateway();
  try {
    const planned = await other.call('GET', '/archives/plan');
    expect(await planned.json()).toMatchObject({ afterDays: null, streams: 0 });
    const refused = await other.call('POST', '/archives', { body });
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'archiving-off' }]);
  } finally {
    await other.close();
  }
});
