import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@necrocode/service-kit';
import type { Timestamp } from '@necrocode/domain';
import type { StartOrder } from '../start-execution/start-order.js';
import type { AssignedBatch } from './assign-tasks.js';

export interface AssignLoopOptions {
  readonly assignBatch: () => Promise<AssignedBatch>;
  /** When the first of the tasks that were not due at `after` will be; null when none is waiting. */
  readonly nextDueAt: (after: Timestamp) => Promise<Timestamp | null>;
  readonly begin: (order: StartOrder) => void;
  /** Longest pause, ms. */
  readonly pollMs: number;
  readonly logger: Logger;
}

/** A hundred tasks that end make room a hundred times: what comes so soon after a look that found nothing is looked for in one more. */
const BETWEEN_LOOKS_MS = 10;

const FIRST_PAUSE_MS = 2;
const USUAL_LOSSES = 3;

/** Assigns whenever it is woken, when a back-off ends, and every now and then. One batch at a time, until nothing is left to assign. */
export class AssignLoop {
  #woken = false;
  readonly #stopped = new AbortController();
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
    this.#stopped.abort();
    this.#endPause();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#woken = false;
      const begun = performance.now();
      const quietMs = await this.#look();
      await this.#pause(quietMs);
      if (quietMs > 0) await this.#rest(begun + BETWEEN_LOOKS_MS - performance.now());
    }
  }

  /** @returns how long nothing is expected, ms */
  async #look(): Promise<number> {
    const { assignBatch, nextDueAt, begin, pollMs, logger } = this.options;
    try {
      const { orders, lookedAt } = await assignBatch();
      for (const order of orders) begin(order);
      this.#failures = 0;
      if (orders.length > 0) return 0;
      // Where no runner has a place, no task becomes assignable by time alone.
      const due = lookedAt === null ? null : await nextDueAt(lookedAt);
      return due === null ? pollMs : Math.min(pollMs, Math.max(0, Date.parse(due) - Date.now()));
    } catch (error) {
      this.#failures += 1;
      // Losing a race against a cancel or another replica is how it is decided; only losing on and on is worth a line.
      const level = this.#failures > USUAL_LOSSES ? 'warn' : 'debug';
      logger[level]({ err: error, failures: this.#failures }, 'assigning failed; trying again');
      return Math.min(pollMs, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    }
  }

  /** Until somebody wakes it, or so long. */
  #pause(ms: number): Promise<void> {
    if (ms === 0 || this.#woken || this.#stopped.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(ms));
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** So long, whoever wakes it. */
  async #rest(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}
