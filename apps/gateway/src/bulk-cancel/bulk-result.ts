import type { BulkResource, BulkResult } from '@necrocode/contracts';
import { criteriaOf } from '@necrocode/domain';
import type { BulkTarget, CancellationId } from '@necrocode/domain';

interface Stands {
  readonly result: BulkResult['result'];
  readonly cancellationId: CancellationId | null;
  readonly plan: BulkResult['plan'];
  readonly planToken?: string;
  readonly jobIds?: BulkResult['jobIds'];
  readonly cancellation?: BulkResource | null;
}

/** The answer to a request for a bulk, in words that claim no more than is known. */
export function presentBulkResult(target: BulkTarget, stands: Stands): BulkResult {
  const { result, cancellationId, plan, planToken = null, jobIds = [], cancellation = null } = stands;
  const self = `/api/cancellations/${cancellationId}`;
  return {
    result,
    cancellationId,
    message: messageOf(target, stands),
    plan,
    planToken,
    jobIds,
    links: cancellationId === null ? null : { self, targets: `${self}/targets` },
    cancellation,
  };
}

function messageOf(target: BulkTarget, { result, plan, cancellation }: Stands): string {
  const { targets, waiting, started } = plan;
  switch (result) {
    case 'planned':
      return `Would cancel ${targets} jobs: ${waiting} that wait and ${started} that have begun. Nothing was stored.`;
    case 'nothing-matched':
      return criteriaOf(target) === null
        ? 'Nothing to do: an empty selector matches nothing.'
        : 'Nothing to do: no open job matches.';
    case 'accepted':
      if (!cancellation) return `Requested: ${targets} jobs will be ended and the end of each proven.`;
      return cancellation.waitingFor.length === 0
        ? `${cancellation.status}: ${cancellation.targets.cancelled} of ${targets} jobs were cancelled.`
        : `The wait is over before the end: waiting for ${cancellation.waitingFor.join('; ')}.`;
    default:
      return result satisfies never;
  }
}
