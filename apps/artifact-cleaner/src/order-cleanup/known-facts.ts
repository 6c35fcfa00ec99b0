import { streamIdOf } from '@necrocode/contracts';
import {
  type ArtifactWishes,
  cancellationDecider,
  type CancellationEvent,
  type CancellationId,
  type CancellationState,
  type Decider,
  executionDecider,
  type ExecutionEvent,
  type ExecutionId,
  type ExecutionState,
  type Job,
  jobDecider,
  type JobEvent,
  type JobId,
  type JobState,
  Rejection,
} from '@necrocode/domain';
import { type DomainEvent, type EventStore, fold, type StoredEvent } from '@necrocode/event-store';

export interface JobFacts {
  readonly job: Job;
  readonly wishes: ArtifactWishes;
  /** Every execution the job ever had. */
  readonly executions: ReadonlyMap<ExecutionId, ExecutionState>;
}

/** What has been decided elsewhere, folded from the streams: fresh, whatever events are still on their way here. */
export class KnownFacts {
  constructor(private readonly store: EventStore) {}

  /** @throws {Rejection} `job-not-found` */
  async ofJob(jobId: JobId): Promise<JobFacts> {
    const facts = await this.findJob(jobId);
    if (facts === null) throw new Rejection('job-not-found', { jobId });
    return facts;
  }

  /** Two round trips, whatever the job's size. @returns null: the store knows of no such job */
  async findJob(jobId: JobId): Promise<JobFacts | null> {
    const job = this.fold<JobState, JobEvent>(jobDecider, await this.store.readStream(streamIdOf('job', jobId)));
    if (job.status === 'unknown') return null;
    const cancellationIds = new Set(
      job.tasks.flatMap(({ progress }) => ('cancellationId' in progress ? [progress.cancellationId] : [])),
    );
    const executionIds = job.tasks.flatMap((task) => task.executionIds);
    const streams = await this.read([
      ...[...cancellationIds].map(cancellationStream),
      ...executionIds.map(executionStream),
    ]);
    const wishes = new Map([...cancellationIds].map((id) => [id, this.wishOf(streams.get(cancellationStream(id)))]));
    return { job, wishes, executions: this.executionsIn(streams, executionIds) };
  }

  async ofExecution(executionId: ExecutionId): Promise<ExecutionState> {
    return this.fold<ExecutionState, ExecutionEvent>(
      executionDecider,
      await this.store.readStream(executionStream(executionId)),
    );
  }

  private wishOf(events: readonly StoredEvent[] = []) {
    const state = this.fold<CancellationState, CancellationEvent>(cancellationDecider, events);
    return state.status === 'unknown' ? null : state.options.artifacts;
  }

  private executionsIn(
    streams: ReadonlyMap<string, readonly StoredEvent[]>,
    executionIds: readonly ExecutionId[],
  ): ReadonlyMap<ExecutionId, ExecutionState> {
    return new Map(
      executionIds.map((id) => [
        id,
        this.fold<ExecutionState, ExecutionEvent>(executionDecider, streams.get(executionStream(id)) ?? []),
      ]),
    );
  }

  private async read(streamIds: readonly string[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    return streamIds.length === 0 ? new Map() : this.store.readStreams(streamIds);
  }

  private fold<State, Event extends DomainEvent>(
    { evolve, initial }: Pick<Decider<State, never, Event>, 'evolve' | 'initial'>,
    events: readonly StoredEvent[],
  ): State {
    return fold<State, Event>(evolve, initial, events);
  }
}

const cancellationStream = (id: CancellationId): string => streamIdOf('cancellation', id);
const executionStream = (id: ExecutionId): string => streamIdOf('execution', id);
