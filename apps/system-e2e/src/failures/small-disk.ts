import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, whose end can be reached at will. Only root may mount one. */
export interface SmallDisk {
  /** From now on it takes nothing more than what is on it. */
  fill(): void;
  /** There is room again. */
  free(): void;
  unmount(): void;
}

const ROOMY = '2g';

/** Mounts it over the directory, made when missing, for the account that the process runs under. */
export function mountSmallDisk(directory: string, pid: number): SmallDisk {
  mkdirSync(directory, { recursive: true });
  const { uid, gid } = statSync(`/proc/${pid}`);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOMY},mode=700,uid=${uid},gid=${gid}`, 'tmpfs', directory]);
  const resize = (size: string): void => {
    execFileSync('mount', ['-o', `remount,size=${size}`, directory]);
  };
  return {
    fill: () => resize(`${usedKibibytes(directory)}k`),
    free: () => resize(ROOMY),
    // Lazily: whoever has a file open there keeps it until it ends.
    unmount: () => void execFileSync('umount', ['--lazy', directory]),
  };
}

/** Whether this process may do so at all. Where not, a spec that fills a disk is not declared: nothing else fills one truly. */
export function canMount(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/proc/mounts')) return false;
  const place = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    mountSmallDisk(join(place, 'disk'), process.pid).unmount();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true });
  }
}

function usedKibibytes(directory: string): number {
  return Number(execFileSync('df', ['--output=used', '-k', directory], { encoding: 'utf8' }).split('\n')[1]);
}
