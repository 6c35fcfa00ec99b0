import type { CleanReply } from '@necrocode/contracts';
import { type CleanupOrder, type CleanupState, executionsUnder, isSettled } from '@necrocode/domain';
import type { EventMetadata } from '@necrocode/event-store';
import { continueTrace, type DriveQueue, type Logger } from '@necrocode/service-kit';
import { ACTOR, type CleanupId, type CleanupStreams } from '../cleanups/cleanup-streams.js';
import type { KnownFacts } from '../order-cleanup/known-facts.js';
import {
  asOne,
  cleaningsFor,
  type CleanupToDrive,
  nothingToClean,
  outcomeOf,
  type RunnerCleaning,
} from './clean-request.js';
import { holdTimer } from './hold-timer.js';
import type { RunnerControl } from './runner-control.js';

/** A cleanup that is open, as who starts it knows it: saves reading it again. */
export interface OpenCleanup extends CleanupToDrive {
  /** Of the event that asked for it: whatever follows belongs to the same story. */
  readonly asked: EventMetadata;
  /** Nothing can write there any more; false: look. */
  readonly settled: boolean;
}

/** Takes cleanups further, one attempt at a time: asks the runner once nothing can write there any more, records its answer. */
export class DriveCleanup {
  private leftOpen: () => void = () => undefined;
  private readonly underWay = new Map<CleanupId, Promise<CleanupState | null>>();

  constructor(
    private readonly cleanups: CleanupStreams,
    private readonly facts: KnownFacts,
    private readonly control: RunnerControl,
    private readonly drives: DriveQueue,
    private readonly logger: Logger,
  ) {}

  /**
   * One attempt, or the one under way in this process: the runner should not be asked twice at once. Never rejects: what
   * fails is driven again by its timer.
   * @returns the state after it; null when it broke off
   */
  drive(cleanupId: CleanupId, open?: OpenCleanup): Promise<CleanupState | null> {
    const running = this.underWay.get(cleanupId);
    if (running) return running;
    const attempt = this.attempt(cleanupId, open)
      .catch((error: unknown) => {
        this.logger.warn({ err: error, cleanupId }, 'a cleanup broke off; its timer drives it again');
        return null;
      })
      .finally(() => this.underWay.delete(cleanupId));
    this.underWay.set(cleanupId, attempt);
    return attempt;
  }

  /** Called when an attempt left a cleanup open, its timer set anew: sooner, perhaps, than whoever watches the timers expects. */
  whenLeftOpen(listener: () => void): void {
    this.leftOpen = listener;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.underWay.values());
  }

  private async attempt(cleanupId: CleanupId, known?: OpenCleanup): Promise<CleanupState> {
    if (known) return this.clean(cleanupId, known);
    const { state, asked } = await this.cleanups.load(cleanupId);
    if (state.status === 'open' && asked) {
      return this.clean(cleanupId, { ...state, asked, settled: false });
    }
    await this.drives.run(this.drives.forget(cleanupId));
    return state;
  }

  private async clean(cleanupId: CleanupId, { order, again, asked, settled }: OpenCleanup): Promise<CleanupState> {
    const metadata = follow(asked);
    const todo = cleaningsFor({ order, again });
    if (todo.length === 0) return this.cleanups.handle(cleanupId, nothingToClean(now()), metadata);
    if (!settled && !(await this.isSettled(order))) return (await this.cleanups.load(cleanupId)).state;
    const replies = [];
    for (const cleaning of todo) replies.push(await this.ask(cleanupId, cleaning, metadata.traceparent));
    const state = await this.cleanups.handle(cleanupId, outcomeOf(order, asOne(replies), now()), metadata);
    if (state.status === 'open') this.leftOpen();
    return state;
  }

  private async ask(
    cleanupId: CleanupId,
    { runnerId, request }: RunnerCleaning,
    traceparent: string | undefined,
  ): Promise<CleanReply | null> {
    const letGo = holdTimer(this.drives, cleanupId, (error) =>
      this.logger.warn({ err: error, cleanupId }, 'cannot hold the timer of a cleanup'),
    );
    try {
      return await this.control.clean(runnerId, request, traceparent);
    } finally {
      await letGo();
    }
  }

  private async isSettled(order: CleanupOrder): Promise<boolean> {
    if (order.kind === 'slot') return isSettled(await this.facts.ofExecution(order.executionId));
    const { job, executions } = await this.facts.ofJob(order.jobId);
    return executionsUnder(order, job).every((id) => isSettled(executions.get(id) ?? { status: 'unknown' }));
  }
}

function follow({ correlationId, causationId, traceparent }: EventMetadata): EventMetadata {
  return {
    actor: ACTOR,
    correlationId,
    ...(causationId === undefined ? {} : { causationId }),
    traceparent: continueTrace(traceparent),
  };
}

function now(): string {
  return new Date().toISOString();
}
