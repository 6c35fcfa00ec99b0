import { eventSubject, streamNames, toCloudEvent } from '@necrocode/contracts';
import { type EventSink, type Position, type PositionedEvent, SinkMoved, type SinkTail } from '@necrocode/event-store';
import { headers, type MsgHdrs } from '@nats-io/nats-core';
import type { PubAck } from '@nats-io/jetstream';
import type { MessagingConnection } from '../connect/connection.js';
import { isNoResponders, isTimeout, isWrongLastSequence, MessagingUnavailable } from '../connect/errors.js';
import { raceAbort } from '../timing/race-abort.js';
import { provisionStream } from '../provision/provision-streams.js';
import { messageHeaders } from './message-headers.js';
import { readTail } from './read-tail.js';

export interface JetStreamSinkOptions {
  /**
   * Where an empty stream is said to stand: the relay publishes what comes after. Default 0n, all of history. Consumers of this lib read
   * what is missing from the store, so after a wipe any position the stream could hold again is enough: last position − a few thousand.
   */
  readonly startOfEmptyStream?: () => Promise<Position>;
}

/** Publishes are chained, so one that is lost fails all behind it; more in flight buys nothing (28k/s at 64, the same at 256). */
const inFlight = 256;

/**
 * The events stream as the relay's sink. It holds only what the relay publishes, in the order of positions.
 * Both calls throw MessagingUnavailable at once while NATS is away, and {@link SinkMoved} as the port says.
 */
export function jetStreamSink(connection: MessagingConnection, options: JetStreamSinkOptions = {}): EventSink {
  const startOfEmptyStream = options.startOfEmptyStream ?? (() => Promise.resolve(0n));

  async function ensureStream(): Promise<void> {
    const spec = connection.streams.find(({ name }) => name === streamNames.events);
    if (spec === undefined) throw new TypeError(`the topology has no stream ${streamNames.events}`);
    await provisionStream(connection.manager, spec);
  }

  return {
    async tail() {
      const reading = ensureStream().then(() => readTail(connection.manager, startOfEmptyStream));
      return raceAbort(reading, connection.link.stretch);
    },

    async publish(tail, events) {
      const first = events[0];
      if (first !== undefined && first.position !== tail.position + 1n) {
        throw new RangeError(`position ${first.position} does not follow the tail's ${tail.position}`);
      }
      let reached = tail;
      for (let start = 0; start < events.length; start += inFlight) {
        reached = await publishChained(connection, reached, events.slice(start, start + inFlight), ensureStream);
      }
      return reached;
    },
  };
}

async function publishChained(
  connection: MessagingConnection,
  tail: SinkTail,
  events: readonly PositionedEvent[],
  ensureStream: () => Promise<void>,
): Promise<SinkTail> {
  const { stretch } = connection.link;
  stretch.throwIfAborted();
  const acks = events.map((event, index) => publishOne(connection, event, tail.token + index));
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
): Promise<PubAck> {
  return connection.jetstream.publish(eventSubject(event), JSON.stringify(toCloudEvent(event)), {
    msgID: event.id,
    expect: { streamName: streamNames.events, lastSequence },
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
  if (isWrongLastSequence(cause)) {
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
