import { randomUUID } from 'node:crypto';
import type { Command, CommandMeta, StartReply, StartRequest } from '@necrocode/contracts';
import type {
  CancellationRequest,
  ExecutionEnding,
  ExecutionIdentity,
  RunnerDescription,
  RunnerId,
  SubmittedTask,
} from '@necrocode/domain';
import { type AskOptions, CodedError, type CommandClient, newId } from '@necrocode/service-kit';
import type { RunnerControl } from '../start-execution/runner-control.js';
import type { Submission } from '../submit-job/submit-job.js';

export function meta(): CommandMeta {
  return { id: randomUUID(), actor: 'user:ada' };
}

export function task(key: string, wishes: Partial<SubmittedTask> = {}): SubmittedTask {
  return {
    taskId: newId('task'),
    key,
    command: ['sleep', '1000'],
    env: {},
    workingDirectory: 'workspace',
    dependsOn: [],
    slotPool: null,
    retry: { maxAttempts: 1, backoff: { initialMs: 20, factor: 1, maxMs: 1_000, jitter: 0 } },
    timeoutMs: null,
    gracePeriodMs: 10_000,
    signal: 'SIGTERM',
    signalTo: 'tree',
    artifacts: [],
    onCancelArtifacts: 'keep',
    optional: false,
    ...wishes,
  };
}

export function submission(tasks: readonly SubmittedTask[], spec: Partial<Submission['spec']> = {}): Submission {
  return {
    jobId: newId('job'),
    spec: { name: 'job', queue: 'default', priority: 50, labels: {}, metadata: {}, owner: 'ada', ...spec },
    tasks,
  };
}

/** @param pools how many slots of each pool it offers */
export function runnerDescription(capacity: number, pools: Readonly<Record<string, number>> = {}): RunnerDescription {
  const runnerId = newId('run');
  const slots = Object.entries(pools).flatMap(([pool, count]) =>
    Array.from({ length: count }, (_, index) => ({
      pool,
      slotId: slotId(runnerId, pool, index + 1),
      runnerId,
      kind: 'repository' as const,
    })),
  );
  return { runnerId, host: 'host', bootId: 'boot', capacity, containment: 'cgroup2', labels: {}, slots, version: '1' };
}

export function ending(reason: ExecutionEnding['reason'], change: Partial<ExecutionEnding> = {}): ExecutionEnding {
  return {
    reason,
    exit: { code: reason === 'exited' ? 0 : null, signal: null },
    started: true,
    cancellationId: null,
    error: null,
    evidence: {
      containment: 'cgroup2',
      assurance: 'kernel',
      signals: [],
      forced: false,
      peakProcesses: 1,
      survivors: 0,
      passes: 1,
      provenGoneAt: '2026-01-01T00:00:00.000Z',
    },
    ...change,
  };
}

/** Agents that answer as told and remember what they were asked. */
export class ScriptedRunners implements RunnerControl {
  readonly asked: StartRequest[] = [];
  answer: (request: StartRequest) => Promise<StartReply> = () => Promise.resolve({ answer: 'accepted' });

  start(request: StartRequest): Promise<StartReply> {
    this.asked.push(request);
    return this.answer(request);
  }

  get started(): readonly ExecutionIdentity[] {
    return this.asked.map(({ execution }) => execution);
  }
}

/** The cancellation service, as far as a dispatcher asks it: remembers requests, answers as told. */
export class ScriptedCancellations implements Pick<CommandClient, 'ask'> {
  readonly requests: CancellationRequest[] = [];
  isAway = false;

  async ask<Body, Value>(command: Command<Body, Value>, body: Body, { actor, id }: AskOptions): Promise<Value> {
    await Promise.resolve();
    command.request.parse({ meta: { id, actor }, body });
    if (this.isAway) throw new CodedError('service-unavailable', { service: command.service });
    // Casts: the dispatcher asks this one command only; a generic double cannot say so.
    this.requests.push((body as unknown as { request: CancellationRequest }).request);
    return { result: 'accepted', cancellationId: this.requests.at(-1)?.cancellationId ?? null } as Value;
  }
}

function slotId(runnerId: RunnerId, pool: string, number: number): RunnerDescription['slots'][number]['slotId'] {
  return `${runnerId}/${pool}/${number}` as RunnerDescription['slots'][number]['slotId']; // Its form is what makes it one.
}
