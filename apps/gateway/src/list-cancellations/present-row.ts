import type { CancellationPage } from '@necrocode/contracts';
import { presentTarget } from '../bulk-cancel/present-bulk.js';
import { fromJson } from '../read-model/cancellation-json.js';
import type { BulkRow, CancellationRow } from '../read-model/rows.js';
import { summariseCancellation } from '../show-cancellation/present-cancellation.js';

export function presentRow(row: CancellationRow | BulkRow): CancellationPage['items'][number] {
  if (row.job_id !== null) return summariseCancellation(fromJson(row.state), row.signalled, row.forced);
  const { target, ...facts } = row.state;
  return {
    cancellationId: row.cancellation_id,
    kind: 'bulk',
    target: presentTarget(target),
    status: row.status,
    requestedBy: row.requested_by,
    requestedAt: new Date(row.requested_at).toISOString(),
    ...facts,
  };
}
