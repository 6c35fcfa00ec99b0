import type { Cancellation } from '@necrocode/domain';
import type { CancellationJson } from './rows.js';

export function toJson(cancellation: Cancellation): CancellationJson {
  const { terminations, unconfirmed } = cancellation;
  return { ...cancellation, terminations: [...terminations], unconfirmed: [...unconfirmed] };
}

export function fromJson(json: CancellationJson): Cancellation {
  // Cast: written by `toJson` from the same entries.
  const terminations = new Map(json.terminations) as Cancellation['terminations'];
  return { ...json, terminations, unconfirmed: new Set(json.unconfirmed) };
}
