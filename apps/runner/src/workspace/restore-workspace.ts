import { randomUUID } from 'node:crypto';
import { mkdir, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactStore } from '@necrocode/artifact-storage';
import type { StartRequest } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit/process';
import { removeContents } from './confined-tree.js';
import { pathExists, type RunnerHome } from './place.js';

type Artifacts = NonNullable<StartRequest['restore']>;

/**
 * Begins a workspace with what an earlier generation of its job kept. It is filled out of every path a task knows and gets
 * its name in one step, so a workspace that is there has everything: an agent that dies half-way leaves only trash.
 */
export class RestoreWorkspace {
  private readonly turns = new Map<JobId, Promise<void>>();

  constructor(
    private readonly home: RunnerHome,
    private readonly store: ArtifactStore,
  ) {}

  /** Tasks of a job may start at the same time: the first restores, the others wait. @throws {CodedError} `artifact-not-restored` */
  restore(jobId: JobId, artifacts: Artifacts): Promise<void> {
    const before = this.turns.get(jobId) ?? Promise.resolve();
    const again = (): Promise<void> => this.restoreOnce(jobId, artifacts);
    const mine = before.then(again, again);
    this.turns.set(jobId, mine);
    const leave = (): void => {
      if (this.turns.get(jobId) === mine) this.turns.delete(jobId);
    };
    mine.then(leave, leave);
    return mine;
  }

  private async restoreOnce(jobId: JobId, artifacts: Artifacts): Promise<void> {
    const workspace = this.home.workspace(jobId);
    if (artifacts.length === 0 || (await pathExists(workspace))) return;
    const unfinished = join(this.home.trash(), randomUUID());
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    try {
      for (const artifact of artifacts) await this.restoreOne(artifact, unfinished);
      await mkdir(dirname(workspace), { recursive: true, mode: 0o700 });
      await rename(unfinished, workspace);
    } catch (error) {
      await removeContents(unfinished);
      await rmdir(unfinished);
      throw error;
    }
  }

  private async restoreOne({ path, location, digest }: Artifacts[number], directory: string): Promise<void> {
    try {
      if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) throw new RangeError(path);
      const target = join(directory, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      const fetched = await this.store.fetch(location, target);
      if (fetched.digest !== digest) throw new Error(`${location} is ${fetched.digest}, not ${digest}`);
    } catch (cause) {
      throw new CodedError('artifact-not-restored', { path }, { cause });
    }
  }
}
