import type { Cell, GoneProof } from '../contain/cell.js';
import type { Peak } from '../observe/peak.js';
import { identityOf } from '../proc/process-identity.js';
import { keyOf, type ProcessRow } from '../proc/process-row.js';
import { deferred } from '../wait/deferred.js';
import { nextLookMs } from '../wait/settle-within.js';
import { WakeUp } from '../wait/wake-up.js';
import { SignalLog } from './signal-log.js';
import { deadlineAfter, type RunningStop, type StopOptions } from './stop-options.js';
import type { LeaderExit, StopReport } from './stop-report.js';

/** What is being stopped. */
export interface StopTarget {
  readonly cell: Cell;
  readonly leaderPid: number;
  /** The end of our own child; null: it is not our child. */
  readonly exited: Promise<LeaderExit> | null;
  /** The command was never let go: there is only a launcher, to which no signal needs explaining. */
  readonly neverRan: boolean;
  readonly peak: Peak;
}

// With an event to wait for, looking only guards against one that was missed.
const longestWatchedLookMs = 500;
const longestLookMs = 100;
const longestHopelessLookMs = 1_000;
const defaultReportAfterMs = 5_000;

/** One stop of one tree, from the first request until it is proven gone, however many requests join it. */
export class StopRun {
  /** Resolves when the tree is proven gone, however long that takes. Never rejects. */
  readonly gone: Promise<StopReport>;
  readonly #target: StopTarget;
  readonly #signals: SignalLog;
  readonly #signal: NodeJS.Signals;
  readonly #wakeUp = new WakeUp();
  #unproven = deferred<StopReport>();
  #running: RunningStop | undefined;
  #reportAfterMs = defaultReportAfterMs;
  #reportDueAt: number | undefined;
  #exit: LeaderExit | null = null;
  #obstacle: string | null = null;

  constructor(target: StopTarget, options: StopOptions) {
    this.#target = target;
    this.#signals = new SignalLog(target.cell);
    this.#signal = options.signal ?? 'SIGTERM';
    this.#take(options);
    this.gone = this.#drive(options.mode ?? 'tree');
  }

  /** One more request for the same: it joins, or upgrades by a shorter grace or force. */
  join(options: StopOptions): void {
    if (this.#reportDueAt === Infinity) {
      this.#unproven = deferred<StopReport>(); // Who asks again is answered again, after a bounded time again.
      this.#reportDueAt = performance.now() + this.#reportAfterMs;
    }
    this.#take(options);
    this.#wakeUp.call();
  }

  /** Gone, or who is left some time after SIGKILL. */
  report(): Promise<StopReport> {
    return Promise.race([this.gone, this.#unproven.promise]);
  }

  #take(options: StopOptions): void {
    if (options.onSignals !== undefined) this.#signals.listen(options.onSignals);
    this.#reportAfterMs = options.reportAfterMs ?? this.#reportAfterMs;
    const now = performance.now();
    this.#running = { since: this.#running?.since ?? now, due: deadlineAfter(options, now, this.#running) };
  }

  async #drive(mode: 'tree' | 'leader-first'): Promise<StopReport> {
    const { cell, exited, neverRan } = this.#target;
    const stopWatching = cell.watch(() => this.#wakeUp.call());
    const longestMs = stopWatching === undefined ? longestLookMs : longestWatchedLookMs;
    void exited?.then((exit) => {
      this.#exit = exit;
      this.#wakeUp.call();
    });
    if (!neverRan && !this.#isDue()) this.#signalFirst(mode);
    let orphansSignalled = false;
    for (let looks = 0; ; looks += 1) {
      if (neverRan || this.#isDue()) await this.#kill();
      // Nothing can be proven while our own child has not ended: its end is waited for, not looked for.
      const leaderHasEnded = exited === null || this.#exit !== null;
      const proof = leaderHasEnded ? await cell.prove() : undefined;
      if (proof !== undefined) {
        stopWatching?.();
        return this.#result(proof);
      }
      if (this.#exit !== null && !orphansSignalled && !this.#isDue()) {
        // With the leader gone nobody is left to pass the word on: to the rest, and to those born while it was sent.
        orphansSignalled = true;
        this.#signalEverybody();
      }
      this.#reportWhenDue();
      if (await this.#wakeUp.sleep(this.#untilNextLook(looks, longestMs))) looks = -1;
    }
  }

  #signalFirst(mode: 'tree' | 'leader-first'): void {
    const { cell, leaderPid } = this.#target;
    const leader = mode === 'leader-first' ? cell.members().filter((row) => row.pid === leaderPid) : [];
    if (leader.length > 0) this.#signals.sendGracefully(leader, this.#signal);
    else this.#signalEverybody();
  }

  #signalEverybody(): void {
    const { cell, peak } = this.#target;
    const members = cell.members();
    this.#signals.sendGracefully(members, this.#signal);
    const strays = cell.strays();
    this.#signals.sendGracefully(strays, this.#signal);
    peak.note(distinct([...members, ...strays]));
  }

  async #kill(): Promise<void> {
    const { cell, neverRan, peak } = this.#target;
    this.#reportDueAt ??= performance.now() + this.#reportAfterMs;
    try {
      const killed = await cell.kill();
      if (neverRan) return;
      this.#signals.noteKilled(killed);
      peak.note(distinct(killed));
    } catch (error) {
      // Of no consequence if the container has just become empty; else it is tried again, and told with the survivors.
      this.#obstacle = error instanceof Error ? error.message : String(error);
    }
  }

  #reportWhenDue(): void {
    if (this.#reportDueAt === undefined || performance.now() < this.#reportDueAt) return;
    this.#reportDueAt = Infinity;
    this.#unproven.resolve(this.#result(undefined));
  }

  #isDue(): boolean {
    return this.#running !== undefined && performance.now() >= this.#running.due;
  }

  #untilNextLook(looks: number, longestMs: number): number {
    const nextMs = nextLookMs(looks, this.#reportDueAt === Infinity ? longestHopelessLookMs : longestMs);
    const dueMs = this.#isDue() ? Infinity : (this.#running?.due ?? Infinity) - performance.now();
    return Math.max(0, Math.min(nextMs, dueMs));
  }

  #result(proof: GoneProof | undefined): StopReport {
    const { cell, neverRan, peak } = this.#target;
    const survivors = proof === undefined ? [...cell.members(), ...cell.strays()] : [];
    return {
      means: cell.means,
      assurance: proof?.assurance ?? 'unconfirmed',
      neverRan,
      signals: [...this.#signals.evidence],
      forced: this.#signals.evidence.some(({ signal }) => signal === 'SIGKILL'),
      exit: neverRan ? null : this.#exit,
      peakProcesses: peak.processes,
      survivors: survivors.map(identityOf),
      passes: proof?.passes ?? 0,
      provenGoneAt: proof?.provenAt ?? null,
      obstacle: proof === undefined ? this.#obstacle : null,
    };
  }
}

/** How many. Who dies between two looks has left its cgroup before it is dead, and is in both. */
const distinct = (rows: readonly ProcessRow[]): number => new Set(rows.map(keyOf)).size;
