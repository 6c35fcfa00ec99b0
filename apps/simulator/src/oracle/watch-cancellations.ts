import {
  type Cancellation,
  cancellationDecider,
  type CancellationEvent,
  type CancellationId,
  type CancellationState,
  type ExecutionId,
  type JobId,
} from '@necrocode/domain';
import { Violation } from './violation.js';

/** What a certificate with outcome `completed` says is gone for good. */
export interface Certified {
  readonly cancellationId: CancellationId;
  readonly jobId: JobId;
  readonly executionIds: readonly ExecutionId[];
  readonly wholeJob: boolean;
}

/** Folds cancellations by the product's own rules: nothing weakens, nothing that has an outcome loses it. */
export class WatchCancellations {
  readonly states = new Map<CancellationId, CancellationState>();

  /** @returns what is certified with this event */
  see(id: CancellationId, event: CancellationEvent): Certified | null {
    const before = this.states.get(id) ?? cancellationDecider.initial;
    const after = cancellationDecider.evolve(before, event);
    this.states.set(id, after);
    if (after.status === 'unknown') return null;
    if (before.status !== 'unknown') compare(before, after);
    return event.type === 'CancellationCompleted' ? certifiedBy(after) : null;
  }
}

function compare(before: Cancellation, after: Cancellation): void {
  const { cancellationId } = after;
  const isOver = before.status === 'completed' || before.status === 'undone';
  if (isOver && before.status !== after.status)
    throw new Violation('4', `${cancellationId} was ${before.status} and is ${after.status}`);
  if (before.options.force && !after.options.force)
    throw new Violation('joining', `${cancellationId} was to be forced and is not any more`);
  const [was, is] = [before, after].map(({ options }) => options.gracePeriodMs ?? options.graceLimitMs ?? Infinity);
  if (was !== undefined && is !== undefined && is > was)
    throw new Violation('joining', `the grace of ${cancellationId} has grown from ${was} to ${is} ms`);
}

function certifiedBy({ cancellationId, target, plan, unconfirmed, lastPass, cleanPasses }: Cancellation): Certified {
  if (!plan || !lastPass || cleanPasses < 2)
    throw new Violation('1', `${cancellationId} is certified after ${cleanPasses} clean looks`);
  const executionIds = plan.executions.map(({ execution }) => execution.executionId);
  const unproven = executionIds.find((id) => unconfirmed.has(id));
  if (unproven) throw new Violation('1', `${cancellationId} is certified although ${unproven} is unconfirmed`);
  return { cancellationId, jobId: target.jobId, executionIds, wholeJob: target.kind === 'job' };
}
