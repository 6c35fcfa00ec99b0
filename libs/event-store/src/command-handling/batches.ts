/** Work for one key, one batch at a time: what comes while a batch is under way is the next batch. Alone, it goes at once. */
export class Batches<Key, Item> {
  /** What waits behind the batch under way, by its key. */
  readonly #waiting = new Map<Key, Item[]>();

  /** @param run must settle every item of the batch, and not throw */
  constructor(private readonly run: (key: Key, batch: readonly Item[]) => Promise<void>) {}

  add(key: Key, item: Item): void {
    const waiting = this.#waiting.get(key);
    if (waiting) waiting.push(item);
    else void this.#runAll(key, [item]);
  }

  async #runAll(key: Key, first: readonly Item[]): Promise<void> {
    for (let batch = first; batch.length > 0; batch = this.#waiting.get(key) ?? []) {
      this.#waiting.set(key, []);
      await this.run(key, batch);
    }
    this.#waiting.delete(key);
  }
}
