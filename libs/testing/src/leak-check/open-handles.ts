/**
 * Kinds of handles that only a spec opens and only it can close, named as `process.getActiveResourcesInfo` names them.
 * Requests in flight, the worker's own pipe to Jest and unref'd handles (such as fetch's idle sockets) are not among them.
 */
const WATCHED: Readonly<Record<string, string>> = {
  TCPSocketWrap: 'TCP connection (a pool, client or response left open)',
  TCPServerWrap: 'listening server',
  ProcessWrap: 'child process',
  PipeWrap: 'pipe (stdio of a child, or a socket file)',
  UDPWRAP: 'UDP socket',
  FSEventWrap: 'file watcher',
  StatWatcher: 'file watcher',
  MessagePort: 'worker thread or message channel',
  Timeout: 'timer',
};

export type HandleCounts = ReadonlyMap<string, number>;

export function countHandles(): HandleCounts {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind in WATCHED) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** One line per kind of which there are more than before. */
export function describeNewHandles(before: HandleCounts, now: HandleCounts): string[] {
  return [...now].flatMap(([kind, count]) => {
    const extra = count - (before.get(kind) ?? 0);
    return extra > 0 ? [`${extra} × ${kind}: ${WATCHED[kind]}`] : [];
  });
}
