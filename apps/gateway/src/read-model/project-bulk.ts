import type { BulkEvent, CancellationId } from '@necrocode/domain';
import type { BulkRow } from './rows.js';

/** A bulk's row after one of its events; undefined for one whose request was never seen. */
export function projectBulk(
  cancellationId: CancellationId,
  row: BulkRow | undefined,
  event: BulkEvent,
  position: bigint,
): BulkRow | undefined {
  if (event.type === 'BulkRequested') return requested(cancellationId, event, position);
  if (!row || event.type !== 'BulkConcluded') return row;
  const { outcome, targets, executions } = event.certificate;
  // An interim outcome is driven on.
  const isOver = outcome === 'completed' || outcome === 'aborted';
  return {
    ...row,
    status: outcome,
    state: { ...row.state, endedAt: event.at, cancelled: targets.cancelled },
    forced: executions.forced > 0,
    completed_position: isOver ? position.toString() : null,
  };
}

function requested(
  cancellationId: CancellationId,
  { target, reason, requestedBy, requestedAt, plan }: Extract<BulkEvent, { type: 'BulkRequested' }>,
  position: bigint,
): BulkRow {
  return {
    cancellation_id: cancellationId,
    position: position.toString(),
    job_id: null,
    bulk_id: null,
    scope: target.kind,
    status: 'in-progress',
    requested_by: requestedBy,
    reason_code: reason.code,
    requested_at: requestedAt,
    state: { target, reason, endedAt: null, planned: plan.targets, cancelled: null },
    signalled: false,
    forced: false,
    completed_position: null,
  };
}
