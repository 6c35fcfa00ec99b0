import { isNativeError } from 'node:util/types';

/** The errno name of a failed system call (`ENOENT`, `EACCES`, …), or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  return isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
