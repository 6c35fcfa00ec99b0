import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cell } from './contain/cell.js';
import { Freezer } from './contain/freezer.js';
import { ProcessTreeError } from './errors.js';
import type { Gate } from './launch/gate.js';
import { closed } from './launch/output.js';
import { observeWhile } from './observe/observe-while.js';
import { Peak } from './observe/peak.js';
import { type TreeUsage, usageOf } from './observe/tree-usage.js';
import { reapOrphansWhile } from './orphans/reaper.js';
import { type ProcessIdentity, identityOf } from './proc/process-identity.js';
import type { StopOptions } from './stop/stop-options.js';
import type { LeaderExit, StopReport } from './stop/stop-report.js';
import { StopRun } from './stop/stop-run.js';
import { deferred } from './wait/deferred.js';
import type { TreeRecord } from './tree-record.js';

export interface ProcessTreeParts {
  readonly record: TreeRecord;
  readonly cell: Cell;
  readonly gate: Gate;
  readonly exited: Promise<LeaderExit>;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly outputTimeoutMs: number;
}

/** A command and everything that comes of it. */
export class ProcessTree {
  readonly record: TreeRecord;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** The leader's end; the rest of the tree may live on until `stop`. */
  readonly exited: Promise<LeaderExit>;
  /**
   * All output has been read to its end; or, a bounded time after the leader's end, somebody still holds it open:
   * then it is `abandoned` and closed on our side.
   */
  readonly outputEnded: Promise<'complete' | 'abandoned'>;
  /** The proof, once there is one: resolves after a `stop`, however long that takes. */
  readonly gone: Promise<StopReport>;
  readonly #cell: Cell;
  readonly #freezer: Freezer;
  readonly #gate: Gate;
  readonly #peak = new Peak();
  readonly #gone = deferred<StopReport>();
  readonly #letGo: readonly (() => void)[];
  #state: 'held' | 'released' | 'refused' = 'held';
  #run: StopRun | undefined;

  /** @internal Made by `spawnTree`. */
  constructor({ record, cell, gate, exited, stdout, stderr, outputTimeoutMs }: ProcessTreeParts) {
    this.record = record;
    this.stdout = stdout;
    this.stderr = stderr;
    this.exited = exited;
    this.gone = this.#gone.promise;
    this.outputEnded = this.#endOutput(outputTimeoutMs);
    this.#cell = cell;
    this.#freezer = new Freezer(cell);
    this.#gate = gate;
    this.#letGo = [reapOrphansWhile(record.pid), observeWhile((table) => this.#peak.note(cell.observe(table)))];
  }

  /** The command was let go. False: it is held, or was stopped before it ran, and never will. */
  get released(): boolean {
    return this.#state === 'released';
  }

  /**
   * Lets the held tree go. Resolves with true when the command runs, with false if a stop came first.
   * @throws ProcessTreeError `command-not-executable` when the kernel would not execute it after all
   */
  async release(): Promise<boolean> {
    if (this.#state !== 'held') return this.#state === 'released';
    this.#state = 'released';
    const refusal = await this.#gate.open();
    if (refusal === null) return true;
    throw new ProcessTreeError(
      'command-not-executable',
      `The program exists but could not be executed (${refusal}): wrong format, a missing interpreter, or no permission.`,
    );
  }

  /**
   * Ends the tree: graceful signal, grace period, SIGKILL, and looks until nobody is left. Called again it joins the
   * running stop, or upgrades it. Resolves with the proof, or after a bounded time with the survivors (`unconfirmed`)
   * while the killing goes on. To be called also when the leader has ended by itself.
   */
  async stop(options: StopOptions): Promise<StopReport> {
    if (this.#state === 'held') {
      this.#state = 'refused';
      this.#gate.shut();
    }
    if (this.#run === undefined) this.#run = this.#begin(options);
    else this.#run.join(options);
    if (this.#freezer.isWanted) this.thaw(); // The signal waits for whoever is frozen.
    return this.#run.report();
  }

  /**
   * Stops every process where it stands, to be continued by `thaw` or ended by `stop`. Again: whoever has come or moved
   * since. False: not all stand still.
   */
  freeze(): Promise<boolean> {
    return this.#freezer.freeze();
  }

  thaw(): void {
    this.#freezer.thaw();
  }

  /** Whom a stop would signal now. */
  members(): ProcessIdentity[] {
    return [...this.#cell.members(), ...this.#cell.strays()].map(identityOf);
  }

  usage(): TreeUsage {
    const usage = usageOf(this.#cell);
    this.#peak.note(usage.processes);
    return usage;
  }

  #begin(options: StopOptions): StopRun {
    const run = new StopRun(
      {
        cell: this.#cell,
        leaderPid: this.record.pid,
        exited: this.exited,
        neverRan: this.#state !== 'released',
        peak: this.#peak,
      },
      options,
    );
    void run.gone.then((report) => {
      for (const letGo of this.#letGo) letGo();
      this.#gone.resolve(report);
    });
    return run;
  }

  async #endOutput(timeoutMs: number): Promise<'complete' | 'abandoned'> {
    const complete = Promise.all([closed(this.stdout), closed(this.stderr)]).then(() => 'complete' as const);
    const timer = new AbortController();
    const late = this.exited
      .then(() => delay(timeoutMs, 'abandoned' as const, { signal: timer.signal }))
      .catch(() => 'complete' as const);
    const end = await Promise.race([complete, late]);
    timer.abort();
    this.stdout?.destroy();
    this.stderr?.destroy();
    return end;
  }
}
