import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errnoOf } from '../files/errno.js';
import { fail, ok, warn, type Check } from './check.js';

const MIB = 1024 * 1024;

/** The directory itself, or the nearest above it that exists and in which it would be made. */
export async function nearestExisting(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    await stat(absolute);
    return absolute;
  } catch {
    return dirname(absolute) === absolute ? absolute : nearestExisting(dirname(absolute));
  }
}

export async function checkDataDirectory(path: string): Promise<Check> {
  const name = 'data directory';
  const existing = await nearestExisting(path);
  try {
    if (!(await stat(existing)).isDirectory()) {
      return fail(name, `${existing} is a file`, 'Name another data directory with NECROCODE_HOME.');
    }
    await access(existing, constants.W_OK | constants.X_OK);
    return ok(name, existing === resolve(path) ? existing : `${resolve(path)} (made on first start)`);
  } catch (error) {
    return fail(
      name,
      `${existing} cannot be written (${errnoOf(error) ?? 'unknown reason'})`,
      'Give it to the user who starts Necrocode, or name another one with NECROCODE_HOME.',
    );
  }
}

export async function checkDiskSpace(path: string): Promise<Check> {
  const { bavail, bsize } = await statfs(await nearestExisting(path));
  return judgeDiskSpace(bavail * bsize);
}

export function judgeDiskSpace(freeBytes: number): Check {
  const name = 'disk space';
  const detail = `${Math.floor(freeBytes / MIB)} MiB free`;
  const hint = 'Make room, or name a data directory on another disk with NECROCODE_HOME.';
  if (freeBytes < 512 * MIB) return fail(name, detail, hint);
  // PostgreSQL's write-ahead log alone may take 1 GiB.
  return freeBytes < 3 * 1024 * MIB ? warn(name, detail, hint) : ok(name, detail);
}
