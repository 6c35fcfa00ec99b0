import { streamNames, streamSubjects } from '@necrocode/contracts';
import type { Position, SinkTail } from '@necrocode/event-store';
import type { JetStreamManager } from '@nats-io/jetstream';
import { messageHeaders } from './message-headers.js';

/**
 * Reads from the stream itself where it stands. Both calls are answered by the stream's leader; a direct get could be answered by a
 * replica that lags behind.
 */
export async function readTail(
  manager: JetStreamManager,
  startOfEmptyStream: () => Promise<Position>,
): Promise<SinkTail> {
  const { state } = await manager.streams.info(streamNames.events);
  const message =
    state.messages === 0
      ? null
      : await manager.streams.getMessage(streamNames.events, { last_by_subj: streamSubjects.events });
  if (message === null) return { position: await startOfEmptyStream(), token: state.last_seq };
  const position = message.header.get(messageHeaders.position);
  if (!/^[1-9][0-9]*$/.test(position)) {
    throw new Error(
      `message ${message.seq} of ${streamNames.events} has no position: something else publishes to the stream`,
    );
  }
  // A message stored between the two calls makes the token stale; the first publish then finds that the stream has moved.
  return { position: BigInt(position), token: state.last_seq };
}
