import { createHash } from 'node:crypto';
import type { BulkCancelBody } from '@necrocode/contracts';
import type { BulkRequest } from '@necrocode/domain';
import { canonicalJson } from '@necrocode/event-store';
import { idOf, newId } from '@necrocode/service-kit';
import type { Caller } from '../http/caller.js';
import { uuidOfKey } from '../http/idempotency-key.js';

/** The request as the cancellation service gets it. The fingerprint covers all that was asked for, and nothing else. */
export function bulkRequest(
  body: BulkCancelBody,
  { principal, receivedAt }: Caller,
  key: string | undefined,
): BulkRequest {
  const { target, planToken = null, expectedCount = null } = body;
  const options = {
    force: body.force,
    gracePeriodMs: body.gracePeriodMs ?? null,
    signal: body.signal ?? null,
    artifacts: body.artifacts ?? null,
  };
  const reason = { code: body.reasonCode, text: body.reason };
  const asked = canonicalJson({ target, options, reason, planToken, expectedCount });
  return {
    cancellationId: key === undefined ? newId('can') : idOf('can', uuidOfKey(principal, 'cancellation', key)),
    target,
    options,
    reason,
    requestedBy: principal,
    fingerprint: `sha256:${createHash('sha256').update(asked).digest('hex')}`,
    requestedAt: receivedAt,
  };
}
