import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamNames } from '@necrocode/contracts';
import { startTcpProxy } from '@necrocode/testing';
import type { MessagingConnection } from '../connect/connection.js';
import { Unprocessable } from '../dead-letter/error-code.js';
import { BufferFull } from '../publish/ordered-publisher.js';
import { type RunnerPublisher, runnerPublisher, type RunnerReport } from '../publish/runner-publisher.js';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { soon } from '../spec/soon.js';
import type { Consumer } from './consume-events.js';
import { consumeReports, type ConsumeReportsOptions, type ReportDelivery } from './consume-reports.js';
import type { ConsumerNotice } from './notice.js';

jest.setTimeout(60_000);

let nats: NatsWorld;
let connection: MessagingConnection;
let runner: RunnerPublisher;
let seen: ReportDelivery[];
let notices: ConsumerNotice[];

beforeEach(async () => {
  nats = await natsWorld();
  connection = await nats.connect();
  runner = runnerPublisher(connection);
  seen = [];
  notices = [];
});
afterEach(async () => {
  await nats[Symbol.asyncDispose]();
});

function start(options: Partial<ConsumeReportsOptions> = {}): Consumer {
  const consumer = consumeReports({
    connection,
    handle: (delivery) => {
      seen.push(delivery);
      return Promise.resolve();
    },
    observe: (notice) => notices.push(notice),
    ...options,
  });
  nats.defer(() => consumer.stop());
  return consumer;
}

const report = (executionId: string, n: number): RunnerReport => ({
  runnerId: 'run_1',
  executionId,
  kind: 'progress',
  id: `${executionId}-${n}`,
  body: { n },
});
const ids = (): string[] => seen.map(({ id }) => id);
const upTo = (executionId: string, last: number): string[] =>
  Array.from({ length: last }, (_, n) => `${executionId}-${n + 1}`);

/** The stream keeps a report only until it is acknowledged. */
async function allAcknowledged(): Promise<void> {
  await soon(async () => expect((await connection.manager.streams.info(streamNames.reports)).state.messages).toBe(0));
}

describe('a report', () => {
  it('reaches the handler as its runner sent it, whoever was there first', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await runner.publishReport({ ...report('exe.1', 1), traceparent });
    start();
    await soon(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toMatchObject({
      runnerId: 'run_1',
      executionId: 'exe.1',
      kind: 'progress',
      id: 'exe.1-1',
      body: { n: 1 },
      traceparent,
      redelivered: false,
      deliveries: 1,
    });
    await allAcknowledged();
  });

  it('sent again with the same id is stored once', async () => {
    start();
    await Promise.all([runner.publishReport(report('exe_1', 1)), runner.publishReport(report('exe_1', 1))]);
    await runner.publishReport(report('exe_1', 2));
    await soon(() => expect(ids()).toEqual(upTo('exe_1', 2)));
  });

  it('that cannot be processed is a dead letter at once; the next of its execution goes on', async () => {
    let attempts = 0;
    start({
      handle: (delivery) => {
        if (delivery.id === 'exe_1-1') {
          attempts += 1;
          throw new Unprocessable('unknown-kind', 'no such kind');
        }
        seen.push(delivery);
        return Promise.resolve();
      },
    });
    await Promise.all([runner.publishReport(report('exe_1', 1)), runner.publishReport(report('exe_1', 2))]);
    await soon(() => expect(ids()).toEqual(['exe_1-2']));
    await allAcknowledged();
    expect(attempts).toBe(1);
    const letter = await connection.manager.streams.getMessage(streamNames.deadLetters, { seq: 1 });
    expect(letter?.json()).toMatchObject({
      messageId: 'exe_1-1',
      key: 'exe_1',
      errorCode: 'unknown-kind',
      body: { n: 1 },
    });
  });

  it('without an id is no report, and becomes a dead letter', async () => {
    start();
    await runner.publishReport(report('exe_1', 1));
    await connection.jetstream.publish('necrocode.reports.run_1.exe_1.progress', '{}');
    await soon(() =>
      expect(notices).toContainEqual(expect.objectContaining({ kind: 'dead-lettered', errorCode: 'not-a-report' })),
    );
    await allAcknowledged();
    expect(ids()).toEqual(['exe_1-1']);
  });
});

describe('order', () => {
  it('holds within an execution, through handlers that fail at first and a server that is killed', async () => {
    const failed = new Set<string>();
    start({
      retry: { backoff: { initialMs: 1, factor: 1, maxMs: 1 } },
      handle: async (delivery) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (delivery.id.endsWith('7') && !failed.has(delivery.id)) {
          failed.add(delivery.id);
          throw new Error('first attempt');
        }
        seen.push(delivery);
      },
    });
    const executions = ['exe_1', 'exe_2', 'exe_3'];
    const stored: Promise<void>[] = [];
    for (let n = 1; n <= 100; n += 1)
      for (const executionId of executions) stored.push(runner.publishReport(report(executionId, n)));
    await soon(() => expect(seen.length).toBeGreaterThan(30));
    await nats.server.kill();
    await nats.server.restart();
    await Promise.all(stored);
    await allAcknowledged();
    for (const executionId of executions) {
      // At least once: a report whose acknowledgement was lost comes again. First occurrences are in order, and none is missing.
      const first = [...new Set(ids().filter((id) => id.startsWith(executionId)))];
      expect(first).toEqual(upTo(executionId, 100));
    }
    expect(failed.size).toBe(30);
  });
});

describe('the runner’s buffer', () => {
  it('keeps reports and their order while NATS is away', async () => {
    await runner.publishReport(report('exe_1', 1));
    await nats.server.kill();
    const stored = [2, 3, 4].map((n) => runner.publishReport(report('exe_1', n)));
    expect(runner.buffered().reports).toBeGreaterThan(0);
    await nats.server.restart();
    await Promise.all(stored);
    expect(runner.buffered()).toEqual({ reports: 0, output: 0 });
    start();
    await soon(() => expect(ids()).toEqual(upTo('exe_1', 4)));
  });

  it('refuses what does not fit, and output cannot take the room of reports', async () => {
    const small = runnerPublisher(connection, { reportBytes: 100, outputBytes: 100 });
    await nats.server.kill();
    const output = { runnerId: 'run_1', executionId: 'exe_1', id: 'o', body: 'x'.repeat(80) };
    const kept = small.publishOutput(output);
    await expect(small.publishOutput({ ...output, id: 'p' })).rejects.toThrow(BufferFull);
    const report1 = small.publishReport(report('exe_1', 1));
    await nats.server.restart();
    await Promise.all([kept, report1]);
    await small.publishOutput({ ...output, id: 'p' });
  });

  it('tells its publisher what it could not store when it closes', async () => {
    await nats.server.kill();
    const lost = runner.publishReport(report('exe_1', 1));
    const told = expect(lost).rejects.toThrow('exe_1-1 was not stored');
    await runner.close(20);
    await told;
  });

  it('waits for what is under way when it closes', async () => {
    let stored = 0;
    for (let n = 1; n <= 50; n += 1) void runner.publishReport(report('exe_1', n)).then(() => (stored += 1));
    await runner.close();
    expect(stored).toBe(50);
  });

  it('refuses for good what no stream takes, and goes on', async () => {
    const huge = runner.publishReport({ ...report('exe_1', 1), body: 'x'.repeat(9_000_000) });
    await expect(huge).rejects.toThrow(/max_payload|payload/i);
    await runner.publishReport(report('exe_1', 2));
  });
});

describe('two replicas', () => {
  it('the other one gets what the killed one was working on at once, not after the ack wait', async () => {
    const proxy = await startTcpProxy(nats.server.port);
    nats.defer(() => proxy.close());
    const doomed = await nats.connect({ url: proxy.through(nats.server.url) });
    let working = 0;
    const hours = 3_600_000;
    const first = start({
      connection: doomed,
      ackWaitMs: hours,
      handle: async ({ signal }) => {
        working += 1;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw new Error('killed');
      },
    });
    await soon(() => expect(first.isActive()).toBe(true));
    const second = start({ ackWaitMs: hours });
    await runner.publishReport(report('exe_1', 1));
    await runner.publishReport(report('exe_1', 2));
    await soon(() => expect(working).toBe(1));
    await proxy.down();
    await soon(() => expect(ids()).toEqual(upTo('exe_1', 2)));
    expect(second.isActive()).toBe(true);
    await allAcknowledged();
  });
});

describe('stopping', () => {
  it('gives back what was not begun, at once', async () => {
    let release = (): void => undefined;
    const first = start({
      concurrency: 1,
      ackWaitMs: 3_600_000,
      handle: async (delivery) => {
        await new Promise<void>((resolve) => (release = resolve));
        seen.push(delivery);
      },
    });
    for (const executionId of ['exe_1', 'exe_2']) await runner.publishReport(report(executionId, 1));
    await soon(async () => {
      const info = await connection.manager.consumers.info(streamNames.reports, 'runner-monitor');
      expect(info.num_ack_pending).toBe(2);
    });
    const stopped = first.stop();
    release();
    await stopped;
    expect(ids()).toEqual(['exe_1-1']);
    start();
    await soon(() => expect(ids()).toEqual(['exe_1-1', 'exe_2-1']));
    await allAcknowledged();
  });
});
