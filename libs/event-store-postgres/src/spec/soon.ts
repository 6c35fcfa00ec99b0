import { eventually } from '@necrocode/testing';

/** `eventually` with the patience a busy machine needs; a spec that passes does not wait for it. */
export function soon<T>(assertion: () => T | Promise<T>): Promise<T> {
  return eventually(assertion, { withinMs: 30_000 });
}
