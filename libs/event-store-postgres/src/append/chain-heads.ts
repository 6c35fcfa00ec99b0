import type { ChainHead } from '@necrocode/event-store';
import { LRUCache } from 'lru-cache';

/**
 * Remembers the newest known event of streams lately used, so that an append need not ask for the hash to chain to.
 * Never trusted: the append's statement compares it with what is stored.
 */
export class ChainHeads {
  readonly #heads: LRUCache<string, ChainHead>;

  constructor(capacity = 10_000) {
    this.#heads = new LRUCache({ max: capacity });
  }

  /** The hash at exactly this version, when known. */
  hashAt(streamId: string, streamVersion: number): string | undefined {
    const head = this.#heads.get(streamId);
    return head?.streamVersion === streamVersion ? head.hash : undefined;
  }

  remember(streamId: string, { streamVersion, hash }: ChainHead): void {
    this.#heads.set(streamId, { streamVersion, hash });
  }
}
