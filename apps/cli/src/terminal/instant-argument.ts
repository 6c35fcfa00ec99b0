import { InvalidArgumentError } from 'commander';
import { parseDuration } from './duration.js';

/** A commander argument parser: `2h` is two hours ago; else an instant such as 2026-01-31T12:00:00Z. @returns RFC 3339 */
export function instantArgument(text: string): string {
  if (/^\d+(\.\d+)?(ms|s|m|h)$/.test(text)) return new Date(Date.now() - parseDuration(text)).toISOString();
  if (/^\d{4}-\d\d-\d\d(T|$)/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InvalidArgumentError('It must be an instant such as 2026-01-31T12:00:00Z, or a time ago such as 2h.');
}
