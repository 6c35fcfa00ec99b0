import type { Life } from '../world/life.js';
import type { Machine } from './machine.js';
import type { Owner, Process } from './process.js';

export type Behaviour = 'plain' | 'ignores-term' | 'escapes' | 'clears-mark' | 'forks-when-hunted';

/** What a task's command does when it is left alone. */
export interface Program {
  readonly behaviour: Behaviour;
  readonly runMs: number;
  readonly exitCode: number;
  readonly children: number;
}

/** Lets the program of a released leader take its course: its children, its files, its end. */
export function runProgram(
  machine: Machine,
  leader: Process,
  owner: Owner,
  program: Program,
  /** The agent that may see children while they run; a dead one sees nothing. */
  agent: { readonly life: Life; readonly sees: (child: Process) => void },
): void {
  const { world } = machine;
  machine.write(owner);
  for (let index = 0; index < program.children; index++) {
    world.after(1 + world.random.next() * 15, () => {
      if (machine.find(leader)?.state !== 'running') return false;
      fork(machine, owner, program, agent);
      return undefined;
    });
  }
  const end = (): void =>
    world.after(program.runMs, () => {
      const process = machine.find(leader);
      if (!process) return false;
      // Who stands still does not come to its end; who sleeps in the kernel neither.
      if (process.state === 'stopped' || process.unkillableUntil > world.now) {
        world.after(50, end);
        return false;
      }
      machine.exit(process, { code: program.exitCode, signal: null });
      return undefined;
    });
  end();
}

function fork(
  machine: Machine,
  owner: Owner,
  { behaviour, runMs }: Program,
  { life, sees }: { readonly life: Life; readonly sees: (child: Process) => void },
): void {
  const { world } = machine;
  const escapes = behaviour === 'escapes' || behaviour === 'clears-mark';
  if (escapes) world.reach('process-left-its-session');
  const child = machine.spawn({
    owner,
    isLeader: false,
    isInSession: !escapes,
    // Without an agent that could see it no means finds a process that hides its mark: out of what is promised.
    isMarked: behaviour !== 'clears-mark' || !life.isAlive,
    ignoresTerm: behaviour === 'ignores-term' || world.random.chance(0.2),
    forksLeft: behaviour === 'forks-when-hunted' ? 2 : 0,
  });
  // Whoever carries its mark is found by it; who hides it is remembered from the moment it was seen.
  if (life.isAlive && !child.isMarked) sees(child);
  world.after(runMs * (0.5 + world.random.next() * 2), () => {
    const process = machine.find(child);
    if (!process || process.state === 'stopped') return false;
    machine.exit(process, { code: 0, signal: null });
    return undefined;
  });
}
