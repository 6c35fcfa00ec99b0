import { streamNames } from '@necrocode/contracts';
import type { EventSink, EventStore, Position } from '@necrocode/event-store';
import type { MessagingConnection } from '../connect/connection.js';
import { provisionStream } from '../provision/provision-streams.js';
import { raceAbort } from '../timing/race-abort.js';
import { publishChained } from './publish-chained.js';
import { readTail, type StreamTail } from './read-tail.js';

export interface JetStreamSinkOptions {
  /**
   * The store whose events are published. With it, a stream that holds another history (the store was restored from a backup, or failed over
   * and lost its newest commits) or lacks messages in the middle is found and made anew, and an empty stream is not filled from the very beginning.
   */
  readonly store?: Pick<EventStore, 'readAll' | 'lastPosition'>;
  /**
   * How many of the newest events go into an empty stream when `store` is given. Default 10,000, half a second's work. Consumers of this lib
   * read what is older from the store; other subscribers of the stream see only what it holds, as with any bound.
   */
  readonly replay?: number;
  readonly observe?: (notice: SinkNotice) => void;
}

/** The stream was not what the store says, and is made so. */
export type SinkNotice =
  /** It held the history of another store, up to this position. */
  | { readonly kind: 'foreign-history'; readonly position: Position }
  /** It lacked messages in the middle: its files were damaged. */
  | { readonly kind: 'holes'; readonly messages: number }
  /** It held nothing, though the store holds events. */
  | { readonly kind: 'emptied' };

/** Publishes are chained, so one that is lost fails all behind it; more in flight buys nothing (28k/s at 64, the same at 256). */
const inFlight = 256;
const defaultReplay = 10_000;

/**
 * The events stream as the relay's sink. It holds only what the relay publishes, in the order of positions.
 * Both calls throw MessagingUnavailable at once while NATS is away, and SinkMoved as the port says.
 */
export function jetStreamSink(connection: MessagingConnection, options: JetStreamSinkOptions = {}): EventSink {
  const { manager, link } = connection;
  const { observe = () => undefined } = options;

  async function ensureStream(): Promise<void> {
    const spec = connection.streams.find(({ name }) => name === streamNames.events);
    if (spec === undefined) throw new TypeError(`the topology has no stream ${streamNames.events}`);
    await provisionStream(manager, spec);
  }

  async function ownTail(): Promise<StreamTail> {
    await ensureStream();
    const tail = await readTail(manager);
    const wrong = await whatIsWrong(tail);
    if (wrong === undefined) return tail;
    if (tail.newest !== undefined) await manager.streams.delete(streamNames.events);
    observe(wrong);
    await ensureStream();
    return readTail(manager);
  }

  async function whatIsWrong({ newest, holes }: StreamTail): Promise<SinkNotice | undefined> {
    if (options.store === undefined) return undefined;
    if (newest === undefined) return (await options.store.lastPosition()) > 0n ? { kind: 'emptied' } : undefined;
    if (holes > 0) return { kind: 'holes', messages: holes };
    const [event] = await options.store.readAll(newest.position - 1n, 1);
    return event?.id === newest.eventId ? undefined : { kind: 'foreign-history', position: newest.position };
  }

  async function startOfEmptyStream(): Promise<Position> {
    const last = (await options.store?.lastPosition()) ?? 0n;
    const replay = BigInt(options.replay ?? defaultReplay);
    return last > replay ? last - replay : 0n;
  }

  return {
    async tail() {
      link.stretch.throwIfAborted();
      const { newest, lastSequence } = await raceAbort(ownTail(), link.stretch);
      return { position: newest?.position ?? (await startOfEmptyStream()), token: lastSequence };
    },

    async publish(tail, events) {
      const first = events[0];
      // Positions between the two that are not there are archived.
      if (first !== undefined && first.position <= tail.position) {
        throw new RangeError(`position ${first.position} is not behind the tail's ${tail.position}`);
      }
      let reached = tail;
      for (let start = 0; start < events.length; start += inFlight) {
        const before = events[start - 1];
        reached = await publishChained(
          connection,
          reached,
          before,
          events.slice(start, start + inFlight),
          ensureStream,
        );
      }
      return reached;
    },
  };
}
