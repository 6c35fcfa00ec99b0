import { z } from 'zod';
import { cancellationId, executionId, jobId, runnerId, timestamp } from '../ids/ids.js';
import {
  artifactOrder,
  cleanupReport,
  codedError,
  containment,
  executionEnding,
  executionIdentity,
  executionOrphan,
  signalEvidence,
  slotClaim,
  slotEvidence,
  stopRequest,
} from './schemas.js';

/** `necrocode.runners.<runnerId>.start`: repeating it is harmless; a stop that came first refuses it. */
export const startRequest = z.object({
  execution: executionIdentity,
  taskKey: z.string(),
  /** Empty where a handler runs instead. */
  command: z.array(z.string()),
  handler: z.object({ name: z.string(), input: z.unknown() }).optional(),
  env: z.record(z.string(), z.string()),
  workingDirectory: z.enum(['workspace', 'slot']),
  /** What a workspace is begun with that is not there yet: artifacts an earlier generation of the job kept. */
  restore: z.array(z.object({ path: z.string(), location: z.string(), digest: z.string() })).optional(),
  timeoutMs: z.int().min(1).nullable(),
  /** How to stop it should the agent have to by itself (time-out, lost lease). */
  onTimeout: stopRequest,
  traceparent: z.string().optional(),
});
/** `refused` names why: `tombstone`, `full`, `draining`, `stale-token`. The end of it all comes as a report. */
export const startReply = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('accepted') }),
  z.object({ answer: z.literal('refused'), because: z.enum(['tombstone', 'full', 'draining', 'stale-token']) }),
]);

/** `necrocode.runners.<runnerId>.stop`: signals the trees named, or leaves a tombstone for those not started yet. */
export const stopRunnerRequest = z.object({
  stops: z.array(z.object({ execution: executionIdentity, stop: stopRequest })).min(1),
});
export const stopRunnerReply = z.object({
  answers: z.array(
    z.object({
      executionId,
      /** `never-started`: a tombstone was left and the ending is reported; `unknown` is the same for an agent that never heard of it. */
      answer: z.enum(['signalled', 'never-started', 'ended']),
    }),
  ),
});

/** `necrocode.runners.<runnerId>.freeze` and `.thaw`: what a cancellation that can be undone holds. Repeating them is harmless. */
export const holdRequest = z.object({ cancellationId, executions: z.array(executionIdentity).min(1) });
export const holdReply = z.object({
  answers: z.array(
    z.object({
      executionId,
      /**
       * `marked`: not here yet; a start will wait for a thaw. `moving`: not everything stands still. `refused`: it is being
       * stopped, or this cancellation has let it go already.
       */
      answer: z.enum(['frozen', 'thawed', 'marked', 'moving', 'ended', 'refused']),
    }),
  ),
});

/** `necrocode.runners.<runnerId>.clean`: handles artifacts and workspaces, or a slot. Repeating it is harmless. */
export const cleanRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('workspace'),
    jobId,
    artifacts: z.array(artifactOrder),
    removeWorkspace: z.boolean(),
    /** It was removed before, and files were found there then: this is another request, not a repetition. */
    foundAt: timestamp.exactOptional(),
  }),
  z.object({ kind: z.literal('slot'), slot: slotClaim, executionId }),
]);
export const cleanReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workspace'), report: cleanupReport }),
  z.object({ kind: z.literal('slot'), evidence: slotEvidence }),
  z.object({ kind: z.literal('failed'), error: codedError }),
]);

/** `necrocode.runners.<runnerId>.inspect`: a fresh look at processes and files; answers from the world, not from memory. */
export const inspectRequest = z.object({
  executionIds: z.array(executionId),
  /** Count what is left of this job's workspace. */
  jobId: jobId.nullable(),
});
export const inspectReply = z.object({
  executions: z.array(
    z.object({
      executionId,
      survivors: z.int().min(0),
      /** While the agent has it in hand: it runs, or its end is not stored yet. Absent from agents that do not say. */
      inHand: executionIdentity.nullable().exactOptional(),
    }),
  ),
  /** Files left in the workspace; 0 when it is gone. */
  leftFiles: z.int().min(0),
  /** Whether its directory is there, be it empty. Absent where no job was named, and from agents that do not say. */
  hasWorkspace: z.boolean().exactOptional(),
  at: timestamp,
});

/** `necrocode.runners.<runnerId>.heartbeat`, published each third of a lease. */
export const heartbeat = z.object({
  runnerId,
  sessionId: z.string(),
  executionIds: z.array(executionId),
  /** Jobs that have a workspace there and nothing that runs in it, some of the oldest. Absent from agents that do not say. */
  workspaces: z.array(jobId).exactOptional(),
  at: timestamp,
});

/** What an agent reports on `NECROCODE_REPORTS`, in order per execution. */
export const executionReport = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    execution: executionIdentity,
    containment,
    pid: z.int().min(2),
    at: timestamp,
  }),
  z.object({ kind: z.literal('signalled'), execution: executionIdentity, evidence: signalEvidence, at: timestamp }),
  z.object({
    kind: z.literal('frozen'),
    execution: executionIdentity,
    cancellationId,
    processes: z.int().min(0),
    at: timestamp,
  }),
  z.object({ kind: z.literal('thawed'), execution: executionIdentity, cancellationId, at: timestamp }),
  /** They are still there, a while after SIGKILL; the killing goes on. */
  z.object({ kind: z.literal('survived'), execution: executionIdentity, survivors: z.int().min(1), at: timestamp }),
  z.object({ kind: z.literal('ended'), execution: executionIdentity, ending: executionEnding, at: timestamp }),
  orphanReport('orphan-found'),
  /** `processes` are still there, a while after SIGKILL; 0: none was found any more. */
  orphanReport('orphan-ended'),
]);

/** Of something nobody has in hand: often there is no more left of the execution than its id. */
function orphanReport<Kind extends string>(kind: Kind) {
  const execution = executionIdentity.pick({ executionId: true, runnerId: true });
  return z.object({
    kind: z.literal(kind),
    execution,
    orphan: executionOrphan,
    processes: z.int().min(0),
    at: timestamp,
  });
}

/** One chunk of output on `NECROCODE_OUTPUT`. */
export const outputChunk = z.object({
  executionId,
  jobId,
  taskKey: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  /** Counts the chunks of one execution, both streams together, from 1. */
  sequence: z.int().min(1),
  text: z.string(),
  /** The agent dropped this many bytes before this chunk because the task wrote faster than its limit. */
  droppedBytes: z.int().min(0).optional(),
  at: timestamp,
});

export type StartRequest = z.infer<typeof startRequest>;
export type StartReply = z.infer<typeof startReply>;
export type StopRunnerRequest = z.infer<typeof stopRunnerRequest>;
export type StopRunnerReply = z.infer<typeof stopRunnerReply>;
export type HoldRequest = z.infer<typeof holdRequest>;
export type HoldReply = z.infer<typeof holdReply>;
export type CleanRequest = z.infer<typeof cleanRequest>;
export type CleanReply = z.infer<typeof cleanReply>;
export type InspectRequest = z.infer<typeof inspectRequest>;
export type InspectReply = z.infer<typeof inspectReply>;
export type Heartbeat = z.infer<typeof heartbeat>;
export type ExecutionReport = z.infer<typeof executionReport>;
export type OutputChunk = z.infer<typeof outputChunk>;
