import { cancellationCommands, streamIdOf } from '@necrocode/contracts';
import { type Job, type JobId, knownJob } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import { type CommandClient, continueTrace, type DriveQueue, type Logger, newId } from '@necrocode/service-kit';
import { ACTOR, inAnswerTo } from '../streams/cause.js';
import { foldJob, type Jobs } from '../streams/jobs.js';
import { limitCancellation } from './limit-cancellation.js';

/**
 * Ends jobs that reach a limit, by an ordinary cancellation. The job's stream says first that it was too late, then the
 * cancellation is asked for until it is accepted: whoever crashes in between, the timer asks again for the same one.
 */
export class EnforceLimits {
  constructor(
    private readonly store: EventStore,
    private readonly jobs: Jobs,
    private readonly commands: Pick<CommandClient, 'ask'>,
    private readonly limits: DriveQueue,
    private readonly logger: Logger,
  ) {}

  /** One look at a job whose timer has fired. One that is being cancelled already is looked at again later. */
  async drive(jobId: JobId): Promise<void> {
    const job = await this.#decide(jobId);
    // A bulk ends thousands in one statement and leaves their timers to be found pointless.
    if (job.endedAt !== null) return this.limits.run(this.limits.forget(jobId));
    if (job.overdue === null) return;
    const request = limitCancellation(job, job.overdue);
    const { cancellationId } = request;
    const stored = await this.store.readStream(streamIdOf('job', jobId));
    const reached = stored.find(({ type }) => type === 'JobLimitReached');
    if (!reached) throw new Error(`job ${jobId} is overdue, but no event says so`);
    // A trace of its own, as for anybody who cancels; it links to the one the job was submitted in.
    const cause = { actor: ACTOR, id: reached.id, traceparent: continueTrace() };
    const asked = { request, planToken: null };
    const { result } = await this.commands.ask(cancellationCommands.requestCancellation, asked, cause);
    await this.limits.run(this.limits.forget(jobId));
    this.logger.info({ jobId, cancellationId, limit: job.overdue.limit, result }, 'job has reached a limit');
  }

  async #decide(jobId: JobId): Promise<Job> {
    const cancellationId = newId('can');
    const stored = await this.store.readStream(streamIdOf('job', jobId));
    const metadata = inAnswerTo(stored);
    if (!metadata) return knownJob(foldJob(stored));
    const command = { type: 'EnforceLimits' as const, cancellationId, at: new Date().toISOString() };
    return knownJob((await this.jobs.handle(jobId, command, { id: cancellationId, metadata })).state);
  }
}
