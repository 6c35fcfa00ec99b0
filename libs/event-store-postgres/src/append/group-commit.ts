import type { AppendResult, CompanionStatement, StreamAppend } from '@necrocode/event-store';

/** One caller's append, waiting for its answer. */
export interface PendingAppend {
  readonly streams: readonly StreamAppend[];
  readonly companions: readonly CompanionStatement[];
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

export interface GroupCommitLimits {
  /** Batches under way at once. Two keep the server busy while the next batch is being put together; more only make batches smaller. Default 2. */
  readonly flights?: number;
  /** A batch takes no further append beyond so many events. Default 500. */
  readonly events?: number;
}

/**
 * Puts appends that come while others are being written into one batch, so that they share a statement, a commit and its fsync.
 * Alone, an append goes at once. A stream is in one batch at a time, and its appends keep the order they came in: callers that
 * compete for a stream in this process never meet inside a statement.
 */
export class GroupCommit {
  readonly #waiting: PendingAppend[] = [];
  readonly #busyStreams = new Set<string>();
  readonly #flights: number;
  readonly #events: number;
  #underWay = 0;
  #flushing = false;

  /** @param write must settle every append of the batch, and not throw */
  constructor(
    private readonly write: (batch: readonly PendingAppend[]) => Promise<void>,
    { flights = 2, events = 500 }: GroupCommitLimits = {},
  ) {
    this.#flights = flights;
    this.#events = events;
  }

  append(streams: readonly StreamAppend[], companions: readonly CompanionStatement[]): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ streams, companions, resolve, reject });
      this.#flushSoon();
    });
  }

  /** After the callers that are about to append in this very turn of the event loop have done so. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(() => {
      this.#flushing = false;
      while (this.#underWay < this.#flights) {
        const batch = this.#takeBatch();
        if (batch.length === 0) return;
        void this.#fly(batch);
      }
    });
  }

  async #fly(batch: readonly PendingAppend[]): Promise<void> {
    const streamIds = batch.flatMap(({ streams }) => streams.map(({ streamId }) => streamId));
    this.#underWay++;
    for (const streamId of streamIds) this.#busyStreams.add(streamId);
    try {
      await this.write(batch);
    } finally {
      this.#underWay--;
      for (const streamId of streamIds) this.#busyStreams.delete(streamId);
      this.#flushSoon();
    }
  }

  #takeBatch(): readonly PendingAppend[] {
    const batch: PendingAppend[] = [];
    const taken = new Set(this.#busyStreams);
    let events = 0;
    for (let index = 0; index < this.#waiting.length && events < this.#events;) {
      const pending = this.#waiting[index];
      if (!pending) break;
      const free = pending.streams.every(({ streamId }) => !taken.has(streamId));
      // Also when it has to wait: a later append to the same stream must not overtake it.
      for (const { streamId } of pending.streams) taken.add(streamId);
      if (free) {
        batch.push(pending);
        events += pending.streams.reduce((sum, stream) => sum + stream.events.length, 0);
        this.#waiting.splice(index, 1);
      } else index++;
    }
    return batch;
  }
}
