import { errors, headers } from '@nats-io/nats-core';
import { isNoResponders, jetStreamCode, MessagingUnavailable } from '../connect/errors.js';
import type { MessagingConnection } from '../connect/connection.js';
import { Lanes } from '../consume/lanes.js';
import { provisionStreams } from '../provision/provision-streams.js';
import { backoffMs, recoveryBackoff } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';
import { raceAbort } from '../timing/race-abort.js';
import { messageHeaders } from './message-headers.js';
import { abortController } from '../timing/abort.js';

/** The buffer holds as much as it may: NATS has been away for too long, or more is written than it takes. */
export class BufferFull extends Error {
  override readonly name = 'BufferFull';
  readonly code = 'publish-buffer-full';
}

export interface OutgoingMessage {
  /** Messages with one key are stored in the order they were given. */
  readonly key: string;
  readonly stream: string;
  readonly subject: string;
  /** Message id: the same again within the stream's duplicate window is stored once. */
  readonly id: string;
  readonly payload: string | Uint8Array;
  readonly traceparent: string | undefined;
}

/** "Message size exceeds maximum allowed" of a stream. */
const messageTooLarge = 10054;

/** Stores messages in order per key and keeps them while NATS is away. */
export class OrderedPublisher {
  readonly #lanes = new Lanes();
  readonly #stop = abortController();
  readonly #pending = new Set<Promise<void>>();
  #bytes = 0;

  constructor(
    private readonly connection: MessagingConnection,
    private readonly maxBufferedBytes: number,
  ) {}

  get bufferedBytes(): number {
    return this.#bytes;
  }

  /**
   * Resolves when JetStream has stored the message. One message is under way per key, so a repetition never overtakes its successor.
   * @throws {BufferFull} at once, when there is no room: the message was not taken
   * @throws {MessagingUnavailable} when the publisher is closed before it was stored
   */
  async publish(message: OutgoingMessage): Promise<void> {
    const size = Buffer.byteLength(message.payload);
    if (this.#bytes + size > this.maxBufferedBytes) {
      throw new BufferFull(`${this.#bytes} bytes wait for NATS, ${size} more would exceed ${this.maxBufferedBytes}`);
    }
    this.#bytes += size;
    const done = this.#lanes.run(message.key, () => this.#untilStored(message)).finally(() => (this.#bytes -= size));
    const pending = done.catch(() => undefined).finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
    return done;
  }

  /** Waits for what is buffered, at most so long; what is not stored by then is refused to its publisher. */
  async close(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), withinMs);
    await Promise.all(this.#pending);
    clearTimeout(timer);
  }

  async #untilStored(message: OutgoingMessage): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await raceAbort(this.connection.link.whenConnected(), signal);
        return await raceAbort(raceAbort(this.#publishOnce(message), this.connection.link.stretch), signal);
      } catch (error) {
        if (isPermanent(error) || this.connection.link.state === 'closed') throw error;
        await pause(backoffMs(recoveryBackoff, failures), signal);
      }
    }
    throw new MessagingUnavailable(`message ${message.id} was not stored before the publisher closed`);
  }

  async #publishOnce({ stream, subject, id, payload, traceparent }: OutgoingMessage): Promise<void> {
    const carried = headers();
    if (traceparent !== undefined) carried.set(messageHeaders.traceparent, traceparent);
    const { jetstream, manager, streams } = this.connection;
    try {
      await jetstream.publish(subject, payload, { msgID: id, headers: carried, expect: { streamName: stream } });
    } catch (error) {
      if (isNoResponders(error)) {
        await provisionStreams(
          manager,
          streams.filter(({ name }) => name === stream),
        );
      }
      throw error;
    }
  }
}

/** Repeating it cannot help: the message is larger than the server or the stream takes. */
function isPermanent(error: unknown): boolean {
  return error instanceof errors.InvalidArgumentError || jetStreamCode(error) === messageTooLarge;
}
