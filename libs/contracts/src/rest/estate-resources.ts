import { z } from 'zod';
import { executionId, jobId, runnerId, slotId, taskId, timestamp } from '../ids/ids.js';
import { containment, orphan, slotKind } from '../runner/schemas.js';
import { action } from './action.js';
import { artifactPolicy } from './job-spec.js';

/** A host's agent. */
export const runnerResource = z
  .object({
    runnerId,
    host: z.string(),
    /** `quarantined`: it holds processes that cannot be killed, and is given nothing new. */
    status: z.enum(['ready', 'lost', 'draining', 'quarantined']),
    /** Executions whose processes could not be killed. */
    unproven: z.array(executionId),
    /** Found and not ended yet: what of it has lost its other half, and the execution or job it is of. */
    orphans: z.array(orphan),
    /** Since when it has this status. */
    since: timestamp,
    registeredAt: timestamp,
    /** Executions at a time. */
    capacity: z.int().min(1),
    containment,
    labels: z.record(z.string(), z.string()),
    version: z.string(),
    slots: z.array(z.object({ pool: z.string(), slotId, kind: slotKind })),
    /** Functions it can run. */
    handlers: z.array(z.string()),
    actions: z.array(action),
  })
  .meta({ id: 'Runner' });

export const slotResource = z
  .object({
    slotId,
    runnerId,
    kind: slotKind,
    /** `soiled`: its holder has ended and it is not proven clean yet. */
    status: z.enum(['free', 'leased', 'soiled']),
    holder: z.object({ executionId, jobId, taskId }).nullable(),
    since: timestamp,
  })
  .meta({ id: 'Slot' });

export const slotPoolResource = z
  .object({
    pool: z.string(),
    free: z.int().min(0),
    leased: z.int().min(0),
    soiled: z.int().min(0),
    slots: z.array(slotResource),
  })
  .meta({ id: 'SlotPool' });

const jobs = z.int().min(0);

/** While a queue is paused none of its jobs begins; those that have begun go on. null: it is not. */
const paused = z.object({ since: timestamp, requestedBy: z.string() }).nullable();

/** The answer to a pause and to a resume. */
export const queueState = z.object({ queue: z.string(), paused }).meta({ id: 'QueueState' });

/** What is open in a queue; one where nothing is, and that is not paused, has none. */
export const queueResource = z
  .object({
    queue: z.string(),
    paused,
    queued: jobs,
    running: jobs,
    retrying: jobs,
    cancelling: jobs,
    /** When the job that waits longest was submitted. */
    oldestQueuedAt: timestamp.nullable(),
  })
  .meta({ id: 'Queue' });

/** What became of a job's artifacts, as its cleanups reported. */
export const artifactsResource = z
  .object({
    jobId,
    /** `none`: no cleanup is due yet; `open`: one is under way. */
    status: z.enum(['none', 'open', 'done']),
    artifacts: z.array(
      z.object({
        taskId,
        path: z.string(),
        bytes: z.int().min(0),
        digest: z.string(),
        policy: artifactPolicy,
        location: z.string().nullable(),
      }),
    ),
    filesRemoved: z.int().min(0),
    bytesFreed: z.int().min(0),
    leftFiles: z.int().min(0),
  })
  .meta({ id: 'Artifacts' });

/** The answer to a drain: the runner finishes what it has and starts nothing new. */
export const drainedRunner = z.object({ runnerId, status: z.literal('draining') }).meta({ id: 'DrainedRunner' });

/** The answer to the word that a quarantined host may be used again. */
export const trustedRunner = z.object({ runnerId }).meta({ id: 'TrustedRunner' });

/** `/healthz` and `/readyz`. */
export const health = z
  .object({
    service: z.string(),
    status: z.enum(['up', 'ready', 'not-ready']),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })).optional(),
  })
  .meta({ id: 'Health' });

export type RunnerResource = z.infer<typeof runnerResource>;
export type QueueResource = z.infer<typeof queueResource>;
export type QueueState = z.infer<typeof queueState>;
export type SlotPoolResource = z.infer<typeof slotPoolResource>;
export type SlotResource = z.infer<typeof slotResource>;
export type ArtifactsResource = z.infer<typeof artifactsResource>;
export type TrustedRunner = z.infer<typeof trustedRunner>;
export type DrainedRunner = z.infer<typeof drainedRunner>;
export type Health = z.infer<typeof health>;
