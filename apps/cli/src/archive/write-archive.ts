import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ArchivedStream, ArchiveManifest, ArchivePlan, CloudEvent } from '@necrocode/contracts';
import { canonicalJson } from '@necrocode/event-store';
import { EVENTS, hashOfFile, MANIFEST, pathOf, sync } from './archive-files.js';

/** What was begun and not finished; the next run begins it anew. */
const UNFINISHED = 'unfinished';

/**
 * Writes the next archive beside the others. It has its name when all of it is on the disk: one that has a number is whole.
 * @param events whole streams, one behind the other
 */
export async function writeArchive(
  directory: string,
  { number, previous }: Pick<ArchivePlan, 'number' | 'previous'>,
  events: AsyncIterable<CloudEvent>,
): Promise<void> {
  const unfinished = join(directory, UNFINISHED);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const file = join(unfinished, EVENTS);
  const ends = new Map<string, ArchivedStream>();
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const event of events) {
      ends.set(event.streamid, { stream: event.streamid, version: event.streamversion, hash: event.hash });
      count += 1;
      yield `${canonicalJson(event)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file, { mode: 0o600 }));
  const manifest: ArchiveManifest = {
    format: 'necrocode-archive/1',
    number,
    previous,
    createdAt: new Date().toISOString(),
    streams: [...ends.values()],
    events: { file: EVENTS, count, ...(await hashOfFile(file)) },
  };
  await writeFile(join(unfinished, MANIFEST), `${canonicalJson(manifest)}\n`, { mode: 0o600 });
  for (const name of [EVENTS, MANIFEST, '.']) await sync(join(unfinished, name));
  await rename(unfinished, pathOf(directory, number));
  await sync(directory);
}
