import { type CommandMeta, streamIdOf } from '@necrocode/contracts';
import { type CancellationId, dequeuedJob, type EndedJob, howEnded, type JobId } from '@necrocode/domain';
import {
  type CompanionStatement,
  EventIdTaken,
  type EventStore,
  type StreamAppend,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import { continueTrace, type Logger } from '@necrocode/service-kit';
import { inLockOrder, toNewEvents } from '../streams/append-together.js';
import { foldJob } from '../streams/jobs.js';
import { deleteOpenJobs } from '../tables/open-job-statements.js';
import type { OwnTables } from '../tables/own-tables.js';
import { LIMIT_DRIVE, SCHEMA } from '../tables/schema.js';

export interface DequeueOrder {
  readonly cancellationId: CancellationId;
  readonly jobIds: readonly JobId[];
}

/** Jobs of the order that it did not end: they had begun, or were ended by somebody else. */
export interface NotDequeued {
  readonly started: JobId[];
  readonly ended: EndedJob[];
}

interface OpenRow {
  readonly jobId: JobId;
  readonly waiting: boolean;
  readonly version: number;
}

/** Each lost race shows one more job as begun, and a runner can begin only so many. */
const MAX_ATTEMPTS = 20;

/**
 * Ends waiting jobs by the thousand: one query, one append of one event a stream, no stream read. The version in the row is the
 * lock: a job that was assigned meanwhile refuses the append, and all is decided again without it (docs/adr/0090).
 */
export class DequeueJobs {
  constructor(
    private readonly store: EventStore,
    private readonly tables: OwnTables,
    private readonly logger: Logger,
  ) {}

  /** Repeatable: what this cancellation has ended before counts as ended by it. */
  async handle({ cancellationId, jobIds }: DequeueOrder, meta: CommandMeta): Promise<NotDequeued> {
    for (let attempt = 1; ; attempt++) {
      const rows = await this.#rowsOf(jobIds);
      const waiting = rows.filter((row) => row.waiting);
      try {
        if (waiting.length > 0) await this.#append(waiting, cancellationId, meta);
      } catch (error) {
        const raced = error instanceof WrongExpectedVersion || error instanceof EventIdTaken;
        if (!raced || attempt >= MAX_ATTEMPTS) throw error;
        continue;
      }
      this.logger.info({ cancellationId, asked: jobIds.length, dequeued: waiting.length, attempt }, 'jobs dequeued');
      const open = new Set(rows.map(({ jobId }) => jobId));
      const gone = jobIds.filter((jobId) => !open.has(jobId));
      return {
        started: rows.flatMap(({ jobId, waiting: stillWaiting }) => (stillWaiting ? [] : [jobId])),
        ended: await this.#endedByOthers(gone, cancellationId),
      };
    }
  }

  #rowsOf(jobIds: readonly JobId[]): Promise<readonly OpenRow[]> {
    return this.tables.query<OpenRow>(
      `select job_id as "jobId", waiting, stream_version as version from ${SCHEMA}.open_job where job_id = any($1::text[])`,
      [[...jobIds]],
    );
  }

  async #append(rows: readonly OpenRow[], cancellationId: CancellationId, meta: CommandMeta): Promise<void> {
    const at = new Date().toISOString();
    const id = `dequeue/${cancellationId}`;
    const traceparent = continueTrace(meta.traceparent);
    const streams = rows.map(({ jobId, version }): StreamAppend => {
      const streamId = streamIdOf('job', jobId);
      const metadata = { actor: meta.actor, correlationId: jobId, causationId: cancellationId, traceparent };
      const events = toNewEvents([dequeuedJob(jobId, cancellationId, at)], streamId, { id, metadata });
      return { streamId, expectedVersion: version, events };
    });
    const jobIds = rows.map(({ jobId }) => jobId);
    await this.store.append(inLockOrder(streams), [
      deleteOpenJobs(jobIds),
      deleteReadyOf(jobIds),
      deleteLimitsOf(jobIds),
    ]);
  }

  async #endedByOthers(jobIds: readonly JobId[], cancellationId: CancellationId): Promise<EndedJob[]> {
    if (jobIds.length === 0) return [];
    const streams = await this.store.readStreams(jobIds.map((jobId) => streamIdOf('job', jobId)));
    return jobIds.flatMap((jobId) => {
      const ended = howEnded(foldJob(streams.get(streamIdOf('job', jobId)) ?? []).job);
      return ended && ended.cancellationId !== cancellationId ? [ended] : [];
    });
  }
}

/** A row that an assignment has claimed is left to it, as with any cancel (docs/adr/0061). */
function deleteReadyOf(jobIds: readonly JobId[]): CompanionStatement {
  return {
    text: `delete from ${SCHEMA}.ready_task where task_id in (
             select task_id from ${SCHEMA}.ready_task where job_id = any($1::text[]) for update skip locked)`,
    values: [jobIds],
  };
}

function deleteLimitsOf(jobIds: readonly JobId[]): CompanionStatement {
  return { text: `delete from ${SCHEMA}.${LIMIT_DRIVE} where key = any($1::text[])`, values: [jobIds] };
}
