import { abortController } from '../timing/abort.js';

/**
 * A shutdown in two phases: `stopping` aborts at once, so that nothing new is begun; `abandoning` aborts when running work has had its time.
 */
export class Drain {
  readonly #stopping = abortController();
  readonly #abandoning = abortController();

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get abandoning(): AbortSignal {
    return this.#abandoning.signal;
  }

  /** @param ended resolves when all that listens to the two signals is done */
  async stop(ended: Promise<void>, withinMs: number): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#abandoning.abort(), withinMs);
    await ended;
    clearTimeout(timer);
  }
}
