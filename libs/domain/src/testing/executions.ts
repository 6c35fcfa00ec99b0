import type { DeathEvidence, EndReason, ExecutionEnding, ExecutionIdentity } from '../execution/execution.js';
import { at, executionId, jobId, runnerId, taskId } from './jobs.js';

/** The execution of task `key`'s first attempt. */
export const execution = (key: string, more: Partial<ExecutionIdentity> = {}): ExecutionIdentity => ({
  executionId: executionId(`${key}1`),
  jobId,
  taskId: taskId(key),
  runnerId,
  attempt: 1,
  fencingToken: 7,
  slot: null,
  ...more,
});

export const evidence = (more: Partial<DeathEvidence> = {}): DeathEvidence => ({
  containment: 'cgroup2',
  assurance: 'kernel',
  signals: [],
  forced: false,
  peakProcesses: 3,
  survivors: 0,
  passes: 2,
  provenGoneAt: at(50),
  ...more,
});

export const unproven = evidence({ assurance: 'unconfirmed', survivors: 2, provenGoneAt: null });

export const ending = (reason: EndReason, more: Partial<ExecutionEnding> = {}): ExecutionEnding => ({
  reason,
  exit: { code: null, signal: 'SIGTERM' },
  started: true,
  cancellationId: null,
  error: null,
  evidence: evidence(),
  ...more,
});

export const exited = (code: number): ExecutionEnding => ending('exited', { exit: { code, signal: null } });
