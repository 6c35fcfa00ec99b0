import { isDead, type ProcessRow } from '../proc/process-row.js';
import { type ProcessTable, readProcessTable } from '../proc/process-table.js';
import { type SignalAnswer, signalGroup, signalProcess } from '../signal/signal-process.js';
import { settleWithin } from '../wait/settle-within.js';
import type { Cell, GoneProof } from './cell.js';
import type { Sweep } from './sweep.js';

const freezeTimeoutMs = 1_000;

/** A tree that only its session, its descent and its marks hold together. */
export function processGroupCell(sweep: Sweep): Cell {
  let proof: GoneProof | undefined;

  const signalAll = (rows: readonly ProcessRow[], signal: NodeJS.Signals): SignalAnswer[] =>
    rows.map((row) => signalProcess(row, signal));

  return {
    means: 'process-group',
    cgroup: null,
    admit: () => Promise.resolve(), // It leads a session of its own since it was spawned.
    members: () => sweep.find(),
    strays: () => [],
    observe: (table) => sweep.find(table()).length,
    holds: (row) => sweep.holds(row),

    async kill() {
      const table = readProcessTable();
      const rows = sweep.find(table);
      // Whole groups in one call each, atomic against forks; then one by one, for groups that are not all ours.
      for (const pgrp of groupsOf(rows, table)) signalGroup(pgrp, 'SIGKILL');
      signalAll(rows, 'SIGKILL');
      return rows;
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
