import { isDead, type ProcessRow } from '../proc/process-row.js';
import { type ProcessTable, readProcess, readProcessTable } from '../proc/process-table.js';
import { type SignalAnswer, signalGroup, signalProcess } from '../signal/signal-process.js';
import { settleWithin } from '../wait/settle-within.js';
import type { Cell, GoneProof } from './cell.js';
import type { Sweep } from './sweep.js';

const freezeTimeoutMs = 1_000;

/** A tree that only its session, its descent and its marks hold together. */
export function processGroupCell(sweep: Sweep): Cell {
  let proof: GoneProof | undefined;
  let thorough = false;

  const signalAll = (rows: readonly ProcessRow[], signal: NodeJS.Signals): SignalAnswer[] =>
    rows.map((row) => signalProcess(row, signal));

  /** The group's number is the leader's pid, and stays so for as long as the leader, dead or alive, is in the table. */
  const leaderHoldsGroup = (): boolean => {
    const { pid, startTime } = sweep.leader;
    const holder = readProcess(pid);
    return holder?.startTime === startTime && holder.pgrp === pid;
  };

  /** Whole groups in one call each, atomic against forks. */
  const killGroups = (): readonly ProcessRow[] => {
    const table = readProcessTable();
    const rows = sweep.findIn(table);
    for (const pgrp of groupsOf(rows, table)) signalGroup(pgrp, 'SIGKILL');
    return rows;
  };

  return {
    means: 'process-group',
    cgroup: null,
    admit: () => Promise.resolve(), // It leads a session of its own since it was spawned.
    members: () => sweep.find(),
    strays: () => [],
    observe: (table) => sweep.findIn(table()).length,
    holds: (row) => sweep.holds(row),

    kill() {
      // At first those who are at hand, the leader's group in one call; who survives that by forking is searched for.
      const rows = thorough ? killGroups() : sweep.find();
      if (!thorough && leaderHoldsGroup()) signalGroup(sweep.leader.pid, 'SIGKILL');
      signalAll(rows, 'SIGKILL');
      thorough = true;
      return Promise.resolve(rows);
    },

    async prove() {
      if (proof !== undefined) return proof;
      const passes = await sweep.emptyPasses();
      if (passes < 2) return undefined;
      return (proof ??= { assurance: 'swept', passes, provenAt: new Date().toISOString() });
    },

    watch: () => undefined,

    // While some are being stopped others fork: so again, until a look finds nobody running. Who sleeps uninterruptibly
    // (D) stops when it wakes; the parent of a stopped vfork does not even wake.
    freeze: () =>
      settleWithin(freezeTimeoutMs, () => {
        const moving = sweep.find().filter((row) => row.state !== 'T');
        signalAll(moving, 'SIGSTOP');
        return moving.every((row) => row.state === 'D');
      }),

    thaw: () => void signalAll(sweep.find(), 'SIGCONT'),

    cpuMs: () => undefined,
  };
}

/** The groups these processes are in, but for those that somebody else is in as well. */
function groupsOf(rows: readonly ProcessRow[], table: ProcessTable): Set<number> {
  const ours = new Set(rows.map(({ pid }) => pid));
  const groups = new Set(rows.map(({ pgrp }) => pgrp));
  for (const row of table.values()) if (!ours.has(row.pid) && !isDead(row)) groups.delete(row.pgrp);
  return groups;
}
