import type { BulkEvent, CancellationEvent } from '@necrocode/domain';
import { parseTraceparent } from './context/traceparent.js';
import type { Told } from './told.js';

/**
 * Whether the trace of a cancellation that has an outcome is exported: the decision is taken at the tail, where it is known how it
 * went. A sampled one is; of those that were not sampled every one that failed somewhere, needed force or could not be confirmed.
 * Once it is kept it stays so: nothing that happened is taken back.
 */
export function keepsTrace(events: readonly Told<CancellationEvent | BulkEvent>[]): boolean {
  const sampled = parseTraceparent(events[0]?.traceparent)?.sampled ?? true;
  return sampled || events.some(({ event }) => isRemarkable(event));
}

function isRemarkable(event: CancellationEvent | BulkEvent): boolean {
  switch (event.type) {
    case 'StepFailed':
    case 'VerificationFailed':
    case 'TerminationUnconfirmed':
    case 'CancellationLeftPartial':
    case 'CancellationLeftUnconfirmed':
      return true;
    case 'TerminationRecorded': {
      const { forced, survivors, provenGoneAt } = event.ending.evidence;
      return forced || survivors > 0 || provenGoneAt === null;
    }
    case 'BulkConcluded': {
      const { outcome, executions } = event.certificate;
      return outcome === 'partial' || outcome === 'unconfirmed' || executions.forced > 0;
    }
    default:
      return false;
  }
}
