import { streamIdOf } from '@necrocode/contracts';
import {
  type DispatchedJob,
  dispatchedJobDecider,
  type JobCommand,
  type JobEvent,
  type JobId,
} from '@necrocode/domain';
import {
  type CompanionStatement,
  type EventStore,
  fold,
  handleCommand,
  type HandledCommand,
  type StoredEvent,
  Upcasters,
} from '@necrocode/event-store';
import { jobRowChanges } from '../tables/job-row-changes.js';
import { jobRowStatements } from '../tables/job-row-statements.js';
import type { StreamDecision } from './append-together.js';
import type { Cause } from './cause.js';

const noUpcasters = new Upcasters();

/** The streams of jobs, and the rows that change with them. */
export class Jobs {
  constructor(private readonly store: EventStore) {}

  async load(jobId: JobId): Promise<DispatchedJob> {
    return foldJob(await this.store.readStream(streamIdOf('job', jobId)));
  }

  handle(jobId: JobId, command: JobCommand, { id, metadata }: Cause): Promise<HandledCommand<DispatchedJob, JobEvent>> {
    return handleCommand({
      store: this.store,
      decider: dispatchedJobDecider,
      streamId: streamIdOf('job', jobId),
      command,
      metadata,
      commandId: id,
      companions: rowStatements,
      // A job's stream is written by commands and by reactions at once: ten losses in a row are possible, twenty are not.
      maxAttempts: 20,
    });
  }

  async decide(jobId: JobId, command: JobCommand): Promise<StreamDecision> {
    const streamId = streamIdOf('job', jobId);
    const stored = await this.store.readStream(streamId);
    const state = foldJob(stored);
    const events = dispatchedJobDecider.decide(command, state);
    const after = events.reduce(dispatchedJobDecider.evolve, state);
    return { streamId, expectedVersion: stored.length, events, companions: rowStatements(events, after) };
  }
}

export function foldJob(events: readonly StoredEvent[]): DispatchedJob {
  const { evolve, initial } = dispatchedJobDecider;
  return fold<DispatchedJob, JobEvent>(evolve, initial, events, noUpcasters);
}

export function rowStatements(events: readonly JobEvent[], { job }: DispatchedJob): readonly CompanionStatement[] {
  return job.status === 'unknown' ? [] : jobRowStatements(jobRowChanges(events, job));
}
