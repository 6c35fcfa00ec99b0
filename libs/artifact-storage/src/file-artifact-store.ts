import { createHash, randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArtifactStore, StoredArtifact } from './artifact-store.js';

/** Artifacts as files below one directory. A file is complete when it has its name: written beside, then renamed. */
export class FileArtifactStore implements ArtifactStore {
  private readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  async put(area: 'kept' | 'quarantine', name: string, sourcePath: string): Promise<StoredArtifact> {
    const location = `${area}/${checkedName(name)}`;
    const target = join(this.root, location);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const partial = join(this.root, `.partial-${randomUUID()}`);
    try {
      const { bytes, digest } = await copy(sourcePath, partial);
      await rename(partial, target);
      return { location, bytes, digest };
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  async fetch(location: string, targetPath: string): Promise<StoredArtifact> {
    return { location, ...(await copy(join(this.root, checkedName(location)), targetPath)) };
  }
}

/** The name becomes a path: nothing in it may lead out of the store. */
function checkedName(name: string): string {
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
    throw new RangeError('an artifact name has only plain parts');
  }
  return parts.join('/');
}

async function copy(sourcePath: string, target: string): Promise<{ bytes: number; digest: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  // O_NOFOLLOW: a file that has become a link since it was listed is not what was meant.
  const source = await open(sourcePath, constants.O_RDONLY | constants.O_NOFOLLOW);
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(
    source.createReadStream(),
    measure,
    createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true }),
  );
  return { bytes, digest: `sha256:${hash.digest('hex')}` };
}
