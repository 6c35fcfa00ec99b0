import {
  type CancellationId,
  type CancellationRequest,
  type Job,
  type JobId,
  knownJob,
  lookAt,
} from '@necrocode/domain';
import { ask } from '../ask.js';
import { ACTOR, type DispatcherParts } from './dispatcher-parts.js';

/** Asks for the cancellation of jobs that are too late. */
export class EnforceLimits {
  /** Forgotten with the process: asking again is harmless. */
  readonly #asked = new Set<JobId>();

  constructor(private readonly parts: DispatcherParts) {}

  async drive(): Promise<void> {
    const { life, site, streams } = this.parts;
    for (const jobId of [...site.tables.openJobs]) {
      const { job } = await streams.load(jobId);
      const due = job.status === 'unknown' ? null : lookAt(job);
      if (due === null || due > life.now()) continue;
      const cancellationId = site.world.newId('can') as CancellationId; // Brand: where cancellations are named.
      const command = { type: 'EnforceLimits' as const, cancellationId, at: life.now() };
      const after = knownJob((await streams.handle(jobId, command, cancellationId)).state);
      if (after.overdue === null || after.endedAt !== null || this.#asked.has(jobId)) continue;
      const request = limitRequest(after, after.overdue);
      await ask(life, site.cancellations, (service) => service.request(request, request.cancellationId));
      this.#asked.add(jobId);
      site.world.reach('limit-reached');
    }
  }
}

/** The cancellation a job's limit asks for. */
function limitRequest(
  { jobId }: Job,
  { limit, reachedAt, cancellationId }: NonNullable<Job['overdue']>,
): CancellationRequest {
  return {
    cancellationId,
    target: { kind: 'job', jobId },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: limit, text: 'too late' },
    requestedBy: ACTOR,
    fingerprint: `limit:${limit}`,
    requestedAt: reachedAt,
  };
}
