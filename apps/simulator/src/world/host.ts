import { Life } from './life.js';
import type { World } from './world.js';

/** Something a process can run on: it may die between any two effects, stand still, be cut off, and have a wrong clock. */
export class Host {
  life: Life | null = null;
  /** Beyond NATS. */
  isCutOff = false;
  /** Stopped by a signal: nothing of it happens before then. */
  stoppedUntil = 0;
  pausedAt = -Infinity;
  upSince = 0;
  skewMs = 0;
  /** Effects so far, over all its lives. */
  effects = 0;
  #crash: { readonly atEffect: number; readonly downMs: number }[] = [];

  constructor(
    readonly world: World,
    readonly name: string,
    private readonly boot: (life: Life) => void,
    /** What becomes of its surroundings when the process dies. */
    private readonly died: () => void = () => undefined,
  ) {}

  start(): void {
    if (this.life) return;
    this.life = new Life(this);
    this.upSince = this.world.now;
    this.world.tell(this.name, 'comes up');
    this.boot(this.life);
  }

  /** Exactly before this effect. */
  crashBefore(effect: number, downMs: number): void {
    this.#crash.push({ atEffect: effect, downMs });
  }

  /** Whether the process dies here instead of going on. */
  isDueToDie(): boolean {
    this.effects += 1;
    const due = this.#crash.find(({ atEffect }) => atEffect === this.effects);
    if (!due || this.world.isCalm) return false;
    this.crash(due.downMs);
    return true;
  }

  crash(downMs: number): void {
    if (!this.life) return;
    this.life.end();
    this.life = null;
    this.world.tell(this.name, `is killed (effect ${this.effects}); back in ${Math.round(downMs)} ms`);
    this.world.reach('crash');
    this.world.crashes.push(this.world.clock());
    this.died();
    this.world.after(downMs, () => this.start());
  }
}
