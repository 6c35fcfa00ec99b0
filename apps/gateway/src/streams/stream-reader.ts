import { Inject, Injectable } from '@nestjs/common';
import { streamIdOf } from '@necrocode/contracts';
import {
  type CancellationId,
  type CancellationState,
  cancellationDecider,
  type CleanupState,
  cleanupDecider,
  type Decider,
  type ExecutionId,
  type ExecutionState,
  executionDecider,
  type Job,
  jobDecider,
  type JobId,
  type JobState,
  Rejection,
} from '@necrocode/domain';
import { type DomainEvent, type EventStore, type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import { EVENT_STORE } from '@necrocode/service-kit';
import { RecentStreams } from './recent-streams.js';

/** One resource is its stream, folded: what an answer says of it is never behind. */
@Injectable()
export class StreamReader {
  readonly #recent: RecentStreams;

  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {
    this.#recent = new RecentStreams(store);
  }

  /** @throws {Rejection} `job-not-found` */
  async job(jobId: JobId): Promise<Job> {
    const job = foldJob(await this.store.readStream(streamIdOf('job', jobId)));
    if (job.status === 'unknown') throw new Rejection('job-not-found', { jobId });
    return job;
  }

  async executions(ids: readonly ExecutionId[]): Promise<ReadonlyMap<ExecutionId, ExecutionState>> {
    const streams = await Promise.all(ids.map((id) => this.#recent.read(streamIdOf('execution', id))));
    return new Map(ids.map((id, index) => [id, foldOf(executionDecider, streams[index] ?? [])]));
  }

  /** The stream itself; empty when there is no such cancellation. */
  cancellationEvents(cancellationId: CancellationId): Promise<readonly StoredEvent[]> {
    return this.#recent.read(streamIdOf('cancellation', cancellationId));
  }

  /** @param ids of jobs, cancellations or executions; the answer has an entry for each */
  async cleanups(ids: readonly string[]): Promise<readonly CleanupState[]> {
    const streams = await this.store.readStreams(ids.map((id) => streamIdOf('cleanup', id)));
    return ids.map((id) => foldOf(cleanupDecider, streams.get(streamIdOf('cleanup', id)) ?? []));
  }
}

export function foldJob(events: readonly StoredEvent[]): JobState {
  return foldOf(jobDecider, events);
}

export function foldCancellation(events: readonly StoredEvent[]): CancellationState {
  return foldOf(cancellationDecider, events);
}

export function foldOf<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  events: readonly StoredEvent[],
): State {
  return events.reduce((state, event) => foldOne(decider, state, event), decider.initial);
}

/** The state after one more event of its stream. */
export function foldOne<State, Command, Event extends DomainEvent>(
  { evolve }: Decider<State, Command, Event>,
  state: State,
  event: StoredEvent,
): State {
  return evolve(state, toDomainEvent<Event>(event));
}
