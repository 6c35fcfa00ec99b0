import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchiveManifest, archiveManifest } from '@necrocode/contracts';
import { canonicalJson } from '@necrocode/event-store';
import { CommandFailure, EXIT } from '../exit-codes.js';

export const MANIFEST = 'manifest.json';
export const EVENTS = 'events.jsonl.gz';

/** The directory of one archive. */
export function pathOf(directory: string, number: number): string {
  return join(directory, String(number).padStart(6, '0'));
}

/** Numbers of the archives that were finished here, in order. */
export async function archivesIn(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory).catch(() => null);
  if (!names) throw new CommandFailure(EXIT.error, `There is no directory ${directory}.`);
  return names
    .filter((name) => /^\d{6,}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** @throws {CommandFailure} when it cannot be read as one */
export async function readManifest(directory: string, number: number): Promise<ArchiveManifest> {
  const file = join(pathOf(directory, number), MANIFEST);
  try {
    return archiveManifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    throw new CommandFailure(EXIT.error, `${file} is not the manifest of an archive.`);
  }
}

/** What names an archive for good: the next one holds it, and so does the store. */
export function hashOf(manifest: ArchiveManifest): string {
  return `sha256:${createHash('sha256').update(canonicalJson(manifest)).digest('hex')}`;
}

export async function hashOfFile(file: string): Promise<{ readonly bytes: number; readonly hash: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    digest.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, hash: `sha256:${digest.digest('hex')}` };
}

/** Returns when a file, or the names in a directory, are on the disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
