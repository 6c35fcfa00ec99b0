import { Injectable } from '@nestjs/common';
import { bulkCancelBody, cancellationCommands } from '@necrocode/contracts';
import type { BulkTarget, CancellationId } from '@necrocode/domain';
import { RemoteProblem } from '@necrocode/service-kit';
import { BulkReader } from '../bulk-cancel/bulk-reader.js';
import { bulkRequest } from '../bulk-cancel/bulk-request.js';
import { AwaitOutcome } from '../cancel/await-outcome.js';
import type { Caller } from '../http/caller.js';
import { Services } from '../services/services.js';
import { PATIENCE_MS } from './stop-job.js';

/** Plans are made anew when jobs end between a plan and its request; a queue that never rests is not waited for. */
const MOST_PLANS = 5;

/** Cancels many jobs as one bulk, for a caller that knows of no plan and confirms nothing. */
@Injectable()
export class StopJobs {
  constructor(
    private readonly services: Services,
    private readonly outcome: AwaitOutcome,
    private readonly bulks: BulkReader,
  ) {}

  /** Answers when all is proven, or when its patience is over. @returns how many jobs it ends or has ended */
  async stop(target: BulkTarget, reason: string, caller: Caller): Promise<number> {
    const cancellationId = await this.#request(target, reason, caller);
    if (cancellationId === null) return 0;
    const { targets } = await this.outcome.until(cancellationId, PATIENCE_MS, () => this.bulks.show(cancellationId));
    return targets.planned - targets.alreadyEnded;
  }

  /** Many jobs need the token of a plan: it is asked for in the caller's name, who means whatever is there. */
  async #request(target: BulkTarget, reason: string, caller: Caller): Promise<CancellationId | null> {
    for (let plans = 0, planToken: string | null = null; ; plans += 1) {
      const request = bulkRequest(bulkCancelBody.parse({ target, reason }), caller, undefined);
      const order = { request, planToken, expectedCount: null };
      try {
        return (await this.services.ask(cancellationCommands.requestBulk, order, caller)).cancellationId;
      } catch (error) {
        if (plans === MOST_PLANS || !needsAPlan(error)) throw error;
        ({ planToken } = await this.services.ask(cancellationCommands.planBulk, request, caller));
      }
    }
  }
}

function needsAPlan(error: unknown): boolean {
  return (
    error instanceof RemoteProblem &&
    (error.problem.code === 'bulk-not-confirmed' || error.problem.code === 'plan-changed')
  );
}
