import { join } from 'node:path';
import { readIfPresent } from '../files/private-files.js';

/** A standby takes connections too, to read. */
const TAKES_CONNECTIONS: readonly (string | undefined)[] = ['ready', 'standby'];

/**
 * Whether the server with this pid takes connections, by what it says in postmaster.pid (line 1 its pid, line 8 its
 * status); pg_ctl looks the same way, and it cannot mistake another server on the same port for ours.
 */
export async function isPostmasterReady(cluster: string, pid: number): Promise<boolean> {
  const lines = (await readIfPresent(join(cluster, 'postmaster.pid')))?.split('\n');
  return lines?.[0] === String(pid) && TAKES_CONNECTIONS.includes(lines[7]?.trim());
}
