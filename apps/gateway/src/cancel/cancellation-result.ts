import type { CancellationPlanResource, CancellationResource, CancellationResult } from '@necrocode/contracts';
import type { CancellationId, CancellationTarget } from '@necrocode/domain';

export interface RequestAnswer {
  readonly result: CancellationResult['result'];
  readonly cancellationId: CancellationId | null;
}

/** The answer to a request to cancel, in words that claim no more than is known. */
export function cancellationResult(
  target: CancellationTarget,
  { result, cancellationId }: RequestAnswer,
  cancellation: CancellationResource | null,
): CancellationResult {
  return {
    result,
    jobId: target.jobId,
    taskId: target.kind === 'task' ? target.taskId : null,
    cancellationId,
    message: cancellation ? outcomeMessage(cancellation) : requestMessage(result, target.kind),
    links: cancellationId === null ? null : cancellationLinks(cancellationId),
    cancellation,
    plan: null,
  };
}

export type DryRunAnswer =
  | { readonly outcome: 'planned'; readonly plan: CancellationPlanResource }
  | ({ readonly outcome: 'ended' } & RequestAnswer);

/** The answer to a dry run: the plan, or what has happened already. */
export function dryRunResult(target: CancellationTarget, answer: DryRunAnswer): CancellationResult {
  if (answer.outcome === 'ended') return cancellationResult(target, answer, null);
  const planned = cancellationResult(target, { result: 'planned', cancellationId: null }, null);
  return { ...planned, plan: answer.plan };
}

export function cancellationLinks(cancellationId: CancellationId): {
  readonly self: string;
  readonly events: string;
  readonly replay: string;
  readonly trace: string;
  readonly certificate: string;
} {
  const self = `/api/cancellations/${cancellationId}`;
  return {
    self,
    events: `${self}/events`,
    replay: `${self}/replay`,
    trace: `${self}/trace`,
    certificate: `${self}/certificate`,
  };
}

function requestMessage(result: RequestAnswer['result'], kind: CancellationTarget['kind']): string {
  switch (result) {
    case 'planned':
      return `A dry run: this is what a request to cancel the ${kind} would do now; nothing was stored.`;
    case 'accepted':
      return `Requested: the ${kind} will be ended and the end proven.`;
    case 'joined':
      return `A cancellation of this ${kind} is under way; the request has joined it.`;
    case 'already-completed':
    case 'already-failed':
    case 'already-cancelled':
    case 'already-skipped':
      return `Nothing to do: the ${kind} is ${result.slice('already-'.length)} already.`;
    default:
      return result satisfies never;
  }
}

function outcomeMessage({ status, word, waitingFor }: CancellationResource): string {
  switch (status) {
    case 'completed':
      return 'Cancelled: everything is gone, and the certificate says so.';
    case 'partial':
      return `Not complete: waiting for ${waitingFor.join('; ')}. It is driven on.`;
    case 'unconfirmed':
      return `Unconfirmed: waiting for ${waitingFor.join('; ')}. It is driven on.`;
    case 'undone':
      return 'Undone: everything that was held goes on.';
    case 'requested':
    case 'in-progress':
      return `The wait is over before the end: ${word}; waiting for ${waitingFor.join('; ')}.`;
    default:
      return status satisfies never;
  }
}
