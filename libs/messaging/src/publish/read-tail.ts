import { streamNames, streamSubjects } from '@necrocode/contracts';
import type { Position } from '@necrocode/event-store';
import type { JetStreamManager } from '@nats-io/jetstream';
import { messageHeaders } from './message-headers.js';

export interface StreamTail {
  /** The newest message's event; undefined when the stream holds none. */
  readonly newest: { readonly position: Position; readonly eventId: string } | undefined;
  readonly lastSequence: number;
  /** Messages that are missing between the oldest and the newest. Nobody can delete one, so they were lost. */
  readonly holes: number;
}

/**
 * Reads from the stream itself where it stands. Both calls are answered by the stream's leader; a direct get could be answered by a
 * replica that lags behind.
 * @throws when the newest message is not one the sink published
 */
export async function readTail(manager: JetStreamManager): Promise<StreamTail> {
  const { streams } = manager;
  const { state } = await streams.info(streamNames.events);
  const message =
    state.messages === 0 ? null : await streams.getMessage(streamNames.events, { last_by_subj: streamSubjects.events });
  if (message === null) return { newest: undefined, lastSequence: state.last_seq, holes: 0 };
  const position = message.header.get(messageHeaders.position);
  if (!/^[1-9][0-9]*$/.test(position)) {
    throw new Error(
      `message ${message.seq} of ${streamNames.events} has no position: something else publishes to the stream`,
    );
  }
  // A message stored between the two calls makes the sequence stale; the first publish then finds that the stream has moved.
  return {
    newest: { position: BigInt(position), eventId: message.header.get('Nats-Msg-Id') },
    lastSequence: state.last_seq,
    holes: state.last_seq - state.first_seq + 1 - state.messages,
  };
}
