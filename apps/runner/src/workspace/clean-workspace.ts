import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '@necrocode/artifact-storage';
import type { CleanRequest } from '@necrocode/contracts';
import type { ArtifactOrder, ArtifactRecord, CleanupReport, JobId } from '@necrocode/domain';
import picomatch from 'picomatch';
import { type FoundFile, isMissing, listFiles, removeContents } from './confined-tree.js';
import type { RunnerHome } from './place.js';

type WorkspaceRequest = Extract<CleanRequest, { kind: 'workspace' }>;

/** What has been done of one request: written down step by step, so that a repetition goes on instead of starting over. */
interface Progress {
  readonly artifacts: readonly ArtifactRecord[];
  /** null: the workspace may still be there. */
  readonly report: CleanupReport | null;
}

/**
 * Handles a job's artifacts by policy and, when asked, removes its workspace. A repetition (the answer was lost, the
 * agent died half-way, somebody else asked at the same time) gives the same report instead of an empty one: requests for
 * one job take turns, and each step is on disk before the next begins.
 */
export class CleanWorkspace {
  private readonly turns = new Map<JobId, Promise<unknown>>();

  constructor(
    private readonly home: RunnerHome,
    private readonly store: ArtifactStore,
  ) {}

  clean(request: WorkspaceRequest): Promise<CleanupReport> {
    const { jobId } = request;
    const before = this.turns.get(jobId) ?? Promise.resolve();
    const mine = before.then(
      () => this.cleanInTurn(request),
      () => this.cleanInTurn(request),
    );
    this.turns.set(jobId, mine);
    const leave = (): void => {
      if (this.turns.get(jobId) === mine) this.turns.delete(jobId);
    };
    mine.then(leave, leave);
    return mine;
  }

  private async cleanInTurn(request: WorkspaceRequest): Promise<CleanupReport> {
    const known = await this.recall(request);
    if (known?.report) return known.report;
    const workspace = this.home.workspace(request.jobId);
    const artifacts = known?.artifacts ?? (await this.handleArtifacts(request, workspace));
    if (artifacts.length > 0) await this.remember(request, { artifacts, report: null });
    const removed = request.removeWorkspace ? await this.remove(workspace) : { files: 0, bytes: 0 };
    const leftFiles = request.removeWorkspace ? (await listFiles(workspace)).length : 0;
    const deleted = artifacts.filter((artifact) => artifact.policy === 'delete');
    const report: CleanupReport = {
      artifacts,
      filesRemoved: removed.files + deleted.length,
      bytesFreed: removed.bytes + deleted.reduce((bytes, artifact) => bytes + artifact.bytes, 0),
      leftFiles,
    };
    if (leftFiles === 0) await this.remember(request, { artifacts, report });
    return report;
  }

  private async handleArtifacts({ jobId, artifacts }: WorkspaceRequest, workspace: string): Promise<ArtifactRecord[]> {
    const wanted = artifacts.filter((order) => order.globs.length > 0);
    if (wanted.length === 0) return [];
    const files = await listFiles(workspace);
    const records: ArtifactRecord[] = [];
    for (const order of wanted) {
      const matches = picomatch([...order.globs], { dot: true });
      for (const file of files.filter(({ path }) => matches(path))) {
        records.push(
          await this.handleOne(order, file, `${jobId}/${order.key}/${file.path}`, join(workspace, file.path)),
        );
      }
    }
    return records;
  }

  private async handleOne(
    { taskId, policy }: ArtifactOrder,
    file: FoundFile,
    name: string,
    source: string,
  ): Promise<ArtifactRecord> {
    const { path } = file;
    switch (policy) {
      case 'keep':
        return { taskId, path, policy, ...(await this.store.put('kept', name, source)) };
      case 'quarantine':
        return { taskId, path, policy, ...(await this.store.put('quarantine', name, source)) };
      case 'delete': {
        const digest = `sha256:${createHash('sha256')
          .update(await readFile(source))
          .digest('hex')}`;
        await unlink(source);
        return { taskId, path, policy, bytes: file.bytes, digest, location: null };
      }
      default:
        return policy satisfies never;
    }
  }

  /** What an agent that died had moved out of the way and not yet removed. */
  async emptyTrash(): Promise<void> {
    await mkdir(this.home.trash(), { recursive: true, mode: 0o700 });
    await removeContents(this.home.trash());
  }

  /** Out of the way first: nothing that still knows the path can reach what is being removed. */
  private async remove(workspace: string): Promise<{ files: number; bytes: number }> {
    if (await removedEmpty(workspace)) return { files: 0, bytes: 0 };
    const trash = this.home.trash();
    await mkdir(trash, { recursive: true, mode: 0o700 });
    const doomed = join(trash, randomUUID());
    try {
      await rename(workspace, doomed);
    } catch (error) {
      if (isMissing(error)) return { files: 0, bytes: 0 };
      throw error;
    }
    const removed = await removeContents(doomed);
    await rmdir(doomed);
    return removed;
  }

  private async recall(request: WorkspaceRequest): Promise<Progress | null> {
    try {
      // Written by `remember`, in one step.
      return JSON.parse(await readFile(this.reportFile(request), 'utf8')) as Progress;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  private async remember(request: WorkspaceRequest, progress: Progress): Promise<void> {
    const file = this.reportFile(request);
    await mkdir(join(this.home.directory, 'cleanups'), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.next`, JSON.stringify(progress), { mode: 0o600 });
    await rename(`${file}.next`, file);
  }

  private reportFile(request: WorkspaceRequest): string {
    const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16);
    return join(this.home.directory, 'cleanups', `${request.jobId}-${digest}.json`);
  }
}

/** Many a workspace was never written to. @returns whether there was nothing in it; then it is gone */
async function removedEmpty(workspace: string): Promise<boolean> {
  try {
    await rmdir(workspace);
    return true;
  } catch {
    return false; // Missing, not empty or something else: the caller finds out.
  }
}
