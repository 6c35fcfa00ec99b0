import type { Logger } from '@necrocode/service-kit';
import { WrongExpectedVersion } from '@necrocode/event-store';
import type { StartOrder } from '../start-execution/start-order.js';

export interface AssignLoopOptions {
  /** One batch: what was assigned and is to be started; empty when nothing could be. */
  readonly assignBatch: () => Promise<readonly StartOrder[]>;
  /** Milliseconds until a task in back-off is due; null when none is. */
  readonly nextDueInMs: () => Promise<number | null>;
  readonly begin: (order: StartOrder) => void;
  /** Longest pause, ms. */
  readonly pollMs: number;
  readonly logger: Logger;
}

const FIRST_PAUSE_MS = 5;

/** Assigns whenever it is woken, when a back-off ends, and every now and then. One batch at a time, until nothing is left to assign. */
export class AssignLoop {
  #woken = false;
  #stopping = false;
  #endPause: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(private readonly options: AssignLoopOptions) {}

  start(): void {
    this.#running = this.#run();
  }

  /** There may be something to assign. Heard also while a batch is under way. */
  wake(): void {
    this.#woken = true;
    this.#endPause();
  }

  /** Finishes the batch under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#endPause();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#woken = false;
      await this.#pause(await this.#look());
    }
  }

  /** @returns how long nothing is expected, ms */
  async #look(): Promise<number> {
    const { assignBatch, nextDueInMs, begin, pollMs, logger } = this.options;
    try {
      const orders = await assignBatch();
      for (const order of orders) begin(order);
      this.#failures = 0;
      if (orders.length > 0) return 0;
      return Math.min(pollMs, (await nextDueInMs()) ?? pollMs);
    } catch (error) {
      this.#failures += 1;
      // Losing a version to a cancel or to another replica is how races are decided; only more than that is worth a line.
      if (!(error instanceof WrongExpectedVersion)) logger.warn({ err: error }, 'assigning failed; trying again');
      return Math.min(pollMs, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    }
  }

  #pause(ms: number): Promise<void> {
    if (ms === 0 || this.#woken || this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(ms));
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
