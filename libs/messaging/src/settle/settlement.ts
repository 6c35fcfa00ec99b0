import type { JsMsg } from '@nats-io/jetstream';

/** The part of a JetStream message that settles it. */
export type Settleable = Pick<JsMsg, 'ack' | 'nak' | 'term' | 'working' | 'seq'>;

/**
 * The only place that acknowledges, refuses or gives up a message. Until then it tells the server that the message is being worked on, so
 * a slow handler and a long queue do not bring it again. A settlement may be lost with its connection: then the message comes again, and
 * whoever handles it must find that it is done already.
 */
export class Settlement {
  readonly #open = new Map<number, Settleable>();
  readonly #heartbeat: NodeJS.Timeout;

  /** @param ackWaitMs the consumer's; work is reported three times within it */
  constructor(ackWaitMs: number) {
    this.#heartbeat = setInterval(() => this.#reportWork(), ackWaitMs / 3);
  }

  get open(): number {
    return this.#open.size;
  }

  /** Takes charge of a message. A second delivery of an open one replaces it, for the server counts from the newest. */
  take(message: Settleable): void {
    this.#open.set(message.seq, message);
  }

  isOpen(message: Settleable): boolean {
    return this.#open.has(message.seq);
  }

  /** Handled, or nothing to do. */
  ack(message: Settleable): void {
    this.#close(message, (latest) => latest.ack());
  }

  /** Given up, and kept as a dead letter. */
  term(message: Settleable, errorCode: string): void {
    this.#close(message, (latest) => latest.term(errorCode));
  }

  /** Stops: whatever is open goes back to be delivered to the next consumer at once. */
  nakAll(): void {
    for (const message of this.#open.values()) this.#close(message, (latest) => latest.nak());
    clearInterval(this.#heartbeat);
  }

  /** Stops without a word to the server: for a connection that is gone, or a lease that is another's. */
  abandonAll(): void {
    this.#open.clear();
    clearInterval(this.#heartbeat);
  }

  #close(message: Settleable, settle: (latest: Settleable) => void): void {
    const latest = this.#open.get(message.seq) ?? message;
    this.#open.delete(message.seq);
    tell(latest, settle);
  }

  #reportWork(): void {
    for (const message of this.#open.values()) tell(message, (latest) => latest.working());
  }
}

/** Writing to a closed connection throws; the message then simply comes again. */
function tell(message: Settleable, word: (message: Settleable) => void): void {
  try {
    word(message);
  } catch {
    // Redelivery follows, as for a word that was sent and lost.
  }
}
