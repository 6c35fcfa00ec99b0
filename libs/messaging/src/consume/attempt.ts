import { StoreUnavailable } from '@necrocode/event-store';
import { MessagingUnavailable } from '../connect/errors.js';
import { Unprocessable } from '../dead-letter/error-code.js';
import { type Backoff, backoffMs } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';
import type { Slots } from './slots.js';

export interface RetryPolicy {
  /** Failed attempts after which a message is a dead letter. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  /** True for an error that says nothing about the message, such as a database that is away: retried for ever, not counted. */
  readonly isPassing: (error: unknown) => boolean;
}

/** Eight attempts in about 12 seconds. */
export const defaultRetry: RetryPolicy = {
  maxAttempts: 8,
  backoff: { initialMs: 100, factor: 2, maxMs: 5_000 },
  isPassing: (error) => error instanceof StoreUnavailable || error instanceof MessagingUnavailable,
};

export type Verdict =
  | { readonly outcome: 'handled' }
  | { readonly outcome: 'stopped' }
  | { readonly outcome: 'given-up'; readonly attempts: number; readonly error: unknown };

/** Tries until it works, is given up, or is stopped. A slot is held while trying, not while waiting for the next attempt. */
export async function attempt(
  work: () => Promise<void>,
  slots: Slots,
  { maxAttempts, backoff, isPassing }: RetryPolicy,
  stop: AbortSignal,
  onFailure: (attempts: number, error: unknown) => void,
): Promise<Verdict> {
  let attempts = 0;
  for (let failures = 1; !stop.aborted; failures += 1) {
    try {
      const started = await slots.use(async () => {
        if (stop.aborted) return false;
        await work();
        return true;
      });
      return { outcome: started ? 'handled' : 'stopped' };
    } catch (error) {
      const counts = !isPassing(error);
      if (counts) attempts += 1;
      onFailure(attempts, error);
      if (error instanceof Unprocessable || (counts && attempts >= maxAttempts)) {
        return { outcome: 'given-up', attempts, error };
      }
      await pause(backoffMs(backoff, failures), stop);
    }
  }
  return { outcome: 'stopped' };
}
