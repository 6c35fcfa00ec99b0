import { type CommandMeta, streamIdOf } from '@necrocode/contracts';
import {
  dispatchedJobDecider,
  jobDecider,
  type JobEvent,
  type JobId,
  type JobSpec,
  knownJob,
  Rejection,
  type SubmittedTask,
} from '@necrocode/domain';
import { canonicalJson, EventIdTaken, type EventStore, WrongExpectedVersion } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import { toNewEvents } from '../streams/append-together.js';
import { causedByCommand } from '../streams/cause.js';
import { foldJob, rowStatements } from '../streams/jobs.js';

export interface Submission {
  readonly jobId: JobId;
  readonly spec: Omit<JobSpec, 'tasks'>;
  readonly tasks: readonly SubmittedTask[];
}

/** Stores a job and its ready tasks in one append; nothing is read before it, since a new job has no stream. */
export class SubmitJob {
  constructor(
    private readonly store: EventStore,
    private readonly wakeAssignment: () => void,
    private readonly logger: Logger,
  ) {}

  /** @throws {Rejection} `idempotency-conflict` when the id stands for another job already */
  async handle(submission: Submission, meta: CommandMeta): Promise<{ jobId: JobId; repeated: boolean }> {
    const { jobId } = submission;
    const command = { type: 'SubmitJob' as const, ...submission, at: new Date().toISOString() };
    const decided = jobDecider.decide(command, jobDecider.initial);
    const repeated = await this.#append(jobId, decided, meta);
    if (repeated) await this.#compare(submission);
    else this.logger.info({ jobId, tasks: submission.tasks.length }, 'job submitted');
    this.wakeAssignment();
    return { jobId, repeated };
  }

  /** @returns whether the job was there already */
  async #append(jobId: JobId, decided: readonly JobEvent[], meta: CommandMeta): Promise<boolean> {
    const streamId = streamIdOf('job', jobId);
    const after = decided.reduce(dispatchedJobDecider.evolve, dispatchedJobDecider.initial);
    const events = toNewEvents(decided, streamId, causedByCommand(meta, jobId));
    try {
      const companions = rowStatements(decided, after);
      return (await this.store.append([{ streamId, expectedVersion: 0, events }], companions)).repeated;
    } catch (error) {
      if (error instanceof WrongExpectedVersion || error instanceof EventIdTaken) return true;
      throw error;
    }
  }

  async #compare(submission: Submission): Promise<void> {
    const { jobId } = submission;
    const { spec, tasks } = knownJob(foldJob(await this.store.readStream(streamIdOf('job', jobId))));
    const first = { jobId, spec, tasks: tasks.map((task) => task.spec) };
    if (fingerprint(first) !== fingerprint(submission)) throw new Rejection('idempotency-conflict', { jobId });
  }
}

/** Task ids are drawn anew for every request, so they say nothing. */
export function fingerprint({ spec, tasks }: Submission): string {
  return canonicalJson({ spec, tasks: tasks.map(({ taskId: _, ...task }) => task) });
}
