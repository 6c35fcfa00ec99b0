import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobResource } from '@necrocode/contracts';
import { eventually, type OtlpReceiver, startOtlpReceiver } from '@necrocode/testing';
import { processesOf } from './support/processes-of.js';
import { runCli } from './support/run-cli.js';
import { testSystem } from './support/test-system.js';

let world: Awaited<ReturnType<typeof testSystem>>;
let collector: OtlpReceiver;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' };
  world = await testSystem({ env });
}, 180_000);
afterAll(async () => {
  await world.end();
  await collector.stop();
}, 60_000);

const sleeping = (key = 'sleep') => ({ key, command: ['sleep', '1000'] });

/** The certificate of what ended the job without anybody asking. */
async function certificateOf({ jobId, overdue }: JobResource) {
  const { certificate } = await world.completed(String(overdue?.cancellationId));
  expect(processesOf(jobId)).toEqual([]);
  return certificate;
}

describe('a job that reaches a limit', () => {
  it('never starts when its deadline has passed', async () => {
    const cancelAfter = '2026-01-01T00:00:00Z';
    const { jobId } = await world.client.submitJob({ name: 'late', tasks: [sleeping()] }, { cancelAfter });
    const never = await world.job(jobId, ({ status }) => status === 'cancelled');
    expect(never).toMatchObject({ neverStarted: true, overdue: { limit: 'deadline' } });
    expect(await certificateOf(never)).toMatchObject({ reason: { code: 'deadline' }, tasks: { neverStarted: 1 } });
  }, 120_000);

  it('is cancelled by its run timeout, also when the dispatcher is killed meanwhile', async () => {
    const timeouts = { queueMs: 60_000, runMs: 2_000 };
    const { jobId } = await world.client.submitJob({ name: 'long', timeouts, tasks: [sleeping()] });
    await world.job(jobId, ({ startedAt }) => startedAt !== null);
    world.system.processes.get('dispatcher')?.signal('SIGKILL');
    await world.system.untilReady('dispatcher');
    const stopped = await world.job(jobId, ({ status }) => status === 'cancelled');
    expect(stopped).toMatchObject({ timeouts, neverStarted: false, overdue: { limit: 'run-timeout' } });
    expect(await certificateOf(stopped)).toMatchObject({ reason: { code: 'run-timeout' }, tasks: { neverStarted: 0 } });
  }, 120_000);
});

describe('cancelling a job with a finalizer', () => {
  const tidy = { key: 'tidy', command: ['sh', '-c', 'cat made; echo tidied'], always: true, timeoutMs: 60_000 };
  const output = async (jobId: string): Promise<string> => {
    let text = '';
    for await (const chunk of world.client.logs(jobId)) text += chunk.text;
    return text;
  };
  const cancelled = async (jobId: string) => {
    const { cancellationId } = await world.client.cancelJob(jobId);
    return (await world.completed(String(cancellationId))).certificate;
  };

  it('runs it in the workspace when the rest is gone, then cleans, and certifies both', async () => {
    const work = { key: 'work', command: ['sh', '-c', 'echo made >made; echo ready; exec sleep 1000'] };
    const { jobId } = await world.client.submitJob({ name: 'finalized', tasks: [work, tidy] });
    for await (const { text } of world.client.followLogs(jobId)) if (text.includes('ready')) break;
    const certificate = await cancelled(jobId);
    expect(certificate).toMatchObject({
      outcome: 'completed',
      tasks: { cancelled: 1 },
      finalizers: [{ task: 'tidy', status: 'completed' }],
      executions: [{ task: 'work' }, { task: 'tidy', finalizer: true, survivors: 0 }],
      verification: { survivors: 0, leftFiles: 0 },
    });
    expect(processesOf(jobId)).toEqual([]);
    expect(await output(jobId)).toContain('made\ntidied');
  }, 120_000);

  it('runs it also of a queued job, when it asks for that', async () => {
    const tasks = [
      { ...sleeping(), slot: { pool: 'nowhere' } },
      { ...tidy, command: ['echo', 'tidied'], always: 'even-if-queued' as const },
    ];
    const { jobId } = await world.client.submitJob({ name: 'queued', tasks });
    expect(await cancelled(jobId)).toMatchObject({
      tasks: { cancelled: 1, neverStarted: 1 },
      finalizers: [{ task: 'tidy', status: 'completed' }],
    });
    expect(await world.client.getJob(jobId)).toMatchObject({ status: 'cancelled', neverStarted: true });
    expect(await output(jobId)).toContain('tidied');
  }, 120_000);
});

describe('retrying a cancelled job', () => {
  it('reuses what completed: its artifact is found, it is not run again, and the next cancellation counts it so', async () => {
    const make = { key: 'make', command: ['sh', '-c', 'mkdir out; echo precious >out/made'], artifacts: ['out/**'] };
    const use = { key: 'use', dependsOn: ['make'], command: ['sh', '-c', 'cat out/made; echo ready; exec sleep 1000'] };
    const cancelled = async (jobId: string) => {
      for await (const { text } of world.client.followLogs(jobId)) if (text.includes('ready')) break;
      const { cancellationId } = await world.client.cancelJob(jobId);
      return (await world.completed(String(cancellationId))).certificate;
    };
    const { jobId } = await world.client.submitJob({ name: 'retried', tasks: [make, use] });
    await cancelled(jobId);
    const retried = await world.client.retryJob(jobId);
    expect(retried).toMatchObject({ retryOf: jobId, generation: 2, reused: ['make'], restored: 1, runsAgain: [] });
    const again = await world.job(retried.jobId, ({ status }) => status === 'running');
    expect(again).toMatchObject({ retryOf: jobId, tasks: [{ status: 'completed', reusedFrom: { jobId } }, {}] });
    expect(await cancelled(retried.jobId)).toMatchObject({
      tasks: { cancelled: 1, completedBefore: 1 },
      executions: [{ task: 'use', survivors: 0 }],
      verification: { leftFiles: 0 },
    });
    let output = '';
    for await (const { text } of world.client.logs(retried.jobId)) output += text;
    expect(output).toContain('precious');
    expect(await world.client.getJob(jobId)).toMatchObject({ status: 'cancelled', retriedBy: retried.jobId });
    await expect(world.client.retryJob(jobId)).rejects.toMatchObject({ problem: { code: 'job-already-retried' } });
    const env = { NECROCODE_HOME: world.home };
    const third = await runCli(['job', 'retry', retried.jobId], env);
    expect(third.stdout).toContain('(generation 3)\n  reused     make (artifacts put back: 1)');
    const { retriedBy } = await world.client.getJob(retried.jobId);
    await cancelled(String(retriedBy));
    expect((await runCli(['job', 'get', String(retriedBy)], env)).stdout).toContain(`reused from ${jobId}`);
  }, 120_000);
});

describe('the trace of a cancellation', () => {
  it('is one trace through all processes, each span once, also when its saga is killed and taken up again', async () => {
    const unwilling = ['sh', '-c', "trap '' TERM; echo ready; while :; do sleep 1; done"];
    const tasks = [{ key: 'unwilling', command: unwilling, gracePeriodMs: 1_500 }];
    const { jobId } = await world.client.submitJob({ name: 'traced', tasks });
    for await (const { text } of world.client.followLogs(jobId)) if (text.includes('ready')) break;
    const { cancellationId } = await world.client.cancelJob(jobId);
    world.system.processes.get('cancellation-service')?.signal('SIGKILL');
    await world.system.untilReady('cancellation-service');
    const { certificate } = await world.completed(String(cancellationId));
    const { resourceSpans } = await world.client.cancellationTrace(String(cancellationId));
    const rebuilt = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    const ids = rebuilt.map(({ spanId }) => spanId);
    const received = () => collector.spans.filter(({ traceId }) => traceId === certificate?.traceId);
    const exported = () => received().filter(({ spanId }) => ids.includes(spanId));
    await eventually(
      () =>
        expect(
          exported()
            .map(({ spanId }) => spanId)
            .sort(),
        ).toEqual([...ids].sort()),
      {
        withinMs: 60_000,
      },
    );
    expect(new Set(exported().map(({ service }) => service))).toEqual(
      new Set(['cancellation-service', 'dispatcher', 'runner', 'artifact-cleaner']),
    );
    expect(rebuilt.filter(({ name }) => name.startsWith('signal ')).map(({ name }) => name)).toEqual([
      'signal SIGTERM',
      'signal SIGKILL',
    ]);
    // With the requests that the processes answered: one tree, whose root is the request to the gateway.
    await eventually(() => {
      const known = new Set(received().map(({ spanId }) => spanId));
      const roots = received().filter(({ parentSpanId }) => !known.has(parentSpanId));
      expect(roots.map(({ service, name, parentSpanId }) => [service, name, parentSpanId])).toEqual([
        ['gateway', 'POST /api/jobs/:jobId/cancel', ''],
      ]);
      expect(received().map(({ service, name }) => `${service}: ${name}`)).toEqual(
        expect.arrayContaining([
          'dispatcher: necrocode.dispatcher.block-dispatch',
          'runner-monitor: necrocode.runner-monitor.stop-executions',
          // Whether it was asked to clean, too, or had done so when the saga was back, is a matter of timing.
          'artifact-cleaner: clean files',
        ]),
      );
    });
  }, 120_000);

  it('is shown and sent by `necrocode cancellation trace`', async () => {
    collector.clear();
    const sent = await runCli(['cancellation', 'trace', '@last', '--send', '--endpoint', collector.endpoint], {
      NECROCODE_HOME: world.home,
    });
    expect(sent).toMatchObject({ code: 0 });
    expect(sent.stdout).toMatch(/cancel job[^]+├─ terminate[^]+end execution unwilling[^]+signal SIGKILL ×\d/);
    expect(sent.stderr).toContain(`spans to ${collector.endpoint}/v1/traces`);
    expect(collector.contentTypes).toContain('application/json');
    expect(collector.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['cancel job', 'certify']));
  }, 60_000);
});
