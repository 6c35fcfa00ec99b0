import { InvalidArgumentError } from 'commander';
import { durationArgument } from './duration-argument.js';

/** A commander argument parser: `10m` → `600000ms`; an instant as it stands. The gateway is the judge of instants. */
export function deadlineArgument(text: string): string {
  if (/^\d{4}-\d\d-\d\dT/i.test(text)) return text;
  try {
    return `${durationArgument(text)}ms`;
  } catch {
    throw new InvalidArgumentError('write for example 10m, 90s, or 2030-01-31T12:00:00Z');
  }
}
