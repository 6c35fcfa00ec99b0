import { eventually } from '@necrocode/testing';

/** `eventually` with a budget for a machine that runs many specs at once; it is spent only by a spec that fails. */
export function soon<T>(assertion: () => T | Promise<T>): Promise<T> {
  return eventually(assertion, { withinMs: 20_000 });
}
