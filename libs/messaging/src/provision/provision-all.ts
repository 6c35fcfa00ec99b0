import type { MessagingConnection } from '../connect/connection.js';
import { backoffMs, recoveryBackoff } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';
import { provisionStreams } from './provision-streams.js';
import { RefusedChanges } from './refused-changes.js';

/** A cluster that has just been started, or that has lost a node, elects a leader within ten seconds; until then it answers nothing. */
const WITHIN_MS = 30_000;

/**
 * Makes every stream of the connection fit, once JetStream answers.
 * @param onFault told of each attempt that failed and is followed by another
 * @throws {RefusedChanges} at once; whatever was wrong last when JetStream does not answer in time
 */
export async function provisionAll(
  { manager, streams }: Pick<MessagingConnection, 'manager' | 'streams'>,
  onFault: (error: unknown) => void,
  withinMs = WITHIN_MS,
): Promise<void> {
  const giveUp = AbortSignal.timeout(withinMs);
  for (let failures = 1; ; failures += 1) {
    try {
      await provisionStreams(manager, streams);
      return;
    } catch (error) {
      if (error instanceof RefusedChanges || giveUp.aborted) throw error;
      onFault(error);
      await pause(backoffMs(recoveryBackoff, failures), giveUp);
    }
  }
}
