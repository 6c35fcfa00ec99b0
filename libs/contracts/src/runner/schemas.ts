import type {
  ArtifactOrder,
  CleanupReport,
  ExecutionEnding,
  ExecutionIdentity,
  ExecutionOrphan,
  Orphan,
  RunnerDescription,
  SignalEvidence,
  SlotEvidence,
  StopRequest,
} from '@necrocode/domain';
import { z } from 'zod';
import { cancellationId, executionId, jobId, runnerId, slotId, taskId, timestamp } from '../ids/ids.js';
import { artifactPolicy, gracePeriodMs, stopSignal } from '../rest/job-spec.js';

const count = z.int().min(0);
export const containment = z.enum(['cgroup2', 'cgroup1-freezer', 'pid-namespace', 'process-group']);
export const slotKind = z.enum(['repository', 'counted']);

export const slotClaim = z.object({ pool: z.string(), slotId, kind: slotKind });

export const executionIdentity = z.object({
  executionId,
  jobId,
  taskId,
  runnerId,
  attempt: z.int().min(1),
  fencingToken: z.int().min(1),
  slot: slotClaim.nullable(),
}) satisfies z.ZodType<ExecutionIdentity>;

export const stopRequest = z.object({
  cancellationId: cancellationId.nullable(),
  signal: stopSignal,
  signalTo: z.enum(['tree', 'leader-first']),
  gracePeriodMs,
  force: z.boolean(),
}) satisfies z.ZodType<StopRequest>;

export const signalEvidence = z.object({
  signal: z.union([stopSignal, z.literal('SIGKILL')]),
  at: timestamp,
  processes: count,
  answer: z.string(),
}) satisfies z.ZodType<SignalEvidence>;

export const deathEvidence = z.object({
  containment,
  assurance: z.enum(['kernel', 'swept', 'unconfirmed']),
  signals: z.array(signalEvidence),
  forced: z.boolean(),
  peakProcesses: count,
  survivors: count,
  passes: count,
  provenGoneAt: timestamp.nullable(),
});

export const codedError = z.object({ code: z.string(), message: z.string() });

export const executionEnding = z.object({
  reason: z.enum(['exited', 'stopped', 'timed-out', 'start-failed', 'lease-lost', 'runner-restarted', 'fenced']),
  exit: z.object({ code: z.int().nullable(), signal: z.string().nullable() }),
  started: z.boolean(),
  cancellationId: cancellationId.nullable(),
  /** JSON: it came as such. */
  result: z.unknown().optional(),
  error: codedError.nullable(),
  evidence: deathEvidence,
}) satisfies z.ZodType<ExecutionEnding>;

export const runnerDescription = z.object({
  runnerId,
  host: z.string(),
  bootId: z.string(),
  capacity: z.int().min(1),
  containment,
  labels: z.record(z.string(), z.string()),
  slots: z.array(z.object({ pool: z.string(), slotId, runnerId, kind: slotKind })),
  handlers: z.array(z.string()).exactOptional(),
  unproven: z.array(executionId).exactOptional(),
  version: z.string(),
}) satisfies z.ZodType<RunnerDescription>;

export const executionOrphan = z.object({
  kind: z.enum(['process', 'containment', 'execution', 'record']),
  executionId,
}) satisfies z.ZodType<ExecutionOrphan>;

export const orphan = z.discriminatedUnion('kind', [
  executionOrphan,
  z.object({ kind: z.literal('workspace'), jobId }),
]) satisfies z.ZodType<Orphan>;

export const artifactOrder = z.object({
  taskId,
  key: z.string(),
  globs: z.array(z.string()),
  policy: artifactPolicy,
}) satisfies z.ZodType<ArtifactOrder>;

export const cleanupReport = z.object({
  artifacts: z.array(
    z.object({
      taskId,
      path: z.string(),
      bytes: count,
      digest: z.string(),
      policy: artifactPolicy,
      location: z.string().nullable(),
    }),
  ),
  filesRemoved: count,
  bytesFreed: count,
  leftFiles: count,
}) satisfies z.ZodType<CleanupReport>;

export const slotEvidence = z.object({
  kind: slotKind,
  leftEntries: count,
  checkedAt: timestamp,
}) satisfies z.ZodType<SlotEvidence>;
