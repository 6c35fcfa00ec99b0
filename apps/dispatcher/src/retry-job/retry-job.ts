import { type CommandMeta, streamIdOf } from '@necrocode/contracts';
import {
  type ArtifactRecord,
  cleanupDecider,
  type CleanupEvent,
  type CleanupState,
  type DispatchedJob,
  dispatchedJobDecider,
  type Job,
  type JobId,
  knownJob,
  nextGeneration,
  Rejection,
} from '@necrocode/domain';
import { type EventStore, fold, type StoredEvent } from '@necrocode/event-store';
import { type Logger, newId } from '@necrocode/service-kit';
import { appendTogether, type StreamDecision } from '../streams/append-together.js';
import { causedByCommand } from '../streams/cause.js';
import { foldJob, rowStatements } from '../streams/jobs.js';

export interface Retry {
  /** What is to be done again. */
  readonly jobId: JobId;
  /** The id its next generation gets. */
  readonly retriedBy: JobId;
}

/** Ends one job's story and begins the next in one append, so that of two retries one is first. */
export class RetryJob {
  constructor(
    private readonly store: EventStore,
    private readonly wakeAssignment: () => void,
    private readonly logger: Logger,
  ) {}

  /** @throws {Rejection} `job-not-found`, `job-not-over`, `job-completed`, `job-not-cleaned`, `job-already-retried`, `idempotency-conflict` */
  async handle(retry: Retry, meta: CommandMeta): Promise<{ jobId: JobId; repeated: boolean }> {
    const { jobId, retriedBy } = retry;
    const appended = await appendTogether(this.store, () => this.#decide(retry), causedByCommand(meta, retriedBy));
    if (appended.length > 0) this.logger.info({ jobId, retriedBy }, 'job retried');
    this.wakeAssignment();
    return { jobId: retriedBy, repeated: appended.length === 0 };
  }

  async #decide({ jobId, retriedBy }: Retry): Promise<readonly StreamDecision[]> {
    const ids = [streamIdOf('job', jobId), streamIdOf('job', retriedBy), streamIdOf('cleanup', jobId)];
    const streams = await this.store.readStreams(ids);
    const [oldStream = [], newStream = [], cleanup = []] = ids.map((id) => streams.get(id) ?? []);
    if (newStream.length > 0) return alreadyRetried(knownJob(foldJob(newStream)), jobId);
    const before = foldJob(oldStream);
    const at = new Date().toISOString();
    const ended = decideOn(before, { type: 'RetryJob', retriedBy, at }, jobId, oldStream.length);
    const next = nextGeneration(knownJob(before), recordsOf(knownJob(before), cleanup), () => newId('task'));
    const { initial } = dispatchedJobDecider;
    return [ended, decideOn(initial, { type: 'SubmitJob', jobId: retriedBy, ...next, at }, retriedBy, 0)];
  }
}

function decideOn(
  state: DispatchedJob,
  command: Parameters<typeof dispatchedJobDecider.decide>[0],
  jobId: JobId,
  expectedVersion: number,
): StreamDecision {
  const events = dispatchedJobDecider.decide(command, state);
  const after = events.reduce(dispatchedJobDecider.evolve, state);
  return { streamId: streamIdOf('job', jobId), expectedVersion, events, companions: rowStatements(events, after) };
}

function alreadyRetried({ retryOf }: Job, jobId: JobId): readonly [] {
  if (retryOf?.jobId !== jobId) throw new Rejection('idempotency-conflict', { jobId });
  return [];
}

/** A job that had no workspace left nothing, and nothing is cleaned. */
function recordsOf({ runnerId }: Job, events: readonly StoredEvent[]): readonly ArtifactRecord[] {
  const { evolve, initial } = cleanupDecider;
  const cleanup = fold<CleanupState, CleanupEvent>(evolve, initial, events);
  if (cleanup.status === 'done') return cleanup.report.artifacts;
  if (runnerId === null) return [];
  throw new Rejection('job-not-cleaned');
}
