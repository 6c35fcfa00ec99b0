import { CodedError } from '@necrocode/service-kit';

/** Opaque to callers: the position behind which the next page begins, so jobs that come in between shift nothing. */
export function toCursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** @throws {CodedError} `validation-failed` when we never gave it out */
export function fromCursor(cursor: string): bigint {
  const position = Buffer.from(cursor, 'base64url').toString('latin1');
  if (/^[1-9]\d{0,17}$/.test(position)) return BigInt(position);
  throw new CodedError(
    'validation-failed',
    {},
    { fields: [{ path: 'cursor', message: 'must be the nextCursor of the page before' }] },
  );
}
