import { type EventSink, type PositionedEvent, SinkMoved, type SinkTail } from '@necrocode/event-store';

/** A sink with the manners of JetStream: it refuses what is not chained to its tail. Several relays may share one. */
export class ArraySink implements EventSink {
  readonly published: PositionedEvent[] = [];
  #token = 0;
  /** Runs before a publish is carried out, for failures and delays. */
  beforePublish: () => Promise<void> = async () => undefined;
  /** Runs after the events are in the sink and before the publisher is told. */
  afterPublish: () => Promise<void> = async () => undefined;

  async tail(): Promise<SinkTail> {
    return { position: this.published.at(-1)?.position ?? 0n, token: this.#token };
  }

  async publish(tail: SinkTail, events: readonly PositionedEvent[]): Promise<SinkTail> {
    await this.beforePublish();
    if (tail.token !== this.#token) throw new SinkMoved(`at ${this.#token}, not ${tail.token}`);
    for (const event of events) {
      const expected = (this.published.at(-1)?.position ?? 0n) + 1n;
      if (event.position !== expected) throw new Error(`position ${event.position} published behind ${expected - 1n}`);
      this.published.push(event);
      this.#token++;
    }
    const reached = await this.tail();
    await this.afterPublish();
    return reached;
  }

  /** Loses everything, as a wiped directory does. */
  wipe(): void {
    this.published.length = 0;
    this.#token = 0;
  }
}
