import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type ExecutionReport,
  executionReport,
  heartbeat,
  type Heartbeat,
  type OutputChunk,
  outputChunk,
  runnerMonitorCommands,
  type RunnerControl,
  type StartReply,
  type StartRequest,
  type StopRunnerReply,
  subjects,
} from '@necrocode/contracts';
import type { ExecutionIdentity, RunnerId, StopRequest } from '@necrocode/domain';
import { connectMessaging } from '@necrocode/messaging';
import { idOf, newId } from '@necrocode/service-kit';
import { eventually, startTestNats, tempDirectory } from '@necrocode/testing';
import type { Msg } from '@nats-io/nats-core';
import { readOrCreateRunnerId } from '../identity/runner-id.js';
import { startRunner } from '../start-runner.js';
import { LeftTrees } from './left-trees.js';

/** A real runner on a NATS of its own, with the runner-monitor's part of the wire played by the spec. */
export async function runnerBench({ leaseMs = 60_000, sweepMs = 60_000, orphans = 'end', capacity = 32 } = {}) {
  const directory = await tempDirectory();
  const nats = await startTestNats();
  const connection = await connectMessaging({ url: nats.url, name: 'spec' });
  const home = join(directory.path, 'runner');
  const runnerId = await readOrCreateRunnerId(home);
  const reports: ExecutionReport[] = [];
  const output: OutputChunk[] = [];
  let fenced: readonly string[] = [];
  let answering = true;
  let lastBeat: Heartbeat | undefined;
  let answeredAt = 0;
  const answer = (message: Msg, reply: unknown): void => {
    if (!answering) return;
    answeredAt = Date.now();
    message.respond(JSON.stringify(reply));
  };
  connection.nats.subscribe(subjects.allRunners('heartbeat'), {
    callback: (_, message) => {
      lastBeat = heartbeat.parse(message.json());
      answer(message, { leaseMs });
    },
  });
  connection.nats.subscribe(runnerMonitorCommands.registerRunner.subject, {
    callback: (_, message) => {
      answer(message, { response: { ok: true, value: { leaseMs, fencedExecutionIds: fenced } }, isDisposed: true });
    },
  });
  connection.nats.subscribe('necrocode.reports.>', {
    callback: (_, message) => void reports.push(executionReport.parse(message.json())),
  });
  connection.nats.subscribe('necrocode.output.>', {
    callback: (_, message) => void output.push(outputChunk.parse(message.json())),
  });
  await connection.nats.flush();
  const start = () =>
    startRunner({
      ...process.env,
      NATS_URL: nats.url,
      RUNNER_HOME: home,
      ARTIFACT_STORE: join(directory.path, 'artifacts'),
      LOG_LEVEL: 'fatal',
      RUNNER_SWEEP_MS: String(sweepMs),
      RUNNER_ORPHANS: orphans,
      RUNNER_CAPACITY: String(capacity),
    });
  let runner = await start();
  const left = new LeftTrees(home, directory.path);

  const ask = async <Reply>(control: RunnerControl, body: unknown, timeoutMs = 10_000): Promise<Reply> => {
    const reply = await connection.nats.request(subjects.runner(runnerId, control), JSON.stringify(body), {
      timeout: timeoutMs,
    });
    return reply.json<Reply>();
  };
  return {
    directory: directory.path,
    home,
    runnerId,
    reports,
    output,
    left,
    ask,
    start: (execution: ExecutionIdentity, command: readonly string[], more: Partial<StartRequest> = {}) =>
      ask<StartReply>('start', startOf(execution, command, more)),
    stop: (execution: ExecutionIdentity, more: Partial<StopRequest> = {}) =>
      ask<StopRunnerReply>('stop', { stops: [{ execution, stop: { ...plainStop, ...more } }] }),
    /** The newest report of a kind, once it is there. */
    report: <Kind extends ExecutionReport['kind']>(executionId: string, kind: Kind, count = 1) =>
      eventually(
        () => {
          const found = reports.filter(
            (report) => report.execution.executionId === executionId && report.kind === kind,
          );
          const last = found.at(-1);
          if (!last || found.length < count) throw new Error(`no ${kind} report of ${executionId} yet`);
          return last as Extract<ExecutionReport, { kind: Kind }>;
        },
        { withinMs: 15_000 },
      ),
    /** Told before the end. */
    signalsOf: (executionId: string) =>
      reports.flatMap((report) =>
        report.kind === 'signalled' && report.execution.executionId === executionId ? [report.evidence] : [],
      ),
    /** What the runner-monitor calls fenced when the runner registers. */
    fence: (...executionIds: readonly string[]) => {
      fenced = executionIds;
    },
    /** What the runner last said it has. */
    lastBeat: () => lastBeat,
    /** When the runner-monitor last answered: a lease from here on it gives the runner up. */
    answeredAt: () => answeredAt,
    /** The runner-monitor falls silent, or speaks again. */
    setAnswering: (on: boolean) => {
      answering = on;
    },
    restart: async () => {
      await runner.close();
      runner = await start();
    },
    async end() {
      answering = true;
      await left.end();
      await runner.close();
      await connection.close();
      await nats.stop();
      await directory.remove();
    },
  };
}

export function identity(runnerId: RunnerId, more: Partial<ExecutionIdentity> = {}): ExecutionIdentity {
  return {
    executionId: newId('exe'),
    jobId: newId('job'),
    taskId: newId('task'),
    runnerId,
    attempt: 1,
    fencingToken: 1,
    slot: null,
    ...more,
  };
}

export const plainStop: StopRequest = {
  cancellationId: idOf('can', randomUUID()),
  signal: 'SIGTERM',
  signalTo: 'tree',
  gracePeriodMs: 5_000,
  force: false,
};

export function startOf(
  execution: ExecutionIdentity,
  command: readonly string[],
  more: Partial<StartRequest> = {},
): StartRequest {
  return {
    execution,
    taskKey: 'task',
    command: [...command],
    env: {},
    workingDirectory: 'workspace',
    timeoutMs: null,
    onTimeout: { ...plainStop, cancellationId: null, gracePeriodMs: 200 },
    ...more,
  };
}
