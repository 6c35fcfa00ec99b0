import { InvalidArgumentError } from 'commander';
import { parseDuration } from './duration.js';

/** A commander argument parser: `5s` → 5000. */
export function durationArgument(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : 'no duration');
  }
}
