import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditVerification } from '@necrocode/contracts';
import { CancelledJob } from '../spec/cancelled-job.js';
import { startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
let job: CancelledJob;
beforeAll(async () => {
  gateway = await startTestGateway();
  job = new CancelledJob(gateway);
  await job.live();
}, 60_000);
afterAll(() => gateway.close());

async function verify(query = ''): Promise<AuditVerification | undefined> {
  const response = await gateway.call('GET', `/audit/verification${query}`);
  const lines = (await response.text()).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as AuditVerification).at(-1);
}
/** As somebody would who owns the database. */
async function tamper(statement: string, values: unknown[]): Promise<void> {
  const { database } = gateway.open.platform;
  await database.query('alter table event_store.events disable trigger user');
  await database.query(statement, values);
  await database.query('alter table event_store.events enable trigger user');
}

describe('GET /audit/verification', () => {
  it('finds every chain whole when nobody touched it', async () => {
    expect(await verify()).toMatchObject({ kind: 'result', streams: 6, faults: [], numbering: [], more: false });
    expect(await verify(`?stream=job-${job.jobId}`)).toMatchObject({ streams: 1, faults: [] });
    expect(await verify(`?from=job-`)).toMatchObject({ streams: 3, faults: [] });
  });

  it('refuses a stream there is not', async () => {
    const refused = await gateway.call('GET', '/audit/verification?stream=job-none');
    expect([refused.status, await refused.json()]).toMatchObject([404, { code: 'stream-not-found' }]);
  });

  it('names the first event that is not what was hashed, and a newest one that is gone', async () => {
    const stream = `cancellation-${job.cancellationId}`;
    await tamper(
      `update event_store.events set data = replace(data::text, 'enough', 'other')::json where stream_id = $1 and stream_version = 1`,
      [stream],
    );
    const fault = { stream, version: 1, broken: 'hash' };
    expect(await verify()).toMatchObject({ faults: [fault], numbering: [] });
    expect(await verify(`?stream=${stream}`)).toMatchObject({ faults: [fault] });
    await tamper(
      `delete from event_store.events where stream_id = $1
         and stream_version = (select max(stream_version) from event_store.events where stream_id = $1)`,
      [`job-${job.jobId}`],
    );
    expect(await verify()).toMatchObject({ faults: [fault], numbering: [{ missing: 'event' }] });
  });
});
