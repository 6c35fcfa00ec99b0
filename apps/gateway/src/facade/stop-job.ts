import { Injectable } from '@nestjs/common';
import { cancelJobBody, type CancellationResource, cancellationCommands } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { AwaitOutcome } from '../cancel/await-outcome.js';
import { cancellationRequest } from '../cancel/cancellation-request.js';
import type { Caller } from '../http/caller.js';
import { Services } from '../services/services.js';

/** How long a caller that expects an answer when all is done is kept waiting; such clients wait 30 s or more. */
export const PATIENCE_MS = 10_000;

/** Cancels a job for a caller that knows of no cancellation: answers when it is proven, or when its patience is over. */
@Injectable()
export class StopJob {
  constructor(
    private readonly services: Services,
    private readonly outcome: AwaitOutcome,
  ) {}

  /** @returns null when the job had ended already */
  async stop(jobId: JobId, reason: string, caller: Caller): Promise<CancellationResource | null> {
    const request = cancellationRequest({ kind: 'job', jobId }, cancelJobBody.parse({ reason }), caller, undefined);
    const body = { request, planToken: null };
    const { result, cancellationId } = await this.services.ask(cancellationCommands.requestCancellation, body, caller);
    const underWay = result === 'accepted' || result === 'joined';
    return underWay && cancellationId !== null ? this.outcome.within(cancellationId, PATIENCE_MS) : null;
  }
}
