import type { Containment, ExecutionId } from '@necrocode/domain';
import type { Machine } from './machine.js';
import type { Process } from './process.js';

/** So young is a process that one look may miss, ms. */
const UNSEEN_MS = 3;

/** A process as an agent writes it down: what it may find again after its own death. */
export type Remembered = Pick<Process, 'pid' | 'startedAt'>;

/** The means that hold trees together on a runner: who belongs to an execution, as far as they can see. */
export class TreeSight {
  constructor(
    private readonly machine: Machine,
    private readonly means: Containment,
  ) {}

  get assurance(): 'kernel' | 'swept' {
    return this.means === 'cgroup2' ? 'kernel' : 'swept';
  }

  /**
   * cgroup2: everybody born in it, whatever it has done since. process-group: its session, whoever carries its mark, and
   * descendants that were seen, named by pid and start time.
   */
  members(executionId: ExecutionId, seen: readonly Remembered[]): readonly Process[] {
    const { machine } = this;
    const { world } = machine;
    if (this.means === 'cgroup2') return machine.of(executionId);
    const remembered = seen.flatMap(
      (who) => (world.broken('kill-by-stored-pid') ? machine.processes.get(who.pid) : machine.find(who)) ?? [],
    );
    // A walk through the process table passes by whoever is born behind it.
    const mine = machine
      .of(executionId)
      .filter(
        ({ isInSession, isMarked, bornAtMs }) =>
          world.now - bornAtMs >= UNSEEN_MS && (isInSession || (isMarked && !world.broken('skip-marker-sweep'))),
      );
    return [...new Set([...mine, ...(world.broken('forget-descendants') ? [] : remembered)])];
  }
}
