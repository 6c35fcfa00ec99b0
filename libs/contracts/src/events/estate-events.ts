import type { CleanupEvent, CleanupOrder, QueueEvent, RunnerEvent, SlotPoolEvent } from '@necrocode/domain';
import { z } from 'zod';
import { cancellationId, executionId, jobId, runnerId, slotId, taskId, timestamp } from '../ids/ids.js';
import {
  artifactOrder,
  cleanupReport,
  codedError,
  orphan,
  runnerDescription,
  slotEvidence,
  slotKind,
} from '../runner/schemas.js';
import type { EventSchemas } from './event-schemas.js';

const at = timestamp;
const pool = z.string();
const holder = z.object({ executionId, jobId, taskId, fencingToken: z.int().min(1) });

export const runnerEvents = {
  RunnerRegistered: z.object({ runner: runnerDescription, sessionId: z.string(), at }),
  RunnerLost: z.object({ runnerId, lastHeardAt: timestamp, at }),
  RunnerReturned: z.object({ runnerId, at }),
  RunnerDrained: z.object({ runnerId, requestedBy: z.string(), at }),
  RunnerQuarantined: z.object({ runnerId, executionId, survivors: z.int().min(0), at }),
  RunnerSurvivorsGone: z.object({ runnerId, executionId, at }),
  RunnerTrusted: z.object({ runnerId, requestedBy: z.string(), at }),
  RunnerOrphanFound: z.object({ runnerId, orphan, processes: z.int().min(0), at }),
  RunnerOrphanEnded: z.object({ runnerId, orphan, at }),
} as const satisfies EventSchemas<RunnerEvent>;

export const slotPoolEvents = {
  SlotsAdded: z.object({ pool, slots: z.array(z.object({ slotId, runnerId, kind: slotKind })), at }),
  SlotLeased: z.object({ pool, slotId, holder, at }),
  SlotSoiled: z.object({ pool, slotId, holder, foundBy: z.literal('sweep').exactOptional(), at }),
  SlotFreed: z.object({ pool, slotId, holder, evidence: slotEvidence.nullable(), at }),
} as const satisfies EventSchemas<SlotPoolEvent>;

const toldOfQueue = { queue: z.string(), requestedBy: z.string(), at };

export const queueEvents = {
  QueuePaused: z.object(toldOfQueue),
  QueueResumed: z.object(toldOfQueue),
} as const satisfies EventSchemas<QueueEvent>;

const order = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('job'),
    jobId,
    runnerId: runnerId.nullable(),
    leftRunnerIds: z.array(runnerId).exactOptional(),
    artifacts: z.array(artifactOrder),
  }),
  z.object({
    kind: z.literal('tasks'),
    cancellationId,
    jobId,
    runnerId: runnerId.nullable(),
    artifacts: z.array(artifactOrder),
  }),
  z.object({ kind: z.literal('slot'), jobId, executionId, runnerId, pool, slotId, slotKind }),
]) satisfies z.ZodType<CleanupOrder>;

export const cleanupEvents = {
  CleanupRequested: z.object({ order, at }),
  CleanupFailed: z.object({ jobId, attempt: z.int().min(1), error: codedError, retryAt: timestamp, at }),
  SlotProvenClean: z.object({ jobId, executionId, pool, slotId, evidence: slotEvidence, at }),
  CleanupCompleted: z.object({
    jobId,
    kind: z.enum(['job', 'tasks', 'slot']),
    report: cleanupReport,
    bytesFreedBefore: z.number().exactOptional(),
    at,
  }),
  CleanupReopened: z.object({ jobId, foundAt: timestamp, at }),
} as const satisfies EventSchemas<CleanupEvent>;
