import type { Logger } from '../logging/logger.js';
import type { DriveQueue } from './drive-queue.js';

export interface DriverOptions {
  readonly queue: DriveQueue;
  /** Drives one intent; what it throws is logged, and the intent comes back after its back-off. */
  readonly drive: (key: string, attempts: number) => Promise<void>;
  readonly logger: Logger;
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number };
  /** Longest pause between looks, ms: bounds how late another replica's intents are noticed. */
  readonly longestPauseMs?: number;
}

const BATCH = 64;

/** Drives due intents until it is stopped. Recovery only: the first attempt of everything happens without it. */
export class Driver {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => {};

  constructor(private readonly options: DriverOptions) {}

  start(): void {
    this.running = this.run();
  }

  /** Looks again at once, for an intent that is due sooner than the last look knew. */
  nudge(): void {
    this.wake();
  }

  /** Finishes what is being driven. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    const { logger, longestPauseMs = 1_000 } = this.options;
    while (!this.stopping.signal.aborted) {
      try {
        await this.driveDue();
        const next = await this.options.queue.nextDueInMs();
        await this.pause(Math.min(longestPauseMs, next ?? longestPauseMs));
      } catch (error) {
        logger.warn({ err: error }, 'cannot look for due intents; trying again');
        await this.pause(longestPauseMs);
      }
    }
  }

  private async driveDue(): Promise<void> {
    const { queue, drive, logger, backoff = { firstMs: 200, longestMs: 5_000 } } = this.options;
    const due = await queue.claimDue(BATCH, backoff);
    await Promise.all(
      due.map(({ key, attempts }) =>
        drive(key, attempts).catch((error: unknown) => logger.warn({ err: error, key, attempts }, 'driving failed')),
      ),
    );
  }

  private pause(ms: number): Promise<void> {
    if (this.stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
