import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';

/**
 * What a hostile process does; each is a script in `roles/`, which says more. All print `ready` when they are at it.
 * Should a run be cut off that started them, they end by themselves after two minutes.
 */
export type HostileRole =
  | 'cooperative'
  | 'many'
  | 'deep-tree'
  | 'ignores-sigterm'
  | 'setsid-grandchild'
  | 'double-fork'
  | 'clears-environment'
  | 'sheds-marks'
  | 'sheds-everything'
  | 'deaf-child'
  | 'deaf-daemon'
  | 'fork-storm'
  | 'stops-itself'
  | 'holds-stdout';

/**
 * A word that every living process of one hostile tree carries in its command line, whatever it does to its environment
 * and session: what a spec finds survivors by, independent of the code under test. It also reads as a tiny number, so
 * that `sleep 120 TOKEN` sleeps for two minutes.
 */
export const hostileToken = (): string => `0.000000${randomInt(1e11, 1e12)}`;

/** The argv of a role. What further arguments mean stands at the head of its script. */
export function hostileCommand(role: HostileRole, token: string, ...args: readonly string[]): string[] {
  const script = (suffix: string): string => fileURLToPath(new URL(`./roles/${role}.${suffix}`, import.meta.url));
  return role === 'ignores-sigterm'
    ? [process.execPath, script('mjs'), token, ...args]
    : ['/bin/sh', script('sh'), token, ...args];
}
