import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileArtifactStore } from '@necrocode/artifact-storage';
import { newId } from '@necrocode/service-kit';
import { tempDirectory } from '@necrocode/testing';
import { RunnerHome } from './place.js';
import { RestoreWorkspace } from './restore-workspace.js';

let directory: Awaited<ReturnType<typeof tempDirectory>>;
let home: RunnerHome;
let store: FileArtifactStore;
let restorer: RestoreWorkspace;

beforeEach(async () => {
  directory = await tempDirectory();
  home = new RunnerHome(join(directory.path, 'home'));
  store = new FileArtifactStore(join(directory.path, 'artifacts'));
  restorer = new RestoreWorkspace(home, store);
});
afterEach(() => directory.remove());

async function kept(path: string, text: string) {
  const source = join(directory.path, 'source');
  await writeFile(source, text);
  const { location, digest } = await store.put('kept', `job/task/${path}`, source);
  return { path, location, digest };
}

describe('restoring a workspace', () => {
  it('puts every artifact back where it was, once, however many ask', async () => {
    const jobId = newId('job');
    const artifacts = [await kept('out/model', 'weights'), await kept('log', 'lines')];
    await Promise.all([restorer.restore(jobId, artifacts), restorer.restore(jobId, artifacts)]);
    const model = join(home.workspace(jobId), 'out/model');
    expect(await readFile(model, 'utf8')).toBe('weights');
    await writeFile(model, 'better weights');
    await restorer.restore(jobId, artifacts);
    expect(await readFile(model, 'utf8')).toBe('better weights');
    expect(await readdir(home.trash())).toEqual([]);
  });

  it('starts over after an agent that died half-way, whose remains are no workspace', async () => {
    const jobId = newId('job');
    await mkdir(join(home.trash(), 'half'), { recursive: true });
    await restorer.restore(jobId, [await kept('a', 'whole')]);
    expect(await readFile(join(home.workspace(jobId), 'a'), 'utf8')).toBe('whole');
  });

  it.each([
    ['is gone', { location: 'kept/gone' }],
    ['is not what was stored', { digest: 'sha256:other' }],
    ['would leave the workspace', { path: '../outside' }],
  ])('leaves no workspace at all when an artifact %s', async (_, change) => {
    const jobId = newId('job');
    const artifacts = [await kept('first', 'fine'), { ...(await kept('second', 'text')), ...change }];
    await expect(restorer.restore(jobId, artifacts)).rejects.toMatchObject({ code: 'artifact-not-restored' });
    await expect(readdir(home.workspace(jobId))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(home.trash())).toEqual([]);
  });
});
