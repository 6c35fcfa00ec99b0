import type { ExecutionId, JobId, RunnerId, SlotId } from '@necrocode/domain';
import type { World } from '../world/world.js';
import type { Owner, Process } from './process.js';

/** Few, so that they are used again soon. */
const PIDS = 9;

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export type Signal = 'TERM' | 'KILL' | 'STOP' | 'CONT';

/** What is so on one host, whatever anybody says: processes, files, the state of slots. */
export class Machine {
  readonly processes = new Map<number, Process>();
  /** Files in the workspaces of jobs. */
  readonly workspaces = new Map<JobId, number>();
  /** What is left in slots. */
  readonly dirt = new Map<SlotId, number>();
  /** Signals that reached a process the sender did not mean. */
  readonly wrongTargets: string[] = [];
  /** What was cleaned while somebody could still write there. */
  readonly cleanedTooEarly: string[] = [];
  /** Its agent says that trees are gone which it has not even killed. */
  lies = false;
  /** When somebody took a fresh look here. */
  readonly inspectedAt: number[] = [];
  readonly liedAbout = new Set<ExecutionId>();
  /** Executions whose command has begun here. */
  readonly released = new Set<ExecutionId>();
  /** Stops that were heard here before anything of the execution began. */
  readonly tombstones = new Set<ExecutionId>();
  /** Executions that began although they must not have. */
  readonly wrongStarts: string[] = [];
  readonly #watchers = new Map<string, ((exit: Exit) => void)[]>();
  #nextPid = 2;
  #started = 0;

  constructor(
    readonly runnerId: RunnerId,
    readonly world: World,
  ) {
    for (let index = 0; index < 2; index++) this.spawn({ owner: null, isLeader: true });
  }

  spawn(given: Pick<Process, 'owner' | 'isLeader'> & Partial<Process>): Process {
    const process: Process = {
      pid: this.#freePid(),
      startedAt: ++this.#started,
      bornAtMs: this.world.now,
      isMarked: given.owner !== null,
      isInSession: true,
      state: 'running',
      ignoresTerm: false,
      unkillableUntil: 0,
      isKilled: false,
      forksLeft: 0,
      ...given,
    };
    this.processes.set(process.pid, process);
    if (process.owner && process.state === 'running') this.write(process.owner);
    return process;
  }

  /** A running process leaves files wherever it may. */
  write({ jobId, slotId }: Owner): void {
    this.workspaces.set(jobId, (this.workspaces.get(jobId) ?? 0) + 1);
    if (slotId !== null) this.dirt.set(slotId, (this.dirt.get(slotId) ?? 0) + 1);
  }

  find({ pid, startedAt }: Pick<Process, 'pid' | 'startedAt'>): Process | undefined {
    const process = this.processes.get(pid);
    return process?.startedAt === startedAt ? process : undefined;
  }

  of(executionId: ExecutionId): readonly Process[] {
    return [...this.processes.values()].filter(({ owner }) => owner?.executionId === executionId);
  }

  exit(who: Pick<Process, 'pid' | 'startedAt'>, exit: Exit): void {
    if (!this.find(who)) return;
    this.processes.delete(who.pid);
    const key = keyOf(who);
    for (const tell of this.#watchers.get(key) ?? []) tell(exit);
    this.#watchers.delete(key);
  }

  /** A shell that was to hold a command until it may run ends with the agent that was to release it. */
  loseHeld(): void {
    for (const process of [...this.processes.values()]) if (process.state === 'held') this.exit(process, KILLED);
  }

  whenExited(who: Pick<Process, 'pid' | 'startedAt'>, tell: (exit: Exit) => void): void {
    this.#watchers.set(keyOf(who), [...(this.#watchers.get(keyOf(who)) ?? []), tell]);
  }

  /** Whoever is hunted and can forks once more, as a fork bomb does. */
  forkHunted(executionId: ExecutionId): void {
    for (const parent of this.of(executionId)) {
      if (parent.forksLeft === 0 || parent.state !== 'running') continue;
      const { owner, isMarked, isInSession, forksLeft } = parent;
      parent.forksLeft = 0;
      this.world.reach('fork-while-hunted');
      this.spawn({ owner, isLeader: false, isMarked, isInSession, forksLeft: forksLeft - 1 });
    }
  }

  /** @param meant whose processes the sender is after */
  signal(pid: number, signal: Signal, meant: ExecutionId): void {
    const process = this.processes.get(pid);
    if (!process) return;
    if (process.owner?.executionId !== meant) {
      const whose = process.owner?.executionId ?? 'a stranger';
      this.wrongTargets.push(`SIG${signal} meant for ${meant} went to pid ${pid} of ${whose}`);
    }
    switch (signal) {
      case 'KILL':
        return this.#kill(process);
      case 'TERM':
        if (!process.ignoresTerm && process.state !== 'stopped') this.#leave(process);
        return;
      case 'STOP':
        if (process.state === 'running') process.state = 'stopped';
        return;
      case 'CONT':
        if (process.state === 'stopped') process.state = 'running';
        return;
      default:
        return signal satisfies never;
    }
  }

  /** The end of a sleep in the kernel. */
  wake(process: Process): void {
    process.unkillableUntil = 0;
    if (process.isKilled) this.exit(process, KILLED);
  }

  #kill(process: Process): void {
    if (process.unkillableUntil > this.world.now) process.isKilled = true;
    else this.exit(process, KILLED);
  }

  #leave(process: Process): void {
    if (process.unkillableUntil <= this.world.now) this.exit(process, TERMINATED);
  }

  #freePid(): number {
    do this.#nextPid = this.#nextPid >= PIDS ? 2 : this.#nextPid + 1;
    while (this.processes.has(this.#nextPid) && this.processes.size < PIDS - 2);
    while (this.processes.has(this.#nextPid)) this.#nextPid += 1;
    return this.#nextPid;
  }
}

const KILLED: Exit = { code: null, signal: 'SIGKILL' };
const TERMINATED: Exit = { code: null, signal: 'SIGTERM' };

function keyOf({ pid, startedAt }: Pick<Process, 'pid' | 'startedAt'>): string {
  return `${pid}/${startedAt}`;
}
