import { createHash } from 'node:crypto';
import type { CancellationId, JobId } from '@necrocode/domain';
import { idOf } from '@necrocode/service-kit';

/** The cancellation a bulk opens for one of its targets: the same two, the same id, so that opening it again is no second one. */
export function memberIdOf(bulkId: CancellationId, jobId: JobId): CancellationId {
  const hex = createHash('sha256').update(`${bulkId} ${jobId}`).digest('hex');
  // The digits of a UUID version 8 (RFC 9562): free bits but for version and variant.
  return idOf(
    'can',
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  );
}
