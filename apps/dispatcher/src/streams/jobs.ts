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
} from '@necrocode/event-store';
import { jobRowChanges } from '../tables/job-row-changes.js';
import { jobRowStatements } from '../tables/job-row-statements.js';
import type { CausedDecision, StreamDecision } from './append-together.js';
import type { Cause } from './cause.js';
import { type CausedCommand, decideInTurn } from './decide-in-turn.js';

interface LoadedJob {
  readonly state: DispatchedJob;
  readonly version: number;
}

/** So many jobs are remembered as they were last read: those that something happens to. */
const REMEMBERED = 200;
const NOTHING: LoadedJob = { state: dispatchedJobDecider.initial, version: 0 };

/**
 * The streams of jobs, and the rows that change with them. What was folded is kept and only the news is read: a job of hundreds
 * of tasks has hundreds of events when they end one after the other. Never wrong, for an append names the version.
 */
export class Jobs {
  readonly #known = new Map<JobId, LoadedJob>();

  constructor(private readonly store: EventStore) {}

  async load(jobId: JobId): Promise<DispatchedJob> {
    return (await this.#read(jobId)).state;
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
    const { state, version } = await this.#read(jobId);
    const events = dispatchedJobDecider.decide(command, state);
    const after = events.reduce(dispatchedJobDecider.evolve, state);
    const companions = rowStatements(events, after);
    return { streamId: streamIdOf('job', jobId), expectedVersion: version, events, companions };
  }

  async decideAll(jobId: JobId, commands: readonly CausedCommand<JobCommand>[]): Promise<CausedDecision> {
    const streamId = streamIdOf('job', jobId);
    const { state, version } = await this.#read(jobId);
    const { decided, events, after } = decideInTurn(dispatchedJobDecider, state, streamId, commands);
    return { streamId, expectedVersion: version, events, companions: rowStatements(decided, after) };
  }

  async #read(jobId: JobId): Promise<LoadedJob> {
    const known = this.#known.get(jobId) ?? NOTHING;
    const news = await this.store.readStream(streamIdOf('job', jobId), known.version + 1);
    if (news.length === 0) return known;
    const read = { state: foldJob(news, known.state), version: known.version + news.length };
    this.#known.delete(jobId);
    this.#known.set(jobId, read);
    const oldest = this.#known.keys().next();
    if (this.#known.size > REMEMBERED && !oldest.done) this.#known.delete(oldest.value);
    return read;
  }
}

export function foldJob(
  events: readonly StoredEvent[],
  before: DispatchedJob = dispatchedJobDecider.initial,
): DispatchedJob {
  return fold<DispatchedJob, JobEvent>(dispatchedJobDecider.evolve, before, events);
}

export function rowStatements(events: readonly JobEvent[], { job }: DispatchedJob): readonly CompanionStatement[] {
  return job.status === 'unknown' ? [] : jobRowStatements(jobRowChanges(events, job));
}
