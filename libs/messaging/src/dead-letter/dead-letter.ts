import { subjects } from '@necrocode/contracts';
import { headers } from '@nats-io/nats-core';
import type { MessagingConnection } from '../connect/connection.js';
import { isNoResponders } from '../connect/errors.js';
import { provisionStreams } from '../provision/provision-streams.js';
import { messageHeaders } from '../publish/message-headers.js';

/** A message a consumer gave up on, as JSON in the dead-letter stream. */
export interface DeadLetter {
  readonly durable: string;
  readonly messageId: string;
  readonly subject: string;
  readonly key: string;
  readonly attempts: number;
  readonly errorCode: string;
  /** RFC 3339 */
  readonly failedAt: string;
  /** The message as it was: JSON, or text where it was none. */
  readonly body: unknown;
}

/** Resolves once the letter is stored. Repeating it is harmless. @throws when JetStream does not confirm */
export async function publishDeadLetter(
  connection: MessagingConnection,
  letter: DeadLetter,
  traceparent: string | undefined,
): Promise<void> {
  const carried = headers();
  carried.set(messageHeaders.errorCode, letter.errorCode);
  if (traceparent !== undefined) carried.set(messageHeaders.traceparent, traceparent);
  try {
    await connection.jetstream.publish(subjects.deadLetter(letter.durable), JSON.stringify(letter), {
      msgID: `${letter.durable}/${letter.messageId}`,
      headers: carried,
    });
  } catch (error) {
    if (isNoResponders(error)) await provisionStreams(connection.manager, connection.streams);
    throw error;
  }
}
