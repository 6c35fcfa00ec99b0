import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '@necrocode/artifact-storage';
import type { CleanRequest } from '@necrocode/contracts';
import type { ArtifactOrder, ArtifactRecord, CleanupReport } from '@necrocode/domain';
import picomatch from 'picomatch';
import { type FoundFile, isMissing, listFiles, removeContents } from './confined-tree.js';
import type { RunnerHome } from './place.js';

type WorkspaceRequest = Extract<CleanRequest, { kind: 'workspace' }>;

/**
 * Handles a job's artifacts by policy and, when asked, removes its workspace. The report is written down before it is
 * answered, so that a repetition (the answer was lost) gives the same report instead of an empty one.
 */
export class CleanWorkspace {
  constructor(
    private readonly home: RunnerHome,
    private readonly store: ArtifactStore,
  ) {}

  async clean(request: WorkspaceRequest): Promise<CleanupReport> {
    const known = await this.recall(request);
    if (known) return known;
    const workspace = this.home.workspace(request.jobId);
    const artifacts = await this.handleArtifacts(request, workspace);
    const removed = request.removeWorkspace ? await this.remove(workspace) : { files: 0, bytes: 0 };
    const leftFiles = request.removeWorkspace ? (await listFiles(workspace)).length : 0;
    const deleted = artifacts.filter((artifact) => artifact.policy === 'delete');
    const report: CleanupReport = {
      artifacts,
      filesRemoved: removed.files + deleted.length,
      bytesFreed: removed.bytes + deleted.reduce((bytes, artifact) => bytes + artifact.bytes, 0),
      leftFiles,
    };
    if (leftFiles === 0) await this.remember(request, report);
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

  /** Out of the way first: nothing that still knows the path can reach what is being removed. */
  private async remove(workspace: string): Promise<{ files: number; bytes: number }> {
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

  private async recall(request: WorkspaceRequest): Promise<CleanupReport | null> {
    try {
      // Written by `remember`, in one step.
      return JSON.parse(await readFile(this.reportFile(request), 'utf8')) as CleanupReport;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  private async remember(request: WorkspaceRequest, report: CleanupReport): Promise<void> {
    const file = this.reportFile(request);
    await mkdir(join(this.home.directory, 'cleanups'), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.next`, JSON.stringify(report), { mode: 0o600 });
    await rename(`${file}.next`, file);
  }

  private reportFile(request: WorkspaceRequest): string {
    const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16);
    return join(this.home.directory, 'cleanups', `${request.jobId}-${digest}.json`);
  }
}
