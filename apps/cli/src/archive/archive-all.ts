import { mkdir } from 'node:fs/promises';
import type { ArchiveCalls } from '@necrocode/client';
import type { ArchiveResource } from '@necrocode/contracts';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { archivesIn, hashOf, pathOf, readManifest } from './archive-files.js';
import { checkArchive } from './check-archive.js';
import { writeArchive } from './write-archive.js';

/** What of the gateway is needed. */
export type Store = Pick<ArchiveCalls, 'list' | 'plan' | 'plannedEvents' | 'remove'>;

/**
 * Writes archive after archive until nothing is left that may leave the store: written, read back from the disk, and only then removed.
 * A run that died anywhere is carried on by the next: what was written and is still in the store is removed first, nothing is written
 * twice.
 */
export async function archiveAll(
  store: Store,
  directory: string,
  tell: (archive: ArchiveResource) => void,
): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const number of await leftOver(store, directory)) tell(await remove(store, directory, number));
  for (;;) {
    const plan = await store.plan();
    if (plan.streams === 0) return;
    await writeArchive(directory, plan, store.plannedEvents());
    tell(await remove(store, directory, plan.number));
  }
}

/** Archives here whose streams the store still has, or did not say that it has not. */
async function leftOver(store: Store, directory: string): Promise<readonly number[]> {
  const removed = new Map((await store.list()).items.map(({ number, manifestHash }) => [number, manifestHash]));
  const numbers = await archivesIn(directory);
  for (const number of numbers) {
    const known = removed.get(number);
    if (known !== undefined && known !== hashOf(await readManifest(directory, number)))
      throw new CommandFailure(
        EXIT.error,
        `${pathOf(directory, number)} is not archive ${number} of this store.`,
        'Give the directory of this store, or an empty one.',
      );
  }
  return numbers.filter((number) => !removed.has(number));
}

async function remove(store: Store, directory: string, number: number): Promise<ArchiveResource> {
  const { manifest, manifestHash, faults } = await checkArchive(directory, number);
  if (faults.length > 0)
    throw new CommandFailure(
      EXIT.error,
      `Archive ${number} is not whole, so nothing of it was removed: ${faults[0]}`,
      `Look at the disk, delete ${pathOf(directory, number)} and ask again.`,
    );
  const { previous, streams } = manifest;
  return store.remove({ number, manifestHash, previous, streams });
}
