import { streamIdOf } from '@necrocode/contracts';
import { cleanupDecider, type CleanupEvent, type CleanupState, type JobId } from '@necrocode/domain';
import { type EventStore, fold } from '@necrocode/event-store';
import type { WorkspaceStory } from './is-left-behind.js';

/** What the streams say of the jobs that workspaces are of. */
export class WorkspaceStories {
  /** Of those asked for last, the ones that are stored: a job that goes on is named again and again, and may be long. */
  private stored: ReadonlySet<JobId> = new Set();

  constructor(private readonly store: Pick<EventStore, 'readStreams'>) {}

  async of(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, WorkspaceStory>> {
    if (jobIds.length === 0) return new Map();
    const cleanups = await this.cleanupsOf(jobIds);
    const isCleaned = (jobId: JobId): boolean => cleanups.get(jobId)?.status !== 'unknown';
    const unsure = jobIds.filter((jobId) => !isCleaned(jobId) && !this.stored.has(jobId));
    const found = await this.findStored(unsure);
    this.stored = new Set(jobIds.filter((jobId) => isCleaned(jobId) || this.stored.has(jobId) || found.has(jobId)));
    return new Map([...cleanups].map(([jobId, cleanup]) => [jobId, { isJobStored: this.stored.has(jobId), cleanup }]));
  }

  private async cleanupsOf(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, CleanupState>> {
    const streamOf = (jobId: JobId): string => streamIdOf('cleanup', jobId);
    const streams = await this.store.readStreams(jobIds.map(streamOf));
    const { evolve, initial } = cleanupDecider;
    return new Map(
      jobIds.map((jobId) => [
        jobId,
        fold<CleanupState, CleanupEvent>(evolve, initial, streams.get(streamOf(jobId)) ?? []),
      ]),
    );
  }

  private async findStored(jobIds: readonly JobId[]): Promise<ReadonlySet<JobId>> {
    if (jobIds.length === 0) return new Set();
    const streamOf = (jobId: JobId): string => streamIdOf('job', jobId);
    const streams = await this.store.readStreams(jobIds.map(streamOf));
    return new Set(jobIds.filter((jobId) => (streams.get(streamOf(jobId)) ?? []).length > 0));
  }
}
