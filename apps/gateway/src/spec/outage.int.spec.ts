import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cancellationCommands, type Health, runnerMonitorCommands } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { eventually, startTcpProxy, type TcpProxy, testDatabaseUrl } from '@necrocode/testing';
import { CancelledJob } from './cancelled-job.js';
import { fetchWhole, startTestGateway, type TestGateway } from './test-gateway.js';

let proxy: TcpProxy;
let gateway: TestGateway;
let job: CancelledJob;

beforeAll(async () => {
  const { port } = new URL(testDatabaseUrl());
  proxy = await startTcpProxy(Number(port));
  gateway = await startTestGateway(proxy.through);
  job = new CancelledJob(gateway);
  await job.submit();
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await proxy.close();
});

const answerOf = async (method: string, path: string) => {
  const response = await gateway.call(method, path);
  return [response.status, await response.json()] as const;
};
const readiness = async (): Promise<Record<string, boolean>> => {
  const health = (await (await fetchWhole(`${gateway.url}/readyz`)).json()) as Health;
  return Object.fromEntries((health.checks ?? []).map(({ name, ok }) => [name, ok]));
};
const shown = () =>
  eventually(async () => expect(await answerOf('GET', '/jobs')).toMatchObject([200, { items: [{}] }]));

describe('while a service does not answer', () => {
  it.each([
    ['POST', `/jobs/${newId('job')}/cancel`, 'cancellation-service'],
    ['POST', `/tasks/${newId('task')}/cancel`, 'dispatcher'],
    ['GET', `/tasks/${newId('task')}`, 'dispatcher'],
    ['POST', `/runners/${newId('run')}/drain`, 'runner-monitor'],
  ])('%s %s says which, and that it may work later', async (method, path, service) => {
    const [status, problem] = await answerOf(method, path);
    expect([status, problem]).toMatchObject([
      503,
      { code: 'service-unavailable', retryable: true, retryAfterMs: 1_000 },
    ]);
    expect(JSON.stringify(problem)).toContain(service);
  });
});

describe('while PostgreSQL is away', () => {
  it('reads answer 503, cancelling works, and all is well again when it is back', async () => {
    gateway.answer(cancellationCommands.requestCancellation, ({ request: { cancellationId } }) => ({
      result: 'accepted' as const,
      cancellationId,
    }));
    await shown();
    await proxy.down();
    for (const path of ['/jobs', `/jobs/${job.jobId}`, '/cancellations', '/runners', `/jobs/${job.jobId}/events`]) {
      const [status, problem] = await answerOf('GET', path);
      expect([path, status, problem]).toMatchObject([path, 503, { code: 'store-unavailable', retryable: true }]);
      expect(JSON.stringify(problem)).not.toMatch(/ECONN|127\.0\.0\.1|at .*\.ts/);
    }
    expect((await gateway.call('POST', `/jobs/${job.jobId}/cancel`)).status).toBe(202);
    expect(await readiness()).toMatchObject({ postgres: false, 'event-store': false, nats: true });
    expect((await fetchWhole(`${gateway.url}/healthz`)).status).toBe(200);
    await proxy.up();
    await shown();
    await eventually(async () => expect(Object.values(await readiness())).toEqual([true, true, true, true]));
  });
});

describe('while NATS is away', () => {
  it('commands answer 503, reads work, and all is well again when it is back', async () => {
    await gateway.nats.kill();
    await eventually(async () => expect(await readiness()).toMatchObject({ nats: false, postgres: true }));
    expect(await answerOf('POST', `/jobs/${job.jobId}/cancel`)).toMatchObject([
      503,
      { code: 'messaging-unavailable', retryable: true },
    ]);
    expect(await answerOf('GET', `/jobs/${job.jobId}/logs`)).toMatchObject([503, { code: 'messaging-unavailable' }]);
    expect((await answerOf('GET', `/jobs/${job.jobId}`))[0]).toBe(200);
    expect((await answerOf('GET', '/jobs'))[0]).toBe(200);
    await gateway.nats.restart();
    await eventually(async () => expect((await gateway.call('POST', `/jobs/${job.jobId}/cancel`)).status).toBe(202), {
      withinMs: 15_000,
    });
  });

  it('a command that was under way when it broke is told so, even if it is back before the command gives up', async () => {
    const { nats } = gateway.open.platform.messaging;
    const arrived = new Promise<void>((resolve) => {
      // Hears the command and never answers.
      nats.subscribe(runnerMonitorCommands.drainRunner.subject, { callback: () => resolve() });
    });
    const asking = answerOf('POST', `/runners/${newId('run')}/drain`);
    await arrived;
    await gateway.nats.restart();
    expect(await asking).toMatchObject([503, { code: 'messaging-unavailable', retryable: true }]);
  });

  it('new events reach the lists all the same, later', async () => {
    const late = new CancelledJob(gateway, { name: 'late' });
    await late.submit();
    await eventually(
      async () => expect(await answerOf('GET', '/jobs?limit=1')).toMatchObject([200, { items: [{ name: 'late' }] }]),
      { withinMs: 15_000 },
    );
  });
});
