import type { ExecutionId, SignalEvidence, StopRequest } from '@necrocode/domain';
import type { TreeSight } from '../../reality/containment.js';
import type { Machine } from '../../reality/machine.js';
import type { Process } from '../../reality/process.js';
import type { Life } from '../../world/life.js';
import type { Tree } from './execution-file.js';

const LOOK_MS = 40;
/** Between two looks at the process table that are to see each other's newborns. */
const SECOND_LOOK_MS = 6;

export interface StopResult {
  readonly signals: readonly SignalEvidence[];
  readonly forced: boolean;
  readonly passes: number;
  /** null: they are still there. */
  readonly provenGoneAt: string | null;
  readonly survivors: number;
}

/** One stop of one tree, from the first request until it is proven gone: signal, grace, SIGKILL, proof. */
export class StopTree {
  readonly #signals: SignalEvidence[] = [];
  #due: number;

  constructor(
    private readonly life: Life,
    private readonly machine: Machine,
    private readonly sight: TreeSight,
    private readonly executionId: ExecutionId,
    private readonly tree: Tree,
    { gracePeriodMs, force }: Pick<StopRequest, 'gracePeriodMs' | 'force'>,
    private readonly onSignal: (evidence: SignalEvidence) => void,
  ) {
    this.#due = life.world.now + (force ? 0 : gracePeriodMs);
  }

  /** Sooner, never later: all graces count from the first request. */
  shorten({ gracePeriodMs, force }: Pick<StopRequest, 'gracePeriodMs' | 'force'>, since: number): void {
    const due = force ? this.life.world.now : since + gracePeriodMs;
    if (due < this.#due) this.life.world.reach('stop-shortened-mid-kill');
    this.#due = Math.min(this.#due, due);
  }

  /** @param giveUpMs after so long with SIGKILL sent it answers with who is left; Infinity: never */
  async drive(giveUpMs = Infinity): Promise<StopResult> {
    const { life, machine } = this;
    const { world } = life;
    if (world.now < this.#due) this.#send('TERM', this.#members());
    for (;;) {
      const isDue = world.now >= this.#due && !world.broken('never-escalate');
      if (this.#lies()) return this.#result(life.now(), 0);
      if (isDue) await this.#kill();
      if (await this.#isGone()) return this.#result(life.now(), 0);
      if (isDue && world.now - this.#due > giveUpMs) return this.#result(null, this.#members().length);
      await life.pause(Math.max(1, Math.min(LOOK_MS, isDue ? LOOK_MS : this.#due - world.now)));
      machine.forkHunted(this.executionId);
    }
  }

  #members(): readonly Process[] {
    return this.sight.members(this.executionId, this.tree.seen);
  }

  /** A cgroup is killed as one; elsewhere who is hunted may fork between the look and the signal. */
  async #kill(): Promise<void> {
    const found = this.#members();
    if (this.sight.assurance === 'swept') {
      await this.life.pause(1);
      this.machine.forkHunted(this.executionId);
    }
    this.#send('KILL', found);
  }

  #send(signal: 'TERM' | 'KILL', processes: readonly Process[]): void {
    if (processes.length === 0) return;
    for (const { pid } of processes) {
      if (signal === 'TERM') this.machine.signal(pid, 'CONT', this.executionId);
      this.machine.signal(pid, signal, this.executionId);
    }
    const at = this.life.now();
    if (signal === 'KILL' && this.#signals.some((sent) => sent.signal === 'SIGKILL')) return;
    const evidence: SignalEvidence = { signal: `SIG${signal}`, at, processes: processes.length, answer: 'delivered' };
    this.#signals.push(evidence);
    this.onSignal(evidence);
  }

  async #isGone(): Promise<boolean> {
    if (this.#members().length > 0) return false;
    if (this.sight.assurance === 'kernel' || this.life.world.broken('prove-in-one-pass')) return true;
    await this.life.pause(SECOND_LOOK_MS);
    return this.#members().length === 0;
  }

  /** An agent that says it is done when it is not. */
  #lies(): boolean {
    if (!this.machine.lies || this.#members().length === 0) return false;
    this.machine.liedAbout.add(this.executionId);
    this.life.world.reach('runner-lied');
    return true;
  }

  #result(provenGoneAt: string | null, survivors: number): StopResult {
    const forced = this.#signals.some(({ signal }) => signal === 'SIGKILL');
    const passes = this.sight.assurance === 'kernel' ? 1 : 2;
    return { signals: [...this.#signals], forced, passes: provenGoneAt === null ? 0 : passes, provenGoneAt, survivors };
  }
}
