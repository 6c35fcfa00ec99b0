import {
  type CancellationId,
  type CleanupOrder,
  type CleanupState,
  type ExecutionEvent,
  executionsUnder,
  isProvenGone,
  isSettled,
  orderJobCleanup,
  orderSlotCleanup,
  orderTaskCleanup,
  type TaskId,
  type Timestamp,
} from '@necrocode/domain';
import { continueTrace } from '@necrocode/service-kit';
import { ACTOR, type CleanupId, type CleanupStreams } from '../cleanups/cleanup-streams.js';
import type { DriveCleanup } from '../drive-cleanup/drive-cleanup.js';
import type { JobFacts } from '../order-cleanup/known-facts.js';

/** What asked for a cleanup: an event or a command. */
export interface Cause {
  readonly id: string;
  readonly traceparent?: string | undefined;
}

/** A cleanup that has been asked for, whoever did so first. */
export interface StartedCleanup {
  readonly state: CleanupState;
  /** The attempt that was begun; null when there is nothing to do now: it is done, or the next attempt has its time. */
  readonly attempt: Promise<CleanupState | null> | null;
}

/** Stores what is to be cleaned, then begins at once. Asked for twice it is one cleanup. */
export class StartCleanup {
  constructor(
    private readonly cleanups: CleanupStreams,
    private readonly driveCleanup: DriveCleanup,
  ) {}

  /** Every slot goes through the check, also when nothing had started in it. Null: there was none. */
  async ofSlot(
    ended: Extract<ExecutionEvent, { type: 'ExecutionEnded' }>,
    cause: Cause,
  ): Promise<StartedCleanup | null> {
    const order = orderSlotCleanup(ended.execution);
    if (!order) return null;
    return this.start(ended.execution.executionId, order, isProvenGone(ended.ending), cause);
  }

  /** @param foundAt when files were found in the workspace: what was done before is done once more */
  ofJob({ job, wishes, executions }: JobFacts, cause: Cause, foundAt?: Timestamp): Promise<StartedCleanup> {
    const settled = [...executions.values()].every(isSettled);
    return this.start(job.jobId, orderJobCleanup(job, wishes), settled, cause, foundAt);
  }

  ofTasks(
    { job, wishes, executions }: JobFacts,
    cancellationId: CancellationId,
    taskIds: readonly TaskId[],
    cause: Cause,
  ): Promise<StartedCleanup> {
    const order = orderTaskCleanup(job, cancellationId, taskIds, wishes);
    const under = executionsUnder(order, job).flatMap((id) => executions.get(id) ?? []);
    return this.start(cancellationId, order, under.every(isSettled), cause);
  }

  private async start(
    cleanupId: CleanupId,
    order: CleanupOrder,
    settled: boolean,
    { id, traceparent }: Cause,
    foundAt?: Timestamp,
  ): Promise<StartedCleanup> {
    const asked = {
      actor: ACTOR,
      correlationId: order.jobId,
      causationId: id,
      traceparent: continueTrace(traceparent),
    };
    const command = { type: 'RequestCleanup' as const, order, at: new Date().toISOString() };
    const known = await this.cleanups.handle(cleanupId, command, asked, id);
    const state =
      foundAt === undefined || known.status !== 'done'
        ? known
        : await this.cleanups.handle(
            cleanupId,
            { type: 'ReopenCleanup', foundAt, at: new Date().toISOString() },
            asked,
          );
    // With the order as it was first given: another one may be drawn up later, from facts that have moved on.
    const attempt = isDue(state) ? this.driveCleanup.drive(cleanupId, { ...state, asked, settled }) : null;
    return { state, attempt };
  }
}

/** After a failure the back-off is kept, however often somebody asks. */
function isDue(state: CleanupState): state is Extract<CleanupState, { status: 'open' }> {
  return state.status === 'open' && (state.attempts === 0 || Date.parse(state.retryAt) <= Date.now());
}
