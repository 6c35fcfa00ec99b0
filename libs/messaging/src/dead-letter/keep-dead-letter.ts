import type { MessagingConnection } from '../connect/connection.js';
import { backoffMs, recoveryBackoff } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';
import { type DeadLetter, publishDeadLetter } from './dead-letter.js';

/** Publishes until it is stored: only then may the message itself be given up. @returns false when stopped before that */
export async function keepDeadLetter(
  connection: MessagingConnection,
  letter: DeadLetter,
  traceparent: string | undefined,
  stop: AbortSignal,
  onFault: (error: unknown) => void,
): Promise<boolean> {
  for (let failures = 1; !stop.aborted; failures += 1) {
    try {
      await publishDeadLetter(connection, letter, traceparent);
      return true;
    } catch (error) {
      onFault(error);
      await pause(backoffMs(recoveryBackoff, failures), stop);
    }
  }
  return false;
}
