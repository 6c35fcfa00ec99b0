import { Rejection } from '@necrocode/domain';
import type { Timestamp } from '@necrocode/domain';
import type { Entry } from './agenda.js';
import type { Host } from './host.js';
import { Unavailable } from './unavailable.js';
import type { World } from './world.js';

/** One process, from its start to its death. What a dead one waits for never comes, so nothing of it goes on. */
export class Life {
  #alive = true;

  constructor(readonly host: Host) {}

  get world(): World {
    return this.host.world;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  end(): void {
    this.#alive = false;
  }

  /** As this host's clock has it. */
  now(): Timestamp {
    return this.world.clock(this.host.skewMs);
  }

  /** A place where the process may die: before something that others will notice. */
  effect(): Promise<void> {
    if (!this.#alive || this.host.isDueToDie()) return never();
    return this.pause(this.world.latency());
  }

  /** Only for as long as it takes by the clock on the wall; a process that stands still comes to it later. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  after(ms: number, run: Entry['run']): void {
    this.world.after(ms, () => {
      if (!this.#alive) return false;
      const leftMs = this.host.stoppedUntil - this.world.now;
      if (leftMs <= 0) return run();
      return this.after(leftMs, run);
    });
  }

  /** Goes on in the background. What it runs into is as if it had never been begun: somebody drives it again. */
  run(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      if (error instanceof Unavailable || error instanceof Rejection) return;
      this.world.faults.push(error);
    });
  }

  /** Again and again, one at a time. @param isWorth false: a look that would find nothing, so it is not taken */
  every(ms: number, work: () => Promise<unknown>, isWorth: () => boolean = () => true): void {
    const again = (): void =>
      this.after(ms, () => {
        if (!isWorth()) {
          again();
          return false;
        }
        this.run(async () => {
          try {
            await work();
          } finally {
            again();
          }
        });
        return true;
      });
    again();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
