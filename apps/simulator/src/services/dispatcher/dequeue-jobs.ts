import { streamIdOf } from '@necrocode/contracts';
import { type CancellationId, dequeuedJob, type EndedJob, howEnded, isWaiting, type JobId } from '@necrocode/domain';
import { EventIdTaken, WrongExpectedVersion } from '@necrocode/event-store';
import { newEvents } from '../streams/append-together.js';
import { ACTOR, type DispatcherParts } from './dispatcher-parts.js';

export interface NotDequeued {
  readonly started: readonly JobId[];
  readonly ended: readonly EndedJob[];
}

/** Open jobs, by whether anything of them was ever assigned. */
export async function selectJobs({
  site,
  streams,
}: DispatcherParts): Promise<{ readonly waiting: readonly JobId[]; readonly started: readonly JobId[] }> {
  const jobs = await streams.loadAll([...site.tables.openJobs]);
  const open = [...jobs.values()].flatMap(({ state: { job } }) => (job.status === 'unknown' ? [] : [job]));
  return {
    waiting: open.filter(isWaiting).map(({ jobId }) => jobId),
    started: open.filter((job) => !isWaiting(job)).map(({ jobId }) => jobId),
  };
}

/** One event a job, in one append; a job that was assigned meanwhile refuses it, and all is decided again without it. */
export async function dequeueJobs(
  { life, site: { world }, store, streams }: DispatcherParts,
  cancellationId: CancellationId,
  jobIds: readonly JobId[],
): Promise<NotDequeued> {
  for (let attempt = 1; ; attempt++) {
    const jobs = [...(await streams.loadAll(jobIds)).values()].flatMap(({ state: { job }, version }) =>
      job.status === 'unknown' ? [] : [{ job, version }],
    );
    const everything = world.broken('dequeue-what-has-begun');
    const waiting = jobs.filter(({ job }) => isWaiting(job) || (everything && job.endedAt === null));
    const at = life.now();
    try {
      if (waiting.length > 0)
        await store.commit(
          waiting.map(({ job: { jobId }, version }) => {
            const streamId = streamIdOf('job', jobId);
            const cause = { id: `dequeue/${cancellationId}`, actor: ACTOR, correlationId: jobId };
            const events = newEvents([dequeuedJob(jobId, cancellationId, at)], streamId, cause);
            return { streamId, expectedVersion: version, events };
          }),
        );
    } catch (error) {
      const raced = error instanceof WrongExpectedVersion || error instanceof EventIdTaken;
      if (!raced || attempt >= 20) throw error;
      continue;
    }
    if (waiting.length > 0) world.reach('dequeued-by-bulk');
    return {
      started: jobs.flatMap(({ job }) => (job.endedAt === null && !isWaiting(job) ? [job.jobId] : [])),
      ended: jobs.flatMap(({ job }) => {
        const ended = howEnded(job);
        return ended && ended.cancellationId !== cancellationId ? [ended] : [];
      }),
    };
  }
}
