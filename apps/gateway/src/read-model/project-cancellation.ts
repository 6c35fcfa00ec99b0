import { cancellationDecider, type CancellationEvent } from '@necrocode/domain';
import { fromJson, toJson } from './cancellation-json.js';
import type { CancellationRow } from './rows.js';

/** The cancellation's row after one of its own events; undefined for one whose request was never seen. */
export function projectCancellation(
  row: CancellationRow | undefined,
  event: CancellationEvent,
  position: bigint,
): CancellationRow | undefined {
  const state = cancellationDecider.evolve(row ? fromJson(row.state) : cancellationDecider.initial, event);
  if (state.status === 'unknown') return undefined;
  const endings = [...state.terminations.values()].map(({ ending }) => ending.evidence);
  return {
    cancellation_id: state.cancellationId,
    position: row?.position ?? position.toString(),
    job_id: state.target.jobId,
    bulk_id: state.bulkId ?? null,
    scope: state.target.kind,
    status: state.status,
    requested_by: state.requestedBy,
    reason_code: state.reason.code,
    requested_at: state.requestedAt,
    state: toJson(state),
    signalled: (row?.signalled ?? false) || endings.some(({ signals }) => signals.length > 0),
    forced: (row?.forced ?? false) || endings.some(({ forced }) => forced),
    completed_position:
      event.type === 'CancellationCompleted' || event.type === 'CancellationUndone'
        ? position.toString()
        : (row?.completed_position ?? null),
  };
}

/** A signal that was sent in its name shows before the cancellation itself hears of the end. */
export function projectSignal(row: CancellationRow, forced: boolean): CancellationRow {
  return { ...row, signalled: true, forced: row.forced || forced };
}
