import type { ArtifactsResource } from '@necrocode/contracts';
import type { CleanupState, JobId } from '@necrocode/domain';

/** What the job's cleanups, its own and those of its tasks' cancellations, have reported so far. */
export function presentArtifacts(jobId: JobId, cleanups: readonly CleanupState[]): ArtifactsResource {
  const known = cleanups.filter((cleanup) => cleanup.status !== 'unknown');
  const reports = known.flatMap((cleanup) => (cleanup.status === 'done' ? [cleanup.report] : []));
  const sum = (pick: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  return {
    jobId,
    status: known.length === 0 ? 'none' : reports.length === known.length ? 'done' : 'open',
    artifacts: reports.flatMap(({ artifacts }) => artifacts),
    filesRemoved: sum(({ filesRemoved }) => filesRemoved),
    bytesFreed: sum(({ bytesFreed }) => bytesFreed),
    leftFiles: sum(({ leftFiles }) => leftFiles),
  };
}
