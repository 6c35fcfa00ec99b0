import type { ExecutionStatus } from '@necrocode/domain';
import { z } from 'zod';
import { executionId, runnerId, taskId, timestamp } from '../ids/ids.js';
import { containment, executionEnding, signalEvidence, slotClaim, stopRequest } from '../runner/schemas.js';

/** `starting`: assigned, and nothing is known of it yet. */
export const executionStatus = z.enum(['starting', 'running', 'terminating', 'fenced', 'ended']) satisfies z.ZodType<
  Exclude<ExecutionStatus, 'unknown'> | 'starting'
>;

/** One attempt of a task on a runner, with what was done to end it. */
export const executionResource = z
  .object({
    executionId,
    taskId,
    runnerId: runnerId.nullable(),
    attempt: z.int().min(1).nullable(),
    status: executionStatus,
    slot: slotClaim.nullable(),
    startedAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    containment: containment.nullable(),
    /** How it was asked to stop; null when nobody asked. */
    stop: stopRequest.nullable(),
    signals: z.array(signalEvidence),
    /** How it ended, with the evidence that nothing of it is alive. */
    ending: executionEnding.nullable(),
  })
  .meta({ id: 'Execution' });

export type ExecutionResource = z.infer<typeof executionResource>;
