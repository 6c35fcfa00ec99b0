import { InvalidArgumentError } from 'commander';

/** A commander argument parser. */
export const positiveInteger = (text: string): number => integerFrom(1, text);

/** A commander argument parser. */
export const nonNegativeInteger = (text: string): number => integerFrom(0, text);

function integerFrom(least: number, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
  return value;
}
