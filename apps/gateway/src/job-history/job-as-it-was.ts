import { type EventRecord, type JobAsItWas, parseStreamId, type PointInTime } from '@necrocode/contracts';
import {
  type CleanupState,
  cleanupDecider,
  type ExecutionId,
  executionDecider,
  jobDecider,
  type JobId,
} from '@necrocode/domain';
import { presentArtifacts } from '../list-artifacts/present-artifacts.js';
import { presentJob } from '../show-job/present-job.js';
import { foldOf } from '../streams/stream-reader.js';
import { slotsHeld } from './slots-held.js';

/** The part of a job's story that had happened at a moment; `story` is in store order. */
export function upTo(story: readonly EventRecord[], at: PointInTime): readonly EventRecord[] {
  if (at.kind === 'position') return story.filter(({ position }) => position <= at.position);
  const time = Date.parse(at.time);
  return story.filter(({ recordedAt }) => Date.parse(recordedAt) <= time);
}

/**
 * A job with its executions, slots and cleanup after the events given, and no others: whatever became of it since does not show.
 * @param past of the job's story, in store order; null comes back when it does not hold the submission
 */
export function jobAsItWas(jobId: JobId, past: readonly EventRecord[]): JobAsItWas | null {
  const job = foldOf(jobDecider, past.filter(isOf('job')));
  const last = past.at(-1);
  if (job.status === 'unknown' || !last) return null;
  const executions = [...byAggregateId(past.filter(isOf('execution')))].map(
    // Cast: the id in the name of an execution's stream is an execution's.
    ([id, events]) => [id as ExecutionId, foldOf(executionDecider, events)] as const,
  );
  return {
    position: last.position.toString(),
    recordedAt: last.recordedAt,
    job: presentJob(job, new Map(executions)),
    slots: [...slotsHeld(past.filter(isOf('slot-pool')))],
    cleanup: presentArtifacts(jobId, jobCleanups(past)),
  };
}

/** Of the job itself and of cancellations of its tasks; those of slots leave no artifacts. */
function jobCleanups(past: readonly EventRecord[]): readonly CleanupState[] {
  const cleanups = [...byAggregateId(past.filter(isOf('cleanup'))).values()];
  return cleanups
    .map((events) => foldOf(cleanupDecider, events))
    .filter((cleanup) => cleanup.status !== 'unknown' && cleanup.order.kind !== 'slot');
}

function isOf(aggregate: ReturnType<typeof parseStreamId>['aggregate']) {
  return ({ streamId }: EventRecord): boolean => parseStreamId(streamId).aggregate === aggregate;
}

function byAggregateId(events: readonly EventRecord[]): ReadonlyMap<string, readonly EventRecord[]> {
  const streams = new Map<string, EventRecord[]>();
  for (const event of events) {
    const { aggregateId } = parseStreamId(event.streamId);
    streams.set(aggregateId, [...(streams.get(aggregateId) ?? []), event]);
  }
  return streams;
}
