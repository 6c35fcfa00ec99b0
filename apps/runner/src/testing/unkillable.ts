import type { StopReport, TreeRecord } from '@necrocode/process-tree';

// What is told of a tree that outlives SIGKILL for a while: it sleeps in the kernel, where no spec can put it.

export const at = '2026-01-01T00:00:00.000Z';
export const tree: TreeRecord = {
  version: 1,
  name: 'exe',
  marker: { name: 'MARK', value: 'exe' },
  bootId: 'boot',
  pid: 42,
  startTime: 7,
  means: 'process-group',
  cgroup: null,
  mayEscape: false,
  startedAt: at,
};
export const stillThere: StopReport = {
  means: 'process-group',
  assurance: 'unconfirmed',
  neverRan: false,
  signals: [{ signal: 'SIGKILL', at, processes: 1, answer: 'delivered' }],
  forced: true,
  exit: null,
  peakProcesses: 1,
  survivors: [{ pid: 42, startTime: 7, bootId: 'boot', cgroup: null }],
  passes: 0,
  provenGoneAt: null,
  obstacle: null,
};

export const gone: StopReport = { ...stillThere, assurance: 'swept', survivors: [], passes: 2, provenGoneAt: at };
