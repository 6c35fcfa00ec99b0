import { libc } from '../native/libc.js';
import { childrenOf } from '../proc/children.js';
import { readResourceTag } from '../proc/marker.js';
import { isDead, keyOf, type ProcessRow } from '../proc/process-row.js';
import { readProcessTable } from '../proc/process-table.js';

const roundMs = 1_000;
const lookAgainAfterMs = 20;
const strangerAfterMs = 10_000;

const leaders = new Set<number>();
let letGoAt = 0;
let deadSince = new Map<string, number>();
let rounds: NodeJS.Timeout | undefined;
let soon: NodeJS.Timeout | undefined;

/**
 * A subreaper must collect the dead that come home to it, as PID 1 would have: goes on while any tree is held.
 * @returns how to let go
 */
export function reapOrphansWhile(leaderPid: number): () => void {
  leaders.add(leaderPid);
  if (rounds === undefined && libc() !== undefined) {
    rounds = setInterval(reapOrphans, roundMs).unref();
    process.on('SIGCHLD', reapSoon);
  }
  return () => {
    leaders.delete(leaderPid);
    letGoAt = performance.now();
    if (libc() !== undefined) reapOrphans();
  };
}

function reapSoon(): void {
  soon ??= setTimeout(() => {
    soon = undefined;
    reapOrphans();
  }, lookAgainAfterMs).unref();
}

/**
 * Collects the dead orphans, each by its pid. Never what libuv waits for itself: leaders; and nobody at the first look,
 * since libuv collects each child of its own in the turn of the event loop after its death.
 */
function reapOrphans(): void {
  const now = performance.now();
  const dead = ownChildren().filter((row) => isDead(row) && !leaders.has(row.pid));
  const since = new Map(dead.map((row) => [keyOf(row), deadSince.get(keyOf(row)) ?? now]));
  deadSince = since;
  const left = dead.filter((row) => {
    const waitMs = isFromTree(row) ? lookAgainAfterMs : strangerAfterMs;
    return now - (since.get(keyOf(row)) ?? now) < waitMs || libc()?.reap(row.pid) !== true;
  });
  if (left.some(isFromTree)) reapSoon();
  // Linux takes the dying out of their cgroup before it hands on their children: the last orphans may come home only now.
  else if (leaders.size === 0 && now - letGoAt >= roundMs) rest();
}

function rest(): void {
  clearInterval(rounds);
  clearTimeout(soon);
  rounds = soon = undefined;
  process.off('SIGCHLD', reapSoon);
}

/** Of others who are dead for long: a helper of this process has orphaned them, and they have nobody else either. */
const isFromTree = (row: ProcessRow): boolean => readResourceTag(row.pid) !== undefined;

const ownChildren = (): ProcessRow[] =>
  childrenOf(process.pid) ?? [...readProcessTable().values()].filter((row) => row.ppid === process.pid);
