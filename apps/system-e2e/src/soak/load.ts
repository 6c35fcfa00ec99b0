import { setTimeout as delay } from 'node:timers/promises';
import { whyOf } from '../crash-matrix/cancel-until-heard.js';
import type { PatientUser } from './patient-user.js';
import type { Random } from './random.js';
import { STORIES } from './stories.js';

/** So many stories go on at a time. */
const AT_ONCE = 6;
const REST_MS = 50;

/** Tells stories one after another, several side by side, until it is to end; then finishes those it has begun. */
export class Load {
  readonly told = new Map<string, number>();
  readonly failures: string[] = [];

  constructor(
    private readonly user: PatientUser,
    private readonly random: Random,
  ) {}

  async runUntil(deadline: number, isInterrupted: () => boolean): Promise<void> {
    const teller = async (): Promise<void> => {
      while (performance.now() < deadline && !isInterrupted()) {
        await this.tellOne();
        await delay(REST_MS);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, teller));
  }

  private async tellOne(): Promise<void> {
    const [name, story] = this.random.pick(STORIES);
    try {
      await story(this.user, this.random);
      this.told.set(name, (this.told.get(name) ?? 0) + 1);
    } catch (error) {
      this.failures.push(`${name}: ${whyOf(error)}`);
    }
  }
}
