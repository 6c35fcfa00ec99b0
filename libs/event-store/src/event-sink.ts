import type { Position, PositionedEvent } from './event-store.js';

/** Where a sink stands. `token` is the sink's own counter (a stream sequence); only the sink reads it. */
export interface SinkTail {
  readonly position: Position;
  readonly token: number;
}

/** Where the relay publishes committed events, in order. JetStream in production, an array in specs. */
export interface EventSink {
  /** What the sink holds now, read from the sink itself: this, not a checkpoint, is where a relay resumes. */
  tail(): Promise<SinkTail>;
  /**
   * Publishes the events the store holds behind `tail`, all of them, in order; each publish is chained to the one before it.
   * @returns the new tail
   * @throws {SinkMoved} when somebody else published since `tail`: read the tail again and go on from there.
   */
  publish(tail: SinkTail, events: readonly PositionedEvent[]): Promise<SinkTail>;
}

/** The sink's tail is not where the relay thought: another relay, a lost message or a wiped store. */
export class SinkMoved extends Error {
  override readonly name = 'SinkMoved';
}
