import { z } from 'zod';
import { cancellationId, executionId, runnerId, slotId, taskId } from '../ids/ids.js';
import { sparedFate } from './certificate.js';
import { artifactPolicy, gracePeriodMs, stopSignal } from './job-spec.js';
import { taskStatus } from './job-resource.js';

const count = z.int().min(0);

/** What a cancellation would do, were it requested at this moment. Nothing of it is stored. */
export const cancellationPlan = z
  .object({
    /** The cancellation under way that the request would join; null: it would begin one. */
    joins: cancellationId.nullable(),
    /** In the order they would be blocked. `dequeued`: cancelled without having to stop anything; `none`: has ended. */
    tasks: z.array(
      z.object({
        taskId,
        key: z.string(),
        /** As it stands now. */
        status: taskStatus,
        action: z.enum(['dequeued', 'stop', 'none']),
        neverStarted: z.boolean(),
      }),
    ),
    /** What depends on the target task and would be left alone. */
    spared: z.array(z.object({ taskId, task: z.string(), fate: sparedFate })),
    executions: z.array(
      z.object({
        executionId,
        taskId,
        task: z.string(),
        runnerId,
        signal: stopSignal,
        signalTo: z.enum(['tree', 'leader-first']),
        gracePeriodMs,
        force: z.boolean(),
        /** Alive a moment ago; null when the runner did not say. */
        processes: count.nullable(),
      }),
    ),
    /** The runners these executions are on. */
    runners: z.array(runnerId),
    slots: z.array(z.object({ pool: z.string(), slotId, executionId, status: z.enum(['leased', 'soiled']) })),
    /** null: as each task says. */
    artifacts: artifactPolicy.nullable(),
    /** Send it with the same request to have exactly this carried out, or a conflict that names what has changed. */
    planToken: z.string(),
  })
  .meta({ id: 'CancellationPlan' });

export type CancellationPlanResource = z.infer<typeof cancellationPlan>;
