import type { ChainHead } from '@necrocode/event-store';

/**
 * Remembers the newest known event of streams lately used, so that an append need not ask for the hash to chain to.
 * Never trusted: the append's statement compares it with what is stored.
 */
export class ChainHeads {
  readonly #heads = new Map<string, ChainHead>();

  constructor(private readonly capacity = 10_000) {}

  /** The hash at exactly this version, when known. */
  hashAt(streamId: string, streamVersion: number): string | undefined {
    const head = this.#heads.get(streamId);
    return head?.streamVersion === streamVersion ? head.hash : undefined;
  }

  remember(streamId: string, { streamVersion, hash }: ChainHead): void {
    // A Map keeps insertion order: taking a key out and in again makes its first key the one unused for longest.
    this.#heads.delete(streamId);
    this.#heads.set(streamId, { streamVersion, hash });
    if (this.#heads.size <= this.capacity) return;
    const [oldest] = this.#heads.keys();
    if (oldest !== undefined) this.#heads.delete(oldest);
  }
}
