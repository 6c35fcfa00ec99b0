import { HttpException, NotFoundException } from '@nestjs/common';
import type { Problem } from '@necrocode/contracts';
import { CodedError, problemOf } from '@necrocode/service-kit';

/** Largest body that is read, bytes. */
export const BODY_LIMIT = 1024 * 1024;

/** The problem an error of a request is answered with. What has no code of its own is `internal` and says nothing of itself. */
export function problemOfFault(error: unknown, path: string): Problem {
  return problemOf(coded(error, path));
}

function coded(error: unknown, path: string): unknown {
  const status = statusOf(error);
  if (error instanceof NotFoundException || status === 404) return new CodedError('route-not-found', { path });
  switch (status) {
    case 413:
      return new CodedError('body-too-large', { limit: BODY_LIMIT });
    case 415:
      return new CodedError('unsupported-media-type');
    case 400: // What is left of the HTTP layer's own refusals: a malformed URL, a content length that does not fit.
      return new CodedError('malformed-request');
    default:
      return error;
  }
}

/** The status of an error of the HTTP layer itself: ours have a code and no status. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return null;
}
