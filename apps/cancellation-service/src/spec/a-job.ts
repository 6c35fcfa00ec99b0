import { randomUUID } from 'node:crypto';
import type {
  CancellationId,
  CancellationRequest,
  ExecutionEnding,
  ExecutionIdentity,
  JobFacts,
} from '@necrocode/domain';
import { idOf, newId } from '@necrocode/service-kit';

/** A job with one running task and one queued behind it. */
export function aJob() {
  const jobId = newId('job');
  const runnerId = newId('run');
  const [running, queued] = [newId('task'), newId('task')];
  const execution: ExecutionIdentity = {
    executionId: newId('exe'),
    jobId,
    taskId: running,
    runnerId,
    attempt: 1,
    fencingToken: 1,
    slot: null,
  };
  const task = (
    taskId: typeof running,
    key: string,
    status: JobFacts['tasks'][number]['status'],
    cancellationId: CancellationId | null = null,
  ) => ({
    taskId,
    key,
    status,
    neverStarted: taskId === queued,
    cancellationId,
  });
  const facts: JobFacts = {
    jobId,
    status: 'running',
    tasks: [task(running, 'run', 'running'), task(queued, 'wait', 'blocked')],
    executions: [{ execution, taskKey: 'run', gracePeriodMs: 5_000, signal: 'SIGTERM', signalTo: 'tree' }],
    earlier: [],
    heldSlots: [],
    runnerId,
  };
  const blockedBy =
    (cancellationId: CancellationId) =>
    (before: JobFacts): JobFacts => ({
      ...before,
      status: 'cancelling',
      tasks: [task(running, 'run', 'cancelling', cancellationId), task(queued, 'wait', 'cancelled', cancellationId)],
    });
  const ended = (cancellationId: CancellationId): JobFacts => ({
    ...facts,
    status: 'cancelled',
    tasks: [task(running, 'run', 'cancelled', cancellationId), task(queued, 'wait', 'cancelled', cancellationId)],
  });
  return { jobId, execution, facts, blockedBy, ended, taskIds: [running, queued] };
}

export function aRequest(
  jobId: CancellationRequest['target']['jobId'],
  more: Partial<CancellationRequest> = {},
): CancellationRequest {
  return {
    cancellationId: idOf('can', randomUUID()),
    target: { kind: 'job', jobId },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: 'user-request', text: '' },
    requestedBy: 'user:spec',
    fingerprint: 'sha256:one',
    requestedAt: new Date().toISOString(),
    ...more,
  };
}

export function stoppedBy(cancellationId: CancellationId): ExecutionEnding {
  return {
    reason: 'stopped',
    exit: { code: null, signal: 'SIGTERM' },
    started: true,
    cancellationId,
    error: null,
    evidence: {
      containment: 'cgroup2',
      assurance: 'kernel',
      signals: [{ signal: 'SIGTERM', at: new Date().toISOString(), processes: 1, answer: 'delivered' }],
      forced: false,
      peakProcesses: 1,
      survivors: 0,
      passes: 1,
      provenGoneAt: new Date().toISOString(),
    },
  };
}
