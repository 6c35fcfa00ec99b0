import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { EVENTS, pathOf } from './archive-files.js';

/** The lines of an archive's events, as they were written. @throws when the file is damaged */
export async function* readEventLines(directory: string, number: number): AsyncGenerator<string, void, undefined> {
  const file = createReadStream(join(pathOf(directory, number), EVENTS));
  const unpacked = createGunzip();
  file.once('error', (error) => unpacked.destroy(error));
  try {
    yield* createInterface({ input: file.pipe(unpacked), crlfDelay: Infinity });
    if (unpacked.errored) throw unpacked.errored;
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}
