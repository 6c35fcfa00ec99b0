import { streamIdOf } from '@necrocode/contracts';
import {
  type CancellationEvent,
  type CancellationId,
  type Job,
  jobDecider,
  type JobEvent,
  type JobId,
  type JobState,
} from '@necrocode/domain';
import { type EventStore, fold, type StoredEvent, Upcasters } from '@necrocode/event-store';
import type { RequestedPolicies } from './order-cleanup.js';

const upcasters = new Upcasters();

/** The job as its stream says; null when there is none. The event was a signal, the state is read. */
export async function readJob(store: EventStore, jobId: JobId): Promise<Job | null> {
  const events = await store.readStream(streamIdOf('job', jobId));
  const job = fold<JobState, JobEvent>(jobDecider.evolve, jobDecider.initial, events, upcasters);
  return job.status === 'unknown' ? null : job;
}

/** What the job's cancellations asked to be done with artifacts. */
export async function readRequestedPolicies(store: EventStore, job: Job): Promise<RequestedPolicies> {
  const ids = job.cancellations.map(({ cancellationId }) => cancellationId);
  if (ids.length === 0) return new Map();
  const streams = await store.readStreams(ids.map((id) => streamIdOf('cancellation', id)));
  return new Map(ids.map((id) => [id, requestedPolicy(id, streams.get(streamIdOf('cancellation', id)) ?? [])]));
}

function requestedPolicy(_: CancellationId, events: readonly StoredEvent[]) {
  const first = events[0];
  if (first?.type !== 'CancellationRequested') return null;
  // Cast: the cancellation-service wrote it from this very type.
  const { options } = first.data as Extract<CancellationEvent, { type: 'CancellationRequested' }>;
  return options.artifacts;
}
