import { readFile } from 'node:fs/promises';
import { closeContainment, detectContainment, type Containment } from '@necrocode/process-tree';
import { ok, warn, type Check } from './check.js';

/** Tries the means a runner would use on this machine, under a name of its own, and takes it back. */
export async function checkContainment(): Promise<Check> {
  const containment = await detectContainment({ group: `doctor-${process.pid}` });
  closeContainment(containment);
  return judgeContainment(containment);
}

export function judgeContainment({
  means,
  assurance,
  refused,
}: Pick<Containment, 'means' | 'assurance' | 'refused'>): Check {
  const name = 'containment';
  if (assurance === 'kernel') return ok(name, `${means}: the kernel itself proves that a tree is gone`);
  const reasons = refused.map((refusal) => `${refusal.means}: ${refusal.reason}`).join('; ');
  return warn(
    name,
    `${means}: trees are found by sweeping /proc, and the certificate says so (${reasons})`,
    'For proof by the kernel, start as root, or give the user a cgroup: `systemd-run --user --scope -p Delegate=yes …`.',
  );
}

/** A sweep must see the processes of everyone it may signal; /proc mounted with hidepid hides them. */
export async function checkProc(): Promise<Check> {
  const name = '/proc';
  const hint = 'Mount /proc without hidepid, or run the runner on Linux.';
  try {
    await readFile('/proc/self/stat');
  } catch {
    return warn(name, 'cannot be read', hint);
  }
  try {
    await readFile('/proc/1/stat');
    return ok(name, 'readable');
  } catch {
    return warn(name, 'hides the processes of other users', hint);
  }
}

export async function checkOpenFiles(): Promise<Check> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return judgeOpenFiles(/^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]);
}

/** @param limit as in /proc/self/limits; Node has already raised it to the hard limit */
export function judgeOpenFiles(limit: string | undefined): Check {
  const name = 'open files';
  if (limit === undefined) return ok(name, 'the limit cannot be read here');
  // 200 PostgreSQL connections, a gateway's streams, and pipes to every running task.
  return limit === 'unlimited' || Number(limit) >= 4_096
    ? ok(name, `up to ${limit}`)
    : warn(
        name,
        `only up to ${limit}`,
        'Raise it for this shell with `ulimit -n 4096`, or in /etc/security/limits.conf.',
      );
}
