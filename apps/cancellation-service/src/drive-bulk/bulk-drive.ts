import { type BulkEffect, bulkEffectsOf, type CancellationId } from '@necrocode/domain';
import { type Logger, problemOf } from '@necrocode/service-kit';
import type { BulkInput, BulkSaga, LoadedBulk } from '../bulk-saga/bulk-saga.js';

/** Carries one effect out. @returns what is to be recorded; null for nothing new */
export interface PerformsBulkEffects {
  perform(effect: BulkEffect, bulk: LoadedBulk): Promise<BulkInput | null>;
}

/**
 * Carries a bulk as far as it goes now. One drive of a bulk at a time in this process; whoever asks for one meanwhile gets
 * another behind it. Answers are recorded one after the other, while the next chunks are under way.
 */
export class BulkDrive {
  readonly #running = new Map<CancellationId, { again: boolean; readonly done: Promise<void> }>();

  constructor(
    private readonly saga: BulkSaga,
    private readonly effects: PerformsBulkEffects,
    private readonly logger: Logger,
  ) {}

  /** In the background; what fails is driven again by the timer. */
  start(cancellationId: CancellationId, known?: LoadedBulk): void {
    void this.drive(cancellationId, known);
  }

  /** Resolves when nothing more follows from what is known. Never rejects. */
  drive(cancellationId: CancellationId, known?: LoadedBulk): Promise<void> {
    const running = this.#running.get(cancellationId);
    if (running) {
      running.again = true;
      return running.done;
    }
    const run = { again: false, done: Promise.resolve() };
    this.#running.set(cancellationId, Object.assign(run, { done: this.#run(cancellationId, run, known) }));
    return run.done;
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async #run(cancellationId: CancellationId, run: { again: boolean }, known?: LoadedBulk): Promise<void> {
    let loaded = known;
    try {
      do {
        run.again = false;
        loaded = await this.#advance(cancellationId, loaded ?? (await this.saga.load(cancellationId)));
      } while (run.again);
    } catch (error) {
      this.logger.warn({ err: error, cancellationId }, 'a drive of a bulk broke off; the timer drives again');
    } finally {
      this.#running.delete(cancellationId);
    }
  }

  /** Asks for everything once, and for what the answers open. */
  async #advance(cancellationId: CancellationId, loaded: LoadedBulk): Promise<LoadedBulk> {
    const asked = new Set<string>();
    let latest = loaded;
    let recording: Promise<void> = Promise.resolve();
    const record = (input: BulkInput): Promise<void> => {
      recording = recording.then(async () => {
        latest = await this.saga.feed(cancellationId, latest, input);
      });
      return recording;
    };
    const pump = async (): Promise<void> => {
      const effects = bulkEffectsOf(latest.state).filter((effect) => !asked.has(keyOf(effect)));
      for (const effect of effects) asked.add(keyOf(effect));
      await Promise.all(
        effects.map(async (effect) => {
          const input = await this.#perform(effect, latest);
          if (!input) return;
          await record(input);
          await pump();
        }),
      );
    };
    await pump();
    return latest;
  }

  async #perform(effect: BulkEffect, bulk: LoadedBulk): Promise<BulkInput | null> {
    try {
      return await this.effects.perform(effect, bulk);
    } catch (error) {
      const level = problemOf(error).code === 'internal' ? 'error' : 'warn';
      this.logger[level]({ err: error, effect: effect.type }, 'a part of a bulk failed; the timer drives it again');
      return null;
    }
  }
}

function keyOf(effect: BulkEffect): string {
  return effect.type === 'dequeue' ? `dequeue ${effect.chunk}` : effect.type;
}
