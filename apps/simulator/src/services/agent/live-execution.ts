import type { CancellationId, EndReason, ExecutionEnding, ExecutionIdentity, StopRequest } from '@necrocode/domain';
import type { Exit } from '../../reality/machine.js';
import type { Process } from '../../reality/process.js';
import { runProgram } from '../../reality/program.js';
import type { AgentParts } from './agent.js';
import { endingOf, endingWithoutTree } from './endings.js';
import type { ExecutionFile, Tree } from './execution-file.js';
import type { Hold } from './hold.js';
import { StopTree } from './stop-tree.js';

/** Whoever a task left behind when it ended by itself. */
const LEFTOVER_GRACE_MS = 500;

/** One execution on a runner, from its start to the proof of its end, in the order the real agent does it. */
export class LiveExecution {
  readonly ended: Promise<void>;
  #leader: Process | null = null;
  #tree: Tree | null = null;
  #stopping: { readonly stop: StopRequest; readonly reason: EndReason; readonly since: number } | null = null;
  #stopRun: StopTree | null = null;
  #isRunning = false;
  #hasExited = false;
  #wake: () => void = () => undefined;

  constructor(
    private readonly parts: AgentParts,
    readonly execution: ExecutionIdentity,
    readonly hold: Hold,
  ) {
    this.ended = this.#run();
  }

  /** Again: only ever sooner. */
  stop(stop: StopRequest, reason: EndReason): void {
    const { world } = this.parts.life;
    if (this.#stopping) this.#stopRun?.shorten(stop, this.#stopping.since);
    else if (!this.#hasExited) this.#stopping = { stop, reason, since: world.now };
    this.#wake();
  }

  freeze(cancellationId: CancellationId): 'frozen' | 'marked' | 'refused' {
    if (this.#stopping || this.#hasExited || !this.hold.take(cancellationId)) return 'refused';
    if (!this.#isRunning) return 'marked';
    this.#signalAll('STOP');
    this.parts.world.reach('frozen');
    this.parts.report({
      type: 'RecordFrozen',
      execution: this.execution,
      cancellationId,
      processes: 1,
      at: this.#now(),
    });
    return 'frozen';
  }

  thaw(cancellationId: CancellationId): void {
    const wasHeld = this.hold.isHeld;
    this.hold.release(cancellationId);
    if (this.hold.isHeld || !wasHeld) return;
    this.#wake();
    if (!this.#isRunning || this.#stopping) return;
    this.#signalAll('CONT');
    this.parts.report({ type: 'RecordThawed', execution: this.execution, cancellationId, at: this.#now() });
  }

  async #run(): Promise<void> {
    const ending = await this.#live();
    this.#write({ ending, stop: this.#stopping?.stop ?? null });
    await this.parts.life.effect();
    this.parts.reportEnd(this.execution, ending);
  }

  async #live(): Promise<ExecutionEnding> {
    const { life, machine, means, world } = this.parts;
    const { execution } = this;
    this.#write({ stop: null, ending: null });
    await life.effect();
    const owner = { ...execution, slotId: execution.slot?.slotId ?? null };
    this.#leader = machine.spawn({
      owner,
      isLeader: true,
      state: 'held',
      ignoresTerm: this.#program().behaviour === 'ignores-term',
    });
    await life.effect();
    this.#tree = { leader: this.#leader, seen: [this.#leader] };
    this.#write({ stop: this.#stopping?.stop ?? null, ending: null });
    while (this.hold.isHeld && !this.#stopping) await this.#woken();
    // Looked at now: where it is lost, this one is being ended as well.
    this.parts.hasContact();
    if (this.#stopping && !world.broken('no-last-look')) {
      world.reach('stopped-before-release');
      machine.exit(this.#leader, { code: null, signal: 'SIGKILL' });
      return endingWithoutTree(this.#stopping.reason, means, this.#now(), this.#stopping.stop);
    }
    if (this.#stopping) machine.wrongStarts.push(`${execution.executionId} is released after its stop`);
    const exited = this.#release(this.#leader, owner);
    this.parts.report({ type: 'RecordStarted', execution, containment: means, pid: this.#leader.pid, at: this.#now() });
    this.#isRunning = true;
    const exit = await this.#untilStoppedOr(exited);
    if (exit && !this.#stopping) {
      this.#hasExited = true;
      const result = await this.#stopTree({ gracePeriodMs: LEFTOVER_GRACE_MS, force: false }).drive();
      return endingOf(result, means, 'exited', null, exit);
    }
    const { stop, reason } = this.#stopping ?? { stop: null, reason: 'stopped' as const };
    this.#stopRun = this.#stopTree(stop ?? { gracePeriodMs: 0, force: true });
    const result = await this.#stopRun.drive();
    return endingOf(result, means, reason, stop, { code: null, signal: 'SIGTERM' });
  }

  #release(leader: Process, owner: Process['owner']): Promise<Exit> {
    const { machine, life } = this.parts;
    leader.state = 'running';
    machine.released.add(this.execution.executionId);
    if (owner) {
      const sees = (child: Process): void => void this.#tree?.seen.push(child);
      runProgram(machine, leader, owner, this.#program(), { life, sees });
    }
    return new Promise((resolve) => machine.whenExited(leader, (exit) => life.after(1, () => resolve(exit))));
  }

  async #untilStoppedOr(exited: Promise<Exit>): Promise<Exit | null> {
    let exit: Exit | null = null;
    void exited.then((seen) => {
      exit = seen;
      this.#wake();
    });
    // A hold that was taken while it was being released.
    if (this.hold.isHeld) this.#signalAll('STOP');
    while (exit === null && !this.#stopping) await this.#woken();
    return exit;
  }

  #stopTree(stop: Pick<StopRequest, 'gracePeriodMs' | 'force'>): StopTree {
    const { life, machine, sight, report } = this.parts;
    const tree = this.#tree ?? { leader: { pid: 0, startedAt: 0 }, seen: [] };
    return new StopTree(life, machine, sight, this.execution.executionId, tree, stop, (evidence) =>
      report({ type: 'RecordSignal', execution: this.execution, evidence, at: evidence.at }),
    );
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => this.parts.life.after(0, resolve);
    });
  }

  #signalAll(signal: 'STOP' | 'CONT'): void {
    const { machine, sight } = this.parts;
    const { executionId } = this.execution;
    for (const { pid } of sight.members(executionId, this.#tree?.seen ?? [])) machine.signal(pid, signal, executionId);
  }

  #program() {
    return this.parts.programOf(this.execution.taskId);
  }

  #write(file: Pick<ExecutionFile, 'stop' | 'ending'>): void {
    this.parts.files.set(this.execution.executionId, { execution: this.execution, tree: this.#tree, ...file });
  }

  #now(): string {
    return this.parts.life.now();
  }
}
