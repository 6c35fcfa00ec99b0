import { CodedError } from '@necrocode/service-kit';
import type { CancellationPlace } from '../read-model/cancellation-query.js';

/** Opaque to callers: the place behind which the next page begins, so what comes in between shifts nothing. */
export function toCursor({ requestedAt, position }: CancellationPlace): string {
  return Buffer.from(`${requestedAt.getTime()}.${position}`).toString('base64url');
}

/** @throws {CodedError} `validation-failed` when we never gave it out */
export function fromCursor(cursor: string): CancellationPlace {
  const [, time = '', position = ''] =
    /^(\d{1,15})\.([1-9]\d{0,17})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (position !== '') return { requestedAt: new Date(Number(time)), position };
  throw new CodedError(
    'validation-failed',
    {},
    { fields: [{ path: 'cursor', message: 'must be the nextCursor of the page before' }] },
  );
}
