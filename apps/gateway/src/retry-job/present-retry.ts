import type { RetriedJob } from '@necrocode/contracts';
import type { Job, JobId } from '@necrocode/domain';

export function presentRetry(retryOf: JobId, { jobId, tasks, ...job }: Job, repeated: boolean): RetriedJob {
  const { generation = 2, runsAgain = [], restore = [] } = job.retryOf ?? {};
  const self = `/api/jobs/${jobId}`;
  return {
    jobId,
    repeated,
    retryOf,
    generation,
    reused: tasks.flatMap(({ spec }) => (spec.reusedFrom === undefined ? [] : [spec.key])),
    runsAgain: runsAgain.map(({ key, because }) => ({ key, because })),
    restored: restore.length,
    links: { self, events: `${self}/events`, logs: `${self}/logs` },
  };
}
