import { setTimeout as delay } from 'node:timers/promises';
import type { CommandMeta } from '@necrocode/contracts';
import type { CancellationId, CleanupReport, CleanupState, JobId, TaskId, Timestamp } from '@necrocode/domain';
import type { KnownFacts } from '../order-cleanup/known-facts.js';
import type { StartCleanup, StartedCleanup } from '../start-cleanup/start-cleanup.js';

export interface CleanAsked {
  readonly jobId: JobId;
  readonly cancellationId: CancellationId;
  /** null: the whole job. */
  readonly taskIds: readonly TaskId[] | null;
  /** Files were found in the job's workspace then. */
  readonly foundAt?: Timestamp;
}

export interface CleanAnswer {
  readonly done: boolean;
  readonly report: CleanupReport | null;
}

/** Starts what is due and waits a moment for it: most cleanups are done before the caller would ask again. */
export class AnswerClean {
  constructor(
    private readonly facts: KnownFacts,
    private readonly startCleanup: StartCleanup,
    private readonly answerWithinMs: number,
  ) {}

  /** @throws {Rejection} `job-not-found` */
  async handle({ jobId, cancellationId, taskIds, foundAt }: CleanAsked, cause: CommandMeta): Promise<CleanAnswer> {
    const facts = await this.facts.ofJob(jobId);
    if (taskIds) return this.answer(await this.startCleanup.ofTasks(facts, cancellationId, taskIds, cause));
    if (facts.job.endedAt === null) return NOT_DONE; // A workspace is in use until its job is over; that event starts it.
    return this.answer(await this.startCleanup.ofJob(facts, cause, foundAt));
  }

  private async answer({ state, attempt }: StartedCleanup): Promise<CleanAnswer> {
    if (!attempt) return answerOf(state);
    const patience = new AbortController();
    const timer = delay(this.answerWithinMs, null, { signal: patience.signal }).catch(() => null);
    const after = await Promise.race([attempt, timer]);
    patience.abort();
    return after ? answerOf(after) : NOT_DONE;
  }
}

const NOT_DONE: CleanAnswer = { done: false, report: null };

function answerOf(state: CleanupState): CleanAnswer {
  return state.status === 'done' ? { done: true, report: state.report } : NOT_DONE;
}
