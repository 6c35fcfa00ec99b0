import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rmdir, unlink } from 'node:fs/promises';

export interface Removal {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Removes everything below a directory without ever leaving it: each level is entered by descriptor, with O_NOFOLLOW, and
 * its entries are named through /proc/self/fd, which is an inode and cannot be redirected by swapping a parent. Links are
 * unlinked, never followed; another file system mounted inside is left alone (and counts as left).
 * Node's own `fs.rm` works on paths: the class of CVE-2022-21658.
 */
export async function removeContents(directory: string): Promise<Removal> {
  const root = await openDirectory(directory);
  try {
    return await removeBelow(root, (await root.stat()).dev);
  } finally {
    await root.close();
  }
}

async function removeBelow(directory: FileHandle, device: number): Promise<Removal> {
  const here = `/proc/self/fd/${directory.fd}`;
  let files = 0;
  let bytes = 0;
  for (const name of await readdir(here)) {
    const path = `${here}/${name}`;
    const entry = await lstat(path);
    if (!entry.isDirectory()) {
      await unlink(path);
      files += 1;
      bytes += entry.isFile() ? entry.size : 0;
      continue;
    }
    if (entry.dev !== device) continue;
    const child = await openDirectory(path);
    try {
      await child.chmod(0o700); // A task may have taken its own permissions away.
      const removed = await removeBelow(child, device);
      files += removed.files;
      bytes += removed.bytes;
    } finally {
      await child.close();
    }
    await rmdir(path);
  }
  return { files, bytes };
}

/** A regular file below a directory, named relative to it. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/** Every regular file below the directory; links are neither followed nor listed. Empty when there is no such directory. */
export async function listFiles(directory: string, prefix = ''): Promise<readonly FoundFile[]> {
  const root = await openDirectory(directory).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (root === null) return [];
  try {
    const here = `/proc/self/fd/${root.fd}`;
    const found: FoundFile[] = [];
    for (const name of (await readdir(here)).sort()) {
      const entry = await lstat(`${here}/${name}`);
      if (entry.isDirectory()) found.push(...(await listFiles(`${here}/${name}`, `${prefix}${name}/`)));
      else if (entry.isFile()) found.push({ path: `${prefix}${name}`, bytes: entry.size });
    }
    return found;
  } finally {
    await root.close();
  }
}

/** Entries of any kind below a directory; 0 when there is none. */
export async function countEntries(directory: string): Promise<number> {
  try {
    return (await readdir(directory, { recursive: true })).length;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function openDirectory(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}
