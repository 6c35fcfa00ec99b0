import { createHash } from 'node:crypto';
import type { CancelJobBody } from '@necrocode/contracts';
import type { CancellationOptions, CancellationRequest, CancellationTarget } from '@necrocode/domain';
import { canonicalJson } from '@necrocode/event-store';
import { idOf, newId } from '@necrocode/service-kit';
import type { Caller } from '../http/caller.js';
import { uuidOfKey } from '../http/idempotency-key.js';

/** The request as the cancellation service gets it. The fingerprint covers all that was asked for, and nothing else. */
export function cancellationRequest(
  target: CancellationTarget,
  body: CancelJobBody,
  { principal, receivedAt }: Caller,
  key: string | undefined,
): CancellationRequest {
  const options: CancellationOptions = {
    force: body.force,
    gracePeriodMs: body.gracePeriodMs ?? null,
    signal: body.signal ?? null,
    artifacts: body.artifacts ?? null,
  };
  const reason = { code: body.reasonCode, text: body.reason };
  const { planToken, undoWindowMs } = body;
  const window = undoWindowMs === undefined ? {} : { undoWindowMs };
  const asked = canonicalJson({
    target,
    options,
    reason,
    ...window,
    ...(planToken === undefined ? {} : { planToken }),
  });
  return {
    cancellationId: key === undefined ? newId('can') : idOf('can', uuidOfKey(principal, 'cancellation', key)),
    target,
    options,
    reason,
    requestedBy: principal,
    fingerprint: `sha256:${createHash('sha256').update(asked).digest('hex')}`,
    requestedAt: receivedAt,
    ...window,
  };
}
