import type { Position } from '@necrocode/event-store';

/** What a relay tells about itself, for logs and metrics. */
export type RelayEvent =
  | { readonly kind: 'elected'; readonly epoch: number }
  | { readonly kind: 'deposed'; readonly epoch: number }
  | { readonly kind: 'published'; readonly position: Position; readonly events: number }
  /** Somebody else published, or the sink lost something: it goes on from what the sink holds. */
  | { readonly kind: 'sink-moved' }
  /** It tries again after a pause. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** The sink holds positions the store has not given: the store was restored from an older backup. Empty the sink. */
export class SinkAhead extends Error {
  override readonly name = 'SinkAhead';
  constructor(
    readonly sinkPosition: Position,
    readonly storePosition: Position,
  ) {
    super(
      `the sink holds position ${sinkPosition}, but the store's last is ${storePosition}: ` +
        'the store was restored from an older backup; empty the sink, and it will be filled again',
    );
  }
}
