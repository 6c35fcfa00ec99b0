import type { CleanReply, CleanRequest } from '@necrocode/contracts';
import type { CleanupCommand, CleanupOrder, CleanupState } from '@necrocode/domain';
import { type Logger, problemOf } from '@necrocode/service-kit';
import type { AskRunner } from './ask-runner.js';
import { type Cleanups, now } from './cleanups.js';

const NOTHING = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

/** Carries an open cleanup out: one request to the runner that holds the files, its answer recorded. Repeating it is harmless. */
export class CarryOut {
  constructor(
    private readonly cleanups: Cleanups,
    private readonly runners: AskRunner,
    private readonly logger: Logger,
  ) {}

  async drive(cleanupId: string): Promise<void> {
    await this.carryOut(cleanupId, await this.cleanups.load(cleanupId));
  }

  async carryOut(cleanupId: string, state: CleanupState): Promise<CleanupState> {
    if (state.status !== 'open') return state;
    const { order } = state;
    const command = await this.attempt(order);
    const after = await this.cleanups.feed(cleanupId, command, order.jobId);
    const attempt = after.status === 'unknown' ? 0 : after.attempts;
    this.logger.info({ cleanupId, jobId: order.jobId, kind: order.kind, status: after.status, attempt }, 'cleanup');
    return after;
  }

  private async attempt(order: CleanupOrder): Promise<CleanupCommand> {
    try {
      return await this.ask(order);
    } catch (error) {
      const { code, message } = problemOf(error);
      this.logger.warn({ err: error, jobId: order.jobId, kind: order.kind }, 'cleaning failed; trying again');
      return { type: 'RecordCleanupFailure', error: { code, message }, at: now() };
    }
  }

  private async ask(order: CleanupOrder): Promise<CleanupCommand> {
    // No execution was ever assigned, so there are no files anywhere.
    if (order.runnerId === null) return { type: 'RecordCleanupDone', report: NOTHING, at: now() };
    return recordOf(await this.runners.clean(order.runnerId, requestFor(order)));
  }
}

function requestFor(order: CleanupOrder): CleanRequest {
  if (order.kind === 'slot') {
    const { pool, slotId, slotKind, executionId } = order;
    return { kind: 'slot', slot: { pool, slotId, kind: slotKind }, executionId };
  }
  const artifacts = order.artifacts.map((each) => ({ ...each, globs: [...each.globs] }));
  return { kind: 'workspace', jobId: order.jobId, artifacts, removeWorkspace: order.kind === 'job' };
}

function recordOf(reply: CleanReply): CleanupCommand {
  switch (reply.kind) {
    case 'workspace':
      return { type: 'RecordCleanupDone', report: reply.report, at: now() };
    case 'slot':
      return { type: 'RecordSlotClean', evidence: reply.evidence, at: now() };
    case 'failed':
      return { type: 'RecordCleanupFailure', error: reply.error, at: now() };
    default:
      return reply satisfies never;
  }
}
