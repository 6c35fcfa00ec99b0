import { eventSubject, streamNames, toPublishedEvent } from '@necrocode/contracts';
import { type PositionedEvent, SinkMoved, type SinkTail } from '@necrocode/event-store';
import { headers, type MsgHdrs } from '@nats-io/nats-core';
import type { PubAck } from '@nats-io/jetstream';
import type { MessagingConnection } from '../connect/connection.js';
import {
  isNoResponders,
  isTimeout,
  isWrongLastMessage,
  isWrongLastSequence,
  MessagingUnavailable,
} from '../connect/errors.js';
import { raceAbort } from '../timing/race-abort.js';
import { messageHeaders } from './message-headers.js';

/**
 * Publishes all at once, each only behind the one before it: by the stream's sequence, and by the id of the event before. The sequence alone
 * is not enough: a second relay that began an emptied stream elsewhere could have put another event at just that sequence.
 * @param before the event published before the first one, when this relay did that a moment ago
 */
export async function publishChained(
  connection: MessagingConnection,
  tail: SinkTail,
  before: PositionedEvent | undefined,
  events: readonly PositionedEvent[],
  ensureStream: () => Promise<void>,
): Promise<SinkTail> {
  const { stretch } = connection.link;
  stretch.throwIfAborted();
  const acks = events.map((event, index) =>
    publishOne(connection, event, tail.token + index, events[index - 1] ?? before),
  );
  // The first failure decides; the chain makes every later one fail as well. All are awaited, or the others would be unhandled.
  const results = await raceAbort(Promise.allSettled(acks), stretch).catch((cause: unknown) => {
    throw new MessagingUnavailable('NATS went away while events were published; read the tail again', { cause });
  });
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw await explain(failure.reason, ensureStream);
  const repeated = results.some((result) => result.status === 'fulfilled' && result.value.duplicate);
  if (repeated) throw new SinkMoved('an event had been published already; read the tail again');
  const last = events.at(-1);
  return last === undefined ? tail : { position: last.position, token: tail.token + events.length };
}

async function publishOne(
  connection: MessagingConnection,
  event: PositionedEvent,
  lastSequence: number,
  before: PositionedEvent | undefined,
): Promise<PubAck> {
  return connection.jetstream.publish(eventSubject(event), JSON.stringify(toPublishedEvent(event)), {
    msgID: event.id,
    expect: { streamName: streamNames.events, lastSequence, ...(before === undefined ? {} : { lastMsgID: before.id }) },
    headers: headersOf(event),
  });
}

function headersOf(event: PositionedEvent): MsgHdrs {
  const result = headers();
  result.set(messageHeaders.position, event.position.toString());
  if (event.metadata.traceparent !== undefined) result.set(messageHeaders.traceparent, event.metadata.traceparent);
  return result;
}

async function explain(cause: unknown, ensureStream: () => Promise<void>): Promise<Error> {
  if (isWrongLastSequence(cause) || isWrongLastMessage(cause)) {
    return new SinkMoved('the stream is not where the tail said: another relay, a lost message or a wiped store', {
      cause,
    });
  }
  if (isNoResponders(cause)) {
    await ensureStream();
    return new SinkMoved('the stream was missing and has been created again', { cause });
  }
  if (isTimeout(cause)) {
    return new MessagingUnavailable('JetStream did not confirm a publish; read the tail again', { cause });
  }
  return cause instanceof Error ? cause : new Error('a publish failed', { cause });
}
